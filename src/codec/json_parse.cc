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
  explicit JsonReader(std::string_view text) : text_(text) {}

  Result<Value> read() {
    Value value;
    skip_space();
    if (!read_value(value, 1)) return error();
    skip_space();
    if (at_ != text_.size()) {
      refuse("something follows the value");
      return error();
    }
    return value;
  }

 private:
  bool refuse(const char* why, ErrorCode code = ErrorCode::kMalformedRequest) {
    if (why_ == nullptr) {
      why_ = why;
      code_ = code;
    }
    return false;
  }

  std::unexpected<Error> error() const {
    return fail(code_, std::string("the JSON text is refused at byte ") + std::to_string(at_) +
                           ": " + why_);
  }

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  void skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
      ++at_;
    }
  }

  bool read_value(Value& out, std::size_t depth) {
    if (++nodes_ > limits::kValueNodesMax)
      return refuse("too many values", ErrorCode::kLimitExceeded);
    switch (peek()) {
      case '"': {
        std::string text;
        if (!read_string(text)) return false;
        out = Value(std::move(text));
        return true;
      }
      case '{': return read_object(out, depth);
      case '[': return read_array(out, depth);
      case 't': return read_word("true", out, Value(true));
      case 'f': return read_word("false", out, Value(false));
      case 'n': return read_word("null", out, Value());
      default: return read_number(out);
    }
  }

  bool read_word(std::string_view word, Value& out, Value value) {
    if (text_.substr(at_, word.size()) != word) return refuse("a value is expected");
    at_ += word.size();
    out = std::move(value);
    return true;
  }

  bool read_object(Value& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    Object object;
    ++at_;
    skip_space();
    if (!take('}')) {
      object.reserve(4);
      do {
        skip_space();
        auto& member = object.emplace_back();
        if (peek() != '"') return refuse("a member name in quotes is expected");
        if (!read_string(member.name)) return false;
        skip_space();
        if (!take(':')) return refuse("a colon is expected");
        skip_space();
        if (!read_value(member.value, depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take('}')) return refuse("a comma or a closing brace is expected");
      if (has_duplicate_name(object)) return refuse("a member name occurs twice in one object");
    }
    out = Value(std::move(object));
    return true;
  }

  bool read_array(Value& out, std::size_t depth) {
    if (depth > limits::kDepthMax) return refuse("nested too deeply", ErrorCode::kLimitExceeded);
    List list;
    ++at_;
    skip_space();
    if (!take(']')) {
      do {
        skip_space();
        if (!read_value(list.emplace_back(), depth + 1)) return false;
        skip_space();
      } while (take(','));
      if (!take(']')) return refuse("a comma or a closing bracket is expected");
    }
    out = Value(std::move(list));
    return true;
  }

  bool read_string(std::string& out) {
    ++at_;
    while (true) {
      const auto plain = plain_json_prefix(text_.substr(at_));
      out.append(text_, at_, plain);
      at_ += plain;
      if (at_ == text_.size()) return refuse("a string does not end");
      if (take('"')) return true;
      if (text_[at_] != '\\') return refuse("a control character stands in a string");
      ++at_;
      if (!read_escape(out)) return false;
    }
  }

  bool read_escape(std::string& out) {
    const char c = peek();
    ++at_;
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
    const auto digits = text_.substr(at_, 4);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() != 4 || failed != std::errc() || end != digits.data() + 4) {
      return refuse("\\u needs four hex digits");
    }
    at_ += 4;
    return true;
  }

  std::string_view take_digits() {
    const auto start = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

  bool read_number(Value& out) {
    const auto start = at_;
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
    const auto token = text_.substr(start, at_ - start);
    if (!within_limits(token, whole, fraction))
      return refuse("a number is too long", ErrorCode::kLimitExceeded);
    out = Value(Number{std::string(is_integer && token == "-0" ? "-0.0" : token)});
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

  std::string_view text_;
  std::size_t at_ = 0;
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
