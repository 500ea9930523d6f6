// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/admin_client.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/limits.h"
#include "codec/json.h"
#include "net/client.h"
#include "programs/strait/run_task.h"

namespace strait::programs {
namespace {

Error said(int status, const codec::Value& body) {
  const auto* error = body.find("error");
  const auto* message = error != nullptr ? error->find("message") : nullptr;
  const auto text = message != nullptr && message->string() != nullptr
                        ? *message->string()
                        : "the gateway answered " + std::to_string(status);
  switch (status) {
    case 401: return {ErrorCode::kInvalidToken, text};
    case 403: return {ErrorCode::kDenied, text};
    case 404: return {ErrorCode::kNotFound, text};
    case 409: return {ErrorCode::kConflict, text};
    default: return {ErrorCode::kUnavailable, text};
  }
}

}  // namespace

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

Result<std::string> read_token_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::kInvalidToken, "cannot read the token file " + path);
  std::string token{std::istreambuf_iterator<char>(file), {}};
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (token.empty() || token.size() > limits::kTokenBytesMax) {
    return fail(ErrorCode::kInvalidToken, path + " holds no token");
  }
  return token;
}

Result<AdminClient> AdminClient::from_environment(std::string url, std::string token_file) {
  if (url.empty()) url = environment("STRAIT_ADMIN");
  if (url.empty()) url = "http://127.0.0.1:4181";
  if (token_file.empty()) token_file = environment("STRAIT_TOKEN_FILE");
  if (token_file.empty()) {
    return fail(
        ErrorCode::kInvalidToken,
        "who are you? Give --token-file or set STRAIT_TOKEN_FILE: a file with your OIDC token");
  }
  TRY(auto token, read_token_file(token_file));
  return AdminClient(std::move(url), std::move(token));
}

Result<codec::Value> AdminClient::get(const std::string& target) const {
  return call("GET", target, {});
}

Result<codec::Value> AdminClient::post(const std::string& target, const std::string& body) const {
  return call("POST", target, body);
}

Result<codec::Value> AdminClient::call(std::string method, const std::string& target,
                                       std::string body) const {
  net::ClientRequest request{.method = std::move(method), .body = std::move(body)};
  TRY(request.url, net::parse_url(url_ + target));
  request.headers.add("authorization", "Bearer " + token_);
  if (request.url.tls) {
    TRY(request.tls, net::ClientTls::system());
  }
  const auto reply =
      run_task([&](async::Loop& loop) { return net::fetch(loop, std::move(request)); });
  if (!reply) return std::unexpected(reply.error());
  TRY(auto value, codec::parse_json(reply->body));
  if (reply->status != 200) return std::unexpected(said(reply->status, value));
  return value;
}

}  // namespace strait::programs
