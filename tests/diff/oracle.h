// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "diff/reader.h"
#include "journey/journey.h"
#include "wire/request_view.h"

// The property: what the gateway would send for a request decodes under every personality to the
// call that its INTENT records.
namespace strait::diff {

struct Verdict {
  enum Kind : std::uint8_t {
    kRefused,   // the gateway takes no such request
    kBroken,    // it could not rebuild what it had read: refused as well, but a fault of its own
    kHeld,      // every personality read the recorded call
    kViolated,  // `why` says which did not
  } kind = kRefused;
  std::string why;
};

class Oracle {
 public:
  explicit Oracle(std::shared_ptr<const catalog::Catalog> catalog) : catalog_(std::move(catalog)) {}

  // Between serializing and sending; how tests plant a bug.
  using Tamper = std::function<void(journey::UnsignedRequest&)>;
  void tamper(Tamper tamper) { tamper_ = std::move(tamper); }

  // As it comes to the gateway.
  Verdict judge(const wire::RequestView& request);
  // The same of a call that has been read, sent to `services` at a host with `path_prefix`.
  Verdict compare(const journey::Call& call, const journey::UnsignedRequest& request,
                  std::vector<catalog::Service> services, std::string path_prefix);

 private:
  std::shared_ptr<const catalog::Catalog> catalog_;
  Reader reader_;
  Tamper tamper_;
};

}  // namespace strait::diff
