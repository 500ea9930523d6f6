// SPDX-License-Identifier: Apache-2.0
#include "keys/credential_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstring>

#include "async/timers.h"

extern char** environ;

namespace strait::keys {

namespace {

constexpr auto kDeadline = std::chrono::seconds(10);
constexpr auto kReapEvery = std::chrono::milliseconds(10);
constexpr std::size_t kOutputBytesMax = 64 * 1024;

std::unexpected<Error> unavailable(std::string why, std::string detail = {}) {
  return fail(ErrorCode::kUnavailable, "the profile's credential_process " + std::move(why),
              std::move(detail));
}

// A child that is killed and reaped at the latest when this goes away.
class Child {
 public:
  Child() = default;
  ~Child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  Status start(std::vector<std::string> words, int output) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const int problem =
        ::posix_spawnp(&id_, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (problem == 0) return {};
    id_ = 0;
    return unavailable("cannot be started", std::strerror(problem));
  }

  // True when it has ended, and then `status` is what waitpid said.
  bool ended(int& status) {
    if (::waitpid(id_, &status, WNOHANG) != id_) return false;
    id_ = 0;
    return true;
  }

 private:
  pid_t id_ = 0;
};

async::Task<Result<std::string>> read_all(boost::asio::posix::stream_descriptor& from) {
  std::string out;
  std::array<char, 4096> piece;
  for (;;) {
    const auto [problem, size] = co_await from.async_read_some(
        boost::asio::buffer(piece), boost::asio::as_tuple(async::use_task));
    out.append(piece.data(), size);
    if (out.size() > kOutputBytesMax) co_return unavailable("writes too much");
    if (problem == boost::asio::error::eof) break;
    if (problem == boost::asio::error::operation_aborted)
      co_return unavailable("takes longer than ten seconds");
    if (problem) co_return unavailable("cannot be read", problem.message());
  }
  ::explicit_bzero(piece.data(), piece.size());
  co_return out;
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    const bool escapes = c == '\\' && quote != '\'' && at + 1 < line.size() &&
                         (quote == 0 || line[at + 1] == '"' || line[at + 1] == '\\');
    if (escapes) {
      word.push_back(line[++at]);
      in_word = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word.push_back(c);
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word.push_back(c);
      in_word = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(std::move(word));
  return words;
}

async::Task<Result<Secret>> run_credential_process(async::Loop& loop, std::string line) {
  auto words = split_command(line);
  if (!words || words->empty()) co_return unavailable("is no command");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0)
    co_return unavailable("cannot be started", std::strerror(errno));
  boost::asio::posix::stream_descriptor output(loop, ends[0]);
  Child child;
  const auto started = child.start(*std::move(words), ends[1]);
  ::close(ends[1]);
  CO_CHECK_OK(started);

  boost::asio::steady_timer deadline(loop, kDeadline);
  deadline.async_wait([&output](const boost::system::error_code& problem) {
    if (!problem) output.cancel();
  });
  CO_TRY(auto text, co_await read_all(output));
  deadline.cancel();
  Secret secret(std::move(text));
  int status = 0;
  for (auto waited = std::chrono::milliseconds(0); !child.ended(status); waited += kReapEvery) {
    if (waited > kDeadline) co_return unavailable("does not end");
    co_await async::sleep_for(kReapEvery);
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    co_return unavailable("fails; run it by hand to see why");
  co_return secret;
}

}  // namespace strait::keys
