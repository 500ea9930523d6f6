// SPDX-License-Identifier: Apache-2.0
#include "codec/value.h"

#include <memory>

namespace strait::codec {

Value::Value(const Value& other) {
  other.visit([this]<class T>(const T& held) {
    if constexpr (!std::is_same_v<T, std::monostate>) emplace<T>(held);
  });
}

// `other` may stand in what this holds, so it is taken out first.
Value& Value::operator=(Value&& other) noexcept {
  if (is_null()) return take(other), *this;
  Value taken(std::move(other));
  clear();
  take(taken);
  return *this;
}

void Value::take(Value& other) noexcept {
  switch (other.kind_) {
    case Kind::kNull: kind_ = Kind::kNull; return;
    case Kind::kBoolean: emplace<bool>(*other.as<bool>()); return;
    case Kind::kInstant: emplace<Instant>(*other.as<Instant>()); return;
    case Kind::kNumber: emplace<Number>(std::move(*other.as<Number>())); return;
    case Kind::kString: emplace<std::string>(std::move(*other.as<std::string>())); return;
    case Kind::kBlob: emplace<Blob>(std::move(*other.as<Blob>())); return;
    case Kind::kList: emplace<List>(std::move(*other.as<List>())); return;
    case Kind::kObject: emplace<Object>(std::move(*other.as<Object>())); return;
  }
}

void Value::destroy() noexcept {
  switch (kind_) {
    case Kind::kNull:
    case Kind::kBoolean:
    case Kind::kInstant: break;
    case Kind::kNumber: std::destroy_at(as<Number>()); break;
    case Kind::kString: std::destroy_at(as<std::string>()); break;
    case Kind::kBlob: std::destroy_at(as<Blob>()); break;
    case Kind::kList: std::destroy_at(as<List>()); break;
    case Kind::kObject: std::destroy_at(as<Object>()); break;
  }
  kind_ = Kind::kNull;
}

bool Value::operator==(const Value& other) const {
  if (kind_ != other.kind_) return false;
  return visit([&other]<class T>(const T& held) {
    if constexpr (std::is_same_v<T, std::monostate>) {
      return true;
    } else {
      return held == *other.as<T>();
    }
  });
}

}  // namespace strait::codec
