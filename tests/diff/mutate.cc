// SPDX-License-Identifier: Apache-2.0
#include "diff/mutate.h"

#include <algorithm>
#include <array>

namespace strait::diff {
namespace {

constexpr auto kHeaders = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"x-amz-target", "DynamoDB_20120810.DeleteTable"},
    {"x-amz-target", "AmazonSQS.DeleteQueue"},
    {"x_amz_target", "DynamoDB_20120810.DeleteTable"},
    {"smithy-protocol", "rpc-v2-cbor"},
    {"content-type", "application/x-amz-json-1.0"},
    {"content-type", "application/x-www-form-urlencoded"},
    {"content-type", "application/cbor"},
    {"content-type", "application/xml"},
    {"content-encoding", "gzip"},
    {"content-encoding", "aws-chunked"},
    {"x-http-method-override", "DELETE"},
    {"x-method-override", "PUT"},
    {"if-match", "*"},
    {"if-none-match", "*"},
    {"range", "bytes=0-1"},
    {"x-amzn-query-mode", "true"},
    {"x-amzn-client-token", "t"},
    {"x-amz-copy-source", "other/key?versionId=1"},
    {"x-amz-copy-source", "/b/k%3FversionId=1?versionId=2"},
    {"x-amz-copy-source", "b/a+b%20c%2Bd"},
    {"x-amz-copy-source", "b/../c//d"},
    {"x-amz-acl", "public-read"},
    {"x-amz-tagging", "a=1&a=2;b=3"},
    {"x-amz-meta-a", "one, two"},
    {"x-amz-meta-a_b", "1"},
    {"x-amz-mfa", "1"},
    {"x-amz-security-token", "other"},
    {"expect", "100-continue"},
    {"x-forwarded-host", "evil.example"},
    {"transfer-encoding", "chunked"},
});

constexpr auto kPieces = std::to_array<std::string_view>(
    {"/",   "//", "/./", "/../", "/..", "%2e%2e", "%2F", "%252F", "%252e", ";a=b",   "/.",
     "%20", "+",  "%00", "%5c",  "\\",  "?",      "&",   "*",     "..%2f", "%c0%af", "%2f..%2f"});

std::string_view body_form(const RawRequest& request) {
  if (request.body.empty()) return "";
  for (const auto& [name, value] : request.headers) {
    if (name == "content-type" && value.contains("cbor")) return "cbor";
    if (name == "content-type" && value.contains("form")) return "form";
  }
  if (request.body[0] == '{' || request.body[0] == '[') return "json";
  return request.body[0] == '<' ? "xml" : "";
}

void bend_body(RawRequest& request, Chance& chance) {
  const auto form = body_form(request);
  if (form == "json") return bend_json(request.body, chance);
  if (form == "xml") return bend_xml(request.body, chance);
  if (form == "form") return bend_pairs(request.body, chance);
  if (form == "cbor") return bend_cbor(request.body, chance);
  bend_bytes(request.body, chance);
}

void bend_path(RawRequest& request, Chance& chance) {
  const auto end = std::min(request.target.find('?'), request.target.size());
  const auto at = 1 + chance.below(end);
  auto path = request.target.substr(0, end);
  switch (chance.below(6)) {
    case 0: path.insert(std::min(at, path.size()), chance.of(kPieces)); break;
    case 1: escape_a_letter(path, "abcdefghijklmnopqrstuvwxyz-.", chance); break;
    case 2: path += "/"; break;
    case 3: path = path.substr(0, at); break;
    case 4: {
      auto segments = split(path, '/');
      std::string out = "/";
      segments[chance.below(segments.size())] = chance.of(kPieces);
      for (const auto segment : segments) out.append("/").append(segment);
      path = out.substr(out.starts_with("//") ? 1 : 0);
      break;
    }
    default: path.append(chance.of(kPieces)).append(path); break;
  }
  request.target.replace(0, end, path);
}

