// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "base/limits.h"
#include "codec/aws_chunked.h"
#include "codec/event_stream.h"
#include "codec/hex.h"

namespace strait::codec {
namespace {

using namespace std::string_literals;

const std::string kSignature(64, 'a');
const std::string kExtension = ";chunk-signature=" + kSignature;

constexpr AwsChunkedOptions kSigned{.is_signed = true, .has_trailers = false};
constexpr AwsChunkedOptions kSignedTrailer{.is_signed = true, .has_trailers = true};
constexpr AwsChunkedOptions kUnsignedTrailer{.is_signed = false, .has_trailers = true};

// The events as text: "4[data]" per chunk, trailers as name=value, "." for the end; or "refused:
// why".
std::string decoded(AwsChunkedOptions options, std::string_view body,
                    std::size_t piece = SIZE_MAX) {
  AwsChunkedDecoder decoder(options);
  std::string out;
  while (true) {
    auto input = body.substr(0, piece);
    body.remove_prefix(input.size());
    while (true) {
      const auto event = decoder.next(input);
      if (!event) {
        EXPECT_FALSE(decoder.next(input)) << "a refusal is final";
        return "refused: " + event.error().message;
      }
      using Kind = AwsChunkedEvent::Kind;
      if (event->kind == Kind::kNeedMore) break;
      if (event->kind == Kind::kChunkStart)
        out += std::to_string(event->size) + (event->signature.empty() ? "[" : "s[");
      if (event->kind == Kind::kData) out += event->data;
      if (event->kind == Kind::kChunkEnd) out += "]";
      if (event->kind == Kind::kTrailer)
        out.append(event->name).append("=").append(event->value).append(";");
      if (event->kind == Kind::kTrailerSignature)
        out += event->signature == kSignature ? "signed" : "wrong";
      if (event->kind == Kind::kEnd) out += ".";
    }
    if (body.empty()) return out + (decoder.finished() ? "" : " unfinished");
  }
}

bool refuses(AwsChunkedOptions options, std::string_view body) {
  return decoded(options, body).starts_with("refused");
}

const std::string kSignedBody = "4" + kExtension + "\r\nabcd\r\n0" + kExtension + "\r\n\r\n";
const std::string kTrailerBody = "4\r\nabcd\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n";

TEST(AwsChunked, ReadsSignedChunks) { EXPECT_EQ(decoded(kSigned, kSignedBody), "4s[abcd]0s[."); }

TEST(AwsChunked, ReadsUnsignedChunksWithATrailer) {
  EXPECT_EQ(decoded(kUnsignedTrailer, kTrailerBody), "4[abcd]0[x-amz-checksum-crc32=AAAA==;.");
}

TEST(AwsChunked, ReadsASignedTrailer) {
  EXPECT_EQ(decoded(kSignedTrailer,
                    "0" + kExtension + "\r\nx-amz-checksum-sha1:AAAA=\r\nx-amz-trailer-signature:" +
                        kSignature + "\r\n\r\n"),
            "0s[x-amz-checksum-sha1=AAAA=;signed.");
}

TEST(AwsChunked, WhereThePiecesAreCutMakesNoDifference) {
  for (std::size_t piece = 1; piece < kSignedBody.size(); ++piece) {
    EXPECT_EQ(decoded(kSigned, kSignedBody, piece), "4s[abcd]0s[.") << piece;
    EXPECT_EQ(decoded(kUnsignedTrailer, kTrailerBody, piece),
              "4[abcd]0[x-amz-checksum-crc32=AAAA==;.")
        << piece;
  }
}

TEST(AwsChunked, ACutOffBodyIsNotFinished) {
  for (std::size_t size = 0; size < kSignedBody.size(); ++size) {
    EXPECT_TRUE(decoded(kSigned, kSignedBody.substr(0, size)).ends_with(" unfinished")) << size;
  }
}

TEST(AwsChunked, SizesHaveOneSpelling) {
  for (const auto* size : {"", "0x4", "+4", "-4", " 4", "4 ", "g", "00000000000000004",
                           "ffffffffffffffff", "4,", "4\t"}) {
    EXPECT_TRUE(refuses(kSigned, size + kExtension + "\r\nabcd\r\n")) << size;
  }
  EXPECT_EQ(decoded(kUnsignedTrailer, "0A\r\n0123456789\r\n").substr(0, 13), "10[0123456789");
}

TEST(AwsChunked, ChunksEndWhereTheySay) {
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + "\r\nabcde\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + "\r\nabcd\n0"));
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + "\nabcd\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + "\r\r\nabcd\r\n"));
}

TEST(AwsChunked, NothingFollowsTheEnd) {  // smuggling: a second body behind the first
  EXPECT_TRUE(refuses(kSigned, kSignedBody + "x"));
  EXPECT_TRUE(refuses(kUnsignedTrailer, kTrailerBody + kTrailerBody));
}

TEST(AwsChunked, SignaturesAreAllOrNone) {
  EXPECT_TRUE(refuses(kSigned, "4\r\nabcd\r\n"));
  EXPECT_TRUE(refuses(kUnsignedTrailer, kSignedBody));
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + "\r\nabcd\r\n0\r\n\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4;chunk-signature=" + kSignature.substr(1) + "\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4;chunk-signature=" + std::string(64, 'A') + "\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4;x=1" + kExtension + "\r\n"));
  EXPECT_TRUE(refuses(kSigned, "4" + kExtension + ";x=1\r\n"));
}

