// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/context_keys.h"

#include <algorithm>
#include <map>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

// Letters and digits only, in lower case.
std::string plain(std::string_view text) {
  auto out = lower(text);
  std::erase_if(out, [](char c) { return !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'); });
  return out;
}

// Whether the key is about what the caller asks for, not about what is there already.
bool about_the_request(const IamKey& key) {
  const auto text = lower(key.description);
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"request", "parameter", "argument", "passed",
                                              "specified", "input"},
      [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// One row of overlay/context.txt: prefix:Key path|none [absent] [Operation ...]
struct Written {
  OverlayRow row;
  std::string key, path;
  bool absent = false;
  std::set<std::string_view> operations;  // all when there is none
  bool used = false;
};

class Finder {
 public:
  Finder(Writer& pack, const Iam& iam) : pack_(pack), iam_(iam) {}

  Status read(const Sources& sources) {
    for (const auto& row : overlay_rows(sources, "context.txt")) {
      if (row.words.size() < 2)
        return row_error(row, "is not `prefix:Key path|none [absent] [Operation ...]`");
      if (!key_named(lower(row.words[0]))) return row_error(row, "there is no such condition key");
      const bool absent = row.words.size() > 2 && row.words[2] == "absent";
      written_.push_back({row, lower(row.words[0]), std::string(row.words[1]), absent, {}});
      const auto names = std::span(row.words).subspan(absent ? 3 : 2);
      written_.back().operations = {names.begin(), names.end()};
    }
    return {};
  }

  Status run() {
    for (format::Index at = 0; at < pack_.operations.size(); ++at) add(at);
    for (const auto& one : written_) {
      if (!one.used) return row_error(one.row, "no operation with the key has the member");
    }
    return {};
  }

 private:
  const IamKey* key_named(const std::string& name) const {
    const auto* service = iam_.service(std::string_view(name).substr(0, name.find(':')));
    if (!service) return nullptr;
    const auto found = service->keys.find(name);
    return found == service->keys.end() ? nullptr : &found->second;
  }

  // The keys that the reference has for the actions of an operation, each with whether it is the
  // action's own, or only that of a kind of thing it can be on.
  std::map<std::string, bool> keys_of(const format::Operation& operation) const {
    std::map<std::string, bool> keys;
    for (auto at = operation.rows.first; at < operation.rows.first + operation.rows.count; ++at) {
      const auto& row = pack_.rows[at];
      if (static_cast<Trigger>(row.trigger) == Trigger::kMay) continue;
      const auto* action = iam_.action(pack_.text(row.action));
      if (!action) continue;
      for (const auto& key : action->keys) keys[key] = true;
      const auto name = pack_.text(row.action);
      const auto& types = iam_.service(name.substr(0, name.find(':')))->keys_of_types;
      for (const auto& type : action->types) {
        const auto found = types.find(type.name);
        if (found == types.end()) continue;
        for (const auto& key : found->second) keys.emplace(key, false);
      }
    }
    return keys;
  }

  bool fits(std::string_view type, format::Index shape) const {
    const auto& record = pack_.shapes[shape];
    const auto kind = static_cast<ShapeKind>(record.kind);
    if (type == "Bool") return kind == ShapeKind::kBoolean;
    if (type == "Numeric") return kind == ShapeKind::kInteger || kind == ShapeKind::kFloat;
    if (type == "String") return kind == ShapeKind::kString;
    if (type != "ArrayOfString" || kind != ShapeKind::kList) return false;
    const auto element = pack_.members[record.first_member].shape;
    return static_cast<ShapeKind>(pack_.shapes[element].kind) == ShapeKind::kString;
  }

  std::string by_name(const format::Operation& operation, const IamKey& key) const {
    const auto name = plain(key.name.substr(key.name.find(':') + 1));
    const auto run = pack_.members_of(operation.input);
    for (auto at = run.first; at < run.first + run.count; ++at) {
      const auto& member = pack_.members[at];
      const auto text = pack_.text(member.name);
      if (plain(text) != name || !fits(key.type, member.shape)) continue;
      return std::string(text) + (key.type == "ArrayOfString" ? "[]" : "");
    }
    return "";
  }

  bool about(const Written& one, const format::Operation& operation) const {
    const auto name = pack_.text(operation.name);
    if (!one.operations.empty() && !one.operations.contains(name)) return false;
    return one.path == "none" || path_exists(pack_, operation.input, one.path);
  }

  void add(format::Index at) {
    const auto& operation = pack_.operations[at];
    if (operation.input == format::kNone) return;
    for (const auto& [name, own] : keys_of(operation)) {
      const auto* key = key_named(name);
      if (!key || name.starts_with("aws:") || name.find("${") != std::string::npos) continue;
      // A key with rows is what they say and no more: they have been looked at.
      bool settled = false, absent = false;
      std::string path;
      for (auto& one : written_) {
        if (one.key != name) continue;
        settled = true;
        if (!path.empty() || !about(one, operation)) continue;
        one.used = true;
        path = one.path == "none" ? "" : one.path;
        absent = one.absent;
      }
      if (!settled && own && about_the_request(*key)) path = by_name(operation, *key);
      if (path.empty()) continue;
      pack_.context_keys.push_back({at, pack_.str(key->name), pack_.str(path), absent ? 1u : 0u});
    }
  }

  Writer& pack_;
  const Iam& iam_;
  std::vector<Written> written_;
};

}  // namespace

Status add_context_keys(Writer& pack, const Sources& sources, const Iam& iam) {
  Finder finder(pack, iam);
  CHECK_OK(finder.read(sources));
  return finder.run();
}

}  // namespace strait::catalog::compiler
