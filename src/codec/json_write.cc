// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/json_text.h"
#include "codec/text_scan.h"
#include "codec/utf8.h"

namespace strait::codec {
namespace {

using namespace std::string_view_literals;

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
  JsonText& out;

  void operator()(std::monostate) const { out.put("null"sv); }
  void operator()(bool truth) const { out.put(truth ? "true"sv : "false"sv); }
  void operator()(const Number& number) const {
    const char last = number.token.empty() ? '\0' : number.token.back();
    if (last == 'N' || last == 'y') {  // NaN, Infinity, -Infinity
      out.string(number.token);
    } else {
      out.put(number.token);
    }
  }
  void operator()(const std::string& text) const { out.string(text); }
  void operator()(const Blob& blob) const {
    out.put('"');
    out.with_string([&](std::string& end) { base64_encode(end, blob.bytes); });
    out.put('"');
  }
  void operator()(const Instant& instant) const {
    out.with_string([&](std::string& end) { append_instant(end, instant); });
  }
  void operator()(const List& list) const {
    char before = '[';
    for (const auto& value : list) {
      out.put(before);
      out.value(value);
      before = ',';
    }
    out.close(before, ']');
  }
  void operator()(const Object& object) const {
    char before = '{';
    for (const auto& member : object) {
      out.name(before, member.name);
      out.value(member.value);
      before = ',';
    }
    out.close(before, '}');
  }
};

template <class T>
void append_number(std::string& out, T number) {
  std::array<char, 32> buffer;
  const auto [end, failed] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  out.append(buffer.data(), end);
}

// Appends `text`, which is not plain ASCII: escaped, and first repaired if it is not UTF-8.
[[gnu::noinline]] void append_escaped(std::string& out, std::string_view text) {
  std::string repaired;
  if (!valid_utf8(text)) text = repaired = replace_invalid(text);
  while (true) {
    const auto plain = plain_json_prefix(text);
    append_plain(out, text.substr(0, plain));
    if (plain == text.size()) break;
    append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
}

}  // namespace

void JsonText::value(const Value& value) { value.visit(Appender{*this}); }

// Most texts are plain, and written in one go.
void JsonText::quoted(char before, std::string_view text, char behind) {
  char* at = room(text.size() + 4);
  if (before != kNothing) *at++ = before;
  *at++ = '"';
  if (!copy_plain_ascii(at, text.data(), text.size())) [[unlikely]] {
    at_ = at;
    escaped(text);
    at = room(2);
  } else {
    at += text.size();
  }
  *at++ = '"';
  if (behind != kNothing) *at++ = behind;
  at_ = at;
}

[[gnu::noinline, gnu::cold]] void JsonText::escaped(std::string_view text) {
  with_string([&](std::string& end) { append_escaped(end, text); });
}

[[gnu::noinline, gnu::cold]] void JsonText::grow(std::size_t bytes) {
  close();
  open(out_.size() + bytes);
}

void write_json_string(std::string& out, std::string_view text) {
  const auto start = out.size();
  const auto size = start + text.size() + 2;
  // g++ 12.2 gives the function what it has room for, which is more than what was asked for.
  out.resize_and_overwrite(size, [&](char* data, std::size_t) {
    if (!copy_plain_ascii(data + start + 1, text.data(), text.size())) return start;
    data[start] = data[size - 1] = '"';
    return size;
  });
  if (out.size() != start) return;
  out.push_back('"');
  append_escaped(out, text);
  out.push_back('"');
}

void write_json(std::string& out, const Value& value) { JsonText(out).value(value); }

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
