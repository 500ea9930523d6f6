// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/clock.h"
#include "async/task.h"
#include "keys/fetchers.h"
#include "net/plain_server.h"

// A small language for tests of keys: a clock that stands until it is moved, a server that answers
// by path and remembers who came, an environment of its own, a folder that goes away.
namespace strait::keys::testing {

class FakeClock final : public async::Clock {
 public:
  Timestamp now() const override { return now_; }
  void advance(std::chrono::seconds by) { now_ += by; }

 private:
  Timestamp now_{std::chrono::seconds(1'800'000'000)};
};

inline std::string at(const async::Clock& clock, std::chrono::seconds after) {
  return rfc3339(std::chrono::floor<std::chrono::seconds>(clock.now() + after));
}

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/strait-keys-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string write(const std::string& name, std::string_view text, mode_t mode = 0600) const {
    const auto file = path / name;
    std::ofstream(file, std::ios::binary) << text;
    ::chmod(file.c_str(), mode);
    return file.string();
  }
  std::filesystem::path path;
};

class KeysTest : public ::testing::Test {
 protected:
  using Answer = std::function<net::PlainReply(const net::PlainRequest&)>;

  KeysTest() {
    auto made = net::PlainServer::create(
        loop_, clock_, {.address = "127.0.0.1", .port = 0, .unix_path = {}, .tls = nullptr},
        [this](net::PlainRequest request, net::PeerCredentials) -> async::Task<net::PlainReply> {
          co_return handle(request);
        });
    if (!made) throw std::runtime_error(made.error().message);
    server_ = *std::move(made);
    server_->start();
    around_ = {&loop_, &clock_, nullptr,
               [this](const std::string& name) -> std::optional<std::string> {
                 const auto found = environment_.find(name);
                 return found == environment_.end() ? std::nullopt : std::optional(found->second);
               }};
  }

  net::PlainReply handle(const net::PlainRequest& request) {
    seen_.push_back(request);
    const auto found = answers_.find(std::string(request.head.path()));
    if (found == answers_.end()) return {.status = 404, .headers = {}, .body = {}};
    return found->second(request);
  }

  std::string url(std::string_view path = "") const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + std::string(path);
  }
  void answer(const std::string& path, int status, std::string body) {
    answers_[path] = [=](const net::PlainRequest&) {
      return net::PlainReply{.status = status, .headers = {}, .body = body};
    };
  }

  template <class T>
  T run(async::Task<T> task) {
    std::optional<T> out;
    boost::asio::co_spawn(
        loop_,
        [](async::Task<T> inner, std::optional<T>& to) -> async::Task<void> {
          to.emplace(co_await std::move(inner));
        }(std::move(task), out),
        boost::asio::detached);
    loop_.restart();
    while (!out && loop_.run_one() > 0) {
    }
    if (!out) throw std::runtime_error("the task never ended");
    return *std::move(out);
  }

  async::Loop loop_;
  FakeClock clock_;
  std::map<std::string, std::string> environment_;
  std::map<std::string, Answer> answers_;
  std::vector<net::PlainRequest> seen_;
  std::unique_ptr<net::PlainServer> server_;
  Surroundings around_;
};

// Whether an error says a secret.
inline bool says(const Error& error, std::string_view secret) {
  return error.message.find(secret) != std::string::npos ||
         error.detail.find(secret) != std::string::npos;
}

}  // namespace strait::keys::testing
