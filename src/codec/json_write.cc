// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/text_scan.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

void append_escape(std::string& out, char c) {
  static constexpr char kDigits[] = "0123456789abcdef";
  switch (c) {
    case '"': out.append("\\\""); return;
    case '\\': out.append("\\\\"); return;
    case '\b': out.append("\\b"); return;
    case '\f': out.append("\\f"); return;
    case '\n': out.append("\\n"); return;
    case '\r': out.append("\\r"); return;
    case '\t': out.append("\\t"); return;
    default: out.append("\\u00").append({kDigits[(c >> 4) & 15], kDigits[c & 15]}); return;
  }
}

// Copies text that has neither quotes, backslashes nor controls, with the two line separators of
// JavaScript escaped.
void append_plain(std::string& out, std::string_view text) {
  while (true) {
    const auto at = text.find("\xe2\x80");
    if (at == std::string_view::npos) break;
    const char third = at + 2 < text.size() ? text[at + 2] : '\0';
    out.append(text.substr(0, at));
    if (third == '\xa8' || third == '\xa9') {
      out.append(third == '\xa8' ? "\\u2028" : "\\u2029");
      text.remove_prefix(at + 3);
    } else {
      out.append("\xe2\x80");
      text.remove_prefix(at + 2);
    }
  }
  out.append(text);
}

// The length of the UTF-8 sequence that `text` starts with; 0 when it starts with none.
std::size_t sequence_bytes(std::string_view text) {
  for (std::size_t size = 1; size <= 4 && size <= text.size(); ++size) {
    if (valid_utf8(text.substr(0, size))) return size;
  }
  return 0;
}

std::string replace_invalid(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto size = sequence_bytes(text);
    out.append(size == 0 ? "\xef\xbf\xbd" : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return out;
}

void append_instant(std::string& out, const Instant& instant) {
  auto seconds = instant.seconds;
  auto nanos = instant.nanos;
  if (seconds < 0 && nanos > 0) {  // -2 s + 0.5 s reads -1.5
    ++seconds;
    nanos = 1'000'000'000 - nanos;
    if (seconds == 0) out.push_back('-');
  }
  out.append(std::to_string(seconds));
  if (nanos == 0) return;
  auto digits = std::to_string(nanos);
  digits.insert(0, 9 - digits.size(), '0');
  digits.erase(digits.find_last_not_of('0') + 1);
  out.append(".").append(digits);
}

struct Appender {
  std::string& out;

  void operator()(std::monostate) const { out.append("null"); }
  void operator()(bool truth) const { out.append(truth ? "true" : "false"); }
  void operator()(const Number& number) const {
    const char last = number.token.empty() ? '\0' : number.token.back();
    if (last == 'N' || last == 'y') {  // NaN, Infinity, -Infinity
      out.append("\"").append(number.token).append("\"");
    } else {
      out.append(number.token);
    }
  }
  void operator()(const std::string& text) const { write_json_string(out, text); }
  void operator()(const Blob& blob) const {
    out.push_back('"');
    base64_encode(out, blob.bytes);
    out.push_back('"');
  }
  void operator()(const Instant& instant) const { append_instant(out, instant); }
  void operator()(const List& list) const {
    char before = '[';
    for (const auto& value : list) {
      out.push_back(before);
      write_json(out, value);
      before = ',';
    }
    out.append(list.empty() ? "[]" : "]");
  }
  void operator()(const Object& object) const {
    char before = '{';
    for (const auto& member : object) {
      out.push_back(before);
      write_json_string(out, member.name);
      out.push_back(':');
      write_json(out, member.value);
      before = ',';
    }
    out.append(object.empty() ? "{}" : "}");
  }
};

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 32> buffer;
  const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), end);
}

}  // namespace

void write_json_string(std::string& out, std::string_view text) {
  if (is_plain_ascii(text)) {
    out.push_back('"');
    out.append(text);
    out.push_back('"');
    return;
  }
  std::string repaired;
  if (!valid_utf8(text)) text = repaired = replace_invalid(text);
  out.push_back('"');
  while (true) {
    const auto plain = plain_json_prefix(text);
    append_plain(out, text.substr(0, plain));
    if (plain == text.size()) break;
    append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out.push_back('"');
}

void write_json(std::string& out, const Value& value) {
  std::visit(Appender{out}, value.storage());
}

void JsonWriter::separate() {
  if (needs_comma_) out_.push_back(',');
  needs_comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  out_.push_back('{');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  out_.push_back('}');
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  separate();
  out_.push_back('[');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  out_.push_back(']');
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  write_json_string(out_, name);
  out_.push_back(':');
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  write_json_string(out_, text);
  return *this;
}

JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }

JsonWriter& JsonWriter::value(long long number) {
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(unsigned long long number) {
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  separate();
  append_number(out_, number);
  return *this;
}

JsonWriter& JsonWriter::value(const Value& value) {
  separate();
  write_json(out_, value);
  return *this;
}

JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_.append(json);
  return *this;
}

}  // namespace strait::codec
