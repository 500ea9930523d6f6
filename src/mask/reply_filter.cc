// SPDX-License-Identifier: Apache-2.0
#include "mask/reply_filter.h"

#include "mask/body_masker.h"

namespace strait::mask {

ReplyFilter::ReplyFilter(const MaskPlan& plan, const MaskKey& key, DetectorScan* scan, int status,
                         std::string here) {
  const bool error = status >= 300;
  MaskContext context{&plan,
                      &key,
                      scan,
                      error ? kClean : plan.root(),
                      error ? plan.role_detect() : plan.detect(),
                      std::move(here)};
  if (scan == nullptr) context.set = kDetectNone;
  if (!error && plan.covers_payload()) {
    masker_ = make_blob_masker(context, plan.payload_cover());
  } else if (context.set != kDetectNone ||
             (!error && (plan.covers_body() || plan.form() == BodyForm::kEventStream))) {
    // Of an event stream every frame is checked, also where nothing in it is covered.
    masker_ = make_body_masker(error ? plan.error_form() : plan.form(), context);
  }
}

Result<bool> ReplyFilter::passes(const MaskPlan& plan, DetectorScan* scan, int status,
                                 std::string_view body) {
  const bool error = status >= 300;
  const auto form = error ? plan.error_form() : plan.form();
  const bool document =
      form == BodyForm::kJson || form == BodyForm::kXml || form == BodyForm::kCbor;
  if (!document || (!error && (plan.covers_payload() || plan.root() != kClean))) return false;
  const auto set = error ? plan.role_detect() : plan.detect();
  if (scan == nullptr || set == kDetectNone) return true;
  TRY(const auto* hits, scan->suspicious(body, set));
  return hits->empty();
}

ReplyFilter::ReplyFilter(ReplyFilter&&) noexcept = default;
ReplyFilter& ReplyFilter::operator=(ReplyFilter&&) noexcept = default;
ReplyFilter::~ReplyFilter() = default;

Status ReplyFilter::feed(std::string_view piece, std::string& out) {
  if (masker_ == nullptr) {
    out.append(piece);
    return {};
  }
  if (failed_) return withheld("it was withheld before");
  auto done = masker_->feed(piece, out);
  failed_ = !done;
  return done;
}

Status ReplyFilter::finish(std::string& out) {
  if (masker_ == nullptr) return {};
  if (failed_) return withheld("it was withheld before");
  auto done = masker_->finish(out);
  failed_ = !done;
  return done;
}

Result<bool> ReplyFilter::whole(std::string_view body, std::string& out) {
  if (masker_ == nullptr || body.empty()) return false;
  return masker_->whole(body, out);
}

const std::vector<journey::MaskedMember>& ReplyFilter::masked() const {
  static const std::vector<journey::MaskedMember> kNothing;
  return masker_ == nullptr ? kNothing : masker_->masked();
}

}  // namespace strait::mask
