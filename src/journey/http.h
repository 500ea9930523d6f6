// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace strait::journey {

// Header fields in order of arrival. Names are lower-case; values have no leading or trailing
// blanks and no control bytes (the HTTP parser has seen to that). Names may repeat.
//
// A head is one piece of memory: the fields stand at its front, their text at its end, and they
// grow towards each other. When they meet, a larger piece takes the fields over, and the text stays
// where it is. So a view of a name or a value holds until its Headers is destroyed or assigned to,
// whatever is added or removed meanwhile; and it holds when the Headers is moved, for as long as
// the one it was moved to. The span from fields() holds until the next change.
class Headers {
 public:
  using Field = std::pair<std::string_view, std::string_view>;

  Headers() = default;
  Headers(const Headers& other);
  Headers(Headers&& other) noexcept { swap(other); }
  Headers& operator=(Headers other) noexcept {
    swap(other);
    return *this;
  }
  ~Headers() {
    if (fields_ != nullptr) release();
  }

  void add(std::string_view name, std::string_view value) {
    char* const text = room(name.size() + value.size());
    copy(copy(text, name), value);
    place({text, name.size()}, {text + name.size(), value.size()});
  }
  // Replaces every field of that name, or adds one.
  void set(std::string_view name, std::string_view value) {
    remove(name);
    add(name, value);
  }
  void remove(std::string_view name);
  template <class Predicate>
  void remove_if(Predicate matches) {
    end_ = std::remove_if(fields_, end_, matches);
  }

  std::size_t count(std::string_view name) const;
  // The value of the only field of that name; nullopt when there is none or more than one. `name`
  // is lower-case.
  std::optional<std::string_view> one(std::string_view name) const;
  std::span<const Field> fields() const { return {fields_, end_}; }

  // For whoever knows what is coming: memory for so many more fields with so much text in all.
  void reserve(std::size_t fields, std::size_t bytes) {
    if (left() < fields * sizeof(Field) + bytes) grow(fields * sizeof(Field) + bytes);
  }
  // For the parser, which copies a head as a whole: room for text, and a field whose text lies in
  // such room.
  char* room(std::size_t bytes) {
    reserve(1, bytes);
    return text_ -= bytes;
  }
  void place(std::string_view name, std::string_view value) {
    reserve(1, 0);
    std::construct_at(end_++, name, value);
  }

 private:
  std::size_t left() const {
    return static_cast<std::size_t>(text_ - reinterpret_cast<const char*>(end_));
  }
  void grow(std::size_t bytes);
  void release();
  void swap(Headers& other) noexcept {
    std::swap(fields_, other.fields_);
    std::swap(end_, other.end_);
    std::swap(text_, other.text_);
  }

  Field* fields_ = nullptr;  // at the front of the newest piece
  Field* end_ = nullptr;
  char* text_ = nullptr;  // the lowest text of the newest piece
};

// Whether a field is one of those that have a meaning to AWS: "x-amz-date".
inline bool is_amz_name(std::string_view name) {
  constexpr std::string_view kPrefix = "x-amz-";
  return name.size() >= kPrefix.size() &&
         std::memcmp(name.data(), kPrefix.data(), kPrefix.size()) == 0;
}

struct RequestHead {
  std::string method;  // upper-case token
  std::string target;  // origin form, undecoded: "/bucket/a%20b?versionId=x"
  Headers headers;

  std::string_view path() const { return std::string_view(target).substr(0, target.find('?')); }
  std::string_view query() const {  // without '?', "" when none
    const auto at = target.find('?');
    return at == std::string::npos ? std::string_view() : std::string_view(target).substr(at + 1);
  }
};

struct ReplyHead {
  int status = 0;
  Headers headers;
};

}  // namespace strait::journey
