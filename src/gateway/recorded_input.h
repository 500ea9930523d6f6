// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "journey/journey.h"
#include "mask/mask_key.h"

namespace strait::gateway {

// The call's input as JSON for the record: members by model name; what the model calls sensitive is
// covered by a marker that shows equality and nothing else. Blobs are base64.
std::string recorded_input(const journey::Call& call, const mask::MaskKey& key);

// The same for a call that has been serialized. For most operations of the JSON protocols the body
// on its way to AWS is that text, byte for byte: nothing in their model is sensitive, named
// otherwise on the wire, or a time. Which operations those are is worked out once for each. Owned
// by one loop.
class InputRecorder {
 public:
  InputRecorder(std::shared_ptr<const catalog::Catalog> catalog, const mask::MaskKey& key)
      : catalog_(std::move(catalog)), key_(key) {}

  // `request` is what wire made of `call`. A view of its body, or of `room`.
  std::string_view record(const journey::Call& call, const journey::UnsignedRequest& request,
                          std::string& room);

 private:
  enum class Spelling : std::uint8_t { kNotLooked, kAsSent, kOfItsOwn };

  bool is_sent_as_recorded(const journey::Call& call);

  std::shared_ptr<const catalog::Catalog> catalog_;
  const mask::MaskKey& key_;
  std::vector<Spelling> spellings_;  // by index of the operation in `catalog_`
};

}  // namespace strait::gateway
