// SPDX-License-Identifier: Apache-2.0
// A recursive descent over text that is known to be UTF-8. It is our own because every rule beyond
// RFC 8259 (tokens kept, keys unique, limits) is part of the grammar here; simdjson is the oracle
// that the fuzzer and the tests hold it against.
#include <algorithm>
#include <charconv>

#include "base/limits.h"
#include "codec/json.h"
#include "codec/text_scan.h"
#include "codec/unique_names.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code >> 6)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code >> 12)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  } else {
    out.push_back(static_cast<char>(0xf0 | (code >> 18)));
    out.push_back(static_cast<char>(0x80 | ((code >> 12) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | ((code >> 6) & 0x3f)));
    out.push_back(static_cast<char>(0x80 | (code & 0x3f)));
  }
}

class JsonReader {
 public:
  explicit JsonReader(std::string_view text)
      : start_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  Result<Value> read() {
    Result<Value> value;
    skip_space();
    if (!read_value(*value, 1)) return error();
    skip_space();
    if (at_ != end_) {
      refuse("something follows the value");
      return error();
    }
    return value;
  }

 private:
  [[gnu::cold, gnu::noinline]] bool refuse(const char* why,
                                           ErrorCode code = ErrorCode::kMalformedRequest) {
    if (why_ == nullptr) {
      why_ = why;
      code_ = code;
    }
    return false;
  }

  [[gnu::cold, gnu::noinline]] std::unexpected<Error> error() const {
    return fail(code_, std::string("the JSON text is refused at byte ") +
                           std::to_string(at_ - start_) + ": " + why_);
  }

  char peek() const { return at_ != end_ ? *at_ : '\0'; }

  bool take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  std::string_view rest() const { return {at_, end_}; }

