// SPDX-License-Identifier: Apache-2.0
#include "keys/jwks_source.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <mutex>

#include "async/notifier.h"
#include "base/limits.h"
#include "keys/key_files.h"
#include "net/client.h"

namespace strait::keys {

namespace {

constexpr auto kWaitMax =
    std::chrono::seconds(25);  // for a fetch in flight: two requests with a deadline each
constexpr auto kFetchDeadline = std::chrono::seconds(10);

std::unexpected<Error> unavailable(std::string why, std::string detail = {}) {
  return fail(ErrorCode::kUnavailable, std::move(why), std::move(detail));
}

bool same_origin(const net::Url& left, const net::Url& right) {
  return left.tls == right.tls && left.host == right.host && left.port == right.port;
}

std::optional<boost::asio::ip::address> literal(std::string_view host) {
  boost::system::error_code problem;
  const auto address = boost::asio::ip::make_address(std::string(host), problem);
  if (problem) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6());
  }
  return address;
}

}  // namespace

bool is_loopback_host(std::string_view host) {
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = literal(host);
  return address && address->is_loopback();
}

bool is_inside_address(std::string_view host) {
  if (is_loopback_host(host)) return true;
  const auto address = literal(host);
  if (!address) return false;
  if (address->is_unspecified() || address->is_multicast()) return true;
  if (address->is_v6()) {
    const auto bytes = address->to_v6().to_bytes();
    return address->to_v6().is_link_local() || (bytes[0] & 0xfe) == 0xfc;  // fc00::/7
  }
  const auto bits = address->to_v4().to_uint();
  const auto in = [&](std::uint32_t net, int prefix) { return (bits ^ net) >> (32 - prefix) == 0; };
  return in(0x0a000000, 8) || in(0xac100000, 12) || in(0xc0a80000, 16) || in(0xa9fe0000, 16) ||
         in(0x64400000, 10) || in(0x00000000, 8);
}

struct JwksSource::State : std::enable_shared_from_this<State> {
  async::Loop* home = nullptr;  // null: a static set
  const async::Clock* clock = nullptr;
  std::string issuer;
  std::shared_ptr<net::ClientTls> tls;
  async::Notifier ended;
  std::atomic<std::uint64_t> fetches{0};
  std::mutex mutex;  // guards the rest
  KeySetPtr held;
  std::optional<Timestamp> fetched, asked;  // last success, last attempt
  bool fetching = false;
  std::string failure;

  bool fresh_enough(Timestamp now) const {
    return held && (home == nullptr || now < *fetched + limits::kJwksStaleMax);
  }
  bool may_ask(Timestamp now) const {
    return !asked || now < *asked || now >= *asked + limits::kJwksRefreshFloor;
  }

  // With the mutex held.
  void start(Timestamp now) {
    fetching = true;
    asked = now;
    fetches.fetch_add(1, std::memory_order_relaxed);
    // Posted: on the home loop itself co_spawn would begin the fetch here and now, under the mutex.
    boost::asio::post(*home, [self = shared_from_this()] {
      boost::asio::co_spawn(*self->home, run(self), boost::asio::detached);
    });
  }

  static async::Task<void> run(std::shared_ptr<State> self) {
    auto got = co_await self->fetch();
    {
      const std::lock_guard lock(self->mutex);
      self->fetching = false;
      if (got) {
        self->held = *std::move(got);
        self->fetched = self->clock->now();
        self->failure.clear();
      } else {
        self->failure =
            got.error().message + (got.error().detail.empty() ? "" : ": " + got.error().detail);
      }
    }
    self->ended.notify();
  }

  async::Task<Result<KeySetPtr>> fetch() {
    auto base = issuer;
    while (base.ends_with('/')) base.pop_back();
    CO_TRY(auto document_url, net::parse_url(base + "/.well-known/openid-configuration"));
    CO_TRY(const auto document, co_await get(document_url));
    CO_TRY(const auto discovery, identity::parse_discovery(document, issuer));
    CO_TRY(auto keys_url, net::parse_url(discovery.jwks_uri));
    if (!same_origin(document_url, keys_url) &&
        (!keys_url.tls || is_inside_address(keys_url.host))) {
      co_return unavailable("the issuer's jwks_uri leads to " + strait::quoted(keys_url.host) +
                            ", which its discovery document may not");
    }
    CO_TRY(const auto text, co_await get(keys_url));
    CO_TRY(auto parsed, identity::parse_jwks(text));
    co_return std::make_shared<const identity::KeySet>(std::move(parsed.keys));
  }

