// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/overlay.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "catalog/catalog.h"

namespace strait::catalog::compiler {
namespace {

constexpr std::array<std::string_view, 20> kFiles = {
    "actions.txt",   "bindings.txt",    "classes.txt",    "context.txt",       "defaults.txt",
    "differs.txt",   "ec2-ids.txt",     "host-kinds.txt", "host-prefixes.txt", "hosts.txt",
    "keys.txt",      "masks.txt",       "owners.txt",     "passed-to.txt",     "prefixes.txt",
    "protocols.txt", "query-names.txt", "refused.txt",    "signing.txt",       "tagging.txt",
};

std::vector<std::string_view> words_of(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::vector<std::string_view> words;
  while (true) {
    const auto start = line.find_first_not_of(" \t\r");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(" \t\r"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

Status need_words(const OverlayRow& row, std::size_t count) {
  if (row.words.size() == count) return {};
  return row_error(row, fmt::format("has {} words, not {}", row.words.size(), count));
}

Status apply_prefixes(Writer& pack, const Sources& sources) {
  for (const auto& row : overlay_rows(sources, "prefixes.txt")) {
    CHECK_OK(need_words(row, 2));
    TRY(const auto service, find_service(pack, row, row.words[0]));
    pack.services[service].iam_prefix = pack.str(row.words[1]);
  }
  return {};
}

Status apply_protocols(Writer& pack, const Sources& sources) {
  for (const auto& row : overlay_rows(sources, "protocols.txt")) {
    CHECK_OK(need_words(row, 2));
    TRY(const auto index, find_service(pack, row, row.words[0]));
    auto& service = pack.services[index];
    if (row.words[1] != "query" || service.protocol_count == service.protocols.size()) {
      return row_error(row, "only `query` can be added, once");
    }
    service.protocols[service.protocol_count++] = static_cast<std::uint8_t>(Protocol::kQuery);
    for (auto at = service.operations.first;
         at < service.operations.first + service.operations.count; ++at) {
      auto& operation = pack.operations[at];
      if (operation.result_wrapper != 0) continue;
      operation.result_wrapper = pack.str(fmt::format("{}Result", pack.text(operation.name)));
    }
  }
  return {};
}

Status apply_signing(Writer& pack, const Sources& sources) {
  for (const auto& row : overlay_rows(sources, "signing.txt")) {
    CHECK_OK(need_words(row, 3));
    TRY(const auto operation, find_operation(pack, row, row.words[0], row.words[1]));
    pack.operations[operation].signing_name = pack.str(row.words[2]);
  }
  return {};
}

Status apply_host_prefixes(Writer& pack, const Sources& sources) {
  for (const auto& row : overlay_rows(sources, "host-prefixes.txt")) {
    CHECK_OK(need_words(row, 3));
    TRY(const auto operation, find_operation(pack, row, row.words[0], row.words[1]));
    if (pack.operations[operation].host_prefix != 0)
      return row_error(row, "the model has a prefix for it by now");
    pack.operations[operation].host_prefix = pack.str(row.words[2]);
  }
  return {};
}

// The member of shape `shape_name` among the shapes of `service`: a structure's by name, else
// "element", "key", "value".
Result<format::Index> find_member(const Writer& pack, const OverlayRow& row, format::Run members,
                                  format::Index shape) {
  const auto kind = static_cast<ShapeKind>(pack.shapes[shape].kind);
  const auto name = row.words[2];
  if (kind == ShapeKind::kList && name == "element") return members.first;
  if (kind == ShapeKind::kMap && name == "key") return members.first;
  if (kind == ShapeKind::kMap && name == "value") return members.first + 1;
  const auto found = pack.member_named(shape, name);
  if (found == format::kNone) return row_error(row, "there is no such member");
  return found;
}

// Shapes lie in the pack by service, in model order: those between the first shapes of this and the
// next service.
Status apply_query_names(Writer& pack, const Sources& sources,
                         const std::vector<format::Index>& first_shapes) {
  for (const auto& row : overlay_rows(sources, "query-names.txt")) {
    CHECK_OK(need_words(row, 4));
    TRY(const auto service, find_service(pack, row, row.words[0]));
    auto at = first_shapes[service];
    while (at < first_shapes[service + 1] && pack.text(pack.shapes[at].name) != row.words[1]) ++at;
    if (at == first_shapes[service + 1]) return row_error(row, "there is no such shape");
    TRY(const auto member,
        find_member(pack, row, {pack.shapes[at].first_member, pack.shapes[at].member_count}, at));
    pack.members[member].flags |= format::kHasQueryName;
    pack.query_names.push_back({member, pack.str(row.words[3])});
  }
  std::ranges::sort(pack.query_names, {}, &format::Pair::key);
  return {};
}

Status apply_ec2_ids(Writer& pack, const Sources& sources) {
  for (const auto& row : overlay_rows(sources, "ec2-ids.txt")) {
    CHECK_OK(need_words(row, 2));
    pack.ec2_ids.push_back({pack.str(row.words[0]), pack.str(row.words[1])});
  }
  return {};
}

}  // namespace

std::unexpected<Error> row_error(const OverlayRow& row, std::string why) {
  return fail(
      ErrorCode::kInvalidConfiguration,
      fmt::format("overlay/{}:{}: {}: {}", row.file, row.line, fmt::join(row.words, " "), why));
}

std::vector<OverlayRow> overlay_rows(const Sources& sources, std::string_view file) {
  std::vector<OverlayRow> rows;
  const auto source = std::ranges::find(sources.overlay, file, &OverlaySource::name);
  if (source == sources.overlay.end()) return rows;
  std::string_view rest = source->text;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const auto end = std::min(rest.find('\n'), rest.size());
    auto words = words_of(rest.substr(0, end));
    if (!words.empty()) rows.push_back({source->name, line, std::move(words)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return rows;
}

Status check_overlay_files(const Sources& sources) {
  for (const auto& file : sources.overlay) {
    if (std::ranges::find(kFiles, file.name) != kFiles.end()) continue;
    return fail(ErrorCode::kInvalidConfiguration,
                "overlay/" + file.name + " is not a file that the pack compiler knows");
  }
  return {};
}

Result<format::Index> find_service(const Writer& pack, const OverlayRow& row,
                                   std::string_view name) {
  const auto text = [&](const format::Service& service) { return pack.text(service.name); };
  const auto at = std::ranges::lower_bound(pack.services, name, {}, text);
  if (at == pack.services.end() || text(*at) != name)
    return row_error(row, "there is no service " + quoted(name));
  return static_cast<format::Index>(at - pack.services.begin());
}

Result<format::Index> find_operation(const Writer& pack, const OverlayRow& row,
                                     std::string_view service_name, std::string_view operation) {
  TRY(const auto service, find_service(pack, row, service_name));
  const auto run = pack.services[service].operations;
  const std::span<const format::Operation> all(pack.operations.data() + run.first, run.count);
  const auto text = [&](const format::Operation& record) { return pack.text(record.name); };
  const auto at = std::ranges::lower_bound(all, operation, {}, text);
  if (at == all.end() || text(*at) != operation)
    return row_error(row, "there is no operation " + quoted(operation));
  return run.first + static_cast<format::Index>(at - all.begin());
}

bool path_exists(const Writer& pack, format::Index shape, std::string_view path) {
  path = path.substr(0, path.find_first_of("|?"));
  while (!path.empty()) {
    const auto dot = std::min(path.find('.'), path.size());
    auto step = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    const auto bracket = std::min(step.find_first_of("[{"), step.size());
    const auto member = pack.member_named(shape, step.substr(0, bracket));
    if (member == format::kNone) return false;
    shape = pack.members[member].shape;
    step.remove_prefix(bracket);
    for (; !step.empty(); step.remove_prefix(std::min(step.find_first_of("[{", 1), step.size()))) {
      const auto kind = static_cast<ShapeKind>(pack.shapes[shape].kind);
      const auto first = pack.shapes[shape].first_member;
      if (step.starts_with("[]") && kind == ShapeKind::kList)
        shape = pack.members[first].shape;
      else if (step.starts_with("{key}") && kind == ShapeKind::kMap)
        shape = pack.members[first].shape;
      else if (step.starts_with("{}") && kind == ShapeKind::kMap)
        shape = pack.members[first + 1].shape;
      else
        return false;
    }
  }
  return true;
}

Status apply_service_overlay(Writer& pack, const Sources& sources) {
  std::vector<format::Index> first_shapes = pack.first_shapes;
  first_shapes.push_back(static_cast<format::Index>(pack.shapes.size()));
  CHECK_OK(check_overlay_files(sources));
  CHECK_OK(apply_prefixes(pack, sources));
  CHECK_OK(apply_protocols(pack, sources));
  CHECK_OK(apply_signing(pack, sources));
  CHECK_OK(apply_host_prefixes(pack, sources));
  CHECK_OK(apply_query_names(pack, sources, first_shapes));
  return apply_ec2_ids(pack, sources);
}

}  // namespace strait::catalog::compiler
