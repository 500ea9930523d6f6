// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "codec/base64.h"
#include "crypto/random.h"
#include "programs/strait/admin_client.h"
#include "programs/strait/agent_environment.h"
#include "programs/strait/container_endpoint.h"
#include "programs/strait/run_task.h"
#include "programs/strait/verbs.h"

namespace strait::programs {
namespace {

constexpr int kBeforeStart = 125, kCannotExecute = 126, kNotFound = 127;

struct Asked {
  LoginOptions login;
  bool through_proxy = false;
  std::string proxy, proxy_ca;
  std::string region = "us-east-1";
  std::string shell = "bash";
  std::vector<std::string> command;
};

// Fills what was not given from the environment; says what is missing.
Status complete(Asked& asked) {
  const auto fill = [](std::string& value, const char* variable) {
    if (value.empty()) value = environment(variable);
  };
  fill(asked.login.endpoint, "STRAIT_ENDPOINT");
  fill(asked.login.role, "STRAIT_ROLE");
  fill(asked.login.token_file, "STRAIT_TOKEN_FILE");
  if (asked.login.endpoint.empty()) asked.login.endpoint = "http://127.0.0.1:4180";
  if (asked.login.role.empty())
    return fail(ErrorCode::kInvalidConfiguration, "which role? Give --role ARN or set STRAIT_ROLE");
  if (asked.login.token_file.empty()) {
    return fail(ErrorCode::kInvalidToken,
                "who are you? Give --token-file or set STRAIT_TOKEN_FILE");
  }
  asked.login.token_file = std::filesystem::absolute(asked.login.token_file).string();
  if (asked.login.session_name.empty()) asked.login.session_name = "strait-exec";
  return {};
}

Result<WayIn> way_in(Asked& asked) {
  if (!asked.through_proxy) return WayIn{asked.login.endpoint, {}, {}};
  if (asked.proxy.empty()) asked.proxy = environment("STRAIT_PROXY");
  if (asked.proxy.empty()) asked.proxy = "http://127.0.0.1:4182";
  if (asked.proxy_ca.empty()) asked.proxy_ca = environment("STRAIT_PROXY_CA");
  if (asked.proxy_ca.empty()) {
    return fail(ErrorCode::kInvalidConfiguration,
                "which CA does the proxy sign under? Give --proxy-ca FILE or set STRAIT_PROXY_CA; "
                "`strait proxy ca` prints it where the gateway runs");
  }
  const auto file = std::filesystem::absolute(asked.proxy_ca);
  if (!std::ifstream(file))
    return fail(ErrorCode::kInvalidConfiguration, "cannot read the proxy's CA " + file.string());
  return WayIn{asked.login.endpoint, asked.proxy, file.string()};
}

void write_private(const std::string& path, std::string_view text) {
  const auto before = ::umask(077);
  std::ofstream(path, std::ios::binary) << text;
  ::umask(before);
}

// A folder that only we can enter, gone with us.
class PrivateFolder {
 public:
  PrivateFolder() {
    const auto runtime = environment("XDG_RUNTIME_DIR");
    path_ = (runtime.empty() ? std::filesystem::temp_directory_path().string() : runtime) +
            "/strait-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~PrivateFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

void apply(const AgentEnvironment& environment) {
  for (const auto& name : environment.unset) ::unsetenv(name.c_str());
  for (const auto& [name, value] : environment.set) ::setenv(name.c_str(), value.c_str(), 1);
}

int run_child(const std::vector<std::string>& command, const AgentEnvironment& environment) {
  apply(environment);  // here and not in the child: between fork and exec only system calls are
                       // safe beside a thread
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const auto child = ::fork();
  if (child == 0) {
    ::execvp(arguments[0], arguments.data());
    ::_exit(errno == ENOENT ? kNotFound : kCannotExecute);
  }
  std::signal(SIGINT, SIG_IGN);  // the terminal sends it to the child too, and the child decides
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNotFound)
    fmt::print(stderr, "strait: {}: not found?\n", command[0]);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int exec(Asked& asked) {
  if (auto complete_enough = complete(asked); !complete_enough)
    return report(complete_enough.error()), kBeforeStart;
  const auto way = way_in(asked);
  if (!way) return report(way.error()), kBeforeStart;
  const PrivateFolder folder;
  const auto bearer = codec::base64url_encode(crypto::random_string(32));
  write_private(folder.path() + "/token", bearer);  // no line end: boto3 sends the file as it is
  write_private(folder.path() + "/config", "[default]\nregion = " + asked.region + "\n");
  write_private(folder.path() + "/credentials", "");

  const async::SystemClock clock;
  async::Loop loop(1);
  auto endpoint = ContainerEndpoint::create(loop, clock, asked.login, bearer);
  if (!endpoint) return report(endpoint.error()), kBeforeStart;
  Status warm;
  boost::asio::co_spawn(loop, (*endpoint)->warm_up(), [&](std::exception_ptr, Status status) {
    warm = std::move(status);
    loop.stop();
  });
  loop.run();
  if (!warm) return report(warm.error()), kBeforeStart;
  loop.restart();
  (*endpoint)->start();
  const auto environment =
      container_environment(*way, (*endpoint)->url(), folder.path(), asked.region);
  const std::jthread server([&] { loop.run(); });
  const int code = run_child(asked.command, environment);
  loop.stop();
  return code;
}

std::string quoted_for_shell(const std::string& value) {
  std::string out = "'";
  for (const char c : value) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

int print_environment(Asked& asked) {
  if (auto complete_enough = complete(asked); !complete_enough)
    return report(complete_enough.error());
  const auto way = way_in(asked);
  if (!way) return report(way.error());
  const auto environment = web_identity_environment(*way, asked.login.role, asked.login.token_file,
                                                    asked.login.session_name, asked.region);
  for (const auto& name : environment.unset) {
    const bool also_set = std::ranges::any_of(
        environment.set, [&](const auto& entry) { return entry.first == name; });
    if (!also_set && asked.shell == "bash" && std::getenv(name.c_str()) != nullptr)
      fmt::print("unset {}\n", name);
    if (!also_set && asked.shell == "fish" && std::getenv(name.c_str()) != nullptr)
      fmt::print("set -e {}\n", name);
  }
  for (const auto& [name, value] : environment.set) {
    if (asked.shell == "fish") {
      fmt::print("set -gx {} {}\n", name, quoted_for_shell(value));
    } else if (asked.shell == "dotenv") {
      fmt::print("{}={}\n", name, value);
    } else {
      fmt::print("export {}={}\n", name, quoted_for_shell(value));
    }
  }
  return kOk;
}

void add_login_options(CLI::App& verb, Asked& asked) {
  verb.add_option("--endpoint", asked.login.endpoint,
                  "where AWS calls go [STRAIT_ENDPOINT, http://127.0.0.1:4180]");
  verb.add_option("--role", asked.login.role, "the role to take [STRAIT_ROLE]");
  verb.add_option("--token-file", asked.login.token_file, "your OIDC token [STRAIT_TOKEN_FILE]");
  verb.add_option("--session-name", asked.login.session_name,
                  "shown in the record and in CloudTrail");
  verb.add_option("--region", asked.region, "AWS region")->capture_default_str();
  verb.add_flag("--proxy", asked.through_proxy,
                "through the gateway as HTTPS_PROXY, with AWS's own names, instead of to it");
  verb.add_option("--proxy-url", asked.proxy,
                  "where its `listen_proxy` is [STRAIT_PROXY, http://127.0.0.1:4182]");
  verb.add_option("--proxy-ca", asked.proxy_ca,
                  "the CA that the proxy signs under, a PEM file [STRAIT_PROXY_CA]");
}

}  // namespace

void add_exec(CLI::App& app, int& exit_code) {
  auto* verb = app.add_subcommand("exec", "run a command whose AWS calls go through the gateway");
  auto asked = std::make_shared<Asked>();
  add_login_options(*verb, *asked);
  verb->add_option("--ca-file", asked->login.ca_file, "roots for a private gateway certificate");
  verb->add_option("command", asked->command, "-- CMD ARG...")->required();
  verb->callback([asked, &exit_code] { exit_code = exec(*asked); });
}

void add_env(CLI::App& app, int& exit_code) {
  auto* verb =
      app.add_subcommand("env", "print the variables that put a shell or a job behind the gateway");
  auto asked = std::make_shared<Asked>();
  add_login_options(*verb, *asked);
  verb->add_option("--shell", asked->shell, "bash, fish or dotenv")
      ->check(CLI::IsMember({"bash", "fish", "dotenv"}))
      ->capture_default_str();
  verb->callback([asked, &exit_code] { exit_code = print_environment(*asked); });
}

}  // namespace strait::programs
