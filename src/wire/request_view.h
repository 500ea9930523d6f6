// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "journey/http.h"

// A raw HTTP request as wire looks at it: views only, so that the gateway and `strait aws identify`
// share one reading. What the views point to must outlive the view.
namespace strait::wire {

struct RequestView {
  std::string_view method;          // upper-case token
  std::string_view target;          // origin form, undecoded
  const journey::Headers* headers;  // lower-case names; never null
  std::string_view host;            // authority as addressed; a port may follow
  std::string_view body;            // whole, or empty when it streams

  std::string_view path() const { return target.substr(0, target.find('?')); }
  std::string_view query() const {
    const auto at = target.find('?');
    return at == std::string_view::npos ? std::string_view() : target.substr(at + 1);
  }
};

struct Options {
  // Names that this gateway answers to, without port: "aws-gw.acme.dev". A label before one of them
  // is a bucket or a host prefix. When empty, every host that is no AWS name is taken as the
  // gateway's own.
  std::vector<std::string> gateway_hosts;
};

// The credential scope of the Authorization header (AWS Signature Version 4, "Create a signed
// request").
struct Scope {
  std::string_view access_key_id;
  std::string_view region;
  std::string_view service;
};

// nullopt: the request is not signed with SigV4. An error: it is signed in a form Strait does not
// take (SigV4A, SigV2, presigned), or the header cannot be read in one way only.
Result<std::optional<Scope>> credential_scope(const RequestView& request);

}  // namespace strait::wire
