// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/aws_identify.h"

#include <algorithm>
#include <cstdlib>

#include "codec/base64.h"
#include "codec/json.h"
#include "wire/needs.h"
#include "wire/parser.h"

namespace strait::programs {
namespace {

// Where no session says it, resources are named in the account that AWS's documentation uses for
// examples.
constexpr std::string_view kExampleAccount = "123456789012";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
  return text;
}

// A request taken apart from its line; owns what the view points to.
struct Line {
  std::string method;
  std::string host;
  std::string target;
  journey::Headers headers;
  std::string body;
};

Result<std::string> text_member(const codec::Value& line, std::string_view name) {
  const auto* value = line.find(name);
  if (value == nullptr || value->string() == nullptr) {
    return fail(ErrorCode::kMalformedRequest, "the line has no string " + quoted(name));
  }
  return *value->string();
}

Status split_url(std::string_view url, Line& out) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos)
    return fail(ErrorCode::kMalformedRequest, "the url has no scheme");
  auto rest = url.substr(scheme + 3);
  const auto end = std::min(rest.find_first_of("/?#"), rest.size());
  out.host = rest.substr(0, end);
  rest.remove_prefix(end);
  rest = rest.substr(0, rest.find('#'));
  out.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (out.host.find('@') != std::string::npos)
    return fail(ErrorCode::kMalformedRequest, "the url names a user");
  return {};
}

Status read_headers(const codec::Value& line, Line& out) {
  const auto* headers = line.find("headers");
  if (headers == nullptr) return {};
  if (headers->object() == nullptr)
    return fail(ErrorCode::kMalformedRequest, "`headers` is no object");
  for (const auto& [name, value] : *headers->object()) {
    if (value.string() == nullptr)
      return fail(ErrorCode::kMalformedRequest, "header " + quoted(name) + " is no string");
    std::string lowered(name);
    std::ranges::transform(lowered, lowered.begin(), lower);
    out.headers.add(std::move(lowered), std::string(trimmed(*value.string())));
  }
  const auto host = out.headers.one("host");
  if (host && !std::ranges::equal(*host, out.host, {}, lower, lower)) {
    return fail(ErrorCode::kAmbiguousRequest, "the url and the Host header name different hosts");
  }
  return {};
}

Result<Line> read_line(std::string_view text) {
  TRY(const auto json, codec::parse_json(text));
  Line line;
  TRY(line.method, text_member(json, "method"));
  TRY(const auto url, text_member(json, "url"));
  CHECK_OK(split_url(url, line));
  CHECK_OK(read_headers(json, line));
  if (json.find("body64") != nullptr) {
    TRY(const auto body64, text_member(json, "body64"));
    auto body = codec::base64_decode(body64);
    if (!body) return fail(ErrorCode::kMalformedRequest, "`body64` is not base64");
    line.body = std::move(*body);
  }
  return line;
}

// A request that is known. One that the gateway refuses all the same, for what it names, says why.
struct Identified {
  journey::Call call;
  std::optional<Error> refused;
};

Result<Identified> read_call(std::string_view text,
                             std::shared_ptr<const catalog::Catalog> catalog) {
  TRY(const auto line, read_line(text));
  const wire::RequestView request{.method = line.method,
                                  .target = line.target,
                                  .headers = &line.headers,
                                  .host = line.host,
                                  .body = line.body};
  TRY(auto call, wire::read_input(request, std::move(catalog), kExampleAccount, {}));
  call.any_account = true;
  auto needs = wire::needs_of(call);
  std::optional<Error> refused;
  if (needs) {
    call.needs = std::move(*needs);
  } else if (needs.error().code != ErrorCode::kUnknownOperation) {
    refused = std::move(needs).error();
  }  // else it is known what the request is, but not what would permit it: no actions, and the
     // gateway refuses it
  return Identified{std::move(call), std::move(refused)};
}

std::string print(const Identified& identified) {
  const auto& call = identified.call;
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  json.member("service", call.operation.service().name())
      .member("operation", call.operation.name());
  json.member("protocol", catalog::name(call.protocol)).member("region", call.region);
  json.key("actions").begin_array();
  for (const auto& need : call.needs) {
    if (need.deny_only) continue;
    json.begin_object()
        .member("action", need.action)
        .member("resource", need.resource)
        .end_object();
  }
  json.end_array().member("input", call.input);
  if (!call.also.empty()) {
    json.key("also").begin_array();
    for (const auto& other : call.also) {
      json.begin_object()
          .member("service", other.service().name())
          .member("operation", other.name())
          .end_object();
    }
    json.end_array();
  }
  if (identified.refused) {
    json.member("refused", name(identified.refused->code))
        .member("why", identified.refused->message);
  }
  json.end_object();
  return out;
}

}  // namespace

std::string identify_line(std::string_view line, std::shared_ptr<const catalog::Catalog> catalog) {
  const auto call = read_call(line, std::move(catalog));
  if (call) return print(*call);
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object()
      .member("refused", name(call.error().code))
      .member("why", call.error().message)
      .end_object();
  return out;
}

int run_aws_identify(const std::shared_ptr<const catalog::Catalog>& catalog, std::FILE* in,
                     std::FILE* out) {
  char* buffer = nullptr;
  std::size_t capacity = 0;
  ssize_t length = 0;
  while ((length = ::getline(&buffer, &capacity, in)) >= 0) {
    std::string_view line(buffer, static_cast<std::size_t>(length));
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    const auto answer = identify_line(line, catalog) + "\n";
    std::fwrite(answer.data(), 1, answer.size(), out);
  }
  std::free(buffer);
  const bool complete = std::ferror(in) == 0 && std::fflush(out) == 0;
  if (!complete) std::fprintf(stderr, "strait: reading or writing failed\n");
  return complete ? 0 : 1;
}

}  // namespace strait::programs
