// SPDX-License-Identifier: Apache-2.0
#include "mask/long_text.h"

#include <algorithm>

namespace strait::mask {

namespace {
constexpr std::size_t kHeldMax = 256 * 1024;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }
}  // namespace

Status LongText::add(std::string_view decoded, bool last, std::string& out) {
  text_.append(decoded);
  TRY(const auto* findings, scan_.find(text_, near_));
  auto cut = text_.size();
  if (!last) {
    cut = std::max(context_, text_.size() > kFindingBytesMax ? text_.size() - kFindingBytesMax : 0);
    for (const auto& finding : *findings) {
      if (finding.begin >= context_ && finding.begin < cut && finding.end > cut)
        cut = finding.begin;
    }
    while (cut > context_ && continues_character(text_[cut])) --cut;
  }
  std::size_t at = context_;
  for (const auto& finding : *findings) {
    if (finding.begin < context_ || finding.end > cut || (bit(finding.detector) & set_) == 0)
      continue;
    out.append(text_, at, finding.begin - at);
    out.append(
        key_.marker(name(finding.detector),
                    std::string_view(text_).substr(finding.begin, finding.end - finding.begin)));
    at = finding.end;
    if (std::ranges::find(found_, finding.detector) == found_.end())
      found_.push_back(finding.detector);
  }
  out.append(text_, at, cut - at);
  if (cut > kHintBytes) near_ = false;
  const auto keep = std::min(cut, kHintBytes);
  text_.erase(0, cut - keep);
  context_ = keep;
  if (text_.size() > kHeldMax)
    return fail(ErrorCode::kReplyWithheld, "the reply holds a secret too long to be masked");
  return {};
}

}  // namespace strait::mask
