// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "async/clock.h"
#include "crypto/random.h"
#include "journey/journey.h"
#include "store/recorder.h"

// For tests and benchmarks of this room: calls as the hallway would bring them, without the rooms
// that earn them, and a catalog of one operation. Stands in for classes of other rooms, so it must
// not be linked with those rooms.
namespace strait::catalog {
[[gnu::used]] inline std::string_view Operation::name() const { return "GetItem"; }
[[gnu::used]] inline Service Operation::service() const { return {nullptr, 0}; }
[[gnu::used]] inline std::string_view Service::name() const { return "dynamodb"; }
[[gnu::used]] inline std::string_view name(Protocol) { return "json-1.0"; }
}  // namespace strait::catalog

namespace strait::sigv4 {
class Verifier {
 public:
  static journey::AuthenticatedCall verify(journey::Arrival arrival, journey::Call call,
                                           journey::Session session) {
    return {Badge<Verifier>{}, std::move(arrival), std::move(call), std::move(session)};
  }
};
}  // namespace strait::sigv4
namespace strait::policy {
class Judge {
 public:
  static journey::JudgedCall judge(journey::AuthenticatedCall call, journey::Verdict verdict) {
    return {Badge<Judge>{}, std::move(call), std::move(verdict)};
  }
};
}  // namespace strait::policy
namespace strait::desk {
class Desk {
 public:
  static journey::PermittedCall settle(journey::JudgedCall call,
                                       std::optional<journey::Approval> approval) {
    return {Badge<Desk>{}, std::move(call), std::move(approval)};
  }
};
}  // namespace strait::desk
namespace strait::mask {
class Masker {
 public:
  static journey::MaskedReply mask(journey::ReplyHead head, std::string body) {
    return {Badge<Masker>{}, std::move(head), std::move(body), false, {{"Item.secret", "member"}}};
  }
};
}  // namespace strait::mask

namespace strait::store {

class ClockFake final : public async::Clock {
 public:
  Timestamp now() const override {
    return Timestamp(std::chrono::microseconds(micros_.fetch_add(1)));
  }
  void advance(std::chrono::microseconds by) { micros_ += by.count(); }

 private:
  mutable std::atomic<std::int64_t> micros_ =
      parse_rfc3339("2026-11-23T01:02:03Z")->time_since_epoch().count();
};

// A directory that goes away with the test.
class FolderFake {
 public:
  explicit FolderFake(const std::string& under = std::filesystem::temp_directory_path()) {
    path_ = under + "/strait-store-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
    for (const auto* name : {"log", "blobs", "anchor"})
      std::filesystem::create_directory(path_ + "/" + name);
  }
  ~FolderFake() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  FolderFake(const FolderFake&) = delete;
  FolderFake& operator=(const FolderFake&) = delete;
  const std::string& path() const { return path_; }
  std::string log() const { return path_ + "/log"; }
  std::string blobs() const { return path_ + "/blobs"; }
  std::string anchor() const { return path_ + "/anchor"; }

 private:
  std::string path_;
};

template <class AnId>
AnId fresh_id() {
  return AnId::make(*parse_rfc3339("2026-11-23T01:02:03Z"), crypto::random_entropy());
}

inline journey::Session make_session(std::string subject = "kim") {
  journey::Session session;
  session.id = fresh_id<SessionId>();
  session.principal = {"https://issuer.example", std::move(subject), {}};
  session.role = "arn:aws:iam::123456789012:role/developer";
  session.name = "laptop";
  session.access_key_id = "STRTABCDEFGHIJKLMNOP";
  session.issued = *parse_rfc3339("2026-11-23T01:00:00Z");
  session.expires = *parse_rfc3339("2126-11-23T05:00:00Z");
  return session;
}

inline journey::Call make_call() {
  journey::Call call{
      .catalog = nullptr, .operation = {nullptr, 0}, .protocol = catalog::Protocol::kJson10};
  call.partition = "aws";
  call.region = "eu-west-1";
  call.account = "123456789012";
  call.needs = {{"dynamodb:GetItem", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders"}};
  call.host = "dynamodb.eu-west-1.amazonaws.com";
  call.user_agent =
      "aws-cli/2.36.7 md/Botocore#2.36.7 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13";
  call.invocation_id = "6c1a8b0e-7b7c-4a43-9d2f-0a4d2b9d1f10";
  return call;
}

inline journey::Verdict make_verdict() {
  journey::Verdict verdict;
  verdict.effect = journey::Effect::kAllow;
  verdict.action = "dynamodb:GetItem";
  verdict.resource = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";
  verdict.decided_by = {{"policies/ci.json", "ReadOrders"}};
  verdict.policy_hash = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  return verdict;
}

inline journey::PermittedCall make_permitted(const journey::Session& session) {
  journey::Arrival arrival{fresh_id<CallId>(), *parse_rfc3339("2026-11-23T01:02:03Z"),
                           "127.0.0.1:53124", true};
  auto authenticated = sigv4::Verifier::verify(std::move(arrival), make_call(), session);
  return desk::Desk::settle(policy::Judge::judge(std::move(authenticated), make_verdict()),
                            std::nullopt);
}

inline journey::MaskedReply make_reply(
    std::string body = R"({"Item":{"secret":"strait:masked:member:1a2b"}})") {
  return mask::Masker::mask({200, {}}, std::move(body));
}

// A loop with its thread, as main would give one per core.
class LoopFake {
 public:
  LoopFake() : guard_(loop_.get_executor()), thread_([this] { loop_.run(); }) {}
  ~LoopFake() { stop(); }
  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  async::Loop& loop() { return loop_; }

  // Runs a task on the loop and waits for it.
  template <class T>
  T wait(async::Task<T> task) {
    std::promise<T> promise;
    boost::asio::co_spawn(loop_, carry(std::move(task), promise), [](std::exception_ptr thrown) {
      if (thrown) std::abort();
    });
    return promise.get_future().get();
  }

 private:
  template <class T>
  static async::Task<void> carry(async::Task<T> task, std::promise<T>& promise) {
    promise.set_value(co_await std::move(task));
  }
  async::Loop loop_;
  boost::asio::executor_work_guard<async::Loop::executor_type> guard_;
  std::thread thread_;
};

}  // namespace strait::store
