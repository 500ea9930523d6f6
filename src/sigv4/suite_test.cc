// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "crypto/sha256.h"
#include "sigv4/canonical.h"
#include "sigv4/payload.h"
#include "sigv4/sign_head.h"
#include "sigv4/sigv4_testing.h"
#include "sigv4/string_to_sign.h"
#include "sigv4/suite_testing.h"
#include "sigv4/verifier.h"

namespace strait::sigv4::testing {
namespace {

PathStyle style_of(const SuiteCase& test) {
  return test.normalise ? PathStyle::kNormalised : PathStyle::kEncoded;
}

// The canonical request of a signed request, as a verifier sees it.
std::string canonical_of(const SuiteRequest& request, const Authorization& authorization,
                         PathStyle style) {
  const auto hash = request.head.headers.one("x-amz-content-sha256");
  const auto fields =
      fields_named(request.head.headers, authorization.names).value_or(SortedFields());
  EXPECT_EQ(fields.empty(), authorization.names.empty());
  const auto actual = hash ? std::string(*hash) : crypto::sha256_hex(request.body);
  return written([&](TextWriter& out) {
    append_canonical_request(out, {.method = request.head.method,
                                   .path = request.head.path(),
                                   .query = request.head.query(),
                                   .fields = fields,
                                   .signed_headers = authorization.signed_headers,
                                   .payload_hash = actual,
                                   .style = style});
  });
}

class Suite : public ::testing::Test {
 protected:
  void SetUp() override {
    cases = suite_cases();
    if (cases.empty()) GTEST_SKIP() << "skipped: the AWS signing suite is not beside the project";
    ASSERT_EQ(cases.size(), 38u);
  }
  Result<Verified> verify(const SuiteCase& test, const SuiteRequest& request) {
    const Claimed claimed{session(test.credentials.access_key_id, test.now + std::chrono::hours(1)),
                          test.credentials.secret_key.reveal()};
    return Verifier::verify(parsed(request.head, request.body), claimed, keys, test.now);
  }

  std::vector<SuiteCase> cases;
  SigningKeyCache keys{16};
};

TEST_F(Suite, EveryHeaderCaseHasItsCanonicalRequestStringToSignAndSignature) {
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    const auto authorization =
        parse_authorization(*test.signed_request.head.headers.one("authorization"));
    ASSERT_TRUE(authorization) << authorization.error().message;
    const auto canonical = canonical_of(test.signed_request, *authorization, style_of(test));
    EXPECT_EQ(canonical, test.canonical_request);
    const auto date = *test.signed_request.head.headers.one("x-amz-date");
    const auto text = string_to_sign(date, authorization->scope, canonical);
    EXPECT_EQ(text, test.string_to_sign);
    const auto key = derive_signing_key(test.credentials.secret_key.reveal(), authorization->scope);
    EXPECT_EQ(crypto::hex(key.sign(text)), test.signature);
    EXPECT_EQ(authorization->signature, test.signature);
  }
}

TEST_F(Suite, EveryHeaderCaseSignsToTheSameSignatureAndAuthorizationHeader) {
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    auto head = test.request.head;
    const auto date = amz_date(test.now);
    head.headers.add("x-amz-date", date);
    if (!test.credentials.session_token.empty() && !test.omit_session_token)
      head.headers.add("x-amz-security-token",
                       std::string(test.credentials.session_token.reveal()));
    const auto hash = crypto::sha256_hex(test.request.body);
    if (test.sign_body) head.headers.add("x-amz-content-sha256", hash);
    const Scope scope{std::string_view(date).substr(0, 8), test.region, test.service};
    const auto key = derive_signing_key(test.credentials.secret_key.reveal(), scope);
    const auto signature = sign_head(head, {.access_key_id = test.credentials.access_key_id,
                                            .scope = scope,
                                            .amz_date = date,
                                            .payload_hash = hash,
                                            .style = style_of(test),
                                            .key = &key});
    EXPECT_EQ(crypto::view(signature), test.signature);
    EXPECT_EQ(head.headers.one("authorization"),
              test.signed_request.head.headers.one("authorization"));
  }
}

