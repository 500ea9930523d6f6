// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "journey/http.h"
#include "sigv4/chunk_signature.h"
#include "sigv4/payload.h"

// Checks a streamed request body on its way: HTTP body bytes in (chunked transfer coding already
// removed), the object's own bytes out. Signed aws-chunks are released one by one, each after its
// signature was found right; a chunk is therefore held whole, at most kSignedChunkBytesMax.
// Everything else passes through without a copy.
//
// A digest, a checksum, the declared length and the trailer's signature are known to be right only
// at the end. So the caller must hold back the last bytes upstream (the final aws-chunk, or the
// last byte of a plain body) until finish() has said yes, and cut the upstream connection when it
// says no: AWS then discards the object.
//
// After the first failure nothing is released and every further call fails with the same error. Not
// thread-safe; move it along with the call. Errors: kMalformedRequest (framing, length, checksum),
// kInvalidSignature, kLimitExceeded.
namespace strait::sigv4 {

inline constexpr std::size_t kSignedChunkBytesMax = 16 * 1024 * 1024;  // SDKs send 64 KiB to 1 MiB

class BodyVerifier {
 public:
  using Sink = std::function<void(std::string_view)>;  // the view is valid during the call

  // What the head's signature leaves to be proven.
  struct Promise {
    PayloadForm form = PayloadForm::kDigest;
    std::string seed;                     // the head's signature, hex
    std::optional<ChunkContext> context;  // needed for the forms with signed chunks
  };
  // Reads x-amz-decoded-content-length, content-length, x-amz-trailer, x-amz-checksum-*,
  // content-md5 and x-amz-content-sha256 from the head.
  static Result<BodyVerifier> make(const journey::RequestHead& head, const Promise& promise);

  BodyVerifier(BodyVerifier&&) noexcept;
  BodyVerifier& operator=(BodyVerifier&&) noexcept;
  ~BodyVerifier();

  // Takes the next bytes of the HTTP body. What may be passed on is handed to `sink` before this
  // returns.
  Status feed(std::string_view bytes, const Sink& sink);

  // The HTTP body has ended. OK only if everything that was promised held.
  Status finish();

  std::uint64_t released() const;  // decoded bytes handed to the sink so far
  // The checksum that came in the trailer, in base64, for the record and for re-framing; "" before
  // finish().
  std::string_view trailer_checksum() const;

 private:
  struct State;
  explicit BodyVerifier(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace strait::sigv4
