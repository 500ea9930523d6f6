// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/classes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "catalog/catalog.h"
#include "catalog/compiler/iam.h"
#include "catalog/compiler/laundering.h"
#include "catalog/compiler/leaves.h"
#include "catalog/compiler/overlay.h"

namespace strait::catalog::compiler {
namespace {

// Member names, in lower case, whose ending means a secret; the second word says of which kind.
constexpr std::array<std::pair<std::string_view, std::string_view>, 25> kSecretNames = {{
    {"secretaccesskey", "secret-access-key"},
    {"sessiontoken", "session-token"},
    {"privatekey", "private-key"},
    {"password", "password"},
    {"secretkey", "secret-key"},
    {"accesstoken", "token"},
    {"authorizationtoken", "token"},
    {"authtoken", "token"},
    {"bearertoken", "token"},
    {"oauthtoken", "token"},
    {"idtoken", "token"},
    {"refreshtoken", "token"},
    {"clientsecret", "client-secret"},
    {"clientsecretvalue", "client-secret"},
    {"presignedurl", "url"},
    {"authorizedurl", "url"},
    {"streamurl", "url"},
    {"plaintext", "plaintext"},
    {"ciphertextforrecipient", "plaintext"},
    {"secretstring", "secret"},
    {"secretbinary", "secret"},
    {"tokenvalue", "token"},
    {"apikeyvalue", "api-key"},
    {"secretvalue", "secret"},
    {"secretaccesstoken", "token"},
}};

std::optional<std::string_view> secret_kind(std::string_view name) {
  const auto plain = lower(name);
  for (const auto& [ending, kind] : kSecretNames) {
    if (plain.ends_with(ending)) return kind;
  }
  return std::nullopt;
}

// Names by which AWS returns its own keys: such an operation is never merely masked.
bool aws_key(std::string_view name) { return lower(name) == "secretaccesskey"; }

constexpr auto bit(Class which) { return static_cast<std::uint8_t>(which); }

class Classifier {
 public:
  explicit Classifier(Writer& pack) : pack_(pack) {}

  Status read(const Sources& sources) {
    for (const auto& row : overlay_rows(sources, "classes.txt")) CHECK_OK(read_class(row));
    for (const auto& row : overlay_rows(sources, "masks.txt")) CHECK_OK(read_mask(row));
    return {};
  }

  Status apply() {
    for (format::Index at = 0; at < pack_.operations.size(); ++at) {
      CHECK_OK(add_secrets(at));
      add_policy_class(at);
    }
    CHECK_OK(check_laundering());
    add_action_classes();
    return {};
  }

 private:
  using Member = std::pair<format::Index, std::string>;           // service, member name
  using Paths = std::map<std::string, std::string, std::less<>>;  // path to kind

  Status read_members(const OverlayRow& row, std::set<Member>& out) {
    TRY(const auto service, find_service(pack_, row, row.words[1]));
    for (const auto word : std::span(row.words).subspan(2)) out.emplace(service, word);
    return {};
  }

  Status read_class(const OverlayRow& row) {
    if (row.words.size() < 2) return row_error(row, "needs a class and what is of it");
    if (row.words[0] == "masked") return read_members(row, masked_);
    if (row.words[0] == "harmless") return read_members(row, harmless_);
    if (row.words[0] == "plain") return read_plain(row);
    const auto which =
        class_named(row.words[0] == "credentials" ? "returns-credentials" : row.words[0]);
    if (!which) return row_error(row, "there is no class " + quoted(row.words[0]));
    if (row.words[1].find(':') != std::string_view::npos) {
      for (const auto action : std::span(row.words).subspan(1))
        action_classes_[lower(action)] |= bit(*which);
      return {};
    }
    for (const auto name : std::span(row.words).subspan(2)) {
      TRY(const auto operation, find_operation(pack_, row, row.words[1], name));
      pack_.operations[operation].classes |= bit(*which);
    }
    return {};
  }

  Status read_plain(const OverlayRow& row) {
    for (const auto name : std::span(row.words).subspan(2)) {
      TRY(const auto operation, find_operation(pack_, row, row.words[1], name));
      plain_.insert(operation);
    }
    return {};
  }

