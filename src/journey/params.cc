// SPDX-License-Identifier: Apache-2.0
#include "journey/params.h"

#include <fmt/format.h>

#include <chrono>

#include "codec/base64.h"

namespace strait::journey {
namespace {

std::string instant_text(const codec::Instant& instant) {
  const auto whole = rfc3339(Timestamp(std::chrono::seconds(instant.seconds)));
  std::string out = whole.substr(0, 19);
  if (instant.nanos != 0) out += fmt::format(".{:09}", instant.nanos);
  return out + "Z";
}

void collect_scalars(const codec::Value& value, std::vector<std::string>& out) {
  if (const auto* text = value.string()) {
    out.push_back(*text);
  } else if (const auto* number = value.number()) {
    out.push_back(number->token);
  } else if (const auto* truth = value.boolean()) {
    out.emplace_back(*truth ? "true" : "false");
  } else if (const auto* instant = value.instant()) {
    out.push_back(instant_text(*instant));
  } else if (const auto* blob = value.blob()) {
    out.push_back(codec::base64_encode(blob->bytes));
  } else if (const auto* list = value.list()) {
    for (const auto& element : *list) collect_scalars(element, out);
  } else if (value.object() != nullptr) {
    out.emplace_back("{}");
  }
}

void walk(const codec::Value& value, std::string_view path, std::vector<std::string>& out) {
  if (const auto* list = value.list(); list != nullptr && !path.empty()) {
    for (const auto& element : *list) walk(element, path, out);
    return;
  }
  if (path.empty()) return collect_scalars(value, out);
  const auto slash = path.find('/');
  const auto* next = value.find(path.substr(0, slash));
  if (next != nullptr)
    walk(*next, slash == std::string_view::npos ? "" : path.substr(slash + 1), out);
}

}  // namespace

ParamValues param_values(const codec::Value& input, std::string_view path) {
  ParamValues found;
  if (!path.empty()) walk(input, path, found.values);
  return found;
}

}  // namespace strait::journey
