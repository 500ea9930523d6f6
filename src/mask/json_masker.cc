// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "mask/body_masker.h"
#include "mask/json_scan.h"
#include "mask/long_text.h"

// Masks JSON without building it: a strict walk over the parts of the document in which the plan
// covers something, a count of brackets over the rest.
namespace strait::mask {

namespace {

enum class Expect : std::uint8_t {
  kValue,
  kFirstKey,
  kKey,
  kColon,
  kFirstElement,
  kAfterValue,
  kEnd
};

struct Frame {
  NodeId node;
  bool object;
  std::string_view label;  // of the step that led here
};

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }
bool ends_scalar(char c) {
  return is_space(c) || c == ',' || c == '}' || c == ']' || c == ':' || c == '"';
}

class JsonMasker final : public WindowedMasker {
 public:
  explicit JsonMasker(const MaskContext& context)
      : WindowedMasker(context), target_(context.root) {}

 private:
  // A string beyond kLongStringBytes, on its way through in segments.
  struct Long {
    NodeId node = kClean;
    crypto::Sha256 digest;
    std::optional<LongText> text;
    std::string path;
  };

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

  bool complete() const override { return expect_ == Expect::kEnd && !skipping_ && !long_; }

  // One token, if it is there whole; false when the rest of the window must wait.
  Result<bool> step() {
    if (long_) return long_segment();
    if (skipping_) return skip();
    while (at_ < window_.size() && is_space(window_[at_])) ++at_;
    if (at_ == window_.size()) return false;
    const char c = window_[at_];
    switch (expect_) {
      case Expect::kFirstKey:
        if (c == '}') return pop();
        [[fallthrough]];
      case Expect::kKey:
        if (c != '"') return withheld("a key is missing");
        return key();
      case Expect::kColon:
        if (c != ':') return withheld("a colon is missing");
        expect_ = Expect::kValue;
        ++at_;
        return true;
      case Expect::kFirstElement:
        if (c == ']') return pop();
        [[fallthrough]];
      case Expect::kValue: return value(c);
      case Expect::kAfterValue: return after_value(c);
      case Expect::kEnd: break;
    }
    return withheld("something follows its end");
  }

  Result<bool> after_value(char c) {
    const bool object = stack_.back().object;
    if (c == ',') {
      ++at_;
      expect_ = object ? Expect::kKey : Expect::kValue;
      if (!object) aim_at_element();
      return true;
    }
    if (c == (object ? '}' : ']')) return pop();
    return withheld("a comma is missing");
  }

  Result<bool> pop() {
    ++at_;
    stack_.pop_back();
    value_done();
    return true;
  }

  void value_done() { expect_ = stack_.empty() ? Expect::kEnd : Expect::kAfterValue; }

  void aim_at_element() {
    const auto& parent = node(stack_.back().node);
    target_ = parent.kind == NodeKind::kList ? parent.element : stack_.back().node;
    label_ = "[]";
  }

  // --- keys

  Result<bool> key() {
    const auto end = find_string_end(window_, at_ + 1);
    if (end.malformed) return withheld("a control character in a string");
    if (end.quote == std::string_view::npos) return wait_for_string();
    auto name = window_.substr(at_ + 1, end.quote - at_ - 1);
    if (name.size() > kLongStringBytes) return withheld("a key is too long");
    if (end.escapes) {
      scratch_.clear();
      if (!unescape_json(name, scratch_)) return withheld("an escape that does not exist");
      name = scratch_;
    }
    const auto cover = aim_at_member(name);
    const auto begin = at_;
    at_ = end.quote + 1;
    expect_ = Expect::kColon;
    if (!cover.empty()) {
      replace_string(begin, context_.key->marker(cover, name));
      tell(path("{key}"), cover);
      return true;
    }
    return look_at(begin, end.quote, end.escapes, "{key}");
  }

  // Sets where the value of member `name` leads. Returns the kind that covers the key itself, or
  // "".
  std::string_view aim_at_member(std::string_view name) {
    const auto& parent = node(stack_.back().node);
    switch (parent.kind) {
      case NodeKind::kMap:
        target_ = parent.element;
        label_ = "{}";
        return parent.cover_keys;
      case NodeKind::kStructure:
        if (const auto* edge = parent.find(name)) {
          target_ = edge->to;
          label_ = edge->label;
        } else {
          target_ =
              parent.cover_unknown.empty() || name.starts_with("__") ? kClean : parent.unknown;
          label_ = "*";
        }
        return {};
      default:
        target_ = stack_.back().node;
        label_ = "{}";
        return {};
    }
  }

  // --- values

  Result<bool> value(char c) {
    if (c == '{' || c == '[') return container(c == '{');
    if (c == '"') return string();
    return scalar();
  }

