// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catalog/compiler/compile.h"
#include "catalog/small_sources.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "journey/http.h"
#include "wire/scalar.h"

// botocore's own protocol cases, requests and replies: a model, a typed value, and how it looks on
// the wire.
namespace strait::wire {

using catalog::ShapeKind;
using codec::Value;

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::string text_of(const Value& value, std::string_view name) {
  const auto* found = value.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

inline void set(codec::Object& object, std::string_view name, Value value) {
  const auto found = std::ranges::find(object, name, &codec::Member::name);
  if (found == object.end()) {
    object.push_back({std::string(name), std::move(value)});
  } else {
    found->value = std::move(value);
  }
}

// The suite's shapes and one case's operation as a service model that the pack compiler takes.
inline std::string model_of(const Value& suite, const Value& given) {
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
inline Value typed(const Value& given, catalog::Shape shape) {
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
inline Value normal(const Value& value) {
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

inline std::string printed(const Value& value) {
  std::string out;
  codec::write_json(out, normal(value));
  return out;
}

// The request of an input case. Some leave out the content type that says the protocol.
struct CaseRequest {
  journey::Headers headers;
  std::string method, target, body;
};

inline CaseRequest sent_by(const Value& suite, const Value& one) {
  const auto& serialized = *one.find("serialized");
  const auto protocol = text_of(*suite.find("metadata"), "protocol");
  CaseRequest out;
  out.method = text_of(serialized, "method");
  if (out.method.empty()) out.method = "POST";
  out.target = text_of(serialized, "uri");
  if (out.target.empty()) out.target = "/";
  out.body = text_of(serialized, "body");
  if (protocol == "smithy-rpc-v2-cbor") out.body = codec::base64_decode(out.body).value_or("");
  if (const auto* headers = serialized.find("headers")) {
    for (const auto& header : *headers->object()) {
      std::string name = header.name;
      std::ranges::transform(name, name.begin(),
                             [](char c) { return static_cast<char>(std::tolower(c)); });
      out.headers.add(name, header.value.string() ? *header.value.string() : std::string());
    }
  }
  if (out.headers.count("content-type") > 0) return out;
  if (protocol.ends_with("query") || protocol == "ec2") {
    out.headers.add("content-type", "application/x-www-form-urlencoded");
  } else if (protocol == "json") {
    const auto version = text_of(*suite.find("metadata"), "jsonVersion");
    out.headers.add("content-type",
                    "application/x-amz-json-" + (version.empty() ? std::string("1.0") : version));
  }
  return out;
}

// A pack with the suite's shapes and the case's operation alone, of a service called "proto".
inline Result<catalog::compiler::Compiled> compiled_case(const Value& suite, const Value& given) {
  auto sources = catalog::small_sources();
  sources.models[0].name = "proto";
  sources.models[0].service = model_of(suite, given);
  sources.models.resize(1);
  sources.iam.clear();
  sources.overlay.clear();
  return catalog::compiler::compile(sources);
}

}  // namespace strait::wire
