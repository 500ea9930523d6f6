// SPDX-License-Identifier: Apache-2.0
#include "net/tls.h"

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cstring>
#include <vector>

#include "net/tls_errors.h"
#include "net/tls_session.h"

namespace strait::net {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;

Bio memory(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Never asks on the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

constexpr unsigned char kHttp11[] = "\x08http/1.1";

// A client that offers protocols but not ours is told so in the handshake, rather than
// misunderstood after it.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
  for (unsigned int at = 0; at < offered_size; at += 1u + offered[at]) {
    if (at + 9 <= offered_size && std::memcmp(offered + at, kHttp11, 9) == 0) {
      *out = offered + at + 1;
      *out_size = 8;
      return SSL_TLSEXT_ERR_OK;
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<SslContext> make_context(const SSL_METHOD* method) {
  SslContext context(SSL_CTX_new(method), SSL_CTX_free);
  if (context == nullptr) return tls_error("cannot set up TLS");
  SSL_CTX* raw = context.get();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                               SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  // Idle connections give their record buffers back: ten thousand of them stay cheap.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  if (SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
    return tls_error("cannot choose TLS ciphers");
  return context;
}

Result<SslContext> server_context(BIO* chain, BIO* key_text) {
  TRY(auto context, make_context(TLS_server_method()));
  SSL_CTX* raw = context.get();
  const Certificate leaf(
      chain == nullptr ? nullptr : PEM_read_bio_X509_AUX(chain, nullptr, no_passphrase, nullptr));
  if (leaf == nullptr) return tls_error("the certificate is not PEM");
  if (SSL_CTX_use_certificate(raw, leaf.get()) != 1)
    return tls_error("the certificate cannot be used");
  while (X509* issuer = PEM_read_bio_X509(chain, nullptr, no_passphrase, nullptr)) {
    if (SSL_CTX_add0_chain_cert(raw, issuer) != 1) {
      X509_free(issuer);
      return tls_error("the certificate chain cannot be used");
    }
  }
  ERR_clear_error();  // the end of the file is not an error
  const Key key(key_text == nullptr
                    ? nullptr
                    : PEM_read_bio_PrivateKey(key_text, nullptr, no_passphrase, nullptr));
  if (key == nullptr) return tls_error("the private key is not PEM without a passphrase");
  if (SSL_CTX_use_PrivateKey(raw, key.get()) != 1 || SSL_CTX_check_private_key(raw) != 1) {
    return tls_error("the private key does not belong to the certificate");
  }
  // Agents are mostly short-lived processes: resumption would help few, and ticket keys would have
  // to be guarded.
  SSL_CTX_set_num_tickets(raw, 0);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  SSL_CTX_set_tlsext_servername_callback(raw, TlsSession::check_name);
  return context;
}

Result<SslContext> client_context() {
  TRY(auto context, make_context(TLS_client_method()));
  SSL_CTX* raw = context.get();
  SSL_CTX_clear_options(raw, SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(raw, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_alpn_protos(raw, kHttp11, sizeof kHttp11 - 1);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(raw, TlsSession::keep_session);
  return context;
}

}  // namespace

Result<std::shared_ptr<ServerTls>> ServerTls::from_files(const std::string& chain_path,
                                                         const std::string& key_path) {
  std::shared_ptr<ServerTls> tls(new ServerTls);
  CHECK_OK(tls->reload_files(chain_path, key_path));
  return tls;
}

Result<std::shared_ptr<ServerTls>> ServerTls::from_pem(std::string_view chain, const Secret& key) {
  std::shared_ptr<ServerTls> tls(new ServerTls);
  CHECK_OK(tls->reload_pem(chain, key));
  return tls;
}

Status ServerTls::reload_files(const std::string& chain_path, const std::string& key_path) {
  const Bio chain(BIO_new_file(chain_path.c_str(), "r"));
  if (chain == nullptr) return tls_error("cannot read the certificate " + quoted(chain_path));
  const Bio key(BIO_new_file(key_path.c_str(), "r"));
  if (key == nullptr) return tls_error("cannot read the private key " + quoted(key_path));
  TRY(auto context, server_context(chain.get(), key.get()));
  context_.store(std::move(context));
  return {};
}

Status ServerTls::reload_pem(std::string_view chain, const Secret& key) {
  TRY(auto context, server_context(memory(chain).get(), memory(key.reveal()).get()));
  context_.store(std::move(context));
  return {};
}

SslContext ServerTls::context() const { return context_.load(); }

Result<std::shared_ptr<ClientTls>> ClientTls::system() {
  TRY(auto context, client_context());
  if (SSL_CTX_set_default_verify_paths(context.get()) != 1)
    return tls_error("cannot find the system's CA certificates");
  return std::shared_ptr<ClientTls>(new ClientTls(std::move(context)));
}

Result<std::shared_ptr<ClientTls>> ClientTls::from_ca_file(const std::string& path) {
  TRY(auto context, client_context());
  if (SSL_CTX_load_verify_file(context.get(), path.c_str()) != 1) {
    return tls_error("cannot read CA certificates from " + quoted(path));
  }
  return std::shared_ptr<ClientTls>(new ClientTls(std::move(context)));
}

Result<std::shared_ptr<ClientTls>> ClientTls::from_ca_pem(std::string_view roots) {
  TRY(auto context, client_context());
  const Bio text = memory(roots);
  X509_STORE* store = SSL_CTX_get_cert_store(context.get());
  std::size_t count = 0;
  while (true) {
    const Certificate root(PEM_read_bio_X509(text.get(), nullptr, no_passphrase, nullptr));
    if (root == nullptr) break;
    if (X509_STORE_add_cert(store, root.get()) != 1)
      return tls_error("a CA certificate cannot be used");
    ++count;
  }
  ERR_clear_error();
  if (count == 0) return tls_error("there is no CA certificate in the PEM text");
  return std::shared_ptr<ClientTls>(new ClientTls(std::move(context)));
}

void ClientTls::remember(const std::string& host, SSL_SESSION* session) {
  const std::lock_guard lock(mutex_);
  if (sessions_.size() >= kSessionsMax) {
    SSL_SESSION_free(sessions_.begin()->second);
    sessions_.erase(sessions_.begin());
  }
  sessions_.emplace(host, session);
}

SSL_SESSION* ClientTls::recall(const std::string& host) {
  const std::lock_guard lock(mutex_);
  const auto found = sessions_.find(host);
  if (found == sessions_.end()) return nullptr;
  SSL_SESSION* session = found->second;
  sessions_.erase(found);
  return session;
}

ClientTls::~ClientTls() {
  for (auto& [host, session] : sessions_) SSL_SESSION_free(session);
}

}  // namespace strait::net