  // One blank or none is usual.
  void skip_space() {
    if (at_ != end_ && *at_ == ' ') ++at_;
    if (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ') skip_more_space();
  }
  [[gnu::noinline]] void skip_more_space() {
    constexpr std::uint64_t kSpaces = 1ull << ' ' | 1ull << '\n' | 1ull << '\r' | 1ull << '\t';
    const auto* at = at_ + blanks_prefix(rest());  // padding
    while (at != end_ && static_cast<unsigned char>(*at) <= ' ' && (kSpaces >> *at & 1)) {
      const bool line = *at++ == '\n';
      if (line) at += blanks_prefix({at, end_});  // indentation
    }
    at_ = at;
  }

  // The same behind white space, which mostly is not there.
  bool take_next(char c) {
    if (take(c)) return true;
    skip_space();
    return take(c);
  }

  // The value of a member, or an element: most are strings, and a string needs no frame of its own.
  bool read_inner(Value& out, std::size_t depth) {
    if (peek() == '"' && nodes_ < limits::kValueNodesMax) [[likely]] {
      ++nodes_;
      return read_text(out);
    }
    return read_value(out, depth);
  }

  // `out` is null and becomes what is read.
  bool read_value(Value& out, std::size_t depth) {
    if (++nodes_ > limits::kValueNodesMax)
      return refuse("too many values", ErrorCode::kLimitExceeded);
    switch (peek()) {
      case '"': return read_text(out);
      case '{': return read_object(out.emplace<Object>(), depth);
      case '[': return read_array(out.emplace<List>(), depth);
      case 't': out.emplace<bool>(true); return read_word("true");
      case 'f': out.emplace<bool>(false); return read_word("false");
      case 'n': return read_word("null");
      default: return read_number(out);
    }
  }

  bool read_word(std::string_view word) {
    if (!rest().starts_with(word)) return refuse("a value is expected");
    at_ += word.size();
    return true;
  }

  bool read_object(Object& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    ++at_;
    if (take_next('}')) return true;
    out.reserve(depth == 1 ? 8 : 2);  // an operation's input, and a value with its type
    do {
      if (peek() != '"') skip_space();
      if (peek() != '"') return refuse("a member name in quotes is expected");
      const auto name = take_plain_string();
      auto& member = out.emplace_back(name.text);
      if (!name.whole && !read_escaped(member.name)) return false;
      if (!take_next(':')) return refuse("a colon is expected");
      skip_space();
      if (!read_inner(member.value, depth + 1)) return false;
    } while (take_next(','));
    if (!take('}')) return refuse("a comma or a closing brace is expected");
    if (has_duplicate_name(out)) return refuse("a member name occurs twice in one object");
    return true;
  }

  bool read_array(List& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    ++at_;
    if (take_next(']')) return true;
    do {
      skip_space();
      if (!read_inner(out.emplace_back(), depth + 1)) return false;
    } while (take_next(','));
    if (!take(']')) return refuse("a comma or a closing bracket is expected");
    return true;
  }

  // The string whose opening quote is next, up to its end, or `whole` is false and read_escaped()
  // goes on from an escape: most strings have none, and are made where they stay from the text.
  struct PlainString {
    std::string_view text;
    bool whole;
  };
  PlainString take_plain_string() {
    ++at_;
    const std::string_view text(at_, plain_json_prefix(rest()));
    at_ += text.size();
    return {text, take('"')};
  }

  bool read_text(Value& out) {
    const auto plain = take_plain_string();
    auto& text = out.emplace<std::string>(plain.text);
    return plain.whole || read_escaped(text);
  }

  [[gnu::noinline]] bool read_escaped(std::string& out) {
    while (at_ != end_) {
      if (*at_ != '\\') return refuse("a control character stands in a string");
      ++at_;
      if (!read_escape(out)) return false;
      const auto plain = plain_json_prefix(rest());
      out.append(at_, plain);
      at_ += plain;
      if (take('"')) return true;
    }
    return refuse("a string does not end");
  }

  bool read_escape(std::string& out) {
    if (at_ == end_) return refuse("no such escape");
    const char c = *at_++;
    switch (c) {
      case '"':
      case '\\':
      case '/': out.push_back(c); return true;
      case 'b': out.push_back('\b'); return true;
      case 'f': out.push_back('\f'); return true;
      case 'n': out.push_back('\n'); return true;
      case 'r': out.push_back('\r'); return true;
      case 't': out.push_back('\t'); return true;
      case 'u': return read_unicode(out);
      default: --at_; return refuse("no such escape");
    }
  }

  bool read_unicode(std::string& out) {
    unsigned code = 0;
    if (!read_hex4(code)) return false;
    if (code >= 0xdc00 && code <= 0xdfff) return refuse("a lone surrogate");
    if (code >= 0xd800 && code <= 0xdbff) {
      unsigned low = 0;
      if (!take('\\') || !take('u')) return refuse("a lone surrogate");
      if (!read_hex4(low)) return false;
      if (low < 0xdc00 || low > 0xdfff) return refuse("a lone surrogate");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    append_utf8(out, code);
    return true;
  }

  bool read_hex4(unsigned& code) {
    const auto digits = rest().substr(0, 4);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || failed != std::errc() || end != digits.data() + 4) {
      return refuse("\\u needs four hex digits");
    }
    at_ += 4;
    return true;
  }

  std::string_view take_digits() {
    const char* const start = at_;
    while (at_ != end_ && is_digit(*at_)) ++at_;
    return {start, at_};
  }

  [[gnu::noinline]] bool read_number(Value& out) {
    const char* const start = at_;
    take('-');
    const auto whole = take_digits();
    if (whole.empty()) return refuse("a value is expected");
    if (whole.size() > 1 && whole[0] == '0') return refuse("a number starts with a needless zero");
    bool is_integer = true;
    std::string_view fraction;
    if (take('.')) {
      is_integer = false;
      fraction = take_digits();
      if (fraction.empty()) return refuse("a fraction needs a digit");
    }
    if (peek() == 'e' || peek() == 'E') {
      is_integer = false;
      ++at_;
      if (!read_exponent()) return false;
    }
    const std::string_view token(start, at_);
    if (!within_limits(token, whole, fraction))
      return refuse("a number is too long", ErrorCode::kLimitExceeded);
    out.emplace<Number>().token = is_integer && token == "-0" ? "-0.0" : token;
    return true;
  }

  bool read_exponent() {
    if (!take('+')) take('-');
    auto digits = take_digits();
    if (digits.empty()) return refuse("an exponent needs a digit");
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    int exponent = 0;
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (!digits.empty() && (failed != std::errc() || exponent > limits::kNumberExponentMax)) {
      return refuse("an exponent is too large", ErrorCode::kLimitExceeded);
    }
    return true;
  }

  static bool within_limits(std::string_view token, std::string_view whole,
                            std::string_view fraction) {
    if (token.size() <= limits::kNumberDigitsMax) return true;
    if (token.size() > limits::kNumberTokenBytesMax) return false;
    auto digits = whole.size() + fraction.size();
    if (whole == "0") {
      digits = fraction.size() - std::min(fraction.find_first_not_of('0'), fraction.size());
    }
    return digits <= limits::kNumberDigitsMax;
  }

  const char* start_;
  const char* at_;
  const char* end_;
  std::size_t nodes_ = 0;
  const char* why_ = nullptr;
  ErrorCode code_ = ErrorCode::kMalformedRequest;
};

}  // namespace

Result<Value> parse_json(std::string_view text) {
  if (!valid_utf8(text))
    return fail(ErrorCode::kMalformedRequest, "the JSON text is not valid UTF-8");
  return JsonReader(text).read();
}

}  // namespace strait::codec
