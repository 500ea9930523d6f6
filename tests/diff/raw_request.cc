// SPDX-License-Identifier: Apache-2.0
#include "diff/raw_request.h"

#include <algorithm>
#include <fstream>

#include "codec/json.h"

namespace strait::diff {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

bool is_field_value(std::string_view text) {
  return !text.starts_with(' ') && !text.ends_with(' ') && std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') &&
         std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

std::string member(const codec::Value& value, std::string_view name) {
  const auto* found = value.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string();
}

bool is_body_checksum(std::string_view name) {
  return name == "content-md5" || name.starts_with("x-amz-checksum-");
}

}  // namespace

journey::Headers RawRequest::head() const {
  journey::Headers out;
  for (const auto& [name, value] : headers) out.add(name, value);
  return out;
}

wire::RequestView RawRequest::view(const journey::Headers& head) const {
  return {.method = method, .target = target, .headers = &head, .host = host, .body = body};
}

std::string RawRequest::text() const {
  std::string out = method + " " + target + "\nhost: " + host + "\n";
  for (const auto& [name, value] : headers) out += name + ": " + value + "\n";
  return out + "\n" + body;
}

bool is_http(const RawRequest& request) {
  return is_token(request.method) && is_target(request.target) &&
         std::ranges::all_of(request.headers, [](const auto& field) {
           return is_token(field.first) && is_field_value(field.second);
         });
}

std::optional<RawRequest> parse_request(std::string_view rest) {
  const auto take_line = [&] {
    const auto end = rest.find('\n');
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
  };
  RawRequest out;
  const auto first = take_line();
  const auto space = first.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  out.method = first.substr(0, space);
  out.target = first.substr(space + 1);
  out.host = "127.0.0.1";
  for (auto line = take_line(); !line.empty(); line = take_line()) {
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos) return std::nullopt;
    auto name = folded(line.substr(0, colon));
    if (name == "host") {
      out.host = line.substr(colon + 2);
    } else {
      out.headers.emplace_back(std::move(name), line.substr(colon + 2));
    }
  }
  out.body = rest;
  if (!is_http(out)) return std::nullopt;
  return out;
}

std::optional<RawRequest> parse_line(std::string_view json) {
  const auto line = codec::parse_json(json);
  if (!line || !line->find("headers") || !line->find("headers")->object()) return std::nullopt;
  RawRequest out;
  out.method = member(*line, "method");
  const auto url = member(*line, "url");
  const auto host = url.find("://");
  if (host == std::string::npos) return std::nullopt;
  const auto path = url.find_first_of("/?", host + 3);
  out.host = url.substr(host + 3, path == std::string::npos ? path : path - host - 3);
  out.target = path == std::string::npos ? "/" : url.substr(path);
  if (!out.target.starts_with('/')) out.target.insert(0, 1, '/');
  for (const auto& field : *line->find("headers")->object()) {
    auto name = folded(field.name);
    if (field.value.string() && !is_body_checksum(name) && name != "host")
      out.headers.emplace_back(std::move(name), *field.value.string());
  }
  out.body = base64_decoded(member(*line, "body64"));
  if (!is_http(out)) return std::nullopt;
  return out;
}

std::vector<RawRequest> load_lines(const std::string& file) {
  std::vector<RawRequest> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (auto request = parse_line(line)) out.push_back(std::move(*request));
  }
  return out;
}

}  // namespace strait::diff
