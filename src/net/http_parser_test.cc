// SPDX-License-Identifier: Apache-2.0
#include "net/http_parser.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace strait::net {
namespace {

// A request with `lines` between the request line and the empty line. "\n" in it stands for CRLF.
std::string request(std::string lines, std::string start = "POST /a%20b?x=1 HTTP/1.1") {
  std::string text = start + "\r\n";
  for (const char c : lines) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return text + "\r\n";
}

auto parse(const std::string& text) { return parse_request_head(text); }

int refused(const std::string& text) {
  const auto frame = parse(text);
  return frame ? 0 : frame.error().status;
}

// Escapes a case for the failure message.
std::string shown(const std::string& text) { return quoted(text, 4000); }

TEST(RequestHead, IsTakenApart) {
  const auto frame = parse(request(
      "Host: dynamodb.eu-west-1.amazonaws.com\nX-Amz-Target:  T.Op  \nContent-Length: 17\n"));
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->head.method, "POST");
  EXPECT_EQ(frame->head.target, "/a%20b?x=1");
  EXPECT_EQ(frame->head.headers.one("x-amz-target"), "T.Op");
  EXPECT_EQ(frame->framing, Framing::kLength);
  EXPECT_EQ(frame->length, 17u);
  EXPECT_TRUE(frame->keep_alive);
  EXPECT_EQ(frame->form, TargetForm::kOrigin);
}

TEST(RequestHead, FramingIsNoneLengthOrChunked) {
  EXPECT_EQ(parse(request("Host: h\n"))->framing, Framing::kNone);
  EXPECT_EQ(parse(request("Host: h\nContent-Length: 0\n"))->framing, Framing::kNone);
  EXPECT_EQ(parse(request("Host: h\nTransfer-Encoding: chunked\n"))->framing, Framing::kChunked);
  EXPECT_EQ(parse(request("Host: h\nContent-Length: 9223372036854775807\n"))->length,
            9223372036854775807u);
}

TEST(RequestHead, ConnectionAndExpectAreUnderstood) {
  EXPECT_FALSE(parse(request("Host: h\nConnection: close\n"))->keep_alive);
  EXPECT_TRUE(parse(request("Host: h\nConnection: Keep-Alive\n"))->keep_alive);
  EXPECT_TRUE(
      parse(request("Host: h\nExpect: 100-Continue\nContent-Length: 1\n"))->expect_continue);
  EXPECT_FALSE(parse(request("Host: h\nExpect: 100-continue\n"))->expect_continue)
      << "nothing to wait for";
}

TEST(RequestHead, TheFormOfTheTargetIsReported) {
  EXPECT_EQ(parse(request("Host: h\n", "CONNECT s3.amazonaws.com:443 HTTP/1.1"))->form,
            TargetForm::kAuthority);
  EXPECT_EQ(parse(request("Host: h\n", "GET http://s3.amazonaws.com/a HTTP/1.1"))->form,
            TargetForm::kAbsolute);
  EXPECT_EQ(parse(request("Host: h\n", "OPTIONS * HTTP/1.1"))->form, TargetForm::kAsterisk);
}

