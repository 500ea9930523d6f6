// SPDX-License-Identifier: Apache-2.0
#include "wire/query_input.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/limits.h"
#include "wire/member_path.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::Member;
using catalog::Shape;
using catalog::ShapeKind;
using catalog::TimestampFormat;
using codec::QueryPair;

constexpr auto kTimestamps = TimestampFormat::kIso8601;

std::string upper_first(std::string_view text) {
  std::string out(text);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

// The name of a list's element or a map's key or value.
std::string_view inner_name(const Member& member, std::string_view fallback) {
  if (!member.query_name().empty()) return member.query_name();
  return member.location_name().empty() ? fallback : member.location_name();
}

// A flattened list takes its element's name for its own, when it has one.
std::string_view flattened_name(const Member& member) {
  if (member.shape().kind() == ShapeKind::kList && member.flattened())
    return inner_name(member.shape().element(), "");
  return {};
}

// What a structure's member is called in parameters.
std::string parameter_name(const Member& member, QueryDialect dialect) {
  if (dialect == QueryDialect::kEc2) {
    if (!member.query_name().empty()) return std::string(member.query_name());
    return upper_first(member.wire_name());
  }
  const auto element = flattened_name(member);
  if (element.empty() && !member.query_name().empty()) return std::string(member.query_name());
  return std::string(element.empty() ? member.wire_name() : element);
}

bool is_flat(const Member& member, QueryDialect dialect) {
  return dialect == QueryDialect::kEc2 || member.flattened();
}

std::string_view list_step(const Shape& list) { return inner_name(list.element(), "member"); }
std::string_view key_name_of(const Shape& map) { return inner_name(map.key(), "key"); }
std::string_view value_name_of(const Shape& map) { return inner_name(map.value(), "value"); }

// '.' sorts before everything else, so that the parameters under one name stand together.
int rank(char c) { return c == '.' ? -1 : static_cast<unsigned char>(c); }
bool by_steps(const QueryPair& a, const QueryPair& b) {
  return std::ranges::lexicographical_compare(a.name, b.name, {}, rank, rank);
}

// A run of sorted pairs that share the first `at` bytes of their names: what stands under one name.
struct Branch {
  std::span<QueryPair> pairs;
  std::size_t at = 0;

  bool is_leaf() const { return pairs.size() == 1 && pairs[0].name.size() == at; }
  std::string_view rest(std::size_t index) const {
    return std::string_view(pairs[index].name).substr(at);
  }
};

struct Step {
  std::string_view name;
  Branch branch;
};

class Reader {
 public:
  explicit Reader(QueryDialect dialect) : dialect_(dialect) {}

  Result<codec::Value> structure(Branch branch, Shape shape, const MemberPath& path) const {
    codec::Object members;
    while (!branch.pairs.empty()) {
      TRY(const auto step, take_step(branch, path));
      const auto modelled = find(shape, step.name);
      if (!modelled) return path.unknown(step.name);
      if (std::ranges::find(members, modelled->name(), &codec::Member::name) != members.end()) {
        return path.fail("has the member " + quoted(modelled->name()) + " under two names");
      }
      const MemberPath here(&path, modelled->name());
      TRY(auto value, one(step.branch, *modelled, here));
      members.push_back({std::string(modelled->name()), std::move(value)});
    }
    if (shape.is_union() && members.size() != 1)
      return path.fail("is a union and must have exactly one member");
    return codec::Value(std::move(members));
  }

 private:
  // Takes the pairs of the first name off the front of `branch`.
  static Result<Step> take_step(Branch& branch, const MemberPath& path) {
    const auto first = branch.rest(0);
    const auto name = first.substr(0, first.find('.'));
    if (name.empty()) return path.fail("has a parameter with an empty name");
    std::size_t count = 0;
    while (count < branch.pairs.size()) {
      const auto rest = branch.rest(count);
      if (!rest.starts_with(name) || (rest.size() > name.size() && rest[name.size()] != '.')) break;
      ++count;
    }
    Branch inner{branch.pairs.first(count), branch.at + name.size()};
    if (count > 1 && branch.rest(0).size() == name.size()) {
      return path.fail("has " + quoted(name) + " twice, or both as a value and as a group");
    }
    if (!inner.is_leaf()) ++inner.at;  // past the dot
    if (name.size() < first.size() && inner.rest(0).empty())
      return path.fail("has a parameter that ends in a dot");
    branch.pairs = branch.pairs.subspan(count);
    return Step{name, inner};
  }

  std::optional<Member> find(Shape shape, std::string_view name) const {
    if (dialect_ == QueryDialect::kQuery) {
      const auto direct = shape.member_by_wire_name(name);
      if (direct && flattened_name(*direct).empty() && direct->query_name().empty()) return direct;
    }
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if (parameter_name(member, dialect_) == name) return member;
    }
    // An empty list is written under its own name even when its elements are not.
    if (dialect_ == QueryDialect::kQuery) return shape.member_by_wire_name(name);
    return std::nullopt;
  }

  Result<codec::Value> one(Branch branch, const Member& member, const MemberPath& path) const {
    const auto shape = member.shape();
    switch (shape.kind()) {
      case ShapeKind::kStructure:
        if (branch.is_leaf()) return path.fail("must have members");
        return structure(branch, shape, path);
      case ShapeKind::kList: return list(branch, member, path);
      case ShapeKind::kMap: return map(branch, member, path);
      default: break;
    }
    if (!branch.is_leaf()) return path.fail("must be one value");
    auto value = read_scalar(branch.pairs[0].value, shape,
                             or_default(member.timestamp_format(), kTimestamps));
    if (!value) return path.fail("does not have the modelled type");
    return std::move(*value);
  }

  // "Name=" is an empty list.
  static bool is_empty_collection(const Branch& branch) {
    return branch.is_leaf() && branch.pairs[0].value.empty();
  }

  Result<codec::Value> list(Branch branch, const Member& member, const MemberPath& path) const {
    if (is_empty_collection(branch) && dialect_ == QueryDialect::kQuery)
      return codec::Value(codec::List());
    if (!is_flat(member, dialect_)) CHECK_OK(step_into(branch, list_step(member.shape()), path));
    const auto element = member.shape().element();
    TRY(auto numbered, elements(branch, path));
    codec::List values;
    values.reserve(numbered.size());
    for (std::size_t at = 0; at < numbered.size(); ++at) {
      const MemberPath here(&path, at);
      TRY(auto value, one(numbered[at], element, here));
      values.push_back(std::move(value));
    }
    return codec::Value(std::move(values));
  }

  Result<codec::Value> map(Branch branch, const Member& member, const MemberPath& path) const {
    if (is_empty_collection(branch) && dialect_ == QueryDialect::kQuery)
      return codec::Value(codec::Object());
    if (!is_flat(member, dialect_)) CHECK_OK(step_into(branch, "entry", path));
    const auto shape = member.shape();
    TRY(auto numbered, elements(branch, path));
    codec::Object entries;
    for (std::size_t at = 0; at < numbered.size(); ++at) {
      CHECK_OK(entry(numbered[at], shape, MemberPath(&path, at), entries));
    }
    return codec::Value(std::move(entries));
  }

  Status entry(Branch branch, Shape shape, const MemberPath& path, codec::Object& out) const {
    const auto key_name = key_name_of(shape);
    const auto value_name = value_name_of(shape);
    std::optional<std::string> key;
    std::optional<codec::Value> value;
    while (!branch.pairs.empty()) {
      TRY(const auto step, take_step(branch, path));
      if (step.name == key_name && step.branch.is_leaf()) {
        key = step.branch.pairs[0].value;
      } else if (step.name == value_name) {
        TRY(value, one(step.branch, shape.value(), path));
      } else {
        return path.unknown(step.name);
      }
    }
    if (!key || !value) return path.fail("must have a key and a value");
    if (std::ranges::find(out, *key, &codec::Member::name) != out.end())
      return path.fail("repeats a key");
    out.push_back({std::move(*key), std::move(*value)});
    return {};
  }

  // Below a list or map that is not flattened comes one fixed name before the numbers.
  static Status step_into(Branch& branch, std::string_view name, const MemberPath& path) {
    if (branch.is_leaf()) return path.fail("must be a numbered list");
    TRY(const auto step, take_step(branch, path));
    if (step.name != name) return path.unknown(step.name);
    if (!branch.pairs.empty()) return path.unknown(branch.rest(0));
    branch = step.branch;
    return {};
  }

  // The branches numbered 1 to n, in order of number.
  static Result<std::vector<Branch>> elements(Branch branch, const MemberPath& path) {
    if (branch.is_leaf()) return path.fail("must be a numbered list");
    std::vector<std::pair<std::size_t, Branch>> found;
    while (!branch.pairs.empty()) {
      TRY(const auto step, take_step(branch, path));
      std::size_t number = 0;
      const auto [end, error] =
          std::from_chars(step.name.data(), step.name.data() + step.name.size(), number);
      if (error != std::errc() || end != step.name.data() + step.name.size() ||
          step.name.starts_with('0')) {
        return path.fail("has the number " + quoted(step.name) +
                         ", which is no plain number from 1");
      }
      found.emplace_back(number, step.branch);
    }
    std::ranges::sort(found, {}, &std::pair<std::size_t, Branch>::first);
    std::vector<Branch> out;
    for (auto& [number, inner] : found) {
      if (number != out.size() + 1) return path.fail("must be numbered 1, 2, 3, ... without gaps");
      out.push_back(inner);
    }
    return out;
  }

  QueryDialect dialect_;
};