// The verifier is stricter than the suite in one point (every x-amz-* header must be signed), and
// it knows the path style from the service alone.
TEST_F(Suite, TheVerifierTakesEveryCaseOfItsOwnPathStyle) {
  std::size_t taken = 0;
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    auto request = test.signed_request;
    if (test.omit_session_token) {
      const auto refused = verify(test, request);
      ASSERT_FALSE(refused) << "an unsigned session token was taken";
      EXPECT_EQ(refused.error().message, "the header `x-amz-security-token` is not signed");
      request.head.headers.remove("x-amz-security-token");
    }
    const auto path = [&](PathStyle style) {
      return written(
          [&](TextWriter& out) { append_canonical_path(out, request.head.path(), style); });
    };
    const auto verified = verify(test, request);
    if (path(style_of(test)) == path(path_style(test.service))) {
      ASSERT_TRUE(verified) << verified.error().message;
      EXPECT_EQ(verified->call.session().access_key_id, test.credentials.access_key_id);
      EXPECT_FALSE(verified->body);
      ++taken;
    } else {
      ASSERT_FALSE(verified);
      EXPECT_EQ(verified.error().code, ErrorCode::kInvalidSignature);
    }
  }
  EXPECT_EQ(taken, 32u);
}

bool has_merged_segments(std::string_view path) {
  return path.find("/.") != std::string_view::npos || path.find("//") != std::string_view::npos;
}

// The same fields, but the one at `index` says `name: value`.
journey::Headers with_field(const journey::Headers& headers, std::size_t index,
                            std::string_view name, std::string_view value) {
  journey::Headers out;
  for (std::size_t i = 0; i < headers.fields().size(); ++i) {
    const auto& field = headers.fields()[i];
    i == index ? out.add(name, value) : out.add(field.first, field.second);
  }
  return out;
}

// Calls `visit` with every request that differs from `request` in one bit of what is signed.
template <class Visit>
void each_flip(const SuiteRequest& request, const Authorization& authorization, Visit visit) {
  const auto flip_all = [&](std::string text, const std::string& what, auto&& put) {
    auto changed = request;
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (int bit = 0; bit < 8; ++bit) {
        text[at] = static_cast<char>(text[at] ^ (1 << bit));
        put(changed, text);
        visit(changed, what + "[" + std::to_string(at) + "] bit " + std::to_string(bit));
        text[at] = static_cast<char>(text[at] ^ (1 << bit));
      }
    }
  };
  flip_all(request.head.method, "method", [](auto& r, const auto& s) { r.head.method = s; });
  flip_all(request.head.target, "target", [](auto& r, const auto& s) { r.head.target = s; });
  flip_all(request.body, "body", [](auto& r, const auto& s) { r.body = s; });
  const auto& headers = request.head.headers;
  for (std::size_t field = 0; field < headers.fields().size(); ++field) {
    const auto [name, value] = headers.fields()[field];
    if (name != "authorization" && !authorization.signs(name)) continue;
    flip_all(std::string(name), "name of " + std::string(name), [&](auto& r, const auto& s) {
      r.head.headers = with_field(headers, field, s, value);
    });
    flip_all(std::string(value), std::string(name),
             [&](auto& r, const auto& s) { r.head.headers = with_field(headers, field, name, s); });
  }
}

TEST_F(Suite, EverySingleBitChangeOfWhatIsSignedIsRefused) {
  std::size_t flips = 0;
  for (const auto& test : cases) {
    SCOPED_TRACE(test.name);
    auto request = test.signed_request;
    if (test.omit_session_token) request.head.headers.remove("x-amz-security-token");
    const auto authorization = *parse_authorization(*request.head.headers.one("authorization"));
    const auto good = canonical_of(request, authorization, path_style(test.service));
    if (!verify(test, request)) continue;
    each_flip(request, authorization, [&](const SuiteRequest& changed, const std::string& where) {
      ++flips;
      if (!verify(test, changed)) return;
      // The suite itself defines /./ and // to be the same path. Nothing else may pass.
      EXPECT_TRUE(where.starts_with("target")) << where;
      EXPECT_EQ(canonical_of(changed, authorization, path_style(test.service)), good) << where;
      EXPECT_TRUE(has_merged_segments(request.head.path())) << where;
    });
  }
  EXPECT_GT(flips, 70'000u);
}

}  // namespace
}  // namespace strait::sigv4::testing
