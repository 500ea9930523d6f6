// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "codec/json.h"
#include "journey/http.h"
#include "sigv4/credentials.h"

// The AWS signing test suite (a folder per case) as values. Test-only.
namespace strait::sigv4::testing {

struct SuiteRequest {
  journey::RequestHead head;
  std::string body;
};

struct SuiteCase {
  std::string name;
  bool normalise = true;
  bool sign_body = false;
  bool omit_session_token = false;
  AwsCredentials credentials;
  std::string region;
  std::string service;
  Timestamp now{};
  SuiteRequest request;         // unsigned
  SuiteRequest signed_request;  // with the Authorization header
  std::string canonical_request;
  std::string string_to_sign;
  std::string signature;
};

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The suite writes requests as text with LF line ends, raw spaces in targets and folded headers. An
// HTTP parser would refuse those; the signature is defined for them all the same, so they are
// unfolded here.
inline SuiteRequest read_request(const std::string& text) {
  SuiteRequest out;
  std::size_t at = text.find('\n');
  const auto line = text.substr(0, at);
  const auto target = line.find(' ') + 1;
  out.head.method = line.substr(0, target - 1);
  out.head.target = line.substr(target, line.rfind(' ') - target);
  std::vector<std::pair<std::string, std::string>> fields;
  for (++at; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto field = text.substr(at, end - at);
    at = end + 1;
    if (field.empty()) {
      out.body = at < text.size() ? text.substr(at) : "";
      break;
    }
    if (field.front() == ' ') {
      fields.back().second += " " + field.substr(field.find_first_not_of(' '));
      continue;
    }
    const auto colon = field.find(':');
    std::string name;
    for (const char c : field.substr(0, colon))
      name += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    auto value = field.substr(colon + 1);
    value.erase(0, std::min(value.find_first_not_of(' '), value.size()));
    value.erase(value.find_last_not_of(' ') + 1);
    fields.emplace_back(name, value);
  }
  for (const auto& [name, value] : fields) out.head.headers.add(name, value);
  if (out.body == "\n") out.body.clear();
  return out;
}

inline SuiteCase read_case(const std::filesystem::path& folder) {
  const auto context = *codec::parse_json(read_file(folder / "context.json"));
  const auto flag = [&](std::string_view name) {
    const auto* value = context.find(name);
    return value != nullptr && *value->boolean();
  };
  const auto& credentials = *context.find("credentials");
  const auto* token = credentials.find("token");
  SuiteCase out;
  out.name = folder.filename();
  out.normalise = flag("normalize");
  out.sign_body = flag("sign_body");
  out.omit_session_token = flag("omit_session_token");
  out.credentials = {*credentials.find("access_key_id")->string(),
                     Secret(*credentials.find("secret_access_key")->string()),
                     Secret(token == nullptr ? "" : *token->string()), std::nullopt};
  out.region = *context.find("region")->string();
  out.service = *context.find("service")->string();
  out.now = *parse_rfc3339(*context.find("timestamp")->string());
  out.request = read_request(read_file(folder / "request.txt"));
  out.signed_request = read_request(read_file(folder / "header-signed-request.txt"));
  out.canonical_request = read_file(folder / "header-canonical-request.txt");
  out.string_to_sign = read_file(folder / "header-string-to-sign.txt");
  out.signature = read_file(folder / "header-signature.txt");
  return out;
}

// Every case, or none when the suite is not on this machine.
inline std::vector<SuiteCase> suite_cases() {
  std::vector<SuiteCase> out;
  const std::filesystem::path root = std::filesystem::path(STRAIT_CORPORA_DIR) / "sigv4" / "v4";
  if (!std::filesystem::exists(root)) return out;
  for (const auto& folder : std::filesystem::directory_iterator(root)) {
    if (std::filesystem::exists(folder.path() / "header-signature.txt"))
      out.push_back(read_case(folder.path()));
  }
  std::ranges::sort(out, {}, &SuiteCase::name);
  return out;
}

}  // namespace strait::sigv4::testing
