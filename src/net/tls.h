// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "base/secret.h"

// TLS by OpenSSL: 1.2 with ECDHE and AEAD suites, or 1.3; ALPN http/1.1; no renegotiation, no
// compression. Contexts are immutable once made and may be used by every loop.
typedef struct ssl_ctx_st SSL_CTX;
typedef struct ssl_st SSL;
typedef struct ssl_session_st SSL_SESSION;

namespace strait::net {

using SslContext = std::shared_ptr<SSL_CTX>;

// The certificate that the gateway shows. PEM: the chain leaf first, and its key.
class ServerTls {
 public:
  static Result<std::shared_ptr<ServerTls>> from_files(const std::string& chain_path,
                                                       const std::string& key_path);
  static Result<std::shared_ptr<ServerTls>> from_pem(std::string_view chain, const Secret& key);

  // New connections get the new certificate, open ones keep theirs. On failure nothing changes.
  Status reload_files(const std::string& chain_path, const std::string& key_path);
  Status reload_pem(std::string_view chain, const Secret& key);

  SslContext context() const;  // any thread

 private:
  ServerTls() = default;
  mutable std::atomic<SslContext> context_;  // read once a connection, not once a request
};

// What the gateway demands of others: a chain to a trusted root, and the name that was asked for.
// There is no way to switch either off. Sessions are resumed per host.
class ClientTls {
 public:
  static Result<std::shared_ptr<ClientTls>> system();  // the operating system's roots
  static Result<std::shared_ptr<ClientTls>> from_ca_file(
      const std::string& path);  // these roots only
  static Result<std::shared_ptr<ClientTls>> from_ca_pem(
      std::string_view roots);  // these roots only

  SSL_CTX* context() const { return context_.get(); }

  // Sessions to resume, by the host whose certificate was verified. Any thread. A recalled session
  // is the caller's to free, and is forgotten: TLS 1.3 tickets are for one use.
  void remember(const std::string& host, SSL_SESSION* session);
  SSL_SESSION* recall(const std::string& host);

  ~ClientTls();

 private:
  static constexpr std::size_t kSessionsMax = 1024;
  explicit ClientTls(SslContext context) : context_(std::move(context)) {}
  SslContext context_;
  std::mutex mutex_;
  std::unordered_multimap<std::string, SSL_SESSION*> sessions_;  // guarded by mutex_
};

}  // namespace strait::net