// Attack case 1: nobody behind us may see another end of the body than we do.
TEST(RequestHead, DesyncOfLengthAndEncodingIsRefused) {
  for (const char* lines : {
           "Host: h\nContent-Length: 5\nTransfer-Encoding: chunked\n",
           "Host: h\nTransfer-Encoding: chunked\nContent-Length: 5\n",
           "Host: h\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked\n",
           "Host: h\nTransfer-Encoding: xchunked\n",
           "Host: h\nTransfer-Encoding: chunked, chunked\n",
           "Host: h\nTransfer-Encoding: gzip, chunked\n",
           "Host: h\nTransfer-Encoding: chunked;q=1\n",
           "Host: h\nTransfer-Encoding: Chunked\n",
           "Host: h\nTransfer-Encoding: identity\n",
           "Host: h\nTransfer-Encoding:\n",
           "Host: h\nTransfer-Encoding:\tchunked\n",
           "Host: h\nTransfer-Encoding: \tchunked\n",
           "Host: h\nTransfer-Encoding: chunked\t\n",
           "Host: h\nTransfer-Encoding: \x0b"
           "chunked\n",
           "Host: h\nTransfer_Encoding: chunked\n",
           "Host: h\nTransfer-Encoding : chunked\n",
           "Host: h\n Transfer-Encoding: chunked\n",
           "Host: h\nX: y\n Transfer-Encoding: chunked\n",
           "Host: h\nContent-Length: 5\nContent-Length: 5\n",
           "Host: h\nContent-Length: 5\nContent-Length: 6\n",
           "Host: h\nContent-Length: 5, 5\n",
           "Host: h\nContent-Length:\n",
           "Host: h\nContent-Length: \n",
           "Host: h\nContent-Length: +5\n",
           "Host: h\nContent-Length: -5\n",
           "Host: h\nContent-Length: 0x5\n",
           "Host: h\nContent-Length: 1_0\n",
           "Host: h\nContent-Length: 5 5\n",
           "Host: h\nContent-Length: 5.0\n",
           "Host: h\nContent-Length: 9223372036854775808\n",
           "Host: h\nContent-Length: 18446744073709551621\n",
           "Host: h\nContent-Length: 99999999999999999999999\n",
           "Host: h\nContent_Length: 5\n",
       }) {
    EXPECT_NE(refused(request(lines)), 0) << shown(lines);
  }
}

TEST(RequestHead, BareLineEndsAndControlBytesAreRefused) {
  for (const std::string& text : {
           std::string("GET / HTTP/1.1\nHost: h\n\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\n\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\r\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n", 35),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX\0: a\r\n\r\n", 34),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX: a\x7f\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\nX: \x01\r\n\r\n"),
           std::string("GET /\r\n\r\n"),
           std::string("\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\n\r\nHost: h\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\nHost: h\r\n"),
       }) {
    EXPECT_NE(refused(text), 0) << shown(text);
  }
}

// Attack case 2.
TEST(RequestHead, OddHeaderGrammarIsRefused) {
  for (const char* lines : {
           "Host: h\nX : y\n",
           "Host: h\n: y\n",
           "Host: h\nX y\n",
           "Host: h\nX\n",
           "Host: h\nX: a\n b\n",
           "Host: h\nX: a\n\tb\n",
           "\tHost: h\n",
           " Host: h\n",
           "Host: h\nX\xc3\xa9: y\n",
           "Host: h\nX_Amz_Target: T.Op\n",
           "Host: h\nX(: y\n",
           "Host: h\nX\"y: z\n",
           "Host: h\nX: tab\there\n",
           "Host: a\nHost: b\n",
           "Host: a\nHost: a\n",
           "Host:\n",
           "Host: a b\n",
           "Host: user@host\n",
           "Host: host/path\n",
           "Host: a,b\n",
           "X: y\n",
           "Host: h\nConnection: upgrade\n",
           "Host: h\nConnection: x-amz-date\n",
           "Host: h\nConnection: close, x-amz-security-token\n",
           "Host: h\nConnection:\n",
           "Host: h\nUpgrade: h2c\n",
           "Host: h\nHTTP2-Settings: AAA\n",
           "Host: h\nExpect: 200-ok\n",
           "Host: h\nX-HTTP-Method-Override: DELETE\n",
           "Host: h\nX-HTTP-Method: DELETE\n",
           "Host: h\nX-Method-Override: DELETE\n",
       }) {
    EXPECT_NE(refused(request(lines)), 0) << shown(lines);
  }
}

