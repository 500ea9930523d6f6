// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "sigv4/body_verifier.h"
#include "sigv4/chunk_signer.h"
#include "sigv4/key_cache.h"

namespace strait::sigv4 {
namespace {

using crypto::ChecksumAlgorithm;

// The worked examples of the S3 API reference: 66,560 bytes of 'a' in chunks of 64 KiB.
const std::string kPayload(66560, 'a');
constexpr std::string_view kSeed =
    "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
constexpr std::string_view kTrailerSeed =
    "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";

ChunkContext context() {
  const Scope scope{"20130524", "us-east-1", "s3"};
  return {"20130524T000000Z", "20130524/us-east-1/s3/aws4_request",
          derive_signing_key("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope)};
}

std::string framed(std::string_view payload, std::string_view seed,
                   std::optional<ChecksumAlgorithm> checksum = {}, std::size_t piece = 1000) {
  ChunkSigner signer({.seed = std::string(seed),
                      .context = context(),
                      .decoded_bytes = payload.size(),
                      .checksum = checksum});
  std::string out;
  for (std::size_t at = 0; at < payload.size(); at += piece)
    signer.feed(payload.substr(at, piece), out);
  EXPECT_TRUE(signer.finish(out));
  return out;
}

// A streamed upload as the verifier meets it.
struct Upload {
  PayloadForm form = PayloadForm::kSigned;
  std::string seed{kSeed};
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = {};
  std::size_t piece = 777;

  struct Outcome {
    Status status;
    std::string released;
    std::string trailer = {};
  };

  Outcome run() const {
    journey::RequestHead head{"PUT", "/b/k", {}};
    for (const auto& [name, value] : headers) head.headers.add(name, value);
    auto verifier = BodyVerifier::make(head, {.form = form, .seed = seed, .context = context()});
    if (!verifier) return {std::unexpected(verifier.error()), ""};
    Outcome out{{}, ""};
    for (std::size_t at = 0; at < body.size() && out.status; at += piece) {
      out.status = verifier->feed(std::string_view(body).substr(at, piece),
                                  [&](std::string_view bytes) { out.released += bytes; });
    }
    if (out.status) {
      out.status = verifier->finish();
    } else {
      EXPECT_FALSE(
          verifier->feed("more", [](std::string_view) { FAIL() << "released after a failure"; }));
      EXPECT_FALSE(verifier->finish());
    }
    out.trailer = verifier->trailer_checksum();
    return out;
  }
};

Upload signed_upload() {
  return {.headers = {{"x-amz-decoded-content-length", "66560"}}, .body = framed(kPayload, kSeed)};
}

Upload signed_upload_with_trailer() {
  return {.form = PayloadForm::kSignedTrailer,
          .seed = std::string(kTrailerSeed),
          .headers = {{"x-amz-decoded-content-length", "66560"},
                      {"x-amz-trailer", "x-amz-checksum-crc32c"}},
          .body = framed(kPayload, kTrailerSeed, ChecksumAlgorithm::kCrc32c)};
}

Upload unsigned_upload() {
  return {.form = PayloadForm::kUnsignedTrailer,
          .headers = {{"x-amz-decoded-content-length", "13"},
                      {"x-amz-trailer", "x-amz-checksum-crc32"}},
          .body = "d\r\nhello-object\n\r\n0\r\nx-amz-checksum-crc32:nWZXTw==\r\n\r\n"};
}

Upload digest_upload() {
  return {.form = PayloadForm::kDigest,
          .headers = {{"content-length", "3"},
                      {"x-amz-content-sha256",
                       "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}},
          .body = "abc"};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ChunkSigner, GivesTheSignaturesOfTheS3Reference) {
  const auto body = framed(kPayload, kSeed);
  for (const auto* signature :
       {"10000;chunk-signature="
        "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n",
        "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n",
        "0;chunk-signature="
        "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n"})
    EXPECT_NE(body.find(signature), std::string::npos) << signature;
  EXPECT_EQ(body.size(), 66824u);
}

TEST(ChunkSigner, GivesTheTrailerOfTheS3Reference) {
  const auto body = framed(kPayload, kTrailerSeed, ChecksumAlgorithm::kCrc32c);
  for (const auto* line :
       {"10000;chunk-signature="
        "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2\r\n",
        "400;chunk-signature=1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7\r\n",
        "0;chunk-signature=2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992\r\n",
        "x-amz-checksum-crc32c:sOO8/Q==\r\n",
        "x-amz-trailer-signature:"
        "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n"})
    EXPECT_NE(body.find(line), std::string::npos) << line;
}

TEST(ChunkSigner, KnowsTheFramedLengthInAdvance) {
  for (const std::uint64_t size : {0u, 1u, 15u, 16u, 65535u, 65536u, 65537u, 131072u, 200000u}) {
    const std::string payload(size, 'x');
    EXPECT_EQ(framed(payload, kSeed).size(), ChunkSigner::framed_length(size, {})) << size;
    for (const auto algorithm : {ChecksumAlgorithm::kCrc32, ChecksumAlgorithm::kCrc64Nvme,
                                 ChecksumAlgorithm::kSha1, ChecksumAlgorithm::kSha256}) {
      EXPECT_EQ(framed(payload, kSeed, algorithm, 70001).size(),
                ChunkSigner::framed_length(size, algorithm))
          << size;
    }
  }
}

TEST(ChunkSigner, DoesNotEndABodyOfAnotherLengthThanDeclared) {
  ChunkSigner signer(
      {.seed = std::string(kSeed), .context = context(), .decoded_bytes = 10, .checksum = {}});
  std::string out;
  signer.feed("123456789", out);
  EXPECT_FALSE(signer.finish(out));
  EXPECT_EQ(out, "");
}

TEST(BodyVerifier, ReleasesWhatEveryFormPromises) {
  for (const auto& [upload, payload, trailer] :
       {std::tuple{signed_upload(), kPayload, std::string()},
        std::tuple{signed_upload_with_trailer(), kPayload, std::string("sOO8/Q==")},
        std::tuple{unsigned_upload(), std::string("hello-object\n"), std::string("nWZXTw==")},
        std::tuple{digest_upload(), std::string("abc"), std::string()},
        std::tuple{Upload{.form = PayloadForm::kUnsigned, .body = "abc"}, std::string("abc"),
                   std::string()}}) {
    for (const std::size_t piece : {1u, 7u, 4096u, 1000000u}) {
      auto again = upload;
      again.piece = piece;
      const auto outcome = again.run();
      ASSERT_TRUE(outcome.status) << outcome.status.error().message;
      EXPECT_EQ(outcome.released, payload);
      EXPECT_EQ(outcome.trailer, trailer);
    }
  }
}

TEST(BodyVerifier, NeverReleasesASignedChunkWhoseSignatureIsWrong) {
  auto upload = signed_upload();
  upload.body[70] ^= 1;  // a digit of the first signature
  auto outcome = upload.run();
  EXPECT_EQ(outcome.status.error().code, ErrorCode::kInvalidSignature);
  EXPECT_EQ(outcome.released, "");

  upload = signed_upload();
  upload.body[200] ^= 1;  // the payload
  outcome = upload.run();
  EXPECT_EQ(outcome.status.error().code, ErrorCode::kInvalidSignature);
  EXPECT_EQ(outcome.released, "");

  upload = signed_upload();
  upload.body = replaced(upload.body, "b6c6ea8a", "b6c6ea8b");  // the last, empty chunk
  outcome = upload.run();
  EXPECT_EQ(outcome.status.error().code, ErrorCode::kInvalidSignature);
}

TEST(BodyVerifier, RefusesChunksThatWereReorderedReplayedOrCutOff) {
  const std::string two(2 * ChunkSigner::kChunkBytes, 'b');
  auto upload = signed_upload();
  upload.headers = {{"x-amz-decoded-content-length", std::to_string(two.size())}};
  const auto body = framed(two, kSeed);
  const auto chunk = (body.size() - 86) / 2;  // two equal chunks, then 0;chunk-signature=...

  upload.body = body.substr(chunk, chunk) + body.substr(0, chunk) + body.substr(2 * chunk);
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kInvalidSignature);
  upload.body = body.substr(0, chunk) + body.substr(0, chunk) + body.substr(2 * chunk);
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kInvalidSignature);
  upload.body = body.substr(0, chunk) + body.substr(2 * chunk);
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kInvalidSignature);
  upload.body = body.substr(0, 2 * chunk);
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kMalformedRequest);
  upload.body = body + body;
  EXPECT_FALSE(upload.run().status);
  upload.body = body;
  upload.seed.front() = 'f';  // chunks of another request
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kInvalidSignature);
}

TEST(BodyVerifier, RefusesTrailersThatWereNotDeclaredSignedOrRight) {
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"nWZXTw==", "nWZXTg=="},                                           // wrong checksum
           {"x-amz-checksum-crc32:nWZXTw==\r\n", ""},                          // missing
           {"x-amz-checksum-crc32:", "x-amz-checksum-sha1:"},                  // another
           {"x-amz-checksum-crc32:", "x-amz-acl:"},                            //
           {"nWZXTw==\r\n", "nWZXTw==\r\nx-amz-checksum-crc32:nWZXTw==\r\n"},  // twice
           {"nWZXTw==\r\n", "nWZXTw==\r\nauthorization:x\r\n"},                //
           {"d\r\nhello-object\n", "c\r\nhello-object"},                       // length
           {"\r\n\r\n", "\r\n"},                                               // cut off
       }) {
    auto upload = unsigned_upload();
    upload.body = replaced(upload.body, from, to);
    EXPECT_FALSE(upload.run().status) << from << " -> " << to;
  }
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {"sOO8/Q==", "sOO8/g=="},
           {"d81f82fc", "d81f82fd"},
           {"x-amz-trailer-signature:"
            "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n",
            ""},
       }) {
    auto upload = signed_upload_with_trailer();
    upload.body = replaced(upload.body, from, to);
    EXPECT_FALSE(upload.run().status) << from;
  }
}