  async::Task<Result<std::string>> get(net::Url url) {
    net::ClientRequest request;
    request.url = std::move(url);
    request.headers.add("accept", "application/json");
    request.tls = tls;
    request.deadline = kFetchDeadline;
    request.reply_bytes_max = limits::kJwksBytesMax;
    const auto host = request.url.host;
    auto reply = co_await net::fetch(*home, std::move(request));
    if (!reply)
      co_return unavailable("the issuer's host " + strait::quoted(host) + " does not answer",
                            reply.error().message);
    if (reply->status != 200) {
      co_return unavailable(
          "the issuer's host " + strait::quoted(host) + " answers with status " +
          std::to_string(reply->status) +
          (reply->status >= 300 && reply->status < 400 ? "; redirects are not followed" : ""));
    }
    co_return std::move(reply->body);
  }
};

JwksSource::~JwksSource() = default;

Result<std::shared_ptr<JwksSource>> JwksSource::remote(async::Loop& home, const async::Clock& clock,
                                                       std::string issuer,
                                                       std::shared_ptr<net::ClientTls> tls) {
  const auto url = net::parse_url(issuer);
  const bool fits =
      url && (url->tls ? tls != nullptr : is_loopback_host(url->host)) && !issuer.contains('?');
  if (!fits) {
    return fail(ErrorCode::kInvalidConfiguration,
                "issuer " + strait::quoted(issuer) +
                    " must be an https URL without query, or http on loopback");
  }
  auto state = std::make_shared<State>();
  state->home = &home;
  state->clock = &clock;
  state->issuer = std::move(issuer);
  state->tls = std::move(tls);
  return std::shared_ptr<JwksSource>(new JwksSource(std::move(state)));
}

Result<std::shared_ptr<JwksSource>> JwksSource::from_file(const std::filesystem::path& file) {
  TRY(const auto text, read_secret_file(file, false));
  auto parsed = identity::parse_jwks(text.reveal());
  if (!parsed) {
    return fail(ErrorCode::kInvalidConfiguration,
                "jwks_file " + strait::quoted(file.string(), 400) + ": " + parsed.error().message);
  }
  auto state = std::make_shared<State>();
  state->held = std::make_shared<const identity::KeySet>(std::move(parsed->keys));
  return std::shared_ptr<JwksSource>(new JwksSource(std::move(state)));
}

async::Task<Result<KeySetPtr>> JwksSource::keys_for(std::string kid) {
  const auto state = state_;
  // Two rounds: a fetch that was in flight when we came may have begun before the issuer published
  // the key.
  for (int round = 0; round < 2; ++round) {
    const auto seen = state->ended.version();
    {
      const std::lock_guard lock(state->mutex);
      const auto now = state->home == nullptr ? Timestamp{} : state->clock->now();
      if (state->fresh_enough(now) && state->held->find(kid) != nullptr) co_return state->held;
      if (state->home == nullptr) break;
      if (!state->fetching && !state->may_ask(now)) break;
      if (!state->fetching) state->start(now);
    }
    if (!co_await state->ended.wait(seen, kWaitMax)) break;
  }
  const std::lock_guard lock(state->mutex);
  const auto now = state->home == nullptr ? Timestamp{} : state->clock->now();
  if (state->fresh_enough(now) && state->held->find(kid) != nullptr) co_return state->held;
  if (state->held && state->failure.empty() && state->fresh_enough(now)) {
    co_return fail(ErrorCode::kInvalidToken,
                   "the token's key id " + strait::quoted(kid) + " is not one of its issuer's");
  }
  co_return unavailable(
      "the token's issuer cannot be asked for its keys; try again in half a minute",
      state->failure);
}

std::uint64_t JwksSource::fetches() const {
  return state_->fetches.load(std::memory_order_relaxed);
}

std::string JwksSource::last_failure() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failure;
}

}  // namespace strait::keys