TEST(RequestHead, ASecondSingletonIsRefusedWhateverItSays) {
  for (const std::string name :
       {"Host", "Authorization", "Content-Type", "Content-Length", "Transfer-Encoding",
        "X-Amz-Target", "X-Amz-Date", "X-Amz-Security-Token", "x-amz-content-sha256",
        "Content-Encoding", "Expect"}) {
    std::string a = "aaa", b = "bbb";
    if (name == "Content-Length") a = "1", b = "2";
    if (name == "Transfer-Encoding") a = b = "chunked";
    if (name == "Expect") a = b = "100-continue";
    const std::string host = name == "Host" ? "" : "Host: h\n";
    const auto line = [&](const std::string& value) { return name + ": " + value + "\n"; };
    ASSERT_EQ(refused(request(host + line(a))), 0) << name;
    EXPECT_NE(refused(request(host + line(a) + line(b))), 0) << name;
    EXPECT_NE(refused(request(host + line(b) + line(a))), 0) << name;
    EXPECT_NE(refused(request(host + line(a) + line(a))), 0) << name;
    EXPECT_NE(refused(request(host + line(a) + "X: y\n" + line(a))), 0) << name;
  }
}

TEST(RequestHead, OnlyOneWayToWriteTheRequestLine) {
  EXPECT_EQ(refused(request("Host: h\n", "GET / HTTP/1.0")), 505);
  EXPECT_EQ(refused(request("Host: h\n", "GET / HTTP/2.0")), 505);
  for (const char* line : {"GET /",
                           "GET  / HTTP/1.1",
                           "GET / HTTP/1.1 ",
                           " GET / HTTP/1.1",
                           "GET\t/ HTTP/1.1",
                           "GET / http/1.1",
                           "get / HTTP/1.1",
                           "G-T / HTTP/1.1",
                           "GET /a b HTTP/1.1",
                           "GET /a#b HTTP/1.1",
                           "GET /\xc3\xa9 HTTP/1.1",
                           "GET /\\ HTTP/1.1",
                           "GET /<a> HTTP/1.1",
                           "GET /\"a\" HTTP/1.1",
                           "GET a/b HTTP/1.1",
                           "GET  HTTP/1.1",
                           " / HTTP/1.1",
                           "GET / HTTP/1.1x",
                           "GET / HTTP/1.11",
                           "GET / HTTP/01.1",
                           "AVERYLONGMETHODNAME / HTTP/1.1",
                           "GET /[a] HTTP/1.1",
                           "GET /{a} HTTP/1.1",
                           "GET /a|b HTTP/1.1",
                           "GET /a^b HTTP/1.1",
                           "GET /a`b HTTP/1.1"}) {
    EXPECT_EQ(refused(request("Host: h\n", line)), 400) << line;
  }
}

TEST(RequestHead, LimitsHold) {
  std::string many = "Host: h\n";
  for (std::size_t i = 1; i < limits::kHeadersMax; ++i) many += "x" + std::to_string(i) + ": y\n";
  EXPECT_EQ(refused(request(many)), 0);
  EXPECT_EQ(refused(request(many + "one-more: y\n")), 431);
  EXPECT_EQ(refused(request("Host: h\nx: " + std::string(limits::kHeadBytesMax, 'a') + "\n")), 431);
  const auto target = "/" + std::string(limits::kTargetBytesMax - 1, 'a');
  EXPECT_EQ(refused(request("Host: h\n", "GET " + target + " HTTP/1.1")), 0);
  EXPECT_EQ(refused(request("Host: h\n", "GET " + target + "a HTTP/1.1")), 414);
  EXPECT_NE(refused(request("Host: h\n" + std::string(300, 'n') + ": y\n")), 0);
}

