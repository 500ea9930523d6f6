// SPDX-License-Identifier: Apache-2.0
#include "wire/s3_source.h"

#include <algorithm>

#include "codec/uri.h"

namespace strait::wire {
namespace {

constexpr std::string_view kVersion = "?versionId=";

std::unexpected<Error> unclear(std::string_view text, std::string why) {
  return fail(ErrorCode::kInvalidInput, "the copy source " + quoted(text) + " " + std::move(why));
}

// Version ids are opaque, and made of what needs no encoding.
bool is_version(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

}  // namespace

Result<S3Source> read_s3_source(std::string_view text) {
  S3Source source;
  const auto mark = text.find('?');
  auto path = text.substr(0, mark);
  if (mark != std::string_view::npos) {
    const auto query = text.substr(mark);
    if (!query.starts_with(kVersion) || !is_version(query.substr(kVersion.size())))
      return unclear(text, "may have `?versionId=` and a version id after it, and nothing else");
    source.version.emplace(query.substr(kVersion.size()));
  }
  if (path.find('+') != std::string_view::npos)
    return unclear(text, "has a `+`, which is a space to some: write %20 or %2B");
  const auto decoded = codec::percent_decode(path);
  if (!decoded) return unclear(text, "is not percent-encoded properly");
  if (decoded->find(kVersion) != std::string::npos)
    return unclear(text, "has `?versionId=` in its key, which is a version to some");
  if (decoded->starts_with("arn:")) {
    source.bucket = *decoded;
    return source;
  }
  const std::size_t lead = path.starts_with('/') ? 1 : 0;
  path.remove_prefix(lead);
  const auto slash = path.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == path.size())
    return unclear(text, "is not bucket/key");
  source.bucket = path.substr(0, slash);
  if (source.bucket.find('%') != std::string::npos)
    return unclear(text, "has an encoded byte in the name of its bucket");
  source.key = decoded->substr(lead + slash + 1);
  return source;
}

}  // namespace strait::wire