TEST(BodyVerifier, RefusesHeadsThatDoNotGoWithTheirForm) {
  auto upload = unsigned_upload();
  upload.headers = {{"x-amz-decoded-content-length", "13"}};
  EXPECT_FALSE(upload.run().status) << "no trailer declared";
  upload.headers = {{"x-amz-trailer", "x-amz-checksum-crc32"}};
  EXPECT_FALSE(upload.run().status) << "no length";
  upload.headers = {{"x-amz-decoded-content-length", "13"}, {"x-amz-trailer", "x-amz-acl"}};
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kUnsupported);
  upload.headers = {{"x-amz-decoded-content-length", "0x0d"},
                    {"x-amz-trailer", "x-amz-checksum-crc32"}};
  EXPECT_FALSE(upload.run().status);
  upload = signed_upload();
  upload.headers.emplace_back("x-amz-trailer", "x-amz-checksum-crc32");
  EXPECT_FALSE(upload.run().status) << "a trailer that this form does not have";
  upload = digest_upload();
  upload.headers[0].second = "99999999999999";
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kLimitExceeded);
}

TEST(BodyVerifier, RefusesAPlainBodyThatIsNotTheOnePromised) {
  auto upload = digest_upload();
  upload.body = "abd";
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kInvalidSignature);
  upload.body = "ab";
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kMalformedRequest);
  upload.body = "abcd";
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kMalformedRequest);
}

