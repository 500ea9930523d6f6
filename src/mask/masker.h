// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <optional>

#include "base/result.h"
#include "journey/journey.h"
#include "mask/detectors.h"
#include "mask/mask_key.h"
#include "mask/plan.h"
#include "mask/reply_filter.h"

// Covers the secrets of a reply. What is covered becomes `strait:masked:<kind>:<digest>` and keeps
// its type where it can: a string becomes the marker, a blob the marker's base64 (CBOR: bytes), a
// number 0, a timestamp the epoch; booleans, nulls and empty strings stay. Lengths and checksums
// are repaired. A reply that must be looked into and is not well-formed is withheld
// (kReplyWithheld): the answer is then an error, never the bytes.
namespace strait::mask {

// How many of them were covered, and not merely rewritten.
std::size_t covered_count(const std::vector<journey::MaskedMember>& members);

class Masker {
 public:
  // `detectors` may be null; then no plan's detectors run, and a plan that wants some is refused.
  // One per loop.
  static Result<Masker> make(std::shared_ptr<const Detectors> detectors);

  // A reply that was read whole. Moves the body through untouched when there is nothing to do.
  Result<journey::MaskedReply> apply(journey::UpstreamReply reply,
                                     const journey::PermittedCall& call, const MaskPlan& plan,
                                     const MaskKey& key);

  // An error of AWS's that was written anew from what it said (wire/reply_error.h): its head and
  // body take the reply's place. It has not the output's shape, so only detectors look at it.
  Result<journey::MaskedReply> apply_rebuilt(journey::UpstreamReply reply, journey::ReplyHead head,
                                             std::string body, const MaskPlan& plan,
                                             const MaskKey& key);

  // A reply whose body follows: its head at once, and the filter through which every body byte must
  // go. `plan`, `key` and this Masker must outlive the filter. The MaskedReply's masked() holds the
  // headers' part; the filter's own masked() the body's, once finished.
  struct Opened {
    journey::MaskedReply reply;
    ReplyFilter filter;
  };
  Result<Opened> open(journey::UpstreamReply reply, const journey::PermittedCall& call,
                      const MaskPlan& plan, const MaskKey& key);

 private:
  explicit Masker(std::optional<DetectorScan> scan) : scan_(std::move(scan)) {}
  static Status fits(const journey::PermittedCall& call, const MaskPlan& plan);
  Result<DetectorScan*> scan_for(const MaskPlan& plan);
  std::optional<DetectorScan> scan_;
};

}  // namespace strait::mask
