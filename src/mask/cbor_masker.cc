// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include "base/limits.h"
#include "crypto/sha256.h"
#include "mask/body_masker.h"
#include "mask/long_text.h"

// Masks CBOR (RFC 8949) item by item. Lengths count items, not bytes, so nothing but the covered
// items changes.
namespace strait::mask {

namespace {

constexpr std::uint64_t kIndefinite = ~std::uint64_t{0};

enum Major : unsigned { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

struct Head {
  unsigned major = 0;
  unsigned info = 0;        // the low five bits
  std::uint64_t value = 0;  // the argument; kIndefinite for info 31
  std::size_t size = 0;     // bytes of the head; 0: not there whole
};

Head read_head(std::string_view bytes) {
  Head head;
  if (bytes.empty()) return head;
  const auto first = static_cast<unsigned char>(bytes[0]);
  head.major = first >> 5;
  head.info = first & 31;
  if (head.info == 31) head.value = kIndefinite;
  if (head.info < 24 || head.info == 31) {
    if (head.info < 24) head.value = head.info;
    head.size = 1;
    return head;
  }
  const std::size_t extra = head.info < 28 ? std::size_t{1} << (head.info - 24) : 0;
  if (bytes.size() < 1 + extra) return head;
  for (std::size_t at = 0; at < extra; ++at)
    head.value = head.value << 8 | static_cast<unsigned char>(bytes[1 + at]);
  head.size = 1 + extra;
  return head;
}

void write_string(std::string& out, unsigned major, std::string_view bytes) {
  const auto size = bytes.size();
  const auto put = [&](std::size_t byte) { out.push_back(static_cast<char>(byte)); };
  if (size < 24) {
    put(major << 5 | size);
  } else {
    const unsigned width = size < 256 ? 0 : size < 65536 ? 1 : 2;
    put(major << 5 | (24 + width));
    for (int shift = (8 << width) - 8; shift >= 0; shift -= 8) put(size >> shift & 255);
  }
  out.append(bytes);
}

struct Frame {
  NodeId node;
  bool map;
  bool at_key;         // of a map: a key is next
  std::uint64_t left;  // items, or kIndefinite
  std::string_view label;
};

class CborMasker final : public WindowedMasker {
 public:
  explicit CborMasker(const MaskContext& context)
      : WindowedMasker(context), target_(context.root) {}

 private:
  // A string that passes in pieces: a long one, or one of indefinite length.
  struct Open {
    unsigned major = kText;
    NodeId node = kClean;
    bool indefinite = false;
    std::uint64_t left = 0;  // bytes of the chunk
    std::optional<LongText> text;
    crypto::Sha256 digest;
    bool any = false;
    std::string segment;
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

  bool complete() const override { return done_; }

  Result<bool> step() {
    if (open_) return open_piece();
    if (at_ == window_.size()) return false;
    if (done_) return withheld("something follows its end");
    const auto head = read_head(window_.substr(at_));
    if (head.info >= 28 && head.info < 31) return withheld("a reserved length");
    if (head.size == 0) return false;
    if (head.major == kSimple && head.value == kIndefinite) return end_indefinite();
    if (!stack_.empty() && stack_.back().map && stack_.back().at_key) return key(head);
    return value(head);
  }

  Result<bool> end_indefinite() {
    if (tagged_ || stack_.empty() || stack_.back().left != kIndefinite)
      return withheld("a break out of place");
    if (stack_.back().map && !stack_.back().at_key) return withheld("a map without a value");
    ++at_;
    stack_.pop_back();
    item_done();
    return true;
  }

  // An item has ended, and with it every container that it was the last of.
  void item_done() {
    for (;;) {
      tagged_ = false;
      if (stack_.empty()) {
        done_ = true;
        return;
      }
      auto& top = stack_.back();
      if (top.map) top.at_key = !top.at_key;
      if (top.left != kIndefinite) --top.left;
      if (top.left != 0) break;
      stack_.pop_back();
    }
    const auto& top = stack_.back();
    if (top.map) return;
    const auto& parent = node(top.node);
    target_ = parent.kind == NodeKind::kList ? parent.element : top.node;
    label_ = "[]";
  }