  Status read_mask(const OverlayRow& row) {
    const bool mask = row.words[0] == "mask";
    if ((!mask && row.words[0] != "leave") || row.words.size() != (mask ? 5 : 4)) {
      return row_error(
          row, "is neither `mask service Operation path kind` nor `leave service Operation path`");
    }
    TRY(const auto operation, find_operation(pack_, row, row.words[1], row.words[2]));
    const auto path = std::string(row.words[3]);
    if (path != "*" && !path_exists(pack_, pack_.operations[operation].output, path)) {
      return row_error(row, "the output has no " + quoted(path));
    }
    if (mask)
      secrets_[operation][path] = row.words[4];
    else
      unmasked_[operation][path] = "";
    return {};
  }

  format::Run write(const Paths& paths) {
    const auto first = pack_.masks.size();
    for (const auto& [path, kind] : paths)
      pack_.masks.push_back({pack_.str(path), pack_.str(kind)});
    return Writer::run(first, pack_.masks.size());
  }

  bool classified(const format::Operation& operation, std::string_view name) const {
    if (operation.classes & bit(Class::kReturnsCredentials)) return true;
    return !aws_key(name) && masked_.contains({operation.service, std::string(name)});
  }

  Status add_secrets(format::Index at) {
    auto& operation = pack_.operations[at];
    auto& paths = secrets_[at];
    std::string unclassified;
    CHECK_OK(for_each_leaf(pack_, operation.output, [&](const Leaf& leaf) {
      const auto kind = static_cast<ShapeKind>(pack_.shapes[leaf.shape].kind);
      if (kind != ShapeKind::kString && kind != ShapeKind::kBlob) return;
      const auto secret = secret_kind(leaf.name);
      if (!secret || harmless_.contains({operation.service, std::string(leaf.name)}) ||
          unmasked_[at].contains(leaf.path))
        return;
      paths.emplace(leaf.path, *secret);
      if (!classified(operation, leaf.name)) unclassified = leaf.path;
    }));
    operation.secrets = write(paths);
    operation.unmasked = write(unmasked_[at]);
    if (unclassified.empty()) return {};
    return fail(ErrorCode::kInvalidConfiguration,
                fmt::format("{} {} returns {}, which looks like a secret: say in "
                            "overlay/classes.txt what it is (credentials, "
                            "masked or harmless)",
                            pack_.text(pack_.services[operation.service].name),
                            pack_.text(operation.name), unclassified));
  }

  const format::Row* first_row(const format::Operation& operation) const {
    return operation.rows.count == 0 ? nullptr : &pack_.rows[operation.rows.first];
  }

  void add_policy_class(format::Index at) {
    auto& operation = pack_.operations[at];
    const auto* row = first_row(operation);
    if (row && pack_.text(row->access_level) == "Permissions management")
      operation.classes |= bit(Class::kEditPolicy);
  }

  // What looks like a way around a policy must be of a class, or be called plain.
  Status check_laundering() const {
    std::vector<std::string> unclassified;
    for (format::Index at = 0; at < pack_.operations.size(); ++at) {
      const auto& operation = pack_.operations[at];
      const auto* row = first_row(operation);
      const bool plain = plain_.contains(at);
      if (!row || (operation.classes != 0 && !plain)) continue;
      const auto why = laundering_suspicion(pack_, operation, pack_.text(row->access_level));
      if (why.empty() != plain && operation.classes == 0) continue;
      unclassified.push_back(
          fmt::format("{} {} {}", pack_.text(pack_.services[operation.service].name),
                      pack_.text(operation.name),
                      plain ? "is called plain, and nothing says otherwise, or another row" : why));
    }
    if (unclassified.empty()) return {};
    return fail(ErrorCode::kInvalidConfiguration,
                fmt::format("say in overlay/classes.txt what these are (run-code, edit-policy, "
                            "edit-trust or plain):\n{}",
                            fmt::join(unclassified, "\n")));
  }

  // An action is of the classes of the operations that are mainly it.
  void add_action_classes() {
    for (const auto& operation : pack_.operations) {
      const auto* row = first_row(operation);
      if (row && operation.classes != 0)
        action_classes_[lower(pack_.text(row->action))] |= operation.classes;
    }
    for (auto& action : pack_.actions) {
      const auto found = action_classes_.find(pack_.text(action.lower));
      if (found != action_classes_.end()) action.classes = found->second;
    }
  }

  Writer& pack_;
  std::set<Member> masked_, harmless_;
  std::set<format::Index> plain_;
  std::map<std::string, std::uint8_t, std::less<>> action_classes_;
  std::map<format::Index, Paths> secrets_, unmasked_;
};

}  // namespace

Status add_classes(Writer& pack, const Sources& sources) {
  Classifier classifier(pack);
  CHECK_OK(classifier.read(sources));
  return classifier.apply();
}

}  // namespace strait::catalog::compiler
