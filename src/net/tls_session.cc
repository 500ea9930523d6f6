// SPDX-License-Identifier: Apache-2.0
#include "net/tls_session.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>

#include "net/tls_errors.h"

namespace strait::net {

// A BIO (OpenSSL's notion of a byte stream) over the session's own two buffers.
struct TlsSession::Wiring {
  static int read(BIO* bio, char* to, int size) {
    auto& in = static_cast<TlsSession*>(BIO_get_data(bio))->incoming_;
    BIO_clear_retry_flags(bio);
    if (in.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const auto count = std::min(static_cast<std::size_t>(size), in.size());
    std::memcpy(to, in.bytes().data(), count);
    in.consume(count);
    return static_cast<int>(count);
  }
  static int write(BIO* bio, const char* from, int size) {
    static_cast<TlsSession*>(BIO_get_data(bio))
        ->outgoing_.append(from, static_cast<std::size_t>(size));
    return size;
  }
  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }
  static int create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
  }

  static BIO* bio(TlsSession* session) {
    static BIO_METHOD* const method = [] {  // a constant table; OpenSSL wants it built at run time
      BIO_METHOD* made =
          BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "session buffers");
      BIO_meth_set_read(made, read);
      BIO_meth_set_write(made, write);
      BIO_meth_set_ctrl(made, control);
      BIO_meth_set_create(made, create);
      return made;
    }();
    BIO* made = BIO_new(method);
    if (made != nullptr) BIO_set_data(made, session);
    return made;
  }
};

TlsSession::TlsSession(async::Loop& loop, SSL* ssl) : incoming_(loop), ssl_(ssl) {
  BIO* bio = Wiring::bio(this);
  BIO_up_ref(bio);
  SSL_set0_rbio(ssl_, bio);
  SSL_set0_wbio(ssl_, bio);
  SSL_set_app_data(ssl_, this);
}

TlsSession::~TlsSession() { SSL_free(ssl_); }

Result<std::unique_ptr<TlsSession>> TlsSession::server(async::Loop& loop, const ServerTls& tls,
                                                       const std::string& only) {
  const auto context = tls.context();
  SSL* ssl = SSL_new(context.get());  // takes its own reference to the context
  if (ssl == nullptr) return tls_error("cannot begin TLS");
  std::unique_ptr<TlsSession> session(new TlsSession(loop, ssl));
  SSL_set_accept_state(ssl);
  session->host_ = only;
  return session;
}

// Called once a handshake, whether the client sent a name or not.
int TlsSession::check_name(SSL* ssl, int* alert, void*) {
  const auto* self = static_cast<TlsSession*>(SSL_get_app_data(ssl));
  if (self == nullptr || self->host_.empty()) return SSL_TLSEXT_ERR_OK;
  const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked != nullptr && OPENSSL_strcasecmp(asked, self->host_.c_str()) == 0)
    return SSL_TLSEXT_ERR_OK;
  *alert = SSL_AD_UNRECOGNIZED_NAME;
  return SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<std::unique_ptr<TlsSession>> TlsSession::client(async::Loop& loop,
                                                       std::shared_ptr<ClientTls> tls,
                                                       const std::string& host) {
  SSL* ssl = SSL_new(tls->context());
  if (ssl == nullptr) return tls_error("cannot begin TLS");
  std::unique_ptr<TlsSession> session(new TlsSession(loop, ssl));
  SSL_set_connect_state(ssl);
  X509_VERIFY_PARAM* demands = SSL_get0_param(ssl);
  X509_VERIFY_PARAM_set_hostflags(demands, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  unsigned char address[16];
  const bool literal = inet_pton(AF_INET, host.c_str(), address) == 1 ||
                       inet_pton(AF_INET6, host.c_str(), address) == 1;
  const bool set = literal ? X509_VERIFY_PARAM_set1_ip_asc(demands, host.c_str()) == 1
                           : SSL_set1_host(ssl, host.c_str()) == 1 &&
                                 SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
  if (!set) return tls_error("cannot demand the name " + quoted(host));
  if (SSL_SESSION* known = tls->recall(host)) {
    SSL_set_session(ssl, known);
    SSL_SESSION_free(known);
  }
  session->client_ = std::move(tls);
  session->host_ = host;
  return session;
}

TlsSession::State TlsSession::state_after(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_NONE: return State::kOk;
    case SSL_ERROR_WANT_READ: return State::kNeedsBytes;
    case SSL_ERROR_ZERO_RETURN: return State::kClosed;
    default: break;
  }
  const long verdict = SSL_get_verify_result(ssl_);
  failure_ = verdict != X509_V_OK ? std::string("the certificate is not accepted: ") +
                                        X509_verify_cert_error_string(verdict)
                                  : last_tls_error();
  ERR_clear_error();
  return State::kFailed;
}

TlsSession::State TlsSession::handshake() {
  ERR_clear_error();
  return state_after(SSL_do_handshake(ssl_));
}

TlsSession::Read TlsSession::read(char* to, std::size_t bytes_max) {
  ERR_clear_error();
  std::size_t total = 0;
  // As many records as have arrived and fit.
  while (total < bytes_max) {
    std::size_t count = 0;
    const int result = SSL_read_ex(ssl_, to + total, bytes_max - total, &count);
    if (result != 1) {
      if (total > 0) break;  // why there is no more, the next call will meet again
      return {state_after(result), 0};
    }
    total += count;
  }
  return {State::kOk, total};
}

TlsSession::State TlsSession::write(std::string_view bytes) {
  if (bytes.empty()) return State::kOk;
  ERR_clear_error();
  std::size_t count = 0;
  // The out buffer takes everything, so a write is never partial.
  const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &count);
  return result == 1 ? State::kOk : state_after(result);
}

void TlsSession::say_goodbye() {
  ERR_clear_error();
  if (SSL_is_init_finished(ssl_) != 0) SSL_shutdown(ssl_);
  ERR_clear_error();
}

int TlsSession::keep_session(SSL* ssl, SSL_SESSION* session) {
  const auto* self = static_cast<TlsSession*>(SSL_get_app_data(ssl));
  if (self == nullptr || self->client_ == nullptr) return 0;
  self->client_->remember(self->host_, session);
  return 1;  // the reference is ours now
}

}  // namespace strait::net