  Result<bool> key(const Head& head) {
    if (head.major != kText || head.value == kIndefinite) return withheld("a key that is no text");
    if (head.value > kLongStringBytes) return withheld("a key is too long");
    const auto begin = at_ + head.size;
    if (window_.size() - begin < head.value) return false;
    const auto name = window_.substr(begin, head.value);
    const auto& parent = node(stack_.back().node);
    std::string_view cover;
    if (parent.kind == NodeKind::kMap) {
      target_ = parent.element;
      label_ = "{}";
      cover = parent.cover_keys;
    } else if (parent.kind == NodeKind::kStructure) {
      const auto* edge = parent.find(name);
      const bool unknown =
          edge == nullptr && !parent.cover_unknown.empty() && !name.starts_with("__");
      target_ = edge != nullptr ? edge->to : unknown ? parent.unknown : kClean;
      label_ = edge != nullptr ? edge->label : std::string_view("*");
    } else {
      target_ = stack_.back().node;
      label_ = "{}";
    }
    const auto item = at_;
    at_ = begin + head.value;
    if (!cover.empty()) {
      replace(item, kText, context_.key->marker(cover, name));
      tell(path("{key}"), cover);
    } else {
      CHECK_OK(look_at(item, begin, "{key}"));
    }
    auto& top = stack_.back();
    top.at_key = false;
    if (top.left != kIndefinite) --top.left;
    return true;
  }

  Result<bool> value(const Head& head) {
    switch (head.major) {
      case kUnsigned:
      case kNegative: return number(head, std::string(1, '\0'));
      case kBytes:
      case kText: return string(head);
      case kArray:
      case kMap: return container(head);
      case kTag:
        if (head.value == kIndefinite || tagged_) return withheld("a tag out of place");
        tagged_ = true;
        at_ += head.size;
        return true;
      default: break;
    }
    if (head.info >= 20 && head.info <= 23) {  // false, true, null, undefined
      at_ += 1;
      item_done();
      return true;
    }
    if (head.info < 25) return withheld("a simple value that does not exist");
    return number(head, std::string(1, window_[at_]).append(head.size - 1, '\0'));
  }

  Result<bool> number(const Head& head, std::string zero) {
    if (head.value == kIndefinite && head.info == 31) return withheld("a number without end");
    const auto& cover = node(target_).cover;
    const auto token = window_.substr(at_, head.size);
    if (!cover.empty() && token != zero) {
      splice_->replace(at_, at_ + head.size, zero);
      tell(path(label_), cover);
    }
    at_ += head.size;
    item_done();
    return true;
  }

  Result<bool> container(const Head& head) {
    const bool map = head.major == kMap;
    const auto kind = node(target_).kind;
    const bool fits =
        kind == NodeKind::kAny || kind == NodeKind::kLeaf ||
        (map ? kind == NodeKind::kStructure || kind == NodeKind::kMap : kind == NodeKind::kList);
    if (!fits) return withheld("its shape is not the operation's");
    if (stack_.size() >= limits::kDepthMax) return withheld("it is nested too deeply");
    auto left = head.value;
    if (left != kIndefinite && left > std::uint64_t{1} << 40)
      return withheld("a length beyond reason");
    if (map && left != kIndefinite) left *= 2;
    at_ += head.size;
    tagged_ = false;
    stack_.push_back({target_, map, map, left, label_});
    if (left == 0) {
      stack_.pop_back();
      item_done();
    } else if (!map) {
      if (kind == NodeKind::kList) target_ = node(target_).element;
      label_ = "[]";
    }
    return true;
  }

  // --- strings

  Result<bool> string(const Head& head) {
    const auto& target = node(target_);
    const bool covered = !target.cover.empty();
    if (!covered && target_ != kClean) return withheld("its shape is not the operation's");
    const bool look = head.major == kText && detect() != kDetectNone;
    if (head.value == kIndefinite || (!covered && !look) || head.value > kLongStringBytes)
      return begin(head, covered, look);
    const auto begin = at_ + head.size;
    if (window_.size() - begin < head.value) return false;
    const auto item = at_;
    at_ = begin + head.value;
    if (covered) {
      if (head.value > 0)
        cover(item, head.major,
              context_.key->marker(target.cover, window_.substr(begin, head.value)));
    } else {
      CHECK_OK(look_at(item, begin, label_));
    }
    item_done();
    return true;
  }

  void cover(std::size_t item, unsigned major, std::string_view marker) {
    const auto& target = node(target_);
    replace(item, major,
            major == kBytes ? std::string(marker) : substitute(target.shape, marker, false));
    tell(path(label_), target.cover);
  }

  void replace(std::size_t item, unsigned major, std::string_view with) {
    scratch_.clear();
    write_string(scratch_, major, with);
    splice_->replace(item, at_, scratch_);
  }

