// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/journey.h"
#include "mask/detectors.h"
#include "mask/mask_key.h"
#include "mask/plan.h"

namespace strait::mask {

// Masks a body that arrives in pieces. The output is the same for every way of cutting the input,
// and the same as for the whole body at once. Holds at most kFilterHeldBytesMax of input back;
// longer strings pass through in pieces.
//
// After an error nothing more may be sent: what has been released is a prefix without secrets, the
// rest is withheld (kReplyWithheld) and the connection must be cut, so that the client does not
// take the prefix for the whole. `plan`, `key` and `scan` must outlive the filter.
inline constexpr std::size_t kFilterHeldBytesMax = 256 * 1024;

class BodyMasker;  // one per BodyForm

class ReplyFilter {
 public:
  // `scan` may be null when the plan's detect() is kDetectNone. `status` is the reply's: an error
  // reply has not the output's shape, and only detectors look at it.
  // `here`: what the URLs of queues shall begin with, "" to leave them.
  ReplyFilter(const MaskPlan& plan, const MaskKey& key, DetectorScan* scan, int status,
              std::string here = {});
  ReplyFilter(ReplyFilter&&) noexcept;
  ReplyFilter& operator=(ReplyFilter&&) noexcept;
  ~ReplyFilter();

  // Of a whole body that is not encoded: does it pass as it is, without a filter? Where nothing is
  // covered by shape, a body in which no detector notices anything passes without being read,
  // whether it is well-formed or not; in pieces it must be read to know where its strings end.
  static Result<bool> passes(const MaskPlan& plan, DetectorScan* scan, int status,
                             std::string_view body);

  // True when bytes pass as they are: the caller may forward its own buffers and never call feed().
  bool untouched() const { return masker_ == nullptr; }
  // Appends to `out` what may be released.
  Status feed(std::string_view piece, std::string& out);
  Status finish(std::string& out);
  // The whole body at once, instead of feed() and finish(). False: it passes as it is, and `out` is
  // as it was.
  Result<bool> whole(std::string_view body, std::string& out);
  // What has been covered so far, each path once.
  const std::vector<journey::MaskedMember>& masked() const;

 private:
  std::unique_ptr<BodyMasker> masker_;
  bool failed_ = false;
};

}  // namespace strait::mask
