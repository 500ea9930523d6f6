// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

// The configuration as it stands in the files: strait.toml and roles/*.toml beside it, with the
// policies they name read in. docs/configuration.md is its reference. Unknown keys are refused with
// file, line and the nearest known key; a missing value and a value of the wrong type likewise.
// Nothing here judges policies; compile() in world.h does.
namespace strait::programs {

struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
};

struct ServerConfig {
  std::optional<Endpoint> listen;  // plain HTTP; loopback only
  std::optional<Endpoint> listen_tls;
  std::optional<Endpoint> listen_proxy;  // forward proxy: CONNECT to AWS endpoints
  std::string tls_cert, tls_key;         // PEM files, required with listen_tls
  Endpoint admin;                        // health, metrics, approvals
  std::vector<std::string>
      hosts;               // names agents reach Strait by; their subdomains may be S3 buckets
  std::string public_url;  // for links in refusals
  std::filesystem::path state_dir;
  int threads = 0;  // 0: one a core
  std::string log_level = "info";
};

struct IssuerConfig {
  std::string name;
  std::string url;  // exact value of `iss`
  std::vector<std::string> audiences;
  std::vector<std::string> algorithms;  // default RS256, ES256
  std::string jwks_file, jwks_text;     // static keys instead of discovery, and what the file holds
  std::string ca_file;
};

struct ConnectionConfig {
  std::string name;
  std::string account;      // 12 digits
  std::string credentials;  // "environment", "profile:NAME", "imds", "container", "web-identity"
  std::string role_arn, external_id;  // AssumeRole on top, when set
  bool source_identity = true;        // AssumeRole says who the agent is,
  bool session_tags = true;           // and these its session and role
  std::string endpoint;               // "http://127.0.0.1:5000" instead of AWS, for a stand-in
  std::map<std::string, std::string, std::less<>>
      endpoints;  // by service, such as a VPC endpoint; before `endpoint`
  std::string sts_endpoint;
  std::string ca_file;
  std::vector<std::string> regions;  // empty: every region
  bool rewrite_queue_urls = false;   // in replies of SQS, to lead back to the gateway
};

struct PolicyFile {
  std::string name;  // as the role names it, relative to the configuration
  std::string text;
};

// What a principal may do in a role however its policies read.
struct LimitsConfig {
  struct Spend {
    std::string level;  // AWS's access level: "Write"
    std::uint64_t max = 0;
    std::chrono::seconds window{0};
  };
  int calls_per_second = 0;  // 0: no limit
  std::vector<Spend> spends;
};

struct RoleFile {
  std::string file;
  std::string arn;
  std::string connection;
  PolicyFile trust;
  std::vector<PolicyFile> allow, ask;
  std::vector<std::string> approvers;
  int approvals_required = 1;
  LimitsConfig limits;
  std::chrono::seconds hold{20};
  std::chrono::seconds approval_expiry{900};
  std::chrono::seconds session_max{3600};
  std::vector<std::string>
      unmasked;  // operations whose modelled-sensitive members stay, "lambda:Invoke"
};

struct Config {
  std::filesystem::path file;
  std::string version;  // of the roles, when they are an applied version: "version 3 (9f2c...)"
  ServerConfig server;
  std::vector<IssuerConfig> issuers;
  std::vector<ConnectionConfig> connections;
  std::vector<RoleFile> roles;
  std::filesystem::path
      anchor_dir;  // where the last checkpoint is kept apart; default state_dir/anchor
};

// Reads the file and everything it names. Relative paths are relative to the file's folder. The
// first error found is returned, with "file:line: " in front of the message.
Result<Config> read_config(const std::filesystem::path& file);

// The two halves of it, for roles that stand elsewhere: without roles, and the roles of the folder
// `base`, which name connections of `config`.
Result<Config> read_settings(const std::filesystem::path& file);
Status read_roles_into(Config& config, const std::filesystem::path& base);

// strait.toml of a folder, or the file itself.
std::filesystem::path config_file_of(const std::filesystem::path& given);
// As it is named from the folder that one stands in.
std::string shown_path(const std::filesystem::path& path);
// A text that configuration names: at most 1 MiB.
Result<std::string> read_text(const std::filesystem::path& path);

// "90s", "15m", "8h", "2d"; nullopt for anything else.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace strait::programs
