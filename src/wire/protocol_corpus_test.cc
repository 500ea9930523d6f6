// SPDX-License-Identifier: Apache-2.0
// botocore's own protocol cases: a model, parameters, and the request that they make. Reading the
// request back must give the parameters, and writing them again must give a request that reads the
// same.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "catalog/compiler/compile.h"
#include "catalog/small_sources.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/needs.h"
#include "wire/recognise.h"
#include "wire/scalar.h"

namespace strait::wire {
namespace {

using catalog::ShapeKind;
using codec::Value;

// Cases whose request does not say what the parameters said, or that Strait refuses on purpose.
const std::set<std::string, std::less<>> kNotReadBack = {
#include "wire/protocol_corpus_exceptions.inc"
};

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const Value& value, std::string_view name) {
  const auto* found = value.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

void set(codec::Object& object, std::string_view name, Value value) {
  const auto found = std::ranges::find(object, name, &codec::Member::name);
  if (found == object.end()) {
    object.push_back({std::string(name), std::move(value)});
  } else {
    found->value = std::move(value);
  }
}

// The suite's shapes and one case's operation as a service model that the pack compiler takes.
std::string model_of(const Value& suite, const Value& given) {
  auto metadata = *suite.find("metadata")->object();
  for (const auto& [name, text] : std::initializer_list<std::pair<const char*, const char*>>{
           {"endpointPrefix", "proto"}, {"serviceId", "Proto"}, {"signingName", "proto"}}) {
    set(metadata, name, Value(text));
  }
  if (!suite.find("metadata")->find("apiVersion")) set(metadata, "apiVersion", Value("2014-01-01"));
  const codec::Object operations = {{text_of(given, "name"), given}};
  const codec::Object model = {{"metadata", Value(metadata)},
                               {"operations", Value(operations)},
                               {"shapes", *suite.find("shapes")}};
  std::string out;
  codec::write_json(out, Value(model));
  return out;
}

// botocore's parameters as typed values: blobs are plain text, timestamps numbers or texts.
Value typed(const Value& given, catalog::Shape shape) {
  switch (shape.kind()) {
    case ShapeKind::kStructure: {
      codec::Object out;
      for (const auto& member : *given.object()) {
        if (member.value.is_null()) continue;
        const auto modelled = shape.member(member.name);
        if (modelled)
          out.push_back({member.name, modelled->jsonvalue()
                                          ? member.value
                                          : typed(member.value, modelled->shape())});
      }
      return out;
    }
    case ShapeKind::kMap: {
      codec::Object out;
      for (const auto& entry : *given.object()) {
        out.push_back({entry.name, entry.value.is_null()
                                       ? entry.value
                                       : typed(entry.value, shape.value().shape())});
      }
      return out;
    }
    case ShapeKind::kList: {
      codec::List out;
      for (const auto& element : *given.list())
        out.push_back(element.is_null() ? element : typed(element, shape.element().shape()));
      return out;
    }
    case ShapeKind::kBlob: return given.string() ? Value(codec::Blob{*given.string()}) : given;
    case ShapeKind::kFloat: return given.string() ? Value(codec::Number{*given.string()}) : given;
    case ShapeKind::kTimestamp: {
      if (given.number()) {
        if (const auto instant =
                read_instant(given.number()->token, catalog::TimestampFormat::kUnix))
          return *instant;
      }
      if (given.string()) {
        for (const auto format :
             {catalog::TimestampFormat::kIso8601, catalog::TimestampFormat::kRfc822}) {
          if (const auto instant = read_instant(*given.string(), format)) return *instant;
        }
      }
      return given;
    }
    default: return given;
  }
}

// Order of members, and how a float is spelled, do not matter.
Value normal(const Value& value) {
  if (const auto* list = value.list()) {
    codec::List out;
    for (const auto& element : *list) out.push_back(normal(element));
    return out;
  }
  if (const auto* object = value.object()) {
    codec::Object out;
    for (const auto& member : *object) out.push_back({member.name, normal(member.value)});
    std::ranges::sort(out, {}, &codec::Member::name);
    return out;
  }
  if (const auto* number = value.number();
      number && number->token.find_first_of(".eE") != std::string::npos) {
    return Value(codec::Number{std::to_string(std::strtod(number->token.c_str(), nullptr))});
  }
  return value;
}

std::string printed(const Value& value) {
  std::string out;
  codec::write_json(out, normal(value));
  return out;
}

struct Sent {
  journey::Headers headers;
  std::string method, target, body;
};

Sent sent_by(const Value& serialized, bool cbor) {
  Sent out;
  out.method = text_of(serialized, "method");
  if (out.method.empty()) out.method = "POST";
  out.target = text_of(serialized, "uri");
  if (out.target.empty()) out.target = "/";
  out.body = text_of(serialized, "body");
  if (cbor) out.body = codec::base64_decode(out.body).value_or("");
  if (const auto* headers = serialized.find("headers")) {
    for (const auto& header : *headers->object()) {
      std::string name = header.name;
      std::ranges::transform(name, name.begin(),
                             [](char c) { return static_cast<char>(std::tolower(c)); });
      out.headers.add(name, header.value.string() ? *header.value.string() : std::string());
    }
  }
  return out;
}

class ProtocolCorpus : public testing::Test {
 protected:
  void run(const Value& suite, const Value& one) {
    const auto id = text_of(one, "id");
    const auto protocol = text_of(*suite.find("metadata"), "protocol");
    auto sources = catalog::small_sources();
    sources.models[0].name = "proto";
    sources.models[0].service = model_of(suite, *one.find("given"));
    sources.models.resize(1);
    sources.iam.clear();
    sources.overlay.clear();
    const auto compiled = catalog::compiler::compile(sources);
    if (!compiled) return note(protocol, id, "not compiled: " + compiled.error().message);
    const auto loaded = catalog::Catalog::load(std::as_bytes(std::span(compiled->pack)));
    ASSERT_TRUE(loaded) << loaded.error().message;
    const std::shared_ptr<const catalog::Catalog> catalog(loaded->get(), [](auto*) {});
    auto sent = sent_by(*one.find("serialized"), protocol == "smithy-rpc-v2-cbor");
    if (protocol.ends_with("query") || protocol == "ec2") {
      if (sent.headers.count("content-type") == 0)
        sent.headers.add("content-type", "application/x-www-form-urlencoded");
    } else if (protocol == "json" && sent.headers.count("content-type") == 0) {
      const auto version = text_of(*suite.find("metadata"), "jsonVersion");
      sent.headers.add("content-type", "application/x-amz-json-" +
                                           (version.empty() ? std::string("1.0") : version));
    }
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
