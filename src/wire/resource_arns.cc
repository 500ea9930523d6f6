// SPDX-License-Identifier: Apache-2.0
#include "wire/resource_arns.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "codec/value_path.h"
#include "wire/agreement.h"
#include "wire/input_path.h"
#include "wire/pattern_text.h"
#include "wire/resource_name.h"
#include "wire/s3_place.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::ActionRow;
using catalog::Binding;
using catalog::ResourceRow;
using journey::Call;

constexpr std::string_view kAccount = "Account";  // whose the thing is, when a parameter says so

// A variable and what stands in its place.
struct Bound {
  std::string_view variable;
  std::string text;
  bool pattern = false;
};

// One way to fill the variables of a pattern.
struct Filling {
  std::vector<Bound> values;
  PathHit position;     // the list elements it stands on
  std::string account;  // when a parameter names it
  std::string whole_arn;
  bool arn_is_pattern = false;
  bool deny_only = false;  // what AWS may mean besides
  bool open = false;       // a variable is not known
};

ResourceName text_name(std::string_view text, bool pattern) {
  return {ResourceName::kText, std::string(text), pattern, {}, {}};
}
ResourceName unknown_name() { return {ResourceName::kUnknown, {}, false, {}, {}}; }

// What a binding without a path into the input says.
bool is_fixed(std::string_view path) { return path.empty() || path == "*" || path[0] == '='; }
ResourceName fixed_name(std::string_view path) {
  if (path.empty()) return unknown_name();
  return path == "*" ? text_name("*", true) : text_name(path.substr(1), false);
}

// path|transform?default
struct Spelling {
  explicit Spelling(std::string_view member) {
    const auto mark = member.find('?');
    if (mark != std::string_view::npos) fallback = member.substr(mark + 1);
    member = member.substr(0, mark);
    const auto bar = member.find('|');
    if (bar != std::string_view::npos) transform = member.substr(bar + 1);
    path = member.substr(0, bar);
  }
  bool single() const { return path.find_first_of("[{") == std::string_view::npos; }

  std::string_view path, transform;
  std::string_view fallback;  // what AWS takes where the input says nothing; "" when nothing
};

struct Candidate {
  ResourceName name;
  PathHit hit;
  bool deny_only = false;
};

// What one binding of a row can be. Empty when its path leads nowhere.
class Candidates {
 public:
  // An element of a list that leaves `optional` out has no such thing.
  Candidates(const ResourceRow& row, const Call& call, std::string_view optional)
      : row_(row), call_(call), optional_(optional) {}

  Result<std::vector<Candidate>> of(const Binding& binding) {
    out_.clear();
    if (is_fixed(binding.member)) {
      out_.push_back({fixed_name(binding.member), {}});
      return std::move(out_);
    }
    const Spelling spelling(binding.member);
    for (auto& hit : walk_elements(call_.input, spelling.path))
      CHECK_OK(take(binding.variable, spelling, std::move(hit)));
    if (out_.empty() && spelling.single() && !spelling.fallback.empty())
      out_.push_back({text_name(spelling.fallback, false), {}});
    return std::move(out_);
  }

 private:
  Status take(std::string_view variable, const Spelling& spelling, PathHit hit) {
    const bool in_list = !hit.steps.empty();
    if (hit.text.empty() && in_list) {
      // The element is there, and is about something: what AWS takes when it is not told.
      if (!spelling.fallback.empty()) {
        out_.push_back({text_name(spelling.fallback, false), std::move(hit)});
      } else if (spelling.path != optional_) {
        out_.push_back({unknown_name(), std::move(hit)});
      }
      return {};
    }
    CHECK_OK(check_arn_agrees(hit.text, row_, call_));
    TRY(auto name, resource_name(hit.text, spelling.transform, variable, call_));
    if (name.kind == ResourceName::kNone) return {};
    if (!name.also.empty())
      out_.push_back({{name.kind, std::move(name.also), true, name.account, {}}, hit, true});
    out_.push_back({std::move(name), std::move(hit)});
    return {};
  }

  const ResourceRow& row_;
  const Call& call_;
  std::string_view optional_;
  std::vector<Candidate> out_;
};

