// SPDX-License-Identifier: Apache-2.0
#include "mask/masker.h"

#include <algorithm>

#include "codec/gzip.h"
#include "mask/body_masker.h"
#include "mask/reply_headers.h"

namespace strait::mask {

namespace {

// We ask AWS for `identity`, so an encoded body is a surprise. Of a buffered one we can take the
// encoding off.
enum class Encoding { kNone, kGzip, kOther };

Encoding encoding_of(const journey::Headers& headers) {
  if (headers.count("content-encoding") == 0) return Encoding::kNone;
  const auto value = headers.one("content-encoding").value_or("several");
  if (value.empty() || value == "identity") return Encoding::kNone;
  return value == "gzip" ? Encoding::kGzip : Encoding::kOther;
}

// Where the agent reached us, as an address to come back to. In a tunnel that is AWS's own.
std::string here(const journey::PermittedCall& call) {
  if (call.call().host.empty()) return {};
  return (call.arrival().tls ? "https://" : "http://") + call.call().host;
}

void append(std::vector<journey::MaskedMember>& to,
            const std::vector<journey::MaskedMember>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

std::size_t covered_count(const std::vector<journey::MaskedMember>& members) {
  return static_cast<std::size_t>(std::ranges::count_if(
      members, [](const journey::MaskedMember& member) { return member.kind != kQueueUrl; }));
}

Result<Masker> Masker::make(std::shared_ptr<const Detectors> detectors) {
  if (detectors == nullptr) return Masker(std::nullopt);
  TRY(auto scan, DetectorScan::make(std::move(detectors)));
  return Masker(std::move(scan));
}

Result<DetectorScan*> Masker::scan_for(const MaskPlan& plan) {
  if (plan.role_detect() == kDetectNone) return nullptr;
  if (!scan_ || (plan.role_detect() & ~scan_->set()) != 0) {
    return fail(ErrorCode::kReplyWithheld,
                "the reply must be searched for secrets, and the detectors for it are off");
  }
  return &*scan_;
}

namespace {

Status filter_body(ReplyFilter& filter, Encoding encoding, const MaskPlan& plan,
                   journey::ReplyHead& head, std::string& body) {
  if (filter.untouched()) return {};
  if (encoding == Encoding::kOther) return withheld("its content-encoding is not known");
  if (encoding == Encoding::kGzip) {
    auto plain = codec::gunzip(body);
    if (!plain) return withheld("it is not the gzip it claims to be");
    body = *std::move(plain);
  }
  std::string out;
  TRY(const bool changed, filter.whole(body, out));
  if (changed) body = std::move(out);
  if (changed || encoding != Encoding::kNone)
    repair_for_new_body(head.headers, &body, plan.covers_payload());
  return {};
}

}  // namespace

Result<journey::MaskedReply> Masker::apply(journey::UpstreamReply reply,
                                           const journey::PermittedCall& call, const MaskPlan& plan,
                                           const MaskKey& key) {
  CHECK_OK(fits(call, plan));
  if (reply.streamed())
    return fail(ErrorCode::kInternal, "a streamed reply was given to the buffered masker");
  TRY(auto* const scan, scan_for(plan));
  auto head = std::move(reply).take_head({});
  auto body = std::move(reply).take_body({});
  std::vector<journey::MaskedMember> masked;
  const auto encoding = encoding_of(head.headers);
  TRY(head.headers, filter_reply_headers(std::move(head.headers), plan, key, scan, masked));
  bool passes = body.empty();
  if (!passes && encoding == Encoding::kNone) {
    TRY(passes, ReplyFilter::passes(plan, scan, head.status, body));
  }
  if (!passes) {
    ReplyFilter filter(plan, key, scan, head.status, here(call));
    CHECK_OK(filter_body(filter, encoding, plan, head, body));
    append(masked, filter.masked());
  }
  return journey::MaskedReply({}, std::move(head), std::move(body), false, std::move(masked));
}

Result<journey::MaskedReply> Masker::apply_rebuilt(journey::UpstreamReply reply,
                                                   journey::ReplyHead head, std::string body,
                                                   const MaskPlan& plan, const MaskKey& key) {
  TRY(auto* const scan, scan_for(plan));
  auto said = std::move(reply).take_head({});  // spent: nothing of AWS's own bytes goes on
  ReplyFilter filter(plan, key, scan, said.status);
  if (!filter.untouched() && !body.empty()) {
    std::string out;
    TRY(const bool changed, filter.whole(body, out));
    if (changed) body = std::move(out);
  }
  return journey::MaskedReply({}, std::move(head), std::move(body), false, filter.masked());
}

Result<Masker::Opened> Masker::open(journey::UpstreamReply reply,
                                    const journey::PermittedCall& call, const MaskPlan& plan,
                                    const MaskKey& key) {
  CHECK_OK(fits(call, plan));
  TRY(auto* const scan, scan_for(plan));
  auto head = std::move(reply).take_head({});
  std::vector<journey::MaskedMember> masked;
  const auto encoding = encoding_of(head.headers);
  TRY(head.headers, filter_reply_headers(std::move(head.headers), plan, key, scan, masked));
  ReplyFilter filter(plan, key, scan, head.status, here(call));
  if (!filter.untouched()) {
    if (encoding != Encoding::kNone) return withheld("it streams with a content-encoding");
    repair_for_new_body(head.headers, nullptr, plan.covers_payload());
  }
  return Opened{journey::MaskedReply({}, std::move(head), {}, true, std::move(masked)),
                std::move(filter)};
}

// A plan made for another operation would look in the wrong places.
Status Masker::fits(const journey::PermittedCall& call, const MaskPlan& plan) {
  if (plan.operation() == call.call().operation && plan.protocol() == call.call().protocol)
    return {};
  return fail(ErrorCode::kInternal, "the mask plan is of another operation");
}

}  // namespace strait::mask
