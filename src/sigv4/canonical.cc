// SPDX-License-Identifier: Apache-2.0
#include "sigv4/canonical.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace strait::sigv4 {
namespace {

constexpr std::array<bool, 256> make_unreserved() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c : {'-', '.', '_', '~'}) table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kUnreserved = make_unreserved();

void append_escaped(TextWriter& out, unsigned char byte) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const char escape[] = {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  out.put(std::string_view(escape, sizeof(escape)));
}

template <class Keep>
void append_encoded(TextWriter& out, std::string_view text, Keep keep) {
  std::size_t from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (keep(byte)) continue;
    out.put(text.substr(from, at - from));
    append_escaped(out, byte);
    from = at + 1;
  }
  out.put(text.substr(from));
}

bool is_path_byte(unsigned char byte) { return kUnreserved[byte] || byte == '/'; }

// botocore's normalisation, which is also what AWS does: RFC 3986, 5.2.4, and empty segments go
// too.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> segments;
  for (std::size_t from = 0; from <= path.size();) {
    const auto end = std::min(path.find('/', from), path.size());
    const auto segment = path.substr(from, end - from);
    if (segment == "..") {
      if (!segments.empty()) segments.pop_back();
    } else if (!segment.empty() && segment != ".") {
      segments.push_back(segment);
    }
    from = end + 1;
  }
  std::string out = "/";
  for (const auto segment : segments) out.append(segment).append("/");
  if (!segments.empty() && !path.ends_with('/')) out.pop_back();
  return out;
}

bool is_normal(std::string_view path) {
  return path.starts_with('/') && path.find("//") == std::string_view::npos &&
         path.find("/.") == std::string_view::npos;
}

using Field = journey::Headers::Field;
using Pair = std::pair<std::string_view, std::string_view>;

void append_sorted_pairs(TextWriter& out, std::string_view query) {
  std::vector<Pair> pairs;
  for (std::size_t from = 0; from <= query.size();) {
    const auto end = std::min(query.find('&', from), query.size());
    const auto pair = query.substr(from, end - from);
    const auto equals = pair.find('=');
    pairs.emplace_back(pair.substr(0, equals), equals == std::string_view::npos
                                                   ? std::string_view()
                                                   : pair.substr(equals + 1));
    from = end + 1;
  }
  std::ranges::sort(pairs);
  for (const auto& [name, value] : pairs) {
    out.put(&name == &pairs.front().first ? "" : "&", name, "=", value);
  }
}

// Escapes what the sender left bare, so that pairs can be sorted in their final spelling. The first
// '=' of each pair and every '&' are syntax.
void append_escaping_bare(TextWriter& out, std::string_view query) {
  bool in_name = true;
  append_encoded(out, query, [&](unsigned char byte) {
    const bool syntax = byte == '&' || (byte == '=' && in_name);
    if (syntax) in_name = byte == '&';
    return syntax || byte == '%' || kUnreserved[byte];
  });
}

bool is_plain_query(std::string_view query) {
  bool in_name = true;
  for (const char c : query) {
    if (c == '&' || (c == '=' && in_name)) {
      in_name = c == '&';
    } else if (c != '%' && !kUnreserved[static_cast<unsigned char>(c)]) {
      return false;
    }
  }
  return true;
}

std::string_view without_blanks_around(std::string_view value) {
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return value;
}

char* put_squeezed(char* at, std::string_view value) {
  for (auto run = value.find("  "); run != std::string_view::npos; run = value.find("  ")) {
    at = copy(at, value.substr(0, run + 1));
    value.remove_prefix(value.find_first_not_of(' ', run));
  }
  return copy(at, value);
}

// With one blank for each run of them.
char* put_value(char* at, std::string_view value) {
  value = without_blanks_around(value);
  const bool blanks = copy_and_test(at, value, [](auto byte) { return byte == ' '; });
  if (blanks && value.find("  ") != std::string_view::npos) [[unlikely]]
    return put_squeezed(at, value);
  return at + value.size();
}

// The fields of a head by the length of their names: a name is looked for among few.
class FieldsBySize {
 public:
  explicit FieldsBySize(std::span<const Field> fields) : fields_(fields) {
    for (std::size_t at = 0; at < std::min(fields.size(), kMasked); ++at)
      by_size_[fields[at].first.size() % by_size_.size()] |= std::uint32_t{1} << at;
  }

  // Calls `visit` with every field of `name`, in order.
  template <class Visit>
  void each(std::string_view name, Visit visit) const {
    for (auto mask = by_size_[name.size() % by_size_.size()]; mask != 0; mask &= mask - 1) {
      const auto& field = fields_[static_cast<std::size_t>(std::countr_zero(mask))];
      if (same(field.first, name)) visit(field);
    }
    for (std::size_t at = kMasked; at < fields_.size(); ++at) {
      if (same(fields_[at].first, name)) visit(fields_[at]);
    }
  }

 private:
  static constexpr std::size_t kMasked = 32;
  std::span<const Field> fields_;
  std::array<std::uint32_t, 16> by_size_{};  // a bit for each of the first 32 fields
};

}  // namespace

bool is_s3_like(std::string_view signing_name) {
  if (!signing_name.starts_with("s3")) return false;
  return signing_name == "s3" || signing_name == "s3-outposts" ||
         signing_name == "s3-object-lambda" || signing_name == "s3express";
}

PathStyle path_style(std::string_view signing_name) {
  return is_s3_like(signing_name) ? PathStyle::kAsSent : PathStyle::kNormalised;
}

void append_canonical_path(TextWriter& out, std::string_view path, PathStyle style) {
  if (path.empty()) {
    out.put("/");
  } else if (style == PathStyle::kAsSent) {
    append_encoded(out, path, [](unsigned char byte) { return byte > 0x20 && byte < 0x7f; });
  } else if (style == PathStyle::kNormalised && !is_normal(path)) {
    append_encoded(out, normalised(path), is_path_byte);
  } else {
    append_encoded(out, path, is_path_byte);
  }
}

void append_canonical_query(TextWriter& out, std::string_view query) {
  if (query.empty()) return;
  if (is_plain_query(query)) {
    append_sorted_pairs(out, query);
  } else {
    char room[1024];
    TextWriter escaped(room);
    append_escaping_bare(escaped, query);
    append_sorted_pairs(out, escaped.text());
  }
}

std::optional<SortedFields> fields_named(const journey::Headers& headers,
                                         std::span<const std::string_view> names) {
  const FieldsBySize by_size(headers.fields());
  SortedFields out;
  out.reserve(headers.fields().size());
  for (const auto name : names) {
    const auto before = out.size();
    by_size.each(name, [&](const Field& field) { out.push_back(field); });
    if (out.size() == before) return std::nullopt;
  }
  return out;
}

void append_canonical_headers(TextWriter& out, std::span<const Field> fields) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : fields) bytes += name.size() + value.size() + 2;
  out.append(bytes, [&](char* at) {
    std::string_view last;
    for (const auto& [name, value] : fields) {
      if (same(name, last)) {
        at[-1] = ',';
      } else {
        at = copy(at, name);
        *at++ = ':';
        last = name;
      }
      at = put_value(at, value);
      *at++ = '\n';
    }
    return at;
  });
}

void append_canonical_request(TextWriter& out, const CanonicalRequest& request) {
  out.put(request.method, "\n");
  append_canonical_path(out, request.path, request.style);
  out.put("\n");
  append_canonical_query(out, request.query);
  out.put("\n");
  append_canonical_headers(out, request.fields);
  out.put("\n", request.signed_headers, "\n", request.payload_hash);
}

}  // namespace strait::sigv4
