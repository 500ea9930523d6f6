// SPDX-License-Identifier: Apache-2.0
#include "keys/proxy_ca.h"

#include <algorithm>

namespace strait::keys {
namespace {

using namespace std::chrono_literals;

constexpr auto kAuthorityFor = 10 * 365 * 24h;
constexpr auto kLeafFor = 7 * 24h;
constexpr auto kRenewBefore = 24h;  // a connection that is open meanwhile keeps its leaf
constexpr auto kClocksDiffer = 1h;

constexpr std::string_view kBeginCertificate = "-----BEGIN CERTIFICATE-----";

Result<crypto::Certificate> make_authority(const std::vector<std::string_view>& domains,
                                           Timestamp now) {
  crypto::CertificateSpec spec{.common_name = "Strait proxy CA of this installation",
                               .not_before = now - kClocksDiffer,
                               .not_after = now + kAuthorityFor,
                               .is_ca = true,
                               .permitted_dns = {domains.begin(), domains.end()}};
  // Without a domain it would be a CA for the whole world.
  if (spec.permitted_dns.empty())
    return fail(ErrorCode::kInternal, "a proxy CA without name constraints");
  return crypto::make_self_signed(spec);
}

// The file's text: the key, then the certificate.
Result<crypto::Certificate> split(const Secret& text, const std::filesystem::path& file) {
  const auto at = text.reveal().find(kBeginCertificate);
  if (at == std::string_view::npos || at == 0) {
    return fail(ErrorCode::kInvalidConfiguration,
                "key file " + quoted(file.string(), 400) + " holds no key and certificate");
  }
  return crypto::Certificate{std::string(text.reveal().substr(at)),
                             Secret(std::string(text.reveal().substr(0, at)))};
}

bool reaches(const std::vector<std::string>& domains, std::string_view host) {
  return std::ranges::any_of(domains, [&](std::string_view domain) {
    return host == domain || (host.size() > domain.size() && host.ends_with(domain) &&
                              host[host.size() - domain.size() - 1] == '.');
  });
}

}  // namespace

Result<std::unique_ptr<ProxyCa>> ProxyCa::open(KeyFiles& files,
                                               const std::vector<std::string_view>& domains,
                                               const async::Clock& clock) {
  TRY(const auto text, files.proxy_ca([&]() -> Result<Secret> {
    TRY(const auto made, make_authority(domains, clock.now()));
    return Secret(std::string(made.key_pem.reveal()) + made.certificate_pem);
  }));
  TRY(auto authority, split(text, files.folder() / "proxy-ca"));
  TRY(auto facts, crypto::read_facts(authority.certificate_pem));
  if (facts.permitted_dns.empty()) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the proxy CA has no name constraints: whoever trusts it would trust it for every "
                "host there is");
  }
  return std::unique_ptr<ProxyCa>(new ProxyCa(std::move(authority), std::move(facts), clock));
}

std::shared_ptr<net::ServerTls> ProxyCa::known(const std::string& host, Timestamp now) {
  const std::lock_guard lock(mutex_);
  const auto found = by_host_.find(host);
  if (found == by_host_.end() || now >= found->second->renew_at) return nullptr;
  leaves_.splice(leaves_.begin(), leaves_, found->second);
  return found->second->tls;
}

Result<ProxyCa::Leaf> ProxyCa::make(const std::string& host) const {
  const auto now = clock_.now();
  if (!reaches(facts_.permitted_dns, host)) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the proxy CA of this installation is older than " + quoted(host) +
                    ": make a new one (remove keys/proxy-ca, restart) and hand it to the agents");
  }
  if (now >= facts_.not_after) {
    return fail(ErrorCode::kInvalidConfiguration,
                "the proxy CA of this installation has expired: make a new one (remove "
                "keys/proxy-ca, restart) and hand it to the agents");
  }
  const auto ends = std::min<Timestamp>(now + kLeafFor, facts_.not_after);
  TRY(const auto certificate, crypto::make_signed({.common_name = "Strait proxy",
                                                   .dns_names = {host},
                                                   .not_before = now - kClocksDiffer,
                                                   .not_after = ends},
                                                  authority_));
  TRY(auto tls, net::ServerTls::from_pem(certificate.certificate_pem, certificate.key_pem));
  return Leaf{host, std::move(tls), ends - kRenewBefore};
}

Result<std::shared_ptr<net::ServerTls>> ProxyCa::leaf(const std::string& host) {
  if (auto held = known(host, clock_.now())) return held;
  TRY(auto made, make(host));  // outside the lock: two loops may both make one, and the last stays
  const std::lock_guard lock(mutex_);
  if (const auto old = by_host_.find(host); old != by_host_.end()) {
    const auto place = old->second;
    by_host_.erase(old);
    leaves_.erase(place);
  }
  leaves_.push_front(std::move(made));
  by_host_.emplace(leaves_.front().host, leaves_.begin());
  if (leaves_.size() > kLeavesMax) {
    by_host_.erase(leaves_.back().host);
    leaves_.pop_back();
  }
  return leaves_.front().tls;
}

}  // namespace strait::keys