  Result<bool> container(bool object) {
    const auto kind = node(target_).kind;
    if (target_ == kClean) {
      skipping_ = true;
      skip_ = JsonSkip{};
      return true;
    }
    const bool fits =
        kind == NodeKind::kAny || kind == NodeKind::kLeaf ||
        (object ? kind == NodeKind::kStructure || kind == NodeKind::kMap : kind == NodeKind::kList);
    if (!fits) return withheld("its shape is not the operation's");
    if (stack_.size() >= limits::kDepthMax) return withheld("it is nested too deeply");
    stack_.push_back({target_, object, label_});
    ++at_;
    expect_ = object ? Expect::kFirstKey : Expect::kFirstElement;
    if (!object) aim_at_element();
    return true;
  }

  Result<bool> scalar() {
    auto end = at_;
    while (end < window_.size() && !ends_scalar(window_[end])) ++end;
    if (end - at_ > limits::kKiB) return withheld("a number is too long");
    if (end == window_.size() && !last_) return false;
    const auto token = window_.substr(at_, end - at_);
    if (!is_json_scalar(token)) return withheld("a value is malformed");
    const auto& cover = node(target_).cover;
    const bool number = token[0] == '-' || (token[0] >= '0' && token[0] <= '9');
    if (!cover.empty() && number && token != "0") {
      splice_->replace(at_, end, "0");
      if (!told(target_, label_, stack_.size())) tell(path(label_), cover);
    }
    at_ = end;
    value_done();
    return true;
  }

  Result<bool> string() {
    const bool seen = target_ != kClean || detect() != kDetectNone;
    if (!seen) {
      skipping_ = true;
      skip_ = JsonSkip{};
      return true;
    }
    const auto end = find_string_end(window_, at_ + 1);
    if (end.malformed) return withheld("a control character in a string");
    const bool whole = end.quote != std::string_view::npos;
    const auto size = (whole ? end.quote : window_.size()) - at_ - 1;
    if (size > kLongStringBytes) return begin_long();
    if (!whole) return wait_for_string();
    const auto& target = node(target_);
    const auto begin = at_;
    at_ = end.quote + 1;
    value_done();
    if (!target.cover.empty()) return cover_string(begin, end);
    if (target_ != kClean && target.kind != NodeKind::kAny)
      return withheld("its shape is not the operation's");
    return look_at(begin, end.quote, end.escapes, label_);
  }

  Result<bool> wait_for_string() {
    if (last_) return withheld("a string does not end");
    return false;
  }

  Result<bool> cover_string(std::size_t begin, const StringEnd& end) {
    auto text = window_.substr(begin + 1, end.quote - begin - 1);
    if (text.empty()) return true;
    if (end.escapes) {
      scratch_.clear();
      if (!unescape_json(text, scratch_)) return withheld("an escape that does not exist");
      text = scratch_;
    }
    const auto& target = node(target_);
    if (target.cover == kQueueUrl) {
      quoted_.clear();
      codec::write_json_string(quoted_, brought_here(text));
      splice_->replace(begin, at_, quoted_);
    } else {
      replace_string(begin,
                     substitute(target.shape, context_.key->marker(target.cover, text), true));
    }
    if (!told(target_, label_, stack_.size())) tell(path(label_), target.cover);
    return true;
  }

  // `with` needs no escapes: markers and their substitutes are plain.
  void replace_string(std::size_t begin, std::string_view with) {
    quoted_.assign("\"").append(with).push_back('"');
    splice_->replace(begin, at_, quoted_);
  }

  // A string that the plan does not cover, from its quote to its quote: detectors.
  Result<bool> look_at(std::size_t begin, std::size_t quote, bool escapes, std::string_view label) {
    if (detect() == kDetectNone) return true;
    const auto seen = noticed(begin + 1, quote);
    if (!seen.worth()) return true;
    auto text = window_.substr(begin + 1, quote - begin - 1);
    if (escapes) {
      plain_.clear();
      if (!unescape_json(text, plain_)) return withheld("an escape that does not exist");
      text = plain_;
    }
    covered_.clear();
    TRY(const bool found, cover_findings(text, seen.near, [&] { return path(label); }, covered_));
    if (!found) return true;
    quoted_.clear();
    codec::write_json_string(quoted_, covered_);
    splice_->replace(begin, quote + 1, quoted_);
    return true;
  }

  // --- what holds nothing to cover

