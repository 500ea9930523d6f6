// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "mask/mask_key.h"
#include "mask/rules.h"

// Secrets by how they look. All patterns run in one pass (Vectorscan); what they find is then
// checked exactly (Luhn, the words around a key, the parts of a token), because a pattern alone
// covers too much.
namespace strait::mask {

struct Finding {
  std::size_t begin = 0;  // bytes into the text
  std::size_t end = 0;
  Detector detector{};
  bool operator==(const Finding&) const = default;
};

// The compiled patterns of one set. Immutable; shared by any number of threads. Compiling takes
// milliseconds.
class Detectors {
 public:
  static Result<std::shared_ptr<const Detectors>> compile(DetectorSet set);
  ~Detectors();
  DetectorSet set() const { return set_; }

 private:
  friend class DetectorScan;
  struct Databases;
  Detectors(DetectorSet set, std::unique_ptr<Databases> databases);
  DetectorSet set_;
  std::unique_ptr<Databases> databases_;
};

inline constexpr std::size_t kHintBytes = 128;
inline constexpr std::size_t kFindingBytesMax =
    16 * 1024;  // the longest thing that is recognised: a PEM key

// One thread's way of using them: holds the scratch memory. Not thread-safe; one per loop.
class DetectorScan {
 public:
  static Result<DetectorScan> make(std::shared_ptr<const Detectors> detectors);
  DetectorScan(DetectorScan&&) noexcept;
  DetectorScan& operator=(DetectorScan&&) noexcept;
  ~DetectorScan();

  DetectorSet set() const { return detectors_->set(); }
  // Where something suspicious ends in raw, still escaped bytes (JSON, XML, CBOR), ascending: for
  // every string of which find() would say something, given the same `near`, there is a hit inside
  // it or a hint before it. The view is valid until the next call.
  struct Hit {
    std::size_t end = 0;
    bool hint = false;  // a word or key id beside which a secret key is expected
  };
  Result<const std::vector<Hit>*> suspicious(std::string_view raw, DetectorSet set);
  // What stands in `text`, a decoded string; ascending, not overlapping. `near` says that a hint
  // stood at most kHintBytes before it. The view is valid until the next call.
  Result<const std::vector<Finding>*> find(std::string_view text, bool near);

 private:
  struct Scratch;
  DetectorScan(std::shared_ptr<const Detectors> detectors, std::unique_ptr<Scratch> scratch);
  std::shared_ptr<const Detectors> detectors_;
  std::unique_ptr<Scratch> scratch_;
};

bool luhn(std::string_view digits);  // digits only

}  // namespace strait::mask