class Writer {
 public:
  Writer(std::vector<QueryPair>& out, QueryDialect dialect) : out_(out), dialect_(dialect) {}

  Status structure(const codec::Value& value, Shape shape, const std::string& prefix) {
    const auto* members = value.object();
    if (members == nullptr) return broken();
    for (const auto& member : *members) {
      const auto modelled = shape.member(member.name);
      if (!modelled) return broken();
      CHECK_OK(one(member.value, *modelled, prefix + parameter_name(*modelled, dialect_)));
    }
    return {};
  }

 private:
  static std::unexpected<Error> broken() {
    return fail(ErrorCode::kInternal, "a value does not have the type of its shape");
  }

  Status one(const codec::Value& value, const Member& member, const std::string& name) {
    const auto shape = member.shape();
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(value, shape, name + ".");
      case ShapeKind::kList: return list(value, member, name);
      case ShapeKind::kMap: return map(value, member, name);
      default: break;
    }
    std::string text;
    if (!write_scalar(text, value, or_default(member.timestamp_format(), kTimestamps)))
      return broken();
    out_.push_back({name, std::move(text), true});
    return {};
  }

  Status list(const codec::Value& value, const Member& member, const std::string& name) {
    const auto* items = value.list();
    if (items == nullptr) return broken();
    if (items->empty()) {
      out_.push_back({name, "", true});
      return {};
    }
    const auto element = member.shape().element();
    const auto prefix = is_flat(member, dialect_)
                            ? name + "."
                            : name + "." + std::string(list_step(member.shape())) + ".";
    for (std::size_t at = 0; at < items->size(); ++at) {
      CHECK_OK(one((*items)[at], element, prefix + std::to_string(at + 1)));
    }
    return {};
  }

  Status map(const codec::Value& value, const Member& member, const std::string& name) {
    const auto* entries = value.object();
    if (entries == nullptr) return broken();
    if (entries->empty()) {
      out_.push_back({name, "", true});
      return {};
    }
    const auto shape = member.shape();
    const auto key_name = key_name_of(shape);
    const auto value_name = value_name_of(shape);
    const auto prefix = is_flat(member, dialect_) ? name + "." : name + ".entry.";
    for (std::size_t at = 0; at < entries->size(); ++at) {
      const auto numbered = prefix + std::to_string(at + 1) + ".";
      out_.push_back({numbered + std::string(key_name), (*entries)[at].name, true});
      CHECK_OK(one((*entries)[at].value, shape.value(), numbered + std::string(value_name)));
    }
    return {};
  }

  std::vector<QueryPair>& out_;
  QueryDialect dialect_;
};

}  // namespace

Result<codec::Value> read_query_input(std::vector<QueryPair> pairs, Shape shape,
                                      QueryDialect dialect) {
  const MemberPath top;
  if (const auto bare = std::ranges::find(pairs, false, &QueryPair::has_equals);
      bare != pairs.end()) {
    return top.fail("has the parameter " + quoted(bare->name) + " without a value");
  }
  std::ranges::sort(pairs, by_steps);
  return Reader(dialect).structure({pairs, 0}, shape, top);
}

Status write_query_input(std::vector<QueryPair>& out, const codec::Value& value, Shape shape,
                         QueryDialect dialect) {
  return Writer(out, dialect).structure(value, shape, "");
}

}  // namespace strait::wire