// Extends one filling by one candidate; nullopt when the two stand on different elements.
std::optional<Filling> extended(const Filling& filling, const Binding& binding,
                                const Candidate& candidate) {
  if (!same_elements(filling.position, candidate.hit)) return std::nullopt;
  auto out = filling;
  out.deny_only = out.deny_only || candidate.deny_only;
  for (const auto& step : candidate.hit.steps) {
    if (std::ranges::find(out.position.steps, step) == out.position.steps.end())
      out.position.steps.push_back(step);
  }
  switch (candidate.name.kind) {
    case ResourceName::kText:
      out.values.push_back({binding.variable, candidate.name.text, candidate.name.pattern});
      if (!candidate.name.account.empty()) out.account = candidate.name.account;
      break;
    case ResourceName::kWholeArn:
      out.whole_arn = candidate.name.text;
      out.arn_is_pattern = candidate.name.pattern;
      break;
    case ResourceName::kUnknown:
    case ResourceName::kNone: out.open = true; break;
  }
  return out;
}

// Every consistent filling. `complete` asks for nothing when a binding leads nowhere; otherwise it
// stays open.
Result<std::vector<Filling>> fillings(const ResourceRow& row, const Call& call, bool complete,
                                      std::string_view optional) {
  std::vector<Filling> out(1);
  Candidates candidates(row, call, optional);
  for (const auto& binding : row.bindings) {
    if (binding.variable == kAccount) {
      CHECK_OK(check_account_agrees(binding.member, call));
      continue;
    }
    TRY(const auto options, candidates.of(binding));
    if (options.empty()) {
      if (complete) return std::vector<Filling>();
      for (auto& filling : out) filling.open = true;
      continue;
    }
    std::vector<Filling> next;
    for (const auto& filling : out) {
      for (const auto& option : options) {
        if (auto longer = extended(filling, binding, option)) next.push_back(std::move(*longer));
        if (next.size() > limits::kNeedsMax) {
          return fail(ErrorCode::kLimitExceeded, "the call names more than " +
                                                     std::to_string(limits::kNeedsMax) +
                                                     " resources: split it");
        }
      }
    }
    out = std::move(next);
  }
  return out;
}

std::string_view fixed_variable(std::string_view name, const Call& call) {
  if (name == "Partition") return call.partition;
  if (name == "Region") return call.region;
  if (name == kAccount) return call.account;
  return {};
}

// An access point in the bucket's place: its own ARN, and its objects below it. Its letters need no
// escape. In any other place it leaves the name open.
void put_access_point(NamedResource& out, std::string_view arn, std::string_view rest) {
  if (out.arn.ends_with(":s3:::")) {
    out.arn = arn;
    if (rest.starts_with('/')) out.arn += "/object";
    return;
  }
  out.arn += '*';
  out.derived = false;
  out.pattern = true;
}

// The row's pattern with its variables filled; `account` stands for the call's when a parameter
// names one. `escape`: it is going to be a pattern, so what is no wildcard must not look like one.
NamedResource spelled(const ResourceRow& row, std::span<const Bound> values,
                      std::string_view account, const Call& call, bool escape) {
  NamedResource out;
  auto rest = row.pattern;
  // The reference leaves a part of some ARNs open itself: "arn:${Partition}:dms:...:rep:*".
  out.pattern = rest.size() > 1 && rest.find('*') != std::string_view::npos;
  out.arn.reserve(rest.size() + 32);
  while (!rest.empty()) {
    const auto open = rest.find("${");
    out.arn += rest.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = rest.find('}', open);
    const auto name = rest.substr(open + 2, close - open - 2);
    rest.remove_prefix(close + 1);
    const auto bound = std::ranges::find(values, name, &Bound::variable);
    if (bound == values.end()) {
      const auto fixed =
          name == kAccount && !account.empty() ? account : fixed_variable(name, call);
      const bool known = !fixed.empty();
      out.arn += known ? fixed : "*";
      out.derived = out.derived && known;
      out.pattern = out.pattern || !known;
    } else if (!bound->pattern && access_point(bound->text)) {
      put_access_point(out, bound->text, rest);
    } else if (escape && !bound->pattern) {
      append_escaped(out.arn, bound->text);
    } else {
      out.arn += bound->text;
      out.pattern = out.pattern || bound->pattern;
    }
  }
  return out;
}

// One wildcard anywhere makes the whole a pattern.
NamedResource filled(const ResourceRow& row, std::span<const Bound> values,
                     std::string_view account, const Call& call) {
  auto out = spelled(row, values, account, call, false);
  if (!out.pattern) return out;
  return spelled(row, values, account, call, true);
}

