// SPDX-License-Identifier: Apache-2.0
#include "net/chunked.h"

#include <gtest/gtest.h>

namespace strait::net {
namespace {

struct Decoded {
  std::string data;
  std::string rest;
  bool done = false;
  bool ok = true;
};

// Feeds `input` in pieces of `step` bytes.
Decoded decode(std::string_view input, std::size_t step = SIZE_MAX,
               Trailers trailers = Trailers::kRefused) {
  ChunkedDecoder decoder(trailers);
  Decoded out;
  std::string pending;
  while (true) {
    const auto result = decoder.next(pending);
    if (!result) {
      out.ok = false;
      return out;
    }
    out.data += result->data;
    pending.erase(0, result->consumed);
    if (result->consumed > 0) continue;
    if (decoder.done() || input.empty()) break;
    pending += input.substr(0, step);
    input.remove_prefix(std::min(step, input.size()));
  }
  out.done = decoder.done();
  out.rest = pending + std::string(input);
  return out;
}

TEST(ChunkedDecoder, JoinsChunksHoweverTheyArrive) {
  const std::string body = "5\r\nhello\r\n1\r\n \r\n00a\r\n0123456789\r\n0\r\n\r\nGET /";
  for (std::size_t step = 1; step <= body.size(); ++step) {
    const auto out = decode(body, step);
    EXPECT_TRUE(out.ok && out.done);
    EXPECT_EQ(out.data, "hello 0123456789");
    EXPECT_EQ(out.rest, "GET /") << "the next request is not touched";
  }
}

TEST(ChunkedDecoder, AnythingButTheGrammarIsRefused) {
  for (const std::string body : {"\r\n",
                                 "5\nhello\r\n0\r\n\r\n",
                                 "5\r\nhello0\r\n\r\n",
                                 "5\r\nhello\n0\r\n\r\n",
                                 "5\r\nhell\r\n0\r\n\r\n",
                                 "5 \r\nhello\r\n0\r\n\r\n",
                                 " 5\r\nhello\r\n0\r\n\r\n",
                                 "5;a=b\r\nhello\r\n0\r\n\r\n",
                                 "5;\r\nhello\r\n0\r\n\r\n",
                                 "0x5\r\nhello\r\n0\r\n\r\n",
                                 "+5\r\nhello\r\n0\r\n\r\n",
                                 "-5\r\nhello\r\n0\r\n\r\n",
                                 "0_2e\r\nhello",
                                 "g\r\n",
                                 "fffffffffffffffff\r\n",
                                 "10000000000000005\r\nhello",
                                 "0000000000000005\r\nhello",
                                 "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
                                 "0\r\n\n",
                                 "0\n\r\n",
                                 "0\r\r\n",
                                 "5\r\rhello"}) {
    EXPECT_FALSE(decode(body).ok) << quoted(body);
    EXPECT_FALSE(decode(body, 1).ok) << quoted(body);
  }
}

TEST(ChunkedDecoder, AMissingEndIsNotAnEnd) {
  for (const char* body :
       {"", "5", "5\r\nhel", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n", "0\r\n\r"}) {
    const auto out = decode(body);
    EXPECT_TRUE(out.ok) << body;
    EXPECT_FALSE(out.done) << body;
  }
}

TEST(ChunkedDecoder, TrailersOfRepliesAreSkippedWhenTheyAreHeaderLines) {
  const auto out = decode("1\r\na\r\n0\r\nx: y\r\nz: \r\n\r\nnext", 3, Trailers::kSkipped);
  EXPECT_TRUE(out.ok && out.done);
  EXPECT_EQ(out.data, "a");
  for (const char* body :
       {"0\r\nnocolon\r\n\r\n", "0\r\n: y\r\n\r\n", "0\r\n x: y\r\n\r\n", "0\r\nx: \x01\r\n\r\n"}) {
    EXPECT_FALSE(decode(body, 1, Trailers::kSkipped).ok) << body;
  }
  EXPECT_FALSE(decode("0\r\nx: " + std::string(40'000, 'y'), SIZE_MAX, Trailers::kSkipped).ok);
}

TEST(ChunkedEncoder, WritesWhatTheDecoderReads) {
  std::string out;
  for (const std::size_t size : {1u, 15u, 16u, 4096u, 65537u}) {
    append_chunk_size(out, size);
    out += std::string(size, 'x');
    out += kChunkEnd;
  }
  out += kLastChunk;
  const auto back = decode(out, 7);
  EXPECT_TRUE(back.ok && back.done);
  EXPECT_EQ(back.data.size(), 1u + 15 + 16 + 4096 + 65537);
}

}  // namespace
}  // namespace strait::net