void bend_query(RawRequest& request, Chance& chance) {
  const auto mark = request.target.find('?');
  auto query = mark == std::string::npos ? std::string() : request.target.substr(mark + 1);
  if (query.empty() || chance.one_in(3)) {
    static constexpr auto kKeys = std::to_array<std::string_view>(
        {"Action=DeleteUser&Version=2010-05-08", "acl", "versionId=1", "x-id=GetObject", "delete",
         "uploads", "partNumber=1&uploadId=u", "list-type=2", "prefix=a;max-keys=1",
         "tagging=", "X-Amz-Target=DynamoDB_20120810.DeleteTable", "action=x", "%41ction=x"});
    query += (query.empty() ? "" : "&") + std::string(chance.of(kKeys));
  } else {
    bend_pairs(query, chance);
  }
  request.target = request.target.substr(0, mark) + "?" + query;
}

void bend_headers(RawRequest& request, Chance& chance) {
  auto& headers = request.headers;
  if (headers.empty() || chance.one_in(2)) {
    const auto& [name, value] = chance.of(kHeaders);
    headers.emplace(headers.begin() + static_cast<std::ptrdiff_t>(chance.below(headers.size() + 1)),
                    name, value);
    return;
  }
  const auto at = chance.below(headers.size());
  auto field = headers[at];
  switch (chance.below(5)) {
    case 0: headers.push_back(field); break;
    case 1:
      field.second = chance.of(headers).second;
      headers.push_back(field);
      break;
    case 2: std::ranges::replace(headers[at].first, '-', '_'); break;
    case 3: headers[at].second += ", " + std::string(chance.of(kHeaders).second); break;
    default: bend_bytes(headers[at].second, chance); break;
  }
}

// The marks of another protocol, or another request's body under these marks.
void bend_claims(RawRequest& request, std::span<const RawRequest> seeds, Chance& chance) {
  const auto& other = seeds[chance.below(seeds.size())];
  switch (chance.below(4)) {
    case 0: request.body = other.body; break;
    case 1:
      for (const auto& field : other.headers) {
        if (field.first == "content-type" || field.first == "x-amz-target" ||
            field.first == "smithy-protocol")
          request.headers.push_back(field);
      }
      break;
    case 2: request.target = other.target; break;
    default: {
      static constexpr auto kMethods =
          std::to_array<std::string_view>({"GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"});
      request.method = chance.of(kMethods);
    }
  }
}

}  // namespace

std::string other_case(std::string_view text, Chance& chance) {
  std::string out(text);
  for (char& c : out) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter && chance.one_in(out.size() / 2 + 1)) c = static_cast<char>(c ^ 32);
  }
  if (out == text && !out.empty()) out[0] = static_cast<char>(out[0] ^ 32);
  return out;
}

void escape_a_letter(std::string& text, std::string_view letters_from, Chance& chance) {
  const auto at = text.find_first_of(letters_from, chance.below(text.size()));
  if (at == std::string::npos) return;
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(text[at]);
  text.replace(at, 1, std::string("%") + kDigits[byte >> 4] + kDigits[byte & 15]);
}

void bend_bytes(std::string& text, Chance& chance) {
  if (text.empty()) return;
  const auto at = chance.below(text.size());
  switch (chance.below(4)) {
    case 0: text[at] = static_cast<char>(chance.below(256)); break;
    case 1: text[at] = static_cast<char>(text[at] ^ (1 << chance.below(8))); break;
    case 2: text.erase(at, 1 + chance.below(4)); break;
    default: text.insert(at, text.substr(chance.below(text.size()), 1 + chance.below(8))); break;
  }
}

RawRequest mutated(std::span<const RawRequest> seeds, Chance& chance) {
  auto request = seeds[chance.below(seeds.size())];
  for (auto left = chance.one_in(16) ? 0 : 1 + chance.below(2); left > 0; --left) {
    const auto before = request;
    const bool rpc = request.target == "/";
    switch (chance.below(12)) {
      case 0: bend_headers(request, chance); break;
      case 1: bend_claims(request, seeds, chance); break;
      case 2: bend_bytes(request.body, chance); break;
      case 3: bend_query(request, chance); break;
      case 4: bend_path(request, chance); break;
      case 5:
      case 6:
        if (!rpc) {
          chance.one_in(2) ? bend_path(request, chance) : bend_query(request, chance);
          break;
        }
        [[fallthrough]];
      default: bend_body(request, chance); break;
    }
    if (!is_http(request)) request = before;
  }
  return request;
}

}  // namespace strait::diff
