// SPDX-License-Identifier: Apache-2.0
#include "sigv4/verifier.h"

#include <fmt/format.h>

#include "base/limits.h"
#include "crypto/compare.h"
#include "crypto/sha256.h"
#include "sigv4/authorization.h"
#include "sigv4/canonical.h"
#include "sigv4/payload.h"
#include "sigv4/string_to_sign.h"

namespace strait::sigv4 {
namespace {

std::unexpected<Error> wrong_signature() {
  return fail(ErrorCode::kInvalidSignature,
              "the request signature does not match, or its access key id was not issued by "
              "Strait; check that the "
              "client uses the secret key that came with this access key id and session token");
}

// x-amz-date, once it has been found close to now and of the scope's day.
Result<std::string_view> signed_date(const Single& header, const Authorization& authorization,
                                     Timestamp now) {
  if (header.count != 1)
    return fail(ErrorCode::kMalformedRequest, "a signed request needs the x-amz-date header, once");
  const auto text = header.value;
  const auto date = parse_amz_date(text);
  if (!date)
    return fail(ErrorCode::kMalformedRequest, "x-amz-date is not of the form YYYYMMDDThhmmssZ");
  if (text.substr(0, 8) != authorization.scope.date)
    return fail(ErrorCode::kMalformedRequest,
                "the credential scope is of another day than x-amz-date");
  const auto skew = now - *date;
  if (skew > limits::kClockSkewMax || skew < -limits::kClockSkewMax) {
    return fail(ErrorCode::kClockSkew,
                fmt::format("x-amz-date {} is more than {} minutes away from Strait's clock, {}; "
                            "set the client's clock",
                            text, limits::kClockSkewMax.count(), amz_date(now)));
  }
  return text;
}

// What is not signed can be changed on the way, so everything that has a meaning to AWS must be.
Status check_coverage(const journey::RequestHead& head, const SignatureFields& fields,
                      const Authorization& authorization) {
  if (!head.target.starts_with('/'))
    return fail(ErrorCode::kMalformedRequest, "the request target does not begin with a slash");
  if (fields.host.count != 1)
    return fail(ErrorCode::kMalformedRequest, "a signed request needs one host header");
  if (!authorization.signs("host"))
    return fail(ErrorCode::kInvalidSignature, "the host header is not signed");
  for (const auto& field : head.headers.fields()) {
    const std::string_view name = field.first;
    if (journey::is_amz_name(name) && !authorization.signs(name))
      return fail(ErrorCode::kInvalidSignature,
                  "the header " + quoted(name, 80) + " is not signed");
  }
  return {};
}

// What stands in the canonical request for the body that is here. It is compared with what was
// declared of it; `computed` is where its digest is kept.
Result<std::string_view> payload_hash(std::string_view body, const Single& declared,
                                      PayloadForm form, crypto::HexDigest& computed) {
  if (form != PayloadForm::kAbsent && form != PayloadForm::kDigest) return declared.value;
  if (!body.empty()) computed = crypto::hex_digits(crypto::sha256(body));
  const auto actual = body.empty() ? kEmptySha256 : crypto::view(computed);
  if (form == PayloadForm::kDigest && actual != declared.value) {
    return fail(ErrorCode::kInvalidSignature,
                "x-amz-content-sha256 is not the digest of the body that was received");
  }
  return actual;
}

Status check_signature(const journey::RequestHead& head, const Authorization& authorization,
                       std::string_view date, std::string_view payload,
                       const crypto::HmacKey& key) {
  const auto fields = fields_named(head.headers, authorization.names);
  if (!fields)
    return fail(ErrorCode::kInvalidSignature,
                "a header named in SignedHeaders is not in the request");
  const CanonicalRequest request{.method = head.method,
                                 .path = head.path(),
                                 .query = head.query(),
                                 .fields = *fields,
                                 .signed_headers = authorization.signed_headers,
                                 .payload_hash = payload,
                                 .style = path_style(authorization.scope.service)};
  const auto wanted = head_signature(request, date, authorization.scope, key);
  if (!crypto::constant_time_equal(crypto::view(wanted), authorization.signature))
    return wrong_signature();
  return {};
}

// Length and checksums, of a streaming member's body that was read whole.
Status check_promises(const journey::RequestHead& head, std::string_view body) {
  TRY(auto verifier,
      BodyVerifier::make(head, {.form = PayloadForm::kAbsent, .seed = {}, .context = {}}));
  CHECK_OK(verifier.feed(body, [](std::string_view) {}));
  return verifier.finish();
}

// An unknown credential is checked against this one, so that it costs the same work and gives the
// same answer.
constexpr std::string_view kNobody = "nobody";

}  // namespace

Status Verifier::check_head(const journey::RequestHead& head, const Claimed& claimed,
                            SigningKeyCache& keys, Timestamp now) {
  const auto fields = signature_fields(head.headers);
  TRY(const auto authorization, authorization_of(head, fields));
  TRY(const auto date, signed_date(fields.date, authorization, now));
  CHECK_OK(check_coverage(head, fields, authorization));
  TRY(const auto form, payload_form(fields.content_sha256));
  if (form == PayloadForm::kAbsent) return {};
  if (claimed.session->access_key_id != authorization.access_key_id) return wrong_signature();
  const auto& key = keys.get(authorization.access_key_id, claimed.secret, authorization.scope);
  return check_signature(head, authorization, date, fields.content_sha256.value, key);
}

Result<Verified> Verifier::verify(journey::ParsedCall&& parsed,
                                  const std::optional<Claimed>& claimed, SigningKeyCache& keys,
                                  Timestamp now) {
  const auto& received = parsed.raw(Badge<Verifier>());
  const auto& head = received.head();
  const auto& call = parsed.call();
  const auto fields = signature_fields(head.headers);
  TRY(const auto authorization, authorization_of(head, fields));
  TRY(const auto date, signed_date(fields.date, authorization, now));
  CHECK_OK(check_coverage(head, fields, authorization));
  TRY(const auto form, payload_form(fields.content_sha256));
  const bool asks_unsigned =
      form == PayloadForm::kUnsigned && call.payload == journey::Payload::kBuffered;
  CHECK_OK(
      check_payload_form(form, call.payload, asks_unsigned && call.operation.unsigned_payload()));

  const bool streams = call.payload == journey::Payload::kStreamed && form != PayloadForm::kAbsent;
  const bool whole = call.payload == journey::Payload::kStreamed && !streams;
  auto payload = fields.content_sha256.value;
  crypto::HexDigest computed;
  if (!streams) {
    TRY(payload, payload_hash(received.body(), fields.content_sha256, form, computed));
  }
  const bool known = claimed && claimed->session->access_key_id == authorization.access_key_id;
  const auto& key =
      known ? keys.get(authorization.access_key_id, claimed->secret, authorization.scope)
            : keys.get(kNobody, kNobody, authorization.scope);
  CHECK_OK(check_signature(head, authorization, date, payload, key));
  if (!known) return wrong_signature();
  if (now >= claimed->session->expires) {
    return fail(
        ErrorCode::kExpiredToken,
        "the Strait session ended at " + rfc3339(claimed->session->expires) + "; log in again");
  }

  std::optional<BodyVerifier> body;
  if (streams) {
    BodyVerifier::Promise promise{
        .form = form, .seed = std::string(authorization.signature), .context = {}};
    if (is_aws_chunked(form) && form != PayloadForm::kUnsignedTrailer)
      promise.context.emplace(
          ChunkContext{std::string(date), scope_text(authorization.scope), key});
    TRY(body, BodyVerifier::make(head, promise));
  }
  std::optional<std::string> proven;
  if (whole) {
    CHECK_OK(check_promises(head, received.body()));
    proven = parsed.take_body(Badge<Verifier>());
  }
  return Verified{
      journey::AuthenticatedCall(Badge<Verifier>(), std::move(parsed), claimed->session),
      std::move(body), std::move(proven)};
}

}  // namespace strait::sigv4
