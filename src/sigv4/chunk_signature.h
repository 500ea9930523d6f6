// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

#include "crypto/hmac.h"
#include "crypto/sha256.h"

// The chain of signatures over an aws-chunked body; what ChunkSigner writes and BodyVerifier
// expects. Every link is hex and covers the one before it.
namespace strait::sigv4 {

struct ChunkContext {
  std::string amz_date;  // "20150830T123600Z"
  std::string scope;     // "20150830/us-east-1/s3/aws4_request"
  crypto::HmacKey key;
};

std::string chunk_signature(const ChunkContext& context, std::string_view previous,
                            const crypto::Digest& data);

// `trailers` is "name:value\n" for each trailer, in order.
std::string trailer_signature(const ChunkContext& context, std::string_view previous,
                              std::string_view trailers);

}  // namespace strait::sigv4