// What is known of a thing that the input does not name wholly.
NamedResource opened(const ResourceRow& row, const Filling& way, const Call& call) {
  const auto known = way.whole_arn.empty() ? std::span(way.values) : std::span<const Bound>();
  auto out = spelled(row, known, way.account, call, true);
  out.pattern = true;
  out.derived = false;
  return out;
}

bool fits_row(std::string_view arn, const ResourceRow& row, const Call& call) {
  return row.pattern == "*" || fits_pattern(arn, row.pattern, call.partition);
}

// Nearly every row is filled from single members of the input: then there is one way at most, and
// nothing to combine.
class OneWay {
 public:
  OneWay(const ResourceRow& row, const Call& call) : row_(row), call_(call) {}

  // False: a binding goes through a list or a map, or can be read in two ways, or there are more of
  // them than fit here.
  Result<bool> fill() {
    if (row_.bindings.size() > values_.size()) return false;
    for (const auto& binding : row_.bindings) {
      const auto opens = [](char c) { return c == '[' || c == '{'; };
      if (std::ranges::any_of(binding.member, opens)) return false;
      CHECK_OK(bind(binding));
      if (two_ways_) return false;
      if (nothing_) break;
    }
    return true;
  }

  std::optional<NamedResource> named() {
    if (nothing_ || open_) return std::nullopt;
    if (!whole_arn_.empty()) {
      if (!fits_row(whole_arn_, row_, call_)) return std::nullopt;
      return whole_arn();
    }
    auto resource = filled(row_, std::span(values_).first(count_), account_, call_);
    if (!resource.derived) return std::nullopt;
    return resource;
  }

  // The input says a part of the name: the bot of an intent.
  std::optional<NamedResource> part() const {
    if (nothing_ || !open_ || !from_input_) return std::nullopt;
    Filling known;
    known.values.assign(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(count_));
    known.account = account_;
    return opened(row_, known, call_);
  }

  // The ARN that the input has in place of a name, if it has one.
  std::optional<NamedResource> whole_arn() const {
    if (whole_arn_.empty()) return std::nullopt;
    return NamedResource{whole_arn_, arn_is_pattern_};
  }

 private:
  Status bind(const Binding& binding) {
    if (binding.variable == kAccount) return check_account_agrees(binding.member, call_);
    if (is_fixed(binding.member)) {
      take(binding.variable, fixed_name(binding.member));
      return {};
    }
    const Spelling spelling(binding.member);
    const auto text = text_at(spelling.path);
    if (!text || text->empty()) {
      nothing_ = spelling.fallback.empty();
      if (!nothing_) take(binding.variable, text_name(spelling.fallback, false));
      return {};
    }
    from_input_ = true;
    if (names_itself(*text, spelling.transform, binding.variable)) {
      auto& bound = values_[count_++];
      bound.variable = binding.variable;
      bound.text = *text;
      return {};
    }
    CHECK_OK(check_arn_agrees(*text, row_, call_));
    TRY(auto name, resource_name(*text, spelling.transform, binding.variable, call_));
    two_ways_ = !name.also.empty();
    take(binding.variable, std::move(name));
    return {};
  }

  void take(std::string_view variable, ResourceName name) {
    switch (name.kind) {
      case ResourceName::kText:
        values_[count_++] = {variable, std::move(name.text), name.pattern};
        if (!name.account.empty()) account_ = std::move(name.account);
        break;
      case ResourceName::kWholeArn:
        whole_arn_ = std::move(name.text);
        arn_is_pattern_ = name.pattern;
        break;
      case ResourceName::kUnknown: open_ = true; break;
      case ResourceName::kNone: nothing_ = true; break;
    }
  }

  // The scalar at a path of member names.
  std::optional<std::string_view> text_at(std::string_view path) {
    const auto* value = codec::find_path(call_.input, path);
    if (value == nullptr) return std::nullopt;
    if (const auto* text = value->string()) return *text;
    spelled_.clear();
    if (!write_scalar(spelled_, *value, catalog::TimestampFormat::kIso8601)) return std::nullopt;
    return spelled_;
  }

  const ResourceRow& row_;
  const Call& call_;
  std::array<Bound, 4> values_;
  std::size_t count_ = 0;
  std::string account_, whole_arn_, spelled_;
  bool arn_is_pattern_ = false;
  bool open_ = false;     // a variable is not known
  bool nothing_ = false;  // a binding leads nowhere
  bool two_ways_ = false;
  bool from_input_ = false;  // something is said at all
};