TEST(AwsChunked, TrailersAreThoseAnnounced) {
  EXPECT_TRUE(refuses(kUnsignedTrailer, "0\r\n\r\n")) << "announced and missing";
  EXPECT_TRUE(refuses(kSigned, "0" + kExtension + "\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n"))
      << "not announced";
  EXPECT_TRUE(refuses(kSignedTrailer, "0" + kExtension + "\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n"))
      << "not signed";
  EXPECT_TRUE(refuses(kSignedTrailer,
                      "0" + kExtension + "\r\nx-amz-trailer-signature:" + kSignature + "\r\n\r\n"));
  EXPECT_TRUE(
      refuses(kUnsignedTrailer, "0\r\na:b\r\nx-amz-trailer-signature:" + kSignature + "\r\n\r\n"));
  for (const auto* line : {"A:b", "a b:c", "a", ":b", "a:", "a: b", "a:b ", "a:b\rc", "a:\x80"}) {
    EXPECT_TRUE(refuses(kUnsignedTrailer, "0\r\n"s + line + "\r\n\r\n")) << line;
  }
}

TEST(AwsChunked, HasLimits) {
  auto options = kUnsignedTrailer;
  options.decoded_bytes_max = 5;
  EXPECT_TRUE(refuses(options, "4\r\nabcd\r\n2\r\nef\r\n"));
  EXPECT_FALSE(refuses(options, "4\r\nabcd\r\n1\r\ne\r\n"));
  EXPECT_TRUE(refuses(kUnsignedTrailer, std::string(limits::kChunkLineBytesMax + 1, '0')));
  std::string trailers = "0\r\n";
  for (int i = 0; i < 9; ++i) trailers += "a:b\r\n";
  EXPECT_TRUE(refuses(kUnsignedTrailer, trailers));
}

TEST(AwsChunked, ReadsWhatIsWritten) {
  std::string body;
  append_chunk_start(body, 26, kSignature);
  body += std::string(26, 'x') + "\r\n";
  append_chunk_start(body, 0, kSignature);
  append_chunk_trailer(body, "x-amz-checksum-crc32c", "sOO8/Q==");
  append_chunk_trailer(body, "x-amz-trailer-signature", kSignature);
  body += "\r\n";
  EXPECT_TRUE(body.starts_with("1a;chunk-signature=aaa"));
  EXPECT_EQ(decoded(kSignedTrailer, body),
            "26s[" + std::string(26, 'x') + "]0s[x-amz-checksum-crc32c=sOO8/Q==;signed.");
}

EventMessage every_header() {
  return {.headers = {{":event-type", "Records"s},
                      {"yes", true},
                      {"no", false},
                      {"byte", std::int8_t{-1}},
                      {"short", std::int16_t{-2}},
                      {"int", std::int32_t{-3}},
                      {"long", std::int64_t{-4}},
                      {"blob", Blob{"\x00\x01"s}},
                      {"time", Instant{-2, 5'000'000}},
                      {"uuid", EventUuid{1, 2, 3}}},
          .payload = "payload"};
}

std::string framed(const EventMessage& message) {
  std::string out;
  EXPECT_TRUE(write_event(out, message));
  return out;
}

TEST(EventStream, WritesThePublishedEmptyMessage) {
  EXPECT_EQ(hex_encode(framed({})), "000000100000000005c248eb7d98c8ff");
}

TEST(EventStream, ComesBackInAnyPieces) {
  const auto stream = framed(every_header()) + framed({}) + framed({.payload = "x"});
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    EventStreamDecoder decoder;
    std::vector<EventMessage> messages;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      auto input = std::string_view(stream).substr(at, piece);
      while (true) {
        auto message = decoder.next(input);
        ASSERT_TRUE(message) << message.error().message;
        if (!*message) break;
        messages.push_back(**message);
      }
    }
    ASSERT_TRUE(decoder.between_messages());
    ASSERT_EQ(messages.size(), 3u) << piece;
    EXPECT_EQ(messages[0], every_header());
    EXPECT_EQ(*messages[0].string_header(":event-type"), "Records");
    EXPECT_EQ(messages[0].string_header("int"), nullptr);
  }
}

TEST(EventStream, OneFlippedBitAnywhereIsNoticed) {
  const auto frame = framed(every_header());
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    auto damaged = frame;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    EventStreamDecoder decoder;
    std::string_view input = damaged;
    EXPECT_FALSE(decoder.next(input)) << bit;
    EXPECT_FALSE(decoder.next(input)) << "a refusal is final";
  }
}

TEST(EventStream, ACutOffMessageIsNotAnEnd) {
  const auto frame = framed(every_header());
  EventStreamDecoder decoder;
  auto input = std::string_view(frame).substr(0, frame.size() - 1);
  EXPECT_FALSE(decoder.next(input)->has_value());
  EXPECT_FALSE(decoder.between_messages());
}

TEST(EventStream, RefusesToWriteWhatCannotBeFramed) {
  std::string out = "kept";
  EXPECT_FALSE(write_event(out, {.headers = {{"", true}}}));
  EXPECT_FALSE(write_event(out, {.headers = {{std::string(256, 'n'), true}}}));
  EXPECT_FALSE(write_event(out, {.headers = {{"n", true}, {"n", false}}}));
  EXPECT_FALSE(write_event(out, {.headers = {{"n", std::string(32768, 'x')}}}));
  EXPECT_FALSE(write_event(out, {.headers = {{"n", Instant{0, 1}}}}));
  EXPECT_FALSE(write_event(out, {.headers = {{"n", "\xff"s}}}));
  EXPECT_FALSE(write_event(out, {.payload = std::string(limits::kEventPayloadBytesMax + 1, 'x')}));
  EXPECT_EQ(out, "kept");
}

}  // namespace
}  // namespace strait::codec