// Values longer than a vector register, with the odd byte at every place.
TEST(RequestHead, AControlByteIsFoundWhereverItStands) {
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string value(size, 'v');
      value[at] = '\x1f';
      EXPECT_NE(refused(request("Host: h\nX: " + value + "\n")), 0) << size << " " << at;
      value[at] = '\xff';
      EXPECT_EQ(refused(request("Host: h\nX: " + value + "\n")), 0) << size << " " << at;
    }
  }
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesArrive) {
  const auto text = request("Host: h\nX: y\n") + "BODY";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    HeadScanner scanner;
    auto state = HeadScanner::State::kMore;
    for (std::size_t end = step; state == HeadScanner::State::kMore; end += step) {
      state = scanner.scan(std::string_view(text).substr(0, end));
    }
    EXPECT_EQ(state, HeadScanner::State::kComplete);
    EXPECT_EQ(scanner.length(), text.size() - 4);
  }
}

// Lines that end on both sides of what is looked at as one block.
TEST(HeadScanner, FindsTheEndWhereverItStands) {
  for (std::size_t size = 1; size < 200; ++size) {
    const auto head = "GET / HTTP/1.1\r\nx: " + std::string(size, 'v') + "\r\n\r\n";
    for (const auto* after : {"", "\n", "BODY\n"}) {
      HeadScanner scanner;
      EXPECT_EQ(scanner.scan(head + after), HeadScanner::State::kComplete);
      EXPECT_EQ(scanner.length(), head.size());
    }
    auto broken = head;
    broken[head.size() - 2] = 'x';
    EXPECT_EQ(HeadScanner().scan(broken), HeadScanner::State::kMalformed);
    broken = head;
    broken[head.size() - 4] = 'x';
    EXPECT_EQ(HeadScanner().scan(broken), HeadScanner::State::kMalformed);
  }
}

TEST(HeadScanner, NoticesABrokenHeadAtOnce) {
  EXPECT_EQ(HeadScanner().scan("GET / HTTP/1.1\n"), HeadScanner::State::kMalformed);
  EXPECT_EQ(HeadScanner().scan("\n"), HeadScanner::State::kMalformed);
  EXPECT_EQ(HeadScanner().scan("\r\n"), HeadScanner::State::kMalformed);
  EXPECT_EQ(HeadScanner().scan(std::string(limits::kHeadBytesMax + 1, 'a')),
            HeadScanner::State::kTooLong);
  EXPECT_EQ(HeadScanner().scan(std::string(limits::kHeadBytesMax, 'a')), HeadScanner::State::kMore);
}

TEST(ReplyHead, IsTakenApart) {
  const auto frame =
      parse_reply_head("HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\nx_y: z\r\n\r\n", "GET");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->head.status, 404);
  EXPECT_EQ(frame->framing, Framing::kLength);
  EXPECT_EQ(frame->length, 3u);
  EXPECT_TRUE(frame->keep_alive);
  EXPECT_EQ(frame->head.headers.one("x_y"), "z");
}

TEST(ReplyHead, SaysHowTheBodyEnds) {
  const auto framing = [](const char* text, const char* method) {
    return parse_reply_head(text, method)->framing;
  };
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", "HEAD"), Framing::kNone);
  EXPECT_EQ(framing("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", "GET"), Framing::kNone);
  EXPECT_EQ(framing("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", "GET"),
            Framing::kNone);
  EXPECT_EQ(framing("HTTP/1.1 200\r\nTransfer-Encoding: Chunked\r\n\r\n", "GET"),
            Framing::kChunked);
  EXPECT_EQ(framing("HTTP/1.1 200 OK\r\n\r\n", "GET"), Framing::kUntilClose);
  EXPECT_FALSE(parse_reply_head("HTTP/1.1 200 OK\r\n\r\n", "GET")->keep_alive);
  EXPECT_FALSE(parse_reply_head("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", "GET")->keep_alive);
}

TEST(ReplyHead, NonsenseIsRefused) {
  for (const char* text :
       {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 3x\r\n\r\n", "junk\r\n\r\n", ""}) {
    const auto frame = parse_reply_head(text, "GET");
    ASSERT_FALSE(frame) << text;
    EXPECT_EQ(frame.error().code, ErrorCode::kUpstreamInvalid);
  }
}

}  // namespace
}  // namespace strait::net
