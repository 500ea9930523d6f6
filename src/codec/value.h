// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace strait::codec {

// A number as its text, never as a double: 10000000000000000999 and 1.50 stay what they are.
// Integers are plain decimal without leading zeros or "-0"; other numbers are RFC 8259 tokens;
// "NaN", "Infinity" and "-Infinity" occur where a model has float or double.
struct Number {
  std::string token;
  bool operator==(const Number&) const = default;
};

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

// A point in time from a modelled timestamp member: whole seconds and nanoseconds (0 to
// 999'999'999) since the epoch. The wire format is not part of the value; it comes from the model
// when the value is written.
struct Instant {
  std::int64_t seconds = 0;
  std::int32_t nanos = 0;
  bool operator==(const Instant&) const = default;
};

class Value;
using List = std::vector<Value>;
struct Member;
// Structures and maps alike: members in order, names unique. The decoder has refused duplicates.
using Object = std::vector<Member>;

// A typed value: what a request says, freed from how it said it. Regular: compare, copy and move as
// an int.
class Value {
 public:
  using Storage =
      std::variant<std::monostate, bool, Number, std::string, Blob, Instant, List, Object>;

  // Defined below, where Member is complete: clang looks into the vectors of the storage already
  // here.
  Value() noexcept;  // null
  Value(bool value);
  Value(Number value);
  Value(std::string value);
  Value(std::string_view value);
  Value(const char* value);
  Value(Blob value);
  Value(Instant value);
  Value(List value);
  Value(Object value);
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  const Storage& storage() const { return storage_; }
  bool is_null() const { return std::holds_alternative<std::monostate>(storage_); }
  const bool* boolean() const { return std::get_if<bool>(&storage_); }
  const Number* number() const { return std::get_if<Number>(&storage_); }
  const std::string* string() const { return std::get_if<std::string>(&storage_); }
  const Blob* blob() const { return std::get_if<Blob>(&storage_); }
  const Instant* instant() const { return std::get_if<Instant>(&storage_); }
  const List* list() const { return std::get_if<List>(&storage_); }
  const Object* object() const { return std::get_if<Object>(&storage_); }
  List* list() { return std::get_if<List>(&storage_); }
  Object* object() { return std::get_if<Object>(&storage_); }

  // The member of an object, or nullptr when there is none or this is no object. The pointer lives
  // as this does.
  const Value* find(std::string_view name) const;

  bool operator==(const Value&) const;

 private:
  Storage storage_;
};

struct Member {
  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

inline Value::Value() noexcept = default;
inline Value::Value(bool value) : storage_(value) {}
inline Value::Value(Number value) : storage_(std::move(value)) {}
inline Value::Value(std::string value) : storage_(std::move(value)) {}
inline Value::Value(std::string_view value) : storage_(std::string(value)) {}
inline Value::Value(const char* value) : storage_(std::string(value)) {}
inline Value::Value(Blob value) : storage_(std::move(value)) {}
inline Value::Value(Instant value) : storage_(value) {}
inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;
inline Value::Value(List value) : storage_(std::move(value)) {}
inline Value::Value(Object value) : storage_(std::move(value)) {}
inline bool Value::operator==(const Value&) const = default;
inline const Value* Value::find(std::string_view name) const {
  if (const auto* members = object()) {
    for (const auto& member : *members) {
      if (member.name == name) return &member.value;
    }
  }
  return nullptr;
}

}  // namespace strait::codec
