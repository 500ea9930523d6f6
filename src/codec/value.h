// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <new>
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
// an int. A request makes and drops some dozens of them, so what a scalar needs is inline, and the
// rest is one switch (std::variant goes through a table of functions for each of these).
class Value {
 public:
  Value() noexcept = default;  // null
  Value(bool value) { emplace<bool>(value); }
  Value(Number value) { emplace<Number>(std::move(value)); }
  Value(std::string value) { emplace<std::string>(std::move(value)); }
  Value(std::string_view value) { emplace<std::string>(value); }
  Value(const char* value) { emplace<std::string>(value); }
  Value(Blob value) { emplace<Blob>(std::move(value)); }
  Value(Instant value) { emplace<Instant>(value); }
  Value(List value);
  Value(Object value);
  Value(const Value& other);
  Value(Value&& other) noexcept { take(other); }
  Value& operator=(const Value& other) { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept;
  ~Value() { clear(); }

  bool is_null() const { return kind_ == Kind::kNull; }
  const bool* boolean() const { return get<bool>(); }
  const Number* number() const { return get<Number>(); }
  const std::string* string() const { return get<std::string>(); }
  const Blob* blob() const { return get<Blob>(); }
  const Instant* instant() const { return get<Instant>(); }
  const List* list() const { return get<List>(); }
  const Object* object() const { return get<Object>(); }
  List* list() { return get<List>(); }
  Object* object() { return get<Object>(); }

  // The member of an object, or nullptr when there is none or this is no object. The pointer lives
  // as this does.
  const Value* find(std::string_view name) const;

  // Becomes a T, made in place. The arguments must not be part of what this held.
  template <class T, class... Arguments>
  T& emplace(Arguments&&... arguments) {
    static_assert(sizeof(T) <= sizeof bytes_ && alignof(T) <= alignof(std::string));
    clear();
    T* const made = ::new (static_cast<void*>(bytes_)) T(std::forward<Arguments>(arguments)...);
    kind_ = kind_of(made);
    return *made;
  }

  // Calls `visitor` with what this holds, std::monostate for null.
  template <class Visitor>
  decltype(auto) visit(Visitor&& visitor) const {
    switch (kind_) {
      case Kind::kNull: break;
      case Kind::kBoolean: return visitor(*as<bool>());
      case Kind::kInstant: return visitor(*as<Instant>());
      case Kind::kNumber: return visitor(*as<Number>());
      case Kind::kString: return visitor(*as<std::string>());
      case Kind::kBlob: return visitor(*as<Blob>());
      case Kind::kList: return visitor(*as<List>());
      case Kind::kObject: return visitor(*as<Object>());
    }
    return visitor(std::monostate());
  }

  bool operator==(const Value& other) const;

 private:
  enum class Kind : std::uint8_t {
    kNull,
    kBoolean,
    kInstant,
    kNumber,  // from here on there is something to destroy
    kString,
    kBlob,
    kList,
    kObject
  };
  static constexpr Kind kind_of(const bool*) { return Kind::kBoolean; }
  static constexpr Kind kind_of(const Instant*) { return Kind::kInstant; }
  static constexpr Kind kind_of(const Number*) { return Kind::kNumber; }
  static constexpr Kind kind_of(const std::string*) { return Kind::kString; }
  static constexpr Kind kind_of(const Blob*) { return Kind::kBlob; }
  static constexpr Kind kind_of(const List*) { return Kind::kList; }
  static constexpr Kind kind_of(const Object*) { return Kind::kObject; }

  template <class T>
  T* as() {
    return std::launder(reinterpret_cast<T*>(bytes_));
  }
  template <class T>
  const T* as() const {
    return std::launder(reinterpret_cast<const T*>(bytes_));
  }
  template <class T>
  T* get() {
    return kind_ == kind_of(static_cast<const T*>(nullptr)) ? as<T>() : nullptr;
  }
  template <class T>
  const T* get() const {
    return kind_ == kind_of(static_cast<const T*>(nullptr)) ? as<T>() : nullptr;
  }
  void clear() noexcept {
    if (kind_ >= Kind::kNumber) destroy();
  }
  void destroy() noexcept;           // what is held; null afterwards
  void take(Value& other) noexcept;  // this is null; other keeps a value of its kind

  alignas(std::string) std::byte bytes_[sizeof(std::string)];
  Kind kind_ = Kind::kNull;
};

struct Member {
  Member() = default;
  explicit Member(std::string_view text) : name(text) {}
  Member(std::string text, Value content) : name(std::move(text)), value(std::move(content)) {}

  std::string name;
  Value value;
  bool operator==(const Member&) const = default;
};

inline Value::Value(List value) { emplace<List>(std::move(value)); }
inline Value::Value(Object value) { emplace<Object>(std::move(value)); }
inline const Value* Value::find(std::string_view name) const {
  if (const auto* members = object()) {
    for (const auto& member : *members) {
      if (member.name == name) return &member.value;
    }
  }
  return nullptr;
}

}  // namespace strait::codec
