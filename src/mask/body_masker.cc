// SPDX-License-Identifier: Apache-2.0
#include "mask/body_masker.h"

#include <algorithm>

#include "codec/base64.h"

namespace strait::mask {

Result<bool> BodyMasker::whole(std::string_view body, std::string& out) {
  CHECK_OK(feed(body, out));
  CHECK_OK(finish(out));
  return true;
}

void BodyMasker::tell(std::string path, std::string_view kind) {
  if (masked_.size() >= kMaskedMembersMax) return;
  const auto same = [&](const auto& member) { return member.path == path && member.kind == kind; };
  if (std::ranges::none_of(masked_, same)) masked_.push_back({std::move(path), std::string(kind)});
}

std::string BodyMasker::brought_here(std::string_view url) const {
  const auto scheme = url.find("://");
  const auto path = scheme == std::string_view::npos ? scheme : url.find('/', scheme + 3);
  if (context_.here.empty() || path == std::string_view::npos) return std::string(url);
  return context_.here + std::string(url.substr(path));
}

bool BodyMasker::told(NodeId target, std::string_view label, std::size_t depth) {
  const Told place{target, label.data(), depth};
  if (told_.size() >= kMaskedMembersMax || std::ranges::find(told_, place) != told_.end())
    return true;
  told_.push_back(place);
  return false;
}

Result<std::size_t> WindowedMasker::step(std::string_view window, bool last, Splice& splice) {
  CHECK_OK(look_over(window));
  TRY(const auto used, walk(window, last, splice));
  if (detect() != kDetectNone) (void)noticed(used, used);
  used_ += used;
  return used;
}

Status WindowedMasker::feed(std::string_view piece, std::string& out) {
  any_ = any_ || !piece.empty();
  const bool fresh = pending_.empty();
  if (!fresh) {
    pending_.append(piece);
    if (pending_.size() < retry_at_) return {};
  }
  const std::string_view window = fresh ? piece : std::string_view(pending_);
  Splice splice(window, out);
  TRY(const auto used, step(window, false, splice));
  splice.copy_to(used);
  if (fresh) {
    pending_.assign(piece.substr(used));
  } else {
    pending_.erase(0, used);
  }
  if (pending_.size() > kFilterHeldBytesMax) return withheld("a token of it is too long");
  // Reading a token again for every byte that arrives would take quadratic time.
  retry_at_ =
      std::min(pending_.size() + std::max<std::size_t>(pending_.size(), 1), kFilterHeldBytesMax);
  return {};
}

Status WindowedMasker::finish(std::string& out) {
  if (!any_) return {};
  Splice splice(pending_, out);
  TRY(const auto used, step(pending_, true, splice));
  splice.copy_to(used);
  if (used != pending_.size() || !complete()) return withheld("it is cut off");
  pending_.clear();
  return {};
}

Result<bool> WindowedMasker::whole(std::string_view body, std::string& out) {
  if (body.empty()) return false;
  Splice splice(body, out);
  TRY(const auto used, step(body, true, splice));
  if (used != body.size() || !complete()) return withheld("it is cut off");
  if (!splice.changed()) return false;
  splice.copy_to(used);
  return true;
}

Status WindowedMasker::look_over(std::string_view window) {
  next_hit_ = 0;
  if (detect() == kDetectNone) return {};
  TRY(const auto* hits, context_.scan->suspicious(window, detect()));
  hits_ = *hits;
  return {};
}

WindowedMasker::Noticed WindowedMasker::noticed(std::size_t begin, std::size_t end) {
  Noticed out;
  const auto pass = [&](std::size_t until) {
    bool any = false;
    for (; next_hit_ < hits_.size() && hits_[next_hit_].end <= until; ++next_hit_) {
      any = true;
      if (hits_[next_hit_].hint) hint_ = used_ + hits_[next_hit_].end;
    }
    return any;
  };
  pass(begin);
  out.near = hint_ != kNoHint && used_ + begin <= hint_ + kHintBytes;
  out.flagged = pass(end);
  return out;
}

std::size_t WindowedMasker::next_stop(std::size_t at) const {
  if (hint_ != kNoHint && used_ + at <= hint_ + kHintBytes) return at;
  return next_hit_ < hits_.size() ? std::max(at, hits_[next_hit_].end) : std::string_view::npos;
}

Result<bool> WindowedMasker::cover_findings(std::string_view text, bool near,
                                            const std::function<std::string()>& path,
                                            std::string& out) {
  TRY(const auto* findings, context_.scan->find(text, near));
  std::size_t at = 0;
  for (const auto& finding : *findings) {
    if ((bit(finding.detector) & detect()) == 0) continue;
    const auto kind = name(finding.detector);
    out.append(text, at, finding.begin - at);
    out.append(context_.key->marker(kind, text.substr(finding.begin, finding.end - finding.begin)));
    at = finding.end;
    tell(path(), kind);
  }
  if (at == 0) return false;
  out.append(text.substr(at));
  return true;
}

std::string substitute(catalog::ShapeKind shape, std::string_view marker, bool base64) {
  using catalog::ShapeKind;
  switch (shape) {
    case ShapeKind::kBlob: return base64 ? codec::base64_encode(marker) : std::string(marker);
    case ShapeKind::kTimestamp: return "1970-01-01T00:00:00Z";
    case ShapeKind::kInteger:
    case ShapeKind::kFloat: return "0";
    default: return std::string(marker);
  }
}

std::unexpected<Error> withheld(std::string why) {
  return fail(ErrorCode::kReplyWithheld, "the reply must be masked and cannot be read: " + why);
}

std::unique_ptr<BodyMasker> make_body_masker(BodyForm form, const MaskContext& context) {
  switch (form) {
    case BodyForm::kJson: return make_json_masker(context);
    case BodyForm::kXml: return make_xml_masker(context);
    case BodyForm::kCbor: return make_cbor_masker(context);
    case BodyForm::kEventStream: return make_event_masker(context);
    case BodyForm::kBlob:
    case BodyForm::kNone: break;
  }
  return nullptr;
}

}  // namespace strait::mask