  Result<bool> skip() {
    if (detect() == kDetectNone) {
      at_ = skip_json(window_, at_, skip_);
      return skip_ended();
    }
    const auto stop = next_stop(at_);
    if (stop == at_) return skip_with_care();
    const auto limit = std::min(stop, window_.size());
    const auto end = skip_json(window_.substr(0, limit), at_, skip_, kLongStringBytes);
    if (skip_.at_long) {
      at_ = end;
      skip_.at_long = skip_.in_string = skip_.escaped = false;
      (void)noticed(at_, at_);
      return string_while_skipping();
    }
    const bool ended = skip_.depth == 0 && !skip_.in_string;
    // A string that goes on beyond the limit is looked at whole, from its quote.
    at_ = skip_.in_string ? skip_.last_open : end;
    skip_.in_string = skip_.escaped = false;
    if (ended) return skip_ended();
    if (at_ == window_.size()) return false;
    (void)noticed(at_, at_);
    return window_[at_] == '"' ? string_while_skipping() : true;
  }

  // Byte by byte to the next string, because it may have to be looked at.
  Result<bool> skip_with_care() {
    for (; at_ < window_.size(); ++at_) {
      const char c = window_[at_];
      if (c == '"') return string_while_skipping();
      if (c == '{' || c == '[') ++skip_.depth;
      if ((c == '}' || c == ']') && --skip_.depth == 0) {
        ++at_;
        return skip_ended();
      }
    }
    return false;
  }

  // Its grammar is not judged, as that of the bytes around it is not.
  Result<bool> string_while_skipping() {
    const auto end = find_string_end(window_, at_ + 1, true);
    const bool whole = end.quote != std::string_view::npos;
    const auto size = (whole ? end.quote : window_.size()) - at_ - 1;
    if (size > kLongStringBytes) return begin_long();
    if (!whole) return wait_for_string();
    const auto begin = at_;
    at_ = end.quote + 1;
    return look_at(begin, end.quote, end.escapes, label_);
  }

  Result<bool> skip_ended() {
    if (skip_.depth != 0 || skip_.in_string) return false;
    skipping_ = false;
    value_done();
    return true;
  }

  // --- long strings

  Result<bool> begin_long() {
    auto& made = long_.emplace(Long{});
    made.node = skipping_ ? kClean : target_;
    made.path = path(label_);
    if (node(made.node).cover.empty()) {
      if (made.node != kClean) return withheld("its shape is not the operation's");
      made.text.emplace(*context_.scan, detect(), *context_.key, noticed(at_ + 1, at_ + 1).near);
    }
    splice_->replace(at_, at_ + 1, made.text ? "\"" : "");
    ++at_;
    return true;
  }

  Result<bool> long_segment() {
    const auto end = find_string_end(window_, at_);
    if (end.malformed) return withheld("a control character in a string");
    const bool whole = end.quote != std::string_view::npos;
    const auto size = (whole ? end.quote : window_.size()) - at_;
    constexpr std::size_t kEscapeBytesMax = 12;
    const bool full = size >= kSegmentBytes + kEscapeBytesMax;
    if (!full && !whole) return wait_for_string();
    const bool final = !full;
    plain_.clear();
    const auto used =
        unescape_json(window_.substr(at_, size), plain_, final ? size : kSegmentBytes);
    if (!used) return withheld("an escape that does not exist");
    TRY(const auto out, long_output(final));
    const auto begin = at_;
    at_ += *used + (final ? 1 : 0);
    splice_->replace(begin, at_, out);
    if (final) end_long();
    return true;
  }

  Result<std::string> long_output(bool final) {
    std::string out;
    if (long_->text) {
      covered_.clear();
      CHECK_OK(long_->text->add(plain_, final, covered_));
      codec::write_json_string(out, covered_);
      out.erase(0, 1);
      if (!final) out.pop_back();
      return out;
    }
    long_->digest.update(plain_);
    if (!final) return out;
    const auto& target = node(long_->node);
    const auto marker = context_.key->marker(target.cover, long_->digest.finish());
    return out.append("\"").append(substitute(target.shape, marker, true)).append("\"");
  }

  void end_long() {
    if (long_->text) {
      for (const auto detector : long_->text->found()) tell(long_->path, name(detector));
    } else {
      tell(long_->path, node(long_->node).cover);
    }
    long_.reset();
    (void)noticed(at_, at_);
    forget_hints();
    if (!skipping_) value_done();
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

  Expect expect_ = Expect::kValue;
  std::vector<Frame> stack_;
  NodeId target_;           // of the value that is expected
  std::string_view label_;  // of that value
  bool skipping_ = false;
  JsonSkip skip_;
  std::optional<Long> long_;
  std::string scratch_, plain_, covered_, quoted_;
};

}  // namespace

std::unique_ptr<BodyMasker> make_json_masker(const MaskContext& context) {
  return std::make_unique<JsonMasker>(context);
}

}  // namespace strait::mask
