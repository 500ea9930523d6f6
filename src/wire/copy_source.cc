// SPDX-License-Identifier: Apache-2.0
#include "wire/copy_source.h"

#include <algorithm>

#include "codec/uri.h"
#include "codec/utf8.h"

namespace strait::wire {
namespace {

constexpr std::string_view kVersionMark = "?versionId=";

Result<std::string> decoded(std::string_view text, const MemberPath& path) {
  // Form decoders take a plus sign for a space.
  if (text.contains('+')) return path.fail("must have %2B for a plus sign and %20 for a space");
  auto plain = codec::percent_decode(text);
  if (!plain || !codec::valid_utf8(*plain)) return path.fail("is not percent-encoded UTF-8");
  return std::move(*plain);
}

bool names_object(std::string_view source) {
  const auto slash = source.find('/');
  return slash != std::string_view::npos && slash != 0 && slash + 1 != source.size();
}

}  // namespace

Result<CopySource> read_copy_source(std::string_view text, const MemberPath& path) {
  const auto mark = text.find('?');
  CopySource out;
  TRY(out.source, decoded(text.substr(0, mark), path));
  if (mark != std::string_view::npos) {
    const auto rest = text.substr(mark);
    if (!rest.starts_with(kVersionMark) || rest.size() == kVersionMark.size() ||
        rest.find_first_of("?&=", kVersionMark.size()) != std::string_view::npos) {
      return path.fail("takes ?versionId=... once behind the key, and nothing else");
    }
    TRY(out.version, decoded(rest.substr(kVersionMark.size()), path));
  }
  if (out.source.starts_with('/')) out.source.erase(0, 1);
  if (!names_object(out.source)) return path.fail("must be a bucket and a key");
  if (out.source.contains(kVersionMark))
    return path.fail("has a key with ?versionId= in it, which could be read as a version");
  return out;
}

Result<std::string> canonical_copy_source(std::string_view text, const MemberPath& path) {
  TRY(const auto read, read_copy_source(text, path));
  auto out = codec::percent_encode(read.source, true);
  if (read.version) {
    out += kVersionMark;
    codec::percent_encode(out, *read.version, false);
  }
  return out;
}

}  // namespace strait::wire
