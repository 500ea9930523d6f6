// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <string>

#include "sigv4/body_verifier.h"
#include "sigv4/key_cache.h"

// The first byte chooses the form and the piece size, the rest is the body. Never more is released
// than was declared, and what passes finish() is exactly as long as declared.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace strait::sigv4;
  if (size == 0) return 0;
  constexpr PayloadForm kForms[] = {PayloadForm::kUnsignedTrailer, PayloadForm::kSigned,
                                    PayloadForm::kSignedTrailer, PayloadForm::kUnsigned};
  const auto form = kForms[data[0] & 3];
  const std::size_t piece = 1 + (data[0] >> 2);
  strait::journey::RequestHead head{"PUT", "/b/k", {}};
  head.headers.add("x-amz-decoded-content-length", "13");
  if (form == PayloadForm::kUnsigned) head.headers.add("content-length", "13");
  if (form == PayloadForm::kUnsignedTrailer || form == PayloadForm::kSignedTrailer)
    head.headers.add("x-amz-trailer", "x-amz-checksum-crc32");
  auto verifier = BodyVerifier::make(
      head,
      {.form = form,
       .seed = std::string(64, '0'),
       .context = ChunkContext{"20130524T000000Z", "20130524/us-east-1/s3/aws4_request",
                               derive_signing_key("secret", {"20130524", "us-east-1", "s3"})}});
  if (!verifier) std::abort();
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  std::size_t released = 0;
  bool good = true;
  for (std::size_t at = 0; at < body.size() && good; at += piece) {
    good = verifier
               ->feed(body.substr(at, piece),
                      [&](std::string_view bytes) { released += bytes.size(); })
               .has_value();
  }
  if (released > 13 || released != verifier->released()) std::abort();
  if (good && verifier->finish() && released != 13) std::abort();
  return 0;
}
