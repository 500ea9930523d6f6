// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "async/clock.h"
#include "base/result.h"
#include "crypto/x509.h"
#include "keys/key_files.h"
#include "net/tls.h"

// The certificate authority of one installation, under which the forward proxy shows a certificate
// for each AWS host that an agent connects to. Agents trust it in place of AWS's own; so it is held
// to AWS's domains by critical name constraints, and whoever steals its key can pass for AWS
// towards these agents and for nobody else towards anybody.
//
// Kept as one key file, "proxy-ca" (key_files.h), which holds the private key and the certificate.
// Leaves live in memory and are never written.
namespace strait::keys {

class ProxyCa {
 public:
  static constexpr std::size_t kLeavesMax = 256;  // about 50 KiB each

  // Opens it or makes it, for `domains` ("amazonaws.com": that and all below it). One that was made
  // for other domains stays as it is: agents trust it, and those hosts that it does not reach are
  // refused one by one. Blocking; for start-up. `clock` must outlive it.
  static Result<std::unique_ptr<ProxyCa>> open(KeyFiles& files,
                                               const std::vector<std::string_view>& domains,
                                               const async::Clock& clock);

  const std::string& certificate_pem() const { return authority_.certificate_pem; }  // public
  Timestamp expires() const { return facts_.not_after; }
  const std::vector<std::string>& domains() const { return facts_.permitted_dns; }

  // What is shown as `host`, which is a name in lower case. The newest kLeavesMax are kept.
  // kInvalidConfiguration when the CA does not reach that far, or has expired. Any thread; the
  // first time for a host costs about a tenth of a millisecond.
  Result<std::shared_ptr<net::ServerTls>> leaf(const std::string& host);

 private:
  struct Leaf {
    std::string host;
    std::shared_ptr<net::ServerTls> tls;
    Timestamp renew_at;
  };
  ProxyCa(crypto::Certificate authority, crypto::CertificateFacts facts, const async::Clock& clock)
      : authority_(std::move(authority)), facts_(std::move(facts)), clock_(clock) {}
  Result<Leaf> make(const std::string& host) const;
  std::shared_ptr<net::ServerTls> known(const std::string& host, Timestamp now);

  const crypto::Certificate authority_;
  const crypto::CertificateFacts facts_;
  const async::Clock& clock_;
  std::mutex mutex_;
  std::list<Leaf> leaves_;  // guarded by mutex_; newest first
  std::unordered_map<std::string_view, std::list<Leaf>::iterator> by_host_;  // guarded by mutex_
};

}  // namespace strait::keys
