// SPDX-License-Identifier: Apache-2.0
#include "wire/queue_url.h"

#include <algorithm>

namespace strait::wire {
namespace {

constexpr std::string_view kMember = "QueueUrl";

struct Url {
  std::string_view authority, path;  // "127.0.0.1:4180", "/123456789012/jobs"
};

std::optional<Url> split(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme == std::string_view::npos) return std::nullopt;
  const auto word = url.substr(0, scheme);
  if (word != "http" && word != "https") return std::nullopt;
  url.remove_prefix(scheme + 3);
  const auto slash = url.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return Url{url.substr(0, slash), url.substr(slash)};
}

codec::Value* url_in(codec::Value& input) {
  auto* members = input.object();
  if (members == nullptr) return nullptr;
  const auto found = std::ranges::find(*members, kMember, &codec::Member::name);
  return found == members->end() || found->value.string() == nullptr ? nullptr : &found->value;
}

// "/<account>/<name>" and nothing else: what stands in AWS's URL after the host.
bool is_queue_path(std::string_view path) {
  const auto second = path.find('/', 1);
  if (second == std::string_view::npos || path.find('/', second + 1) != std::string_view::npos)
    return false;
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  const auto account = path.substr(1, second - 1), name = path.substr(second + 1);
  return account.size() == 12 && !name.empty() && name.size() <= 80 &&
         std::ranges::all_of(account, [](char c) { return c >= '0' && c <= '9'; }) &&
         std::ranges::all_of(name, plain);
}

}  // namespace

Status settle_queue_url(codec::Value& input, const journey::Call& call,
                        const RequestView& request) {
  if (call.operation.service().name() != "sqs") return {};
  auto* const value = url_in(input);
  const auto* const text = value == nullptr ? nullptr : value->string();
  const auto url = text == nullptr ? std::nullopt : split(*text);
  if (request.path() != "/" && (!url || url->path != request.path())) {
    return fail(
        ErrorCode::kAmbiguousRequest,
        "the request is sent to " + quoted(request.path()) +
            (text == nullptr ? " and names no QueueUrl" : " and its QueueUrl is " + quoted(*text)));
  }
  if (!url || url->authority != request.host) return {};
  const auto endpoint = call.catalog->endpoint(url->authority);
  if (endpoint) return {};  // AWS's own, through the forward proxy
  if (!is_queue_path(url->path)) {
    return fail(ErrorCode::kInvalidInput,
                "QueueUrl " + quoted(*text) + " is not .../<account>/<queue name>");
  }
  TRY(const auto target, call.catalog->target(call.operation.service(), call.region));
  *value = codec::Value("https://" + target.host + std::string(url->path));
  return {};
}

}  // namespace strait::wire
