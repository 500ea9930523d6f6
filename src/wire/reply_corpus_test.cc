// SPDX-License-Identifier: Apache-2.0
// botocore's own protocol cases, the other way: a reply, and the output or the error that it is.
#include <gtest/gtest.h>

#include <set>

#include "codec/base64.h"
#include "wire/protocol_corpus_test.h"
#include "wire/reply_error.h"
#include "wire/reply_value_test.h"

namespace strait::wire {
namespace {

// Replies that are refused or read otherwise, by reason.
const std::set<std::string, std::less<>> kReadOtherwise = {
#include "wire/reply_corpus_exceptions.inc"
};

class ReplyCorpus : public testing::Test {
 protected:
  void run(const std::string& file, const Value& suite, const Value& one) {
    const auto id = file + "/" + text_of(one, "id");
    const auto compiled = compiled_case(suite, *one.find("given"));
    if (!compiled) return note(id, "not compiled: " + compiled.error().message);
    const auto loaded = catalog::Catalog::load(std::as_bytes(std::span(compiled->pack)));
    ASSERT_TRUE(loaded) << loaded.error().message;
    const auto service = *(*loaded)->service("proto");
    journey::Call call{.catalog = {loaded->get(), [](auto*) {}},
                       .operation = service.operation(0),
                       .protocol = service.protocols()[0]};
    const auto* response = one.find("response");
    journey::ReplyHead head;
    head.status = std::stoi(response->find("status_code")->number()->token);
    if (const auto* headers = response->find("headers")) {
      for (const auto& header : *headers->object()) {
        std::string name = header.name;
        for (char& c : name) c = static_cast<char>(std::tolower(c));
        head.headers.add(name, header.value.string() ? *header.value.string() : "");
      }
    }
    auto body = text_of(*response, "body");
    if (call.protocol == catalog::Protocol::kRpcV2Cbor)
      body = codec::base64_decode(body).value_or("");
    if (one.find("errorCode") != nullptr) return compare_error(id, one, call, head, body);
    const auto output = read_reply(call.operation, call.protocol, head, body);
    if (!output) return note(id, output.error().message);
    const auto shape = call.operation.output();
    const auto* result = one.find("result");
    const auto expected = shape && result ? typed(*result, *shape) : Value(codec::Object());
    if (printed(*output) != printed(expected))
      return note(id, printed(*output) + " for " + printed(expected));
    ++read_;
  }

  void compare_error(const std::string& id, const Value& one, const journey::Call& call,
                     const journey::ReplyHead& head, const std::string& body) {
    const auto error = parse_upstream_error(call, head, body);
    if (!error) return note(id, error.error().message);
    const auto code = error->query_code.empty() ? error->code : error->query_code;
    const auto message = text_of(one, "errorMessage");  // which some cases do not say
    if (code != text_of(one, "errorCode") || (!message.empty() && error->message != message))
      return note(id, code + ": " + error->message);
    ++read_;
  }

  void note(const std::string& id, const std::string& what) {
    noted_.insert(id);
    EXPECT_TRUE(kReadOtherwise.contains(id)) << id << ": " << what;
  }

  int read_ = 0;
  std::set<std::string> noted_;
};

TEST_F(ReplyCorpus, RepliesReadAsTheirOutputs) {
  const std::filesystem::path folder = STRAIT_CORPORA_DIR "/protocols/output";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "skipped: no corpora at " << folder;
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto suites = codec::parse_json(file_text(file.path()));
    ASSERT_TRUE(suites) << file.path() << ": " << suites.error().message;
    for (const auto& suite : *suites->list()) {
      for (const auto& one : *suite.find("cases")->list())
        run(file.path().stem(), suite, one), ++count;
    }
  }
  EXPECT_EQ(count, 365u);
  EXPECT_EQ(static_cast<std::size_t>(read_) + noted_.size(), count);
  for (const auto& id : kReadOtherwise) EXPECT_TRUE(noted_.contains(id)) << id << " reads by now";
  std::printf("%zu replies: %d read, %zu otherwise or refused\n", count, read_, noted_.size());
}

}  // namespace
}  // namespace strait::wire
