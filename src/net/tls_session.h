// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/buffer.h"
#include "net/tls.h"

// One TLS connection as a transformation of bytes: ciphertext in and out are plain buffers, sockets
// are the Channel's business. So many records cross in one system call, each way. One owner, one
// thread.
namespace strait::net {

class TlsSession {
 public:
  // `only`: the name that the client must ask for (SNI), in any case of letters; a handshake
  // without one, or with another, fails. "" for any.
  static Result<std::unique_ptr<TlsSession>> server(async::Loop& loop, const ServerTls& tls,
                                                    const std::string& only = {});
  static Result<std::unique_ptr<TlsSession>> client(async::Loop& loop,
                                                    std::shared_ptr<ClientTls> tls,
                                                    const std::string& host);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  enum class State : std::uint8_t {
    kOk,
    kNeedsBytes,  // more ciphertext in incoming(); send outgoing() first
    kClosed,      // the peer said goodbye (close_notify)
    kFailed,      // see failure(); an alert may be in outgoing()
  };
  struct Read {
    State state;
    std::size_t bytes;
  };

  State handshake();
  Read read(char* to, std::size_t bytes_max);
  State write(std::string_view bytes);  // into outgoing()
  void say_goodbye();                   // close_notify into outgoing()

  Buffer& incoming() { return incoming_; }
  std::string& outgoing() { return outgoing_; }
  const std::string& failure() const { return failure_; }

  // OpenSSL's callback for a ticket that has come: kept for the next connection to the same host.
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  // OpenSSL's callback for the name that a client asks for, or for its not asking.
  static int check_name(SSL* ssl, int* alert, void*);

 private:
  struct Wiring;  // how OpenSSL reads and writes the two buffers
  TlsSession(async::Loop& loop, SSL* ssl);
  State state_after(int result);

  Buffer incoming_;
  std::string outgoing_;
  std::string failure_;
  std::shared_ptr<ClientTls> client_;
  std::string host_;  // of the other side; on the server's side, the one name to be asked for
  SSL* ssl_;
};

}  // namespace strait::net
