// SPDX-License-Identifier: Apache-2.0
#include "sigv4/signer.h"

#include <fmt/format.h>

#include "crypto/sha256.h"
#include "sigv4/canonical.h"
#include "sigv4/payload.h"
#include "sigv4/sign_head.h"
#include "sigv4/string_to_sign.h"
#include "sigv4/text_writer.h"

namespace strait::sigv4 {
namespace {

// How the outgoing body is bound and framed.
struct OutgoingPayload {
  std::string_view word = {};           // stands for the body in the canonical request; if "",
  crypto::HexDigest digest = {};        // its digest does
  bool in_header = false;               // x-amz-content-sha256 is sent
  std::optional<std::uint64_t> length;  // content-length; nullopt: a method without a body
  bool chunked = false;
  std::optional<crypto::ChecksumAlgorithm> trailer;

  std::string_view hash() const { return word.empty() ? crypto::view(digest) : word; }
};

bool usually_has_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

OutgoingPayload bind_buffered(const journey::UnsignedRequest& request, bool s3_like) {
  OutgoingPayload out;
  if (request.body.empty()) {
    out.word = kEmptySha256;
  } else {
    out.digest = crypto::hex_digits(crypto::sha256(request.body));
  }
  out.in_header = s3_like;
  if (!request.body.empty() || usually_has_body(request.head.method))
    out.length = request.body.size();
  return out;
}

Result<OutgoingPayload> bind_chunked(const journey::Stream& stream) {
  OutgoingPayload out{.word = kStreamingSigned, .in_header = true, .chunked = true};
  if (stream.checksum_in_trailer) {
    const auto checksum = crypto::Checksum::by_name(stream.checksum_algorithm);
    if (!checksum) {
      return fail(ErrorCode::kUnsupported, "the trailing checksum algorithm " +
                                               quoted(stream.checksum_algorithm) +
                                               " is not supported");
    }
    out.trailer = checksum->algorithm();
    out.word = kStreamingSignedTrailer;
  }
  out.length = ChunkSigner::framed_length(*stream.length, out.trailer);
  return out;
}

Result<OutgoingPayload> bind_stream(const journey::Stream& stream, bool s3_like,
                                    const catalog::Operation& operation) {
  if (!stream.length) {
    return fail(ErrorCode::kUnsupported,
                "a streamed body needs its length in advance; send content-length or "
                "x-amz-decoded-content-length");
  }
  if (!stream.sha256_hex.empty())
    return OutgoingPayload{.word = stream.sha256_hex, .in_header = true, .length = stream.length};
  if (s3_like) return bind_chunked(stream);
  if (operation.unsigned_payload())
    return OutgoingPayload{.word = kUnsignedPayload, .in_header = true, .length = stream.length};
  return fail(
      ErrorCode::kUnsupported,
      "this operation's body must be signed as a whole; send its digest in x-amz-content-sha256");
}

void add_content_encoding(journey::Headers& headers) {
  const auto present = headers.one("content-encoding");
  headers.set("content-encoding",
              present ? std::string(*present) + ",aws-chunked" : std::string("aws-chunked"));
}

void complete_head(journey::RequestHead& head, const OutgoingPayload& payload,
                   const journey::Stream* stream) {
  auto& headers = head.headers;
  if (payload.in_header) headers.set("x-amz-content-sha256", payload.hash());
  if (payload.chunked) {
    add_content_encoding(headers);
    headers.set("x-amz-decoded-content-length", fmt::format_int(*stream->length).str());
    if (payload.trailer) headers.set("x-amz-trailer", checksum_trailer_name(*payload.trailer));
  }
  if (payload.length) headers.set("content-length", fmt::format_int(*payload.length).str());
}

}  // namespace

Result<Outgoing> Signer::sign(const journey::IntendedCall& intended,
                              journey::UnsignedRequest&& request, const Target& target,
                              const AwsCredentials& credentials, SigningKeyCache& keys,
                              Timestamp now) {
  CHECK_OK(check_usable(credentials, now));
  const auto& permitted = intended.permitted();
  const bool s3_like = is_s3_like(target.service);
  OutgoingPayload payload;
  if (request.stream) {
    TRY(payload, bind_stream(*request.stream, s3_like, permitted.call().operation));
  } else {
    payload = bind_buffered(request, s3_like);
  }
  const auto date = amz_date(now);
  const Scope scope{std::string_view(date).substr(0, 8), target.region, target.service};
  const auto& key = keys.get(credentials.access_key_id, credentials.secret_key.reveal(), scope);

  auto& head = request.head;
  head.headers.reserve(10, 512);
  add_identity_headers(head, target.host, date, credentials);
  char agent_room[64];
  TextWriter agent(agent_room);
  agent.put(kUserAgent, " (", permitted.session().id.str(), ")");
  head.headers.set("user-agent", agent.text());
  head.headers.set("accept-encoding", "identity");
  complete_head(head, payload, request.stream ? &*request.stream : nullptr);
  const auto signature = sign_head(head, {.access_key_id = credentials.access_key_id,
                                          .scope = scope,
                                          .amz_date = date,
                                          .payload_hash = payload.hash(),
                                          .style = path_style(target.service),
                                          .key = &key});
  journey::OutgoingRequest sealed({}, std::move(head), std::move(request.body));
  if (!payload.chunked) return Result<Outgoing>(std::in_place, std::move(sealed), std::nullopt);
  ChunkSigner chunks({.seed = std::string(crypto::view(signature)),
                      .context = {date, scope_text(scope), key},
                      .decoded_bytes = *request.stream->length,
                      .checksum = payload.trailer});
  return Result<Outgoing>(std::in_place, std::move(sealed), std::move(chunks));
}

}  // namespace strait::sigv4
