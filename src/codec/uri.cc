// SPDX-License-Identifier: Apache-2.0
#include "codec/uri.h"

#include <array>

#include "base/limits.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view kQueryOthers =
    "!$&'()*+,;=:@/?%";  // RFC 3986, 3.4: sub-delims, pchar, slash, question mark

constexpr std::array<bool, 256> set_of(std::string_view one, std::string_view two) {
  std::array<bool, 256> set{};
  for (const char c : one) set[static_cast<unsigned char>(c)] = true;
  for (const char c : two) set[static_cast<unsigned char>(c)] = true;
  return set;
}

constexpr auto kIsUnreserved = set_of(kUnreserved, "");
constexpr auto kIsQuery = set_of(kUnreserved, kQueryOthers);

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool decode(std::string& out, std::string_view text, bool plus_is_space) {
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out.push_back(' ');
    } else if (text[i] != '%') {
      out.push_back(text[i]);
    } else {
      const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      out.push_back(static_cast<char>(high << 4 | low));
      i += 2;
    }
  }
  return true;
}

std::unexpected<Error> refuse(std::string_view what, std::string_view text) {
  return fail(ErrorCode::kMalformedRequest,
              std::string("the query has ").append(what).append(": ") + quoted(text));
}

Result<QueryPair> parse_pair(std::string_view text, bool plus_is_space) {
  const auto equals = text.find('=');
  QueryPair pair;
  pair.has_equals = equals != std::string_view::npos;
  const auto value = pair.has_equals ? text.substr(equals + 1) : std::string_view();
  if (!decode(pair.name, text.substr(0, equals), plus_is_space) ||
      !decode(pair.value, value, plus_is_space)) {
    return refuse("a % without two hex digits", text);
  }
  if (pair.name.empty()) return refuse("a pair without a name", text);
  if (!valid_utf8(pair.name) || !valid_utf8(pair.value))
    return refuse("bytes that are not UTF-8", text);
  return pair;
}

Result<std::vector<QueryPair>> parse(std::string_view text, bool plus_is_space) {
  std::vector<QueryPair> pairs;
  if (text.empty()) return pairs;
  for (const char c : text) {
    if (!kIsQuery[static_cast<unsigned char>(c)])
      return refuse("a character that must be percent-encoded", text);
  }
  while (true) {
    if (pairs.size() == limits::kQueryPairsMax)
      return fail(ErrorCode::kLimitExceeded, "the query has too many pairs");
    const auto ampersand = text.find('&');
    TRY(auto pair, parse_pair(text.substr(0, ampersand), plus_is_space));
    pairs.push_back(std::move(pair));
    if (ampersand == std::string_view::npos) return pairs;
    text.remove_prefix(ampersand + 1);
  }
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  if (!decode(out, text, false)) return std::nullopt;
  return out;
}

void percent_encode(std::string& out, std::string_view text, bool keep_slash) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kIsUnreserved[byte] || (c == '/' && keep_slash)) {
      out.push_back(c);
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
}

std::string percent_encode(std::string_view text, bool keep_slash) {
  std::string out;
  out.reserve(text.size());
  percent_encode(out, text, keep_slash);
  return out;
}

Result<std::vector<QueryPair>> parse_query(std::string_view text) { return parse(text, false); }
Result<std::vector<QueryPair>> parse_form(std::string_view body) { return parse(body, true); }

std::string encode_query(const std::vector<QueryPair>& pairs) {
  std::string out;
  for (const auto& pair : pairs) {
    if (!out.empty()) out.push_back('&');
    percent_encode(out, pair.name, false);
    if (pair.has_equals) out.push_back('=');
    percent_encode(out, pair.value, false);
  }
  return out;
}

std::string encode_form(const std::vector<QueryPair>& pairs) { return encode_query(pairs); }

}  // namespace strait::codec
