// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "codec/xml.h"
#include "crypto/sha256.h"
#include "mask/body_masker.h"
#include "mask/long_text.h"
#include "mask/xml_scan.h"

// Masks XML tag by tag. The text of a covered element is collected over entities and CDATA sections
// and replaced as one.
namespace strait::mask {

namespace {

constexpr std::size_t kTagBytesMax = 128 * 1024;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \n\r\t") == std::string_view::npos;
}

struct Frame {
  NodeId node;
  std::size_t name;  // where the element's name begins in names_
  std::string_view label;
};

class XmlMasker final : public WindowedMasker {
 public:
  using WindowedMasker::WindowedMasker;

 private:
  Result<std::size_t> walk(std::string_view window, bool last, Splice& splice) override {
    window_ = window;
    last_ = last;
    splice_ = &splice;
    at_ = 0;
    for (bool more = true; more;) {
      TRY(more, step());
    }
    return at_;
  }

  bool complete() const override { return done_ && !in_text_; }

  Result<bool> step() {
    if (in_text_ || (at_ < window_.size() && window_[at_] != '<')) return text();
    const auto rest = window_.substr(at_);
    if (rest.size() < 2) return false;
    if (rest[1] == '?') return declaration(rest);
    if (rest[1] == '!') return cdata(rest);
    const auto size = xml_tag_size(rest);
    if (size > kTagBytesMax || (size == 0 && rest.size() > kTagBytesMax))
      return withheld("a tag is too long");
    if (size == 0) return false;
    const auto tag = rest.substr(0, size);
    started_ = true;
    if (!read_xml_tag(tag, tag_)) return withheld("a tag is malformed");
    flush();
    if (tag_.closing) return close(size);
    return open(tag);
  }

  Result<bool> declaration(std::string_view rest) {
    const auto end = rest.substr(0, limits::kKiB).find("?>");
    if (end == std::string_view::npos && rest.size() < limits::kKiB && !last_) return false;
    const bool fits =
        end != std::string_view::npos && !started_ && rest.starts_with("<?xml") && end > 5;
    if (!fits || !is_blank(rest.substr(5, 1))) return withheld("a processing instruction");
    if (!xml_declares_utf8(rest.substr(0, end))) return withheld("it is not UTF-8");
    started_ = true;
    at_ += end + 2;
    return true;
  }

  // --- elements

  Result<bool> open(std::string_view tag) {
    if (done_) return withheld("something follows its end");
    if (stack_.size() >= limits::kDepthMax) return withheld("it is nested too deeply");
    const auto [to, label] = aim(xml_local_name(tag_.name));
    stack_.push_back({to, names_.size(), label});
    names_.append(tag_.name);
    CHECK_OK(attributes(tag));
    at_ += tag.size();
    if (tag_.empty) pop();
    return true;
  }

  // Where an element of that name leads, here.
  std::pair<NodeId, std::string_view> aim(std::string_view name) const {
    if (stack_.empty()) return {context_.root, ""};
    const auto& parent = node(stack_.back().node);
    switch (parent.kind) {
      case NodeKind::kList: return {parent.element, "[]"};
      case NodeKind::kStructure: {
        if (const auto* edge = parent.find(name); edge != nullptr && !edge->attribute)
          return {edge->to, edge->label};
        return {parent.cover_unknown.empty() ? kClean : parent.unknown, "*"};
      }
      default: return {stack_.back().node, parent.cover.empty() ? "" : "{}"};
    }
  }

  Status attributes(std::string_view tag) {
    const auto& element = node(stack_.back().node);
    const auto seen = detect() == kDetectNone ? Noticed{} : noticed(at_, at_ + tag.size());
    for (const auto& attribute : tag_.attributes) {
      std::string_view cover;
      std::string_view label;
      if (element.kind == NodeKind::kStructure && !attribute.name.starts_with("xmlns")) {
        const auto* edge = element.find(attribute.name);
        if (edge == nullptr) edge = element.find(xml_local_name(attribute.name));
        if (edge != nullptr && edge->attribute) {
          cover = node(edge->to).cover;
          label = edge->label;
        }
      }
      if (cover.empty() && !seen.flagged) continue;
      CHECK_OK(attribute_value(tag, attribute, cover, label));
    }
    return {};
  }

