// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include "base/limits.h"
#include "programs/strait/toml_reader.h"

namespace strait::programs {

namespace fs = std::filesystem;

constexpr std::uint64_t kSpendMax = 10'000;

fs::path config_file_of(const fs::path& given) {
  std::error_code hidden;
  return fs::is_directory(given, hidden) ? given / "strait.toml" : given;
}

std::string shown_path(const fs::path& path) {
  std::error_code hidden;
  const auto near = fs::proximate(path, hidden);
  return hidden ? path.string() : near.string();
}

Result<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return fail(ErrorCode::kInvalidConfiguration, fmt::format("cannot read {}", path.string()));
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > limits::kPolicyBytesMax) {
    return fail(ErrorCode::kInvalidConfiguration,
                fmt::format("{} is larger than 1 MiB", path.string()));
  }
  return text;
}

namespace {

Result<toml::table> parse_file(const fs::path& path) {
  TRY(const auto text, read_text(path));
  auto parsed = toml::parse(text);
  if (!parsed) {
    return std::unexpected(
        at_line(path.string(), parsed.error().source(), std::string(parsed.error().description())));
  }
  return std::move(parsed).table();
}

std::optional<Endpoint> endpoint(TomlReader& reader, const toml::table& table, std::string_view key,
                                 std::string fallback) {
  const auto text = reader.text(key, std::move(fallback));
  if (text.empty()) return std::nullopt;
  const auto colon = text.rfind(':');
  unsigned port = 0;
  const auto* end = text.data() + text.size();
  if (colon == std::string::npos ||
      std::from_chars(text.data() + colon + 1, end, port).ptr != end || port > 65535) {
    reader.refuse(table.get(key),
                  fmt::format("`{}` must be \"address:port\", such as \"127.0.0.1:4180\"", key));
    return std::nullopt;
  }
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return Endpoint{host, static_cast<std::uint16_t>(port)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<ServerConfig> read_server(const toml::table& table, const fs::path& file) {
  TomlReader reader(table, file.string(), "[server]");
  ServerConfig server;
  server.listen = endpoint(reader, table, "listen", "");
  server.listen_tls = endpoint(reader, table, "listen_tls", "");
  server.listen_proxy = endpoint(reader, table, "listen_proxy", "");
  const auto base = file.parent_path();
  const auto path = [&](std::string text) { return text.empty() ? text : (base / text).string(); };
  server.tls_cert = path(reader.text("tls_cert"));
  server.tls_key = path(reader.text("tls_key"));
  server.admin = endpoint(reader, table, "admin_listen", "127.0.0.1:4181").value_or(Endpoint{});
  server.hosts = reader.texts("hosts");
  server.public_url = reader.text("public_url");
  server.state_dir = base / reader.text("state_dir", "state");
  server.threads = reader.integer("threads", 0, 0, 256);
  server.log_level = reader.text("log_level", "info");
  if (!server.listen && !server.listen_tls && !server.listen_proxy)
    reader.refuse(nullptr, "[server] needs `listen`, `listen_tls` or `listen_proxy`");
  if (server.listen && !is_loopback(server.listen->host)) {
    reader.refuse(table.get("listen"),
                  "`listen` is plain HTTP and takes a loopback address only; use `listen_tls`");
  }
  if (!is_loopback(server.admin.host)) {
    reader.refuse(table.get("admin_listen"),
                  "`admin_listen` takes a loopback address; put a TLS proxy before it");
  }
  if (server.listen_tls && (server.tls_cert.empty() || server.tls_key.empty())) {
    reader.refuse(table.get("listen_tls"), "`listen_tls` needs `tls_cert` and `tls_key`");
  }
  CHECK_OK(reader.finish());
  return server;
}

Result<IssuerConfig> read_issuer(std::string name, const toml::table& table, const fs::path& file) {
  TomlReader reader(table, file.string(), fmt::format("[issuer.{}]", name));
  IssuerConfig issuer;
  issuer.name = std::move(name);
  issuer.url = reader.required_text("url");
  issuer.audiences = reader.texts("audiences");
  issuer.algorithms = reader.texts("algorithms");
  if (issuer.algorithms.empty()) issuer.algorithms = {"RS256", "ES256"};
  if (issuer.audiences.empty())
    reader.refuse(nullptr, "an issuer needs `audiences`: which tokens are meant for Strait");
  const auto base = file.parent_path();
  if (auto text = reader.text("jwks_file"); !text.empty()) {
    issuer.jwks_file = (base / text).string();
    TRY(issuer.jwks_text, read_text(issuer.jwks_file));
  }
  if (auto text = reader.text("ca_file"); !text.empty()) issuer.ca_file = (base / text).string();
  CHECK_OK(reader.finish());
  return issuer;
}

Result<ConnectionConfig> read_connection(std::string name, const toml::table& table,
                                         const fs::path& file) {
  TomlReader reader(table, file.string(), fmt::format("[connection.{}]", name));
  ConnectionConfig connection;
  connection.name = std::move(name);
  connection.account = reader.required_text("account");
  connection.credentials = reader.required_text("credentials");
  connection.role_arn = reader.text("role_arn");
  connection.external_id = reader.text("external_id");
  connection.source_identity = reader.flag("source_identity", true);
  connection.session_tags = reader.flag("session_tags", true);
  connection.endpoint = reader.text("endpoint");
  connection.sts_endpoint = reader.text("sts_endpoint");
  if (const auto* endpoints = reader.table("endpoints")) {
    for (const auto& [service, url] : *endpoints) {
      if (!url.is_string())
        reader.refuse(&url, "`endpoints` maps a service to a URL: { s3 = \"https://...\" }");
      connection.endpoints.emplace(service.str(), url.value_or(std::string()));
    }
  }
  if (auto text = reader.text("ca_file"); !text.empty())
    connection.ca_file = (file.parent_path() / text).string();
  connection.regions = reader.texts("regions");
  // An endpoint of one's own gives URLs of its own, which are no address of SQS.
  const bool own_queues = !connection.endpoint.empty() || connection.endpoints.contains("sqs");
  connection.rewrite_queue_urls = reader.flag("rewrite_queue_urls", own_queues);
  if (connection.account.size() != 12 ||
      connection.account.find_first_not_of("0123456789") != std::string::npos) {
    reader.refuse(table.get("account"), "`account` must be the 12 digits of an AWS account");
  }
  CHECK_OK(reader.finish());
  return connection;
}

Result<std::vector<PolicyFile>> read_policies(const std::vector<std::string>& names,
                                              const fs::path& base) {
  std::vector<PolicyFile> files;
  for (const auto& name : names) {
    TRY(auto text, read_text(base / name));
    files.push_back({name, std::move(text)});
  }
  return files;
}

// "100/1h".
std::optional<LimitsConfig::Spend> parse_spend(std::string_view text) {
  LimitsConfig::Spend spend;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto* end = text.data() + slash;
  const auto [stopped, failed] = std::from_chars(text.data(), end, spend.max);
  const auto window = parse_duration(text.substr(slash + 1));
  if (failed != std::errc{} || stopped != end || spend.max > kSpendMax || !window ||
      *window < std::chrono::seconds(1) || *window > std::chrono::hours(24))
    return std::nullopt;
  spend.window = *window;
  return spend;
}

Result<LimitsConfig> read_limits(const toml::table& table, const fs::path& path) {
  TomlReader reader(table, path.string(), "[limits]");
  LimitsConfig limits;
  limits.calls_per_second = reader.integer("calls_per_second", 0, 1, 100'000);
  constexpr std::pair<std::string_view, std::string_view> kLevels[] = {
      {"list", "List"},
      {"read", "Read"},
      {"write", "Write"},
      {"tagging", "Tagging"},
      {"permissions", "Permissions management"}};
  for (const auto& [key, level] : kLevels) {
    const auto text = reader.text(key);
    if (text.empty()) continue;
    auto spend = parse_spend(text);
    if (!spend) {
      reader.refuse(
          table.get(key),
          fmt::format("`{}` is a number of at most 10000 and a window of at most 24h: \"100/1h\"",
                      key));
      break;
    }
    spend->level = level;
    limits.spends.push_back(*std::move(spend));
  }
  CHECK_OK(reader.finish());
  return limits;
}

Result<RoleFile> read_role(const fs::path& path, const fs::path& base) {
  TRY(const auto table, parse_file(path));
  TomlReader reader(table, path.string(), "a role");
  RoleFile role;
  role.file = path.string();
  role.arn = reader.required_text("arn");
  role.connection = reader.required_text("connection");
  const auto trust = reader.required_text("trust");
  const auto allow = reader.texts("allow");
  const auto ask = reader.texts("ask");
  role.approvers = reader.texts("approvers");
  role.approvals_required = reader.integer("approvals_required", 1, 1, 16);
  role.hold = reader.duration("hold", role.hold);
  role.approval_expiry = reader.duration("approval_expiry", role.approval_expiry);
  role.session_max = reader.duration("session", role.session_max);
  role.unmasked = reader.texts("unmasked");
  if (const auto* limits = reader.table("limits")) {
    TRY(role.limits, read_limits(*limits, path));
  }
  if (role.hold > limits::kHoldMax)
    reader.refuse(table.get("hold"), "`hold` is at most 50s: SDKs give up at 60");
  if (role.session_max > limits::kSessionMax)
    reader.refuse(table.get("session"), "`session` is at most 12h");
  if (!ask.empty() && role.approvers.empty()) {
    reader.refuse(table.get("ask"),
                  "a role with `ask` needs `approvers`, such as [\"group:platform\"]");
  }
  CHECK_OK(reader.finish());
  TRY(role.trust.text, read_text(base / trust));
  role.trust.name = trust;
  TRY(role.allow, read_policies(allow, base));
  TRY(role.ask, read_policies(ask, base));
  return role;
}

Result<std::vector<RoleFile>> read_roles(const fs::path& base) {
  std::vector<fs::path> paths;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(base / "roles", missing)) {
    const auto name = entry.path().filename().string();
    if (name.ends_with(".toml") && !name.ends_with(".test.toml")) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  std::vector<RoleFile> roles;
  for (const auto& path : paths) {
    TRY(auto role, read_role(path, base));
    const auto same = std::ranges::find(roles, role.arn, &RoleFile::arn);
    if (same != roles.end()) {
      return fail(ErrorCode::kInvalidConfiguration,
                  fmt::format("{} and {} both define role {}", same->file, role.file, role.arn));
    }
    roles.push_back(std::move(role));
  }
  return roles;
}

// [issuer.NAME] and [connection.NAME] alike: every entry of the table `key` is a table of its own.
template <class T, class Read>
Result<std::vector<T>> read_named(TomlReader& reader, std::string_view key, const fs::path& file,
                                  Read read) {
  std::vector<T> all;
  const auto* tables = reader.table(key);
  if (tables == nullptr) return all;
  for (const auto& [name, node] : *tables) {
    if (node.as_table() == nullptr) {
      return std::unexpected(
          at_line(file.string(), node.source(), fmt::format("write [{}.NAME]", key)));
    }
    TRY(auto one, read(std::string(name.str()), *node.as_table(), file));
    all.push_back(std::move(one));
  }
  return all;
}

Status check_references(const Config& config) {
  for (const auto& role : config.roles) {
    if (std::ranges::find(config.connections, role.connection, &ConnectionConfig::name) ==
        config.connections.end()) {
      return fail(ErrorCode::kInvalidConfiguration,
                  fmt::format("{}: no connection `{}`; strait.toml defines [connection.NAME]",
                              role.file, role.connection));
    }
  }
  return {};
}

}  // namespace

Result<Config> read_settings(const fs::path& file) {
  Config config;
  config.file = fs::absolute(file);
  const auto base = config.file.parent_path();
  TRY(const auto table, parse_file(config.file));
  TomlReader reader(table, config.file.string(), "strait.toml");
  const auto* server = reader.table("server");
  if (server == nullptr) {
    return fail(ErrorCode::kInvalidConfiguration,
                fmt::format("{}: needs [server]", config.file.string()));
  }
  TRY(config.server, read_server(*server, config.file));
  TRY(config.issuers, read_named<IssuerConfig>(reader, "issuer", config.file, read_issuer));
  TRY(config.connections,
      read_named<ConnectionConfig>(reader, "connection", config.file, read_connection));
  config.anchor_dir = config.server.state_dir / "anchor";
  if (const auto* record = reader.table("record")) {
    TomlReader inner(*record, config.file.string(), "[record]");
    if (auto text = inner.text("anchor_dir"); !text.empty()) config.anchor_dir = base / text;
    CHECK_OK(inner.finish());
  }
  CHECK_OK(reader.finish());
  return config;
}

Status read_roles_into(Config& config, const fs::path& base) {
  TRY(config.roles, read_roles(base));
  return check_references(config);
}

Result<Config> read_config(const fs::path& file) {
  TRY(auto config, read_settings(file));
  CHECK_OK(read_roles_into(config, config.file.parent_path()));
  return config;
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  long value = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || value < 0 || value > 1'000'000 ||
      text.data() + text.size() - end != 1)
    return std::nullopt;
  switch (*end) {
    case 's': return std::chrono::seconds(value);
    case 'm': return std::chrono::minutes(value);
    case 'h': return std::chrono::hours(value);
    case 'd': return std::chrono::days(value);
    default: return std::nullopt;
  }
}

}  // namespace strait::programs
