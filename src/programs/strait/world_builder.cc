// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/world_builder.h"

#include <fmt/format.h>

#include <algorithm>

#include "keys/fetchers.h"
#include "net/client.h"

namespace strait::programs {
namespace {

Error in(const std::string& where, Error error) {
  error.message = where + ": " + error.message;
  return error;
}

Result<net::Address> address_of(const std::string& url) {
  TRY(const auto parsed, net::parse_url(url));
  if (parsed.target != "/")
    return fail(ErrorCode::kInvalidConfiguration, quoted(url) + " must have no path");
  if (!parsed.tls && !keys::is_loopback_host(parsed.host)) {
    return fail(ErrorCode::kInvalidConfiguration,
                quoted(url) + " is plain HTTP, which is taken on loopback only");
  }
  return net::Address{parsed.tls, parsed.host, parsed.port};
}

Result<crypto::JwsAlgorithm> algorithm_of(const std::string& text) {
  if (const auto algorithm = crypto::jws_algorithm(text)) return *algorithm;
  return fail(ErrorCode::kInvalidConfiguration,
              "`algorithms` takes RS256, PS256, ES256, ES384 and EdDSA, not " + quoted(text));
}

std::string fingerprint(const ConnectionConfig& config) {
  auto text = fmt::format("{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}|{}", config.name, config.account,
                          config.credentials, config.role_arn, config.external_id, config.endpoint,
                          config.sts_endpoint, config.ca_file, fmt::join(config.regions, ","),
                          config.rewrite_queue_urls, config.source_identity, config.session_tags);
  for (const auto& [service, url] : config.endpoints) text += "|" + service + "=" + url;
  return text;
}

Result<std::shared_ptr<net::ClientTls>> roots(const std::string& ca_file) {
  return ca_file.empty() ? net::ClientTls::system() : net::ClientTls::from_ca_file(ca_file);
}

Result<std::shared_ptr<const gateway::Role>> role_of(
    const RoleFile& file, std::shared_ptr<const gateway::Connection> connection,
    const policy::PolicySet& policies, const catalog::Catalog& catalog) {
  auto role = std::make_shared<gateway::Role>();
  role->asks_history = policies.asks_history(file.arn);
  role->config = {.policies = source_of(file),
                  .trust = {file.trust.name, file.trust.text},
                  .connection = file.connection,
                  .approvers = file.approvers,
                  .approvals_required = file.approvals_required,
                  .hold = file.hold,
                  .approval_expiry = file.approval_expiry,
                  .session_max = file.session_max,
                  .mask_opt_outs = file.unmasked};
  TRY(role->trust, trust_of(file, connection->account));
  role->connection = std::move(connection);
  if (role->connection->scoped) {
    TRY(role->scope, analysis::RoleScope::compile(role->config.policies, &catalog));
  }
  role->mask.show = file.unmasked;
  role->limits.calls_per_second = static_cast<std::uint32_t>(file.limits.calls_per_second);
  for (const auto& [level, count, window] : file.limits.spends)
    role->limits.spends.push_back({level, count, window});
  role->mask.rewrite_queue_urls = role->connection->rewrite_queue_urls;
  return role;
}

}  // namespace

policy::RoleSource source_of(const RoleFile& file) {
  policy::RoleSource source{.arn = file.arn, .allow = {}, .ask = {}};
  for (const auto& [name, text] : file.allow) source.allow.push_back({name, text});
  for (const auto& [name, text] : file.ask) source.ask.push_back({name, text});
  return source;
}

Result<policy::TrustPolicy> trust_of(const RoleFile& file, const std::string& account) {
  auto trust = policy::parse_trust(file.trust.name, file.trust.text);
  if (!trust) return std::unexpected(in(file.file, std::move(trust).error()));
  journey::Session probe;
  probe.role = file.arn;
  if (probe.account() == account) return trust;
  return fail(ErrorCode::kInvalidConfiguration,
              fmt::format("{}: the role is of account {}, its connection {} of account {}",
                          file.file, probe.account(), file.connection, account));
}

Result<policy::PolicySet> compile_policies(const Config& config) {
  std::vector<policy::RoleSource> sources;
  for (const auto& role : config.roles) sources.push_back(source_of(role));
  return policy::compile(std::move(sources));
}

Result<std::shared_ptr<const gateway::Connection>> WorldBuilder::connection(
    const ConnectionConfig& config) {
  auto& known = connections_[fingerprint(config)];
  if (known) return known;
  auto connection = std::make_shared<gateway::Connection>();
  connection->name = config.name;
  connection->account = config.account;
  connection->fingerprint = fingerprint(config);
  connection->regions = config.regions;
  connection->rewrite_queue_urls = config.rewrite_queue_urls;
  TRY(connection->tls, roots(config.ca_file));
  if (!config.endpoint.empty()) {
    TRY(connection->endpoint, address_of(config.endpoint));
  }
  for (const auto& [service, url] : config.endpoints) {
    TRY(auto address, address_of(url));
    connection->endpoints.emplace(service, std::move(address));
  }
  const keys::Surroundings around{.loop = &home_,
                                  .clock = &clock_,
                                  .tls = connection->tls,
                                  .environment = keys::process_environment()};
  const keys::CredentialSpec spec{.source = config.credentials,
                                  .role_arn = config.role_arn,
                                  .external_id = config.external_id,
                                  .sts_endpoint = config.sts_endpoint};
  TRY(auto fetcher, keys::make_fetcher(spec, around));
  connection->credentials =
      std::make_shared<keys::CredentialSource>(home_, clock_, std::move(fetcher));
  if (!config.role_arn.empty()) {
    TRY(connection->scoped, keys::ScopedCredentials::make(spec, around));
  }
  connection->source_identity = config.source_identity;
  connection->session_tags = config.session_tags;
  known = connection;
  return known;
}

Result<gateway::Issuer> WorldBuilder::issuer(const IssuerConfig& config) {
  gateway::Issuer issuer;
  issuer.rules.issuer = config.url;
  issuer.rules.audiences = config.audiences;
  for (const auto& text : config.algorithms) {
    TRY(const auto algorithm, algorithm_of(text));
    issuer.rules.algorithms.push_back(algorithm);
  }
  issuer.fingerprint =
      fmt::format("{}|{}|{}|{}|{}", config.url, fmt::join(config.audiences, ","),
                  fmt::join(config.algorithms, ","), config.ca_file, config.jwks_text);
  if (!config.jwks_file.empty()) {
    TRY(issuer.keys, keys::JwksSource::from_file(config.jwks_file));
    return issuer;
  }
  auto& known = issuers_[config.url + "|" + config.ca_file];
  if (!known) {
    TRY(auto tls, roots(config.ca_file));
    TRY(known, keys::JwksSource::remote(home_, clock_, config.url, std::move(tls)));
  }
  issuer.keys = known;
  return issuer;
}

Result<std::shared_ptr<const gateway::World>> WorldBuilder::build(const Config& config) {
  auto world = std::make_shared<gateway::World>();
  if (!config.version.empty()) world->source = config.version;
  TRY(world->policies, compile_policies(config));
  for (const auto& one : config.issuers) {
    auto issuer_ = issuer(one);
    if (!issuer_)
      return std::unexpected(in("[issuer." + one.name + "]", std::move(issuer_).error()));
    world->issuers.push_back(*std::move(issuer_));
  }
  std::map<std::string, std::shared_ptr<const gateway::Connection>> by_name;
  for (const auto& one : config.connections) {
    auto made = connection(one);
    if (!made) return std::unexpected(in("[connection." + one.name + "]", std::move(made).error()));
    by_name[one.name] = *std::move(made);
  }
  for (const auto& file : config.roles) {
    TRY(auto role, role_of(file, by_name.at(file.connection), world->policies, catalog_));
    world->roles.push_back(std::move(role));
  }
  return std::shared_ptr<const gateway::World>(std::move(world));
}

}  // namespace strait::programs