  Status attribute_value(std::string_view tag, const XmlTagAttribute& attribute,
                         std::string_view cover, std::string_view label) {
    plain_.clear();
    if (!unescape_xml(tag.substr(attribute.begin, attribute.end - attribute.begin), plain_)) {
      return withheld("a reference that does not exist");
    }
    covered_.clear();
    if (!cover.empty()) {
      if (plain_.empty()) return {};
      covered_ = context_.key->marker(cover, plain_);
      tell(path(label), cover);
    } else {
      TRY(const bool found,
          cover_findings(plain_, false, [&] { return path(attribute.name); }, covered_));
      if (!found) return {};
    }
    escaped_.clear();
    codec::xml_escape(escaped_, covered_);
    splice_->replace(at_ + attribute.begin, at_ + attribute.end, escaped_);
    return {};
  }

  Result<bool> close(std::size_t size) {
    if (stack_.empty() || std::string_view(names_).substr(stack_.back().name) != tag_.name) {
      return withheld("an end tag that does not match");
    }
    at_ += size;
    pop();
    return true;
  }

  void pop() {
    names_.resize(stack_.back().name);
    stack_.pop_back();
    done_ = stack_.empty();
  }

  // --- text

  // A run of text up to the next '<', or a piece of a long one.
  Result<bool> text() {
    const auto end = std::min(window_.find('<', at_), window_.size());
    const bool whole = end < window_.size() || last_;
    const auto raw = window_.substr(at_, end - at_);
    if (stack_.empty()) {
      if (!is_blank(raw)) return withheld("text outside its root element");
      at_ = end;
      return whole && end < window_.size();
    }
    const auto& here = node(stack_.back().node);
    const bool covered = !here.cover.empty() && here.shape != catalog::ShapeKind::kBoolean;
    if (!covered && stack_.back().node == kClean && detect() == kDetectNone) {
      at_ = end;
      return end < window_.size();
    }
    if (!in_text_ && raw.size() <= kLongStringBytes) {
      if (!whole) return false;
      return short_text(raw, covered);
    }
    return long_text(raw, whole, covered);
  }

  Result<bool> short_text(std::string_view raw, bool covered) {
    const auto begin = at_;
    at_ += raw.size();
    if (is_blank(raw)) return true;
    const auto& here = node(stack_.back().node);
    if (!covered) {
      const bool shaped = here.kind == NodeKind::kStructure || here.kind == NodeKind::kList;
      if (stack_.back().node != kClean && shaped)
        return withheld("its shape is not the operation's");
      return look_at(begin, raw);
    }
    plain_.clear();
    if (!unescape_xml(raw, plain_)) return withheld("a reference that does not exist");
    collect(begin, plain_);
    return true;
  }

  // Takes decoded text of a covered element, which stood from `begin` to at_.
  void collect(std::size_t begin, std::string_view decoded) {
    collecting_ = true;
    if (node(stack_.back().node).cover == kQueueUrl) {
      url_ += decoded;
    } else {
      digest_.update(decoded);
    }
    splice_->replace(begin, at_, "");
  }

  // Before the next tag: what was collected becomes a marker.
  void flush() {
    if (!collecting_) return;
    collecting_ = false;
    const auto& here = node(stack_.back().node);
    if (here.cover == kQueueUrl) {
      escaped_.clear();
      codec::xml_escape(escaped_, brought_here(url_));
      splice_->replace(at_, at_, escaped_);
      url_.clear();
    } else {
      const auto marker = context_.key->marker(here.cover, digest_.finish());
      splice_->replace(at_, at_, substitute(here.shape, marker, true));
    }
    tell(path({}), here.cover);
  }

  Result<bool> look_at(std::size_t begin, std::string_view raw) {
    if (detect() == kDetectNone) return true;
    const auto seen = noticed(begin, begin + raw.size());
    if (!seen.worth()) return true;
    plain_.clear();
    if (!unescape_xml(raw, plain_)) return withheld("a reference that does not exist");
    return replace_findings(begin, plain_, seen.near);
  }

