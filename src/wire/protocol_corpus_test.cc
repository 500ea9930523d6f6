// SPDX-License-Identifier: Apache-2.0
// botocore's own protocol cases: a model, parameters, and the request that they make. Reading the
// request back must give the parameters, and writing them again must give a request that reads the
// same.
#include "wire/protocol_corpus_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "codec/base64.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/needs.h"
#include "wire/recognise.h"

namespace strait::wire {
namespace {

using codec::Value;

// Cases whose request does not say what the parameters said, or that Strait refuses on purpose.
const std::set<std::string, std::less<>> kNotReadBack = {
#include "wire/protocol_corpus_exceptions.inc"
};

class ProtocolCorpus : public testing::Test {
 protected:
  void run(const Value& suite, const Value& one) {
    const auto id = text_of(one, "id");
    const auto protocol = text_of(*suite.find("metadata"), "protocol");
    const auto compiled = compiled_case(suite, *one.find("given"));
    if (!compiled) return note(protocol, id, "not compiled: " + compiled.error().message);
    const auto loaded = catalog::Catalog::load(std::as_bytes(std::span(compiled->pack)));
    ASSERT_TRUE(loaded) << loaded.error().message;
    const std::shared_ptr<const catalog::Catalog> catalog(loaded->get(), [](auto*) {});
    const auto sent = sent_by(suite, one);
    const RequestView view{.method = sent.method,
                           .target = sent.target,
                           .headers = &sent.headers,
                           .host = "",
                           .body = sent.body};
    auto recognised =
        recognise_own(view, *catalog, *catalog->service("proto"), {"", "us-east-1", "proto"});
    if (!recognised) return note(protocol, id, recognised.error().message);
    ASSERT_EQ(recognised->operation.name(), text_of(*one.find("given"), "name"))
        << protocol << " " << id;
    auto decoded = decode_input(*recognised, view);
    if (!decoded) return note(protocol, id, decoded.error().message);
    compare(one, *recognised, std::move(*decoded), catalog, protocol, id);
  }

  void compare(const Value& one, const Recognition& recognised, Decoded decoded,
               const std::shared_ptr<const catalog::Catalog>& catalog, const std::string& protocol,
               const std::string& id) {
    const auto shape = recognised.operation.input();
    const auto* params = one.find("params");
    auto expected = shape && params ? typed(*params, *shape) : Value(codec::Object());
    if (decoded.stream)
      std::erase_if(*expected.object(),
                    [&](const auto& m) { return m.name == decoded.stream->member; });
    if (printed(decoded.input) != printed(expected))
      return note(protocol, id, printed(decoded.input) + " for " + printed(expected));
    journey::Call call{
        .catalog = catalog, .operation = recognised.operation, .protocol = recognised.protocol};
    call.partition = "aws";
    call.region = "us-east-1";
    call.input = std::move(decoded.input);
    call.payload = decoded.payload;
    call.stream = std::move(decoded.stream);
    const auto again = Serializer::serialize(call);
    ASSERT_TRUE(again) << protocol << " " << id << ": " << again.error().message;
    const auto same = check_round_trip(call, *again);
    EXPECT_TRUE(same) << protocol << " " << id << ": " << same.error().message << " "
                      << same.error().detail;
    ++read_back_;
  }

  void note(const std::string& protocol, const std::string& id, const std::string& what) {
    ++different_;
    noted_.insert(protocol + "/" + id);
    EXPECT_TRUE(kNotReadBack.contains(protocol + "/" + id))
        << protocol << "/" << id << ": " << what;
  }

  int read_back_ = 0, different_ = 0;
  std::set<std::string> noted_;
};

TEST_F(ProtocolCorpus, RequestsReadBackToTheirParameters) {
  const std::filesystem::path folder = STRAIT_CORPORA_DIR "/protocols/input";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "skipped: no corpora at " << folder;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const auto suites = codec::parse_json(file_text(file.path()));
    ASSERT_TRUE(suites) << file.path() << ": " << suites.error().message;
    for (const auto& suite : *suites->list()) {
      for (const auto& one : *suite.find("cases")->list()) run(suite, one);
    }
  }
  EXPECT_EQ(read_back_ + different_, 367);
  for (const auto& id : kNotReadBack)
    EXPECT_TRUE(noted_.contains(id)) << id << " reads back by now";
  RecordProperty("read_back", read_back_);
}

}  // namespace
}  // namespace strait::wire
