// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"

// JSON (RFC 8259), strictly: one text has one reading here or none. Any thread; a parse reuses its
// thread's buffers, so the returned Value owns everything it holds. Errors are kMalformedRequest,
// or kLimitExceeded with the limit's name.
namespace strait::codec {

// Refused besides bad grammar: a byte order mark, invalid UTF-8, lone surrogates, a key twice in
// one object (compared after unescaping), more than limits::kDepthMax levels,
// limits::kNumberDigitsMax significant digits or limits::kNumberExponentMax, and any byte but white
// space after the value. Numbers keep their token, except that the integer -0 becomes -0.0: its
// sign matters to doubles, and integers have none.
Result<Value> parse_json(std::string_view text);

// Appends compact JSON. A Number is written as its token, NaN and the infinities as strings (as AWS
// JSON has them), a Blob as base64, an Instant as seconds with up to nine decimals.
void write_json(std::string& out, const Value& value);

// Appends `text` in quotes, escaped: quote, backslash, controls, and U+2028/2029 (so that it is
// safe inside a script). `text` must be UTF-8; a byte that is not becomes U+FFFD, because the
// output must stay JSON.
void write_json_string(std::string& out, std::string_view text);

// Writes JSON piece by piece to the end of a string. It places commas and escapes strings; calling
// it in an order that makes no JSON text is the caller's bug. `out` must outlive the writer.
//
//   JsonWriter json(out);
//   json.begin_object().member("action",
//   "s3:GetObject").key("resources").begin_array().value(arn).end_array()
//       .end_object();
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(bool truth);
  JsonWriter& value(int number) { return value(static_cast<long long>(number)); }
  JsonWriter& value(unsigned number) { return value(static_cast<unsigned long long>(number)); }
  JsonWriter& value(long number) { return value(static_cast<long long>(number)); }
  JsonWriter& value(unsigned long number) { return value(static_cast<unsigned long long>(number)); }
  JsonWriter& value(long long number);
  JsonWriter& value(unsigned long long number);
  JsonWriter& value(double number);  // shortest form; NaN and the infinities as null
  JsonWriter& value(const Value& value);
  JsonWriter& null();
  JsonWriter& raw(std::string_view json);  // text that is a JSON value already

  template <class T>
  JsonWriter& member(std::string_view name, const T& content) {
    return key(name).value(content);
  }

 private:
  void separate();

  std::string& out_;
  bool needs_comma_ = false;
};

}  // namespace strait::codec