TEST(BodyVerifier, ChecksEveryChecksumDeclaredInTheHead) {
  const std::vector<std::pair<std::string, std::string>> right = {
      {"x-amz-checksum-crc32", "NSRBwg=="},
      {"x-amz-checksum-crc32c", "Nks/tw=="},
      {"x-amz-checksum-sha1", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0="},
      {"x-amz-checksum-sha256", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="},
      {"content-md5", "kAFQmDzST7DWlj99KOF/cg=="},
  };
  for (const auto& [name, value] : right) {
    Upload upload{.form = PayloadForm::kUnsigned, .headers = {{name, value}}, .body = "abc"};
    const auto outcome = upload.run();
    EXPECT_TRUE(outcome.status) << name << ": " << outcome.status.error().message;
    upload.body = "abd";
    EXPECT_EQ(upload.run().status.error().code, ErrorCode::kMalformedRequest) << name;
    upload.headers.emplace_back(name, value);
    EXPECT_FALSE(upload.run().status) << name << " twice";
  }
}

TEST(BodyVerifier, HoldsNoSignedChunkLargerThanItsLimit) {
  Upload upload{.headers = {{"x-amz-decoded-content-length", "33554432"}},
                .body = "1000001;chunk-signature=" + std::string(64, '0') + "\r\n"};
  EXPECT_EQ(upload.run().status.error().code, ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace strait::sigv4