  Result<bool> replace_findings(std::size_t begin, std::string_view decoded, bool near) {
    covered_.clear();
    TRY(const bool found, cover_findings(decoded, near, [&] { return path({}); }, covered_));
    if (!found) return true;
    escaped_.clear();
    codec::xml_escape(escaped_, covered_);
    splice_->replace(begin, at_, escaped_);
    return true;
  }

  Result<bool> long_text(std::string_view raw, bool whole, bool covered) {
    if (!in_text_) {
      if (!covered && stack_.back().node != kClean)
        return withheld("its shape is not the operation's");
      in_text_ = true;
      if (!covered) long_.emplace(*context_.scan, detect(), *context_.key, noticed(at_, at_).near);
    }
    const bool full = raw.size() >= kSegmentBytes + kXmlReferenceBytesMax;
    if (!full && !whole) return false;
    plain_.clear();
    const auto used = unescape_xml(raw, plain_, full ? kSegmentBytes : raw.size());
    if (!used) return withheld("a reference that does not exist");
    const auto begin = at_;
    at_ += *used;
    if (covered) {
      collect(begin, plain_);
    } else {
      covered_.clear();
      CHECK_OK(long_->add(plain_, !full, covered_));
      escaped_.clear();
      codec::xml_escape(escaped_, covered_);
      splice_->replace(begin, at_, escaped_);
    }
    if (!full) end_long_text();
    return true;
  }

  void end_long_text() {
    if (long_) {
      for (const auto detector : long_->found()) tell(path({}), name(detector));
    }
    long_.reset();
    in_text_ = false;
    if (detect() != kDetectNone) (void)noticed(at_, at_);
    forget_hints();
  }

  Result<bool> cdata(std::string_view rest) {
    constexpr std::string_view kOpen = "<![CDATA[", kClose = "]]>";
    if (!rest.starts_with(kOpen.substr(0, rest.size())))
      return withheld("a comment or document type");
    if (rest.size() < kOpen.size()) return false;
    const auto end = rest.find(kClose, kOpen.size());
    const auto size = std::min(end, rest.size());
    if (size > kLongStringBytes) return withheld("a CDATA section is too long");
    if (end == std::string_view::npos) return false;
    if (stack_.empty()) return withheld("text outside its root element");
    const auto content = rest.substr(kOpen.size(), end - kOpen.size());
    const auto& here = node(stack_.back().node);
    const auto begin = at_;
    at_ += end + kClose.size();
    if (!here.cover.empty() && here.shape != catalog::ShapeKind::kBoolean) {
      if (!content.empty()) collect(begin, content);
      return true;
    }
    if (stack_.back().node != kClean) return withheld("its shape is not the operation's");
    if (detect() == kDetectNone) return true;
    const auto seen = noticed(begin, at_);
    return seen.worth() ? replace_findings(begin, content, seen.near) : true;
  }

  std::string path(std::string_view label) const {
    std::string out;
    const auto add = [&](std::string_view step) {
      const bool suffix = step.starts_with('[') || step.starts_with('{');
      if (!out.empty() && !suffix && !step.empty()) out.push_back('.');
      out.append(step);
    };
    for (const auto& frame : stack_) add(frame.label);
    add(label);
    return out;
  }

  std::string_view window_;
  bool last_ = false;
  Splice* splice_ = nullptr;
  std::size_t at_ = 0;

  std::vector<Frame> stack_;
  std::string names_;  // of the open elements, end to end
  XmlTag tag_;
  bool started_ = false;
  bool done_ = false;
  bool in_text_ = false;     // in a long text
  bool collecting_ = false;  // text of a covered element
  crypto::Sha256 digest_;
  std::optional<LongText> long_;
  std::string plain_, covered_, escaped_;
  std::string url_;  // of a queue, while it is collected
};

}  // namespace

std::unique_ptr<BodyMasker> make_xml_masker(const MaskContext& context) {
  return std::make_unique<XmlMasker>(context);
}

}  // namespace strait::mask