  // The text from `begin` to at_, whose item starts at `item`: detectors.
  Status look_at(std::size_t item, std::size_t begin, std::string_view label) {
    if (detect() == kDetectNone) return {};
    const auto seen = noticed(begin, at_);
    if (!seen.worth()) return {};
    covered_.clear();
    TRY(const bool found,
        cover_findings(
            window_.substr(begin, at_ - begin), seen.near, [&] { return path(label); }, covered_));
    if (found) replace(item, kText, covered_);
    return {};
  }

  Result<bool> begin(const Head& head, bool covered, bool look) {
    auto& open = open_.emplace(Open{});
    open.major = head.major;
    open.node = target_;
    open.indefinite = head.value == kIndefinite;
    open.left = open.indefinite ? 0 : head.value;
    open.path = path(label_);
    if (!covered && look)
      open.text.emplace(*context_.scan, detect(), *context_.key, noticed(at_, at_).near);
    const auto item = at_;
    at_ += head.size;
    if (open.text)
      splice_->replace(item, at_, "\x7f");  // text of indefinite length
    else if (covered)
      splice_->replace(item, at_, "");
    return true;
  }

  bool passes() const { return !open_->text && node(open_->node).cover.empty(); }

  Result<bool> open_piece() {
    if (open_->left > 0) {
      if (at_ == window_.size()) return false;
      const auto take =
          static_cast<std::size_t>(std::min<std::uint64_t>(open_->left, window_.size() - at_));
      open_->left -= take;
      CHECK_OK(take_bytes(take));
      return true;
    }
    if (!open_->indefinite) return end_open();
    const auto head = read_head(window_.substr(at_));
    if (head.size == 0) return false;
    const bool end = head.major == kSimple && head.value == kIndefinite;
    if (!end && (head.major != open_->major || head.value == kIndefinite))
      return withheld("a chunk of another kind");
    if (!passes()) splice_->replace(at_, at_ + head.size, "");
    at_ += head.size;
    if (end) return end_open();
    open_->left = head.value;
    return true;
  }

  Status take_bytes(std::size_t size) {
    const auto bytes = window_.substr(at_, size);
    if (passes()) {
      at_ += size;
      return {};
    }
    open_->any = true;
    scratch_.clear();
    if (!open_->text) {
      open_->digest.update(bytes);
    } else {
      // Segments are counted from the string's start, whatever pieces it comes in.
      for (auto rest = bytes; !rest.empty();) {
        const auto part = rest.substr(0, kSegmentBytes - open_->segment.size());
        open_->segment.append(part);
        rest.remove_prefix(part.size());
        if (open_->segment.size() == kSegmentBytes) CHECK_OK(release(false));
      }
    }
    splice_->replace(at_, at_ + size, scratch_);
    at_ += size;
    return {};
  }

  // Puts what LongText lets go into scratch_, as a chunk.
  Status release(bool final) {
    covered_.clear();
    CHECK_OK(open_->text->add(open_->segment, final, covered_));
    open_->segment.clear();
    if (!covered_.empty()) write_string(scratch_, kText, covered_);
    return {};
  }

  Result<bool> end_open() {
    const auto& target = node(open_->node);
    scratch_.clear();
    if (open_->text) {
      CHECK_OK(release(true));
      scratch_.push_back('\xff');
      splice_->replace(at_, at_, scratch_);
      for (const auto detector : open_->text->found()) tell(open_->path, name(detector));
    } else if (!target.cover.empty()) {
      std::string with;
      if (open_->any) {
        const auto marker = context_.key->marker(target.cover, open_->digest.finish());
        with = open_->major == kBytes ? marker : substitute(target.shape, marker, false);
        tell(open_->path, target.cover);
      }
      write_string(scratch_, open_->major, with);
      splice_->replace(at_, at_, scratch_);
    }
    (void)noticed(at_, at_);
    forget_hints();  // one inside this string was seen or not as the pieces fell
    open_.reset();
    item_done();
    return true;
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
  NodeId target_;  // of the value that is expected
  std::string_view label_;
  bool tagged_ = false;
  bool done_ = false;
  std::optional<Open> open_;
  std::string scratch_, covered_;
};

}  // namespace

std::unique_ptr<BodyMasker> make_cbor_masker(const MaskContext& context) {
  return std::make_unique<CborMasker>(context);
}

}  // namespace strait::mask