// Names what an action is on, row by row.
class Naming {
 public:
  Naming(const ActionRow& row, const Call& call, const AddResource& add)
      : row_(row), call_(call), add_(add) {
    if (row.trigger == catalog::Trigger::kMemberPresent) optional_ = Spelling(row.member).path;
  }

  Result<bool> run() {
    for (const auto& resource_row : row_.resources) {
      OneWay way(resource_row, call_);
      TRY(const bool one, way.fill());
      if (!one) {
        CHECK_OK(every_way(resource_row));
      } else if (auto resource = way.named()) {
        CHECK_OK(add(*std::move(resource)));
      } else if (auto part = way.part()) {
        parts_.push_back(*std::move(part));
      } else if (resource_row.bindings.size() == 1 && way.whole_arn()) {
        unfit_ = *way.whole_arn();
      }
    }
    // No type of the reference has such ARNs. The thing is this one all the same.
    if (!named_ && !unfit_.arn.empty()) CHECK_OK(add_(std::move(unfit_)));
    // Which of several types it is, nobody knows.
    if (!named_) {
      for (auto& part : parts_) CHECK_OK(add(std::move(part)));
    }
    for (auto& gap : gaps_) {
      if (is_named(gap.position)) continue;
      CHECK_OK(add(std::move(gap.resource)));
      positions_.push_back(std::move(gap.position));
    }
    return named_;
  }

 private:
  // An element of a list that one row could not name. Another may.
  struct Gap {
    PathHit position;
    NamedResource resource;
  };

  Status add(NamedResource&& resource) {
    named_ = named_ || !resource.deny_only;
    return add_(std::move(resource));
  }

  // Elements of lists combined.
  Status every_way(const ResourceRow& row) {
    TRY(auto ways, fillings(row, call_, true, optional_));
    for (auto& way : ways) {
      auto resource = named_by(row, way);
      if (resource) {
        resource->deny_only = way.deny_only;
        CHECK_OK(add(*std::move(resource)));
        if (!way.deny_only) positions_.push_back(std::move(way.position));
      } else if (!way.position.steps.empty() && !way.deny_only) {
        gaps_.push_back({std::move(way.position), opened(row, way, call_)});
      }
    }
    return {};
  }

  std::optional<NamedResource> named_by(const ResourceRow& row, const Filling& way) const {
    if (way.open) return std::nullopt;
    if (!way.whole_arn.empty()) {
      if (!fits_row(way.whole_arn, row, call_)) return std::nullopt;
      return NamedResource{way.whole_arn, way.arn_is_pattern};
    }
    auto resource = filled(row, way.values, way.account, call_);
    if (!resource.derived) return std::nullopt;
    return resource;
  }

  bool is_named(const PathHit& position) const {
    return std::ranges::any_of(positions_, [&](const PathHit& other) {
      return std::ranges::all_of(position.steps, [&](const auto& step) {
        return std::ranges::find(other.steps, step) != other.steps.end();
      });
    });
  }

  const ActionRow& row_;
  const Call& call_;
  const AddResource& add_;
  std::string_view optional_;
  bool named_ = false;
  NamedResource unfit_;               // an ARN that fits no row
  std::vector<NamedResource> parts_;  // what rows know that know a part
  std::vector<PathHit> positions_;    // the list elements that are judged
  std::vector<Gap> gaps_;
};

}  // namespace

Result<bool> trigger_holds(std::string_view path, const Call& call) {
  if (path.find('|') == std::string_view::npos) return path_present(call.input, path);
  const Spelling spelling(path);
  for (const auto& hit : walk_path(call.input, spelling.path)) {
    TRY(const auto name, resource_name(hit.text, spelling.transform, "trigger", call));
    if (name.kind != ResourceName::kNone) return true;
  }
  return false;
}

Result<bool> name_resources(const ActionRow& row, const Call& call, const AddResource& add) {
  return Naming(row, call, add).run();
}

Result<NamedResource> open_resource(const ResourceRow& row, const Call& call) {
  TRY(auto ways, fillings(row, call, false, {}));
  return opened(row, ways.size() == 1 ? ways[0] : Filling(), call);
}

}  // namespace strait::wire
