// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "async/clock.h"
#include "async/task.h"
#include "base/result.h"
#include "identity/jwks.h"
#include "net/tls.h"

// One issuer's public keys: found through <issuer>/.well-known/openid-configuration (OpenID Connect
// Discovery 1.0), cached, fetched again when a token names a key that is not known. A stranger who
// sends tokens with made-up key ids costs the issuer one fetch in limits::kJwksRefreshFloor,
// however many there are, because fetches are shared and spaced. While the issuer is down, keys
// that are known stay good for limits::kJwksStaleMax, and unknown ones are refused.
//
// http is taken from loopback hosts only; redirects are not followed. The document may name a
// jwks_uri on the issuer's own origin, or an https one whose host is not an address inside the
// network: what it names is then proven by its certificate.
namespace strait::keys {

using KeySetPtr = std::shared_ptr<const identity::KeySet>;

class JwksSource {
 public:
  // Fetches on `home`; `clock` and `home` outlive it. `tls` may be null for an issuer on loopback
  // http. kInvalidConfiguration when `issuer` is no such URL.
  static Result<std::shared_ptr<JwksSource>> remote(async::Loop& home, const async::Clock& clock,
                                                    std::string issuer,
                                                    std::shared_ptr<net::ClientTls> tls);
  // Keys from a file (a JWK set), read now and never again. Blocking; for start-up.
  static Result<std::shared_ptr<JwksSource>> from_file(const std::filesystem::path& file);
  ~JwksSource();

  // A set that holds `kid` ("" for a token without one). From any loop; waits for at most one
  // fetch. kUnavailable: the issuer cannot be asked and nothing that is known may be used.
  // kInvalidToken: the issuer has no such key.
  async::Task<Result<KeySetPtr>> keys_for(std::string kid);

  std::uint64_t fetches() const;
  std::string last_failure() const;  // "" when the last fetch worked; for doctor and /readyz

 private:
  struct State;
  explicit JwksSource(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;  // shared with the fetch in flight
};

// Whether `host` is a literal address or name that stands for this machine or an inside network:
// loopback, private, link-local, unique-local, unspecified.
bool is_loopback_host(std::string_view host);
bool is_inside_address(std::string_view host);

}  // namespace strait::keys
