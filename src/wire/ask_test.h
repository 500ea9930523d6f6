// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

#include "catalog/catalog.h"
#include "wire/encode.h"
#include "wire/needs.h"
#include "wire/parser.h"
#include "wire/recognise.h"
#include "wire/upstream_target.h"

// What wire's tests, fuzzer and benchmark share: the real pack, and requests written as sentences.
//
//   Ask("POST", "/").signed_for("dynamodb").target("DynamoDB_20120810.GetItem").body("{...}")
namespace strait::wire {

// The compiled pack: $STRAIT_PACK, else the build's. nullptr when there is none.
inline std::shared_ptr<const catalog::Catalog> real_catalog() {
  static std::string* bytes = nullptr;
  static std::shared_ptr<const catalog::Catalog> catalog = [] {
    const char* chosen = std::getenv("STRAIT_PACK");
    std::ifstream file(chosen != nullptr ? chosen : STRAIT_PACK_FILE, std::ios::binary);
    bytes = new std::string(std::istreambuf_iterator<char>(file), {});
    auto loaded = catalog::Catalog::load(std::as_bytes(std::span(*bytes)));
    return loaded ? std::shared_ptr<const catalog::Catalog>(std::move(*loaded)) : nullptr;
  }();
  return catalog;
}

class Ask {
 public:
  Ask(std::string method, std::string target)
      : method_(std::move(method)), target_(std::move(target)) {}

  Ask& to(std::string host) { return host_ = std::move(host), *this; }
  Ask& header(std::string name, std::string value) {
    return headers_.add(std::move(name), std::move(value)), *this;
  }
  Ask& signed_for(const std::string& service, const std::string& region = "us-east-1") {
    return header("authorization",
                  "AWS4-HMAC-SHA256 Credential=STRTEXAMPLE/20261123/" + region + "/" + service +
                      "/aws4_request, SignedHeaders=host;x-amz-date, Signature=00");
  }
  Ask& target(std::string name, const std::string& version = "1.0") {
    return header("x-amz-target", std::move(name))
        .header("content-type", "application/x-amz-json-" + version);
  }
  Ask& form(std::string text) {
    return header("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(std::move(text));
  }
  Ask& cbor() {
    return header("smithy-protocol", "rpc-v2-cbor").header("content-type", "application/cbor");
  }
  Ask& body(std::string text) { return body_ = std::move(text), *this; }

  RequestView view() const {
    return {
        .method = method_, .target = target_, .headers = &headers_, .host = host_, .body = body_};
  }
  Result<Recognition> recognised(const Options& options = {}) const {
    TRY(const auto scope, credential_scope(view()));
    TRY(const auto marks, read_marks(view()));
    return recognise(view(), marks, scope, *real_catalog(), options);
  }
  Result<journey::Call> read(const Options& options = {}) const {
    return read_call(view(), real_catalog(), "123456789012", options);
  }

 private:
  std::string method_, target_, host_ = "127.0.0.1:4180", body_;
  journey::Headers headers_;
};

inline Ask dynamodb(std::string operation, std::string body) {
  return Ask("POST", "/")
      .signed_for("dynamodb")
      .target("DynamoDB_20120810." + std::move(operation))
      .body(std::move(body));
}
inline Ask query(const std::string& service, std::string form) {
  return Ask("POST", "/").signed_for(service).form(std::move(form));
}

// "dynamodb:GetItem", or the code of the refusal.
inline std::string operation_of(const Ask& ask, const Options& options = {}) {
  const auto found = ask.recognised(options);
  if (!found) return std::string(name(found.error().code));
  return std::string(found->operation.service().name()) + ":" +
         std::string(found->operation.name());
}

// "ok", or the code of the refusal.
inline std::string outcome_of(const Ask& ask, const Options& options = {}) {
  const auto call = ask.read(options);
  return call ? "ok" : std::string(name(call.error().code));
}

// What the call needs: "s3:GetObject arn:aws:s3:::b/k" a line, deny-only needs left out. " ~" after
// a resource that is a pattern, " ?" after one that is not derived.
inline std::string needs_text(const Ask& ask) {
  const auto call = ask.read();
  if (!call) return std::string(name(call.error().code)) + ": " + call.error().message;
  std::string out;
  for (const auto& need : call->needs) {
    if (need.deny_only) continue;
    out += need.action + " " + need.resource +
           (!need.derived  ? " ?"
            : need.pattern ? " ~"
                           : "") +
           "\n";
  }
  return out;
}

}  // namespace strait::wire

#define STRAIT_NEEDS_PACK() \
  if (!real_catalog()) GTEST_SKIP() << "skipped: no catalog pack at " STRAIT_PACK_FILE
