// SPDX-License-Identifier: Apache-2.0
// What is accepted comes back unchanged through the writer, and simdjson accepts it too. (The other
// way round it need not: duplicate keys and long numbers are refused here alone.)
#include <simdjson.h>

#include <cstdlib>

#include "codec/json.h"

namespace {

using namespace simdjson;

// Looks at every value, as simdjson's On-Demand reader checks only what is looked at.
bool walk(ondemand::value value) {
  switch (value.type().value()) {
    case ondemand::json_type::array:
      for (auto item : value.get_array()) {
        if (item.error() != SUCCESS || !walk(item.value_unsafe())) return false;
      }
      return true;
    case ondemand::json_type::object:
      for (auto field : value.get_object()) {
        if (field.error() != SUCCESS || field.unescaped_key().error() != SUCCESS) return false;
        auto member = field.value();
        if (member.error() != SUCCESS || !walk(member.value_unsafe())) return false;
      }
      return true;
    case ondemand::json_type::string: return value.get_string().error() == SUCCESS;
    case ondemand::json_type::number: return !value.raw_json_token().empty();
    case ondemand::json_type::boolean: return value.get_bool().error() == SUCCESS;
    case ondemand::json_type::null: return value.is_null();
  }
  return false;
}

bool oracle_accepts(std::string_view text) {
  ondemand::parser parser;
  const padded_string padded(text);
  auto document = parser.iterate(padded);
  if (document.error() != SUCCESS) return false;
  bool is_scalar = false;
  if (document.is_scalar().get(is_scalar) != SUCCESS) return false;
  if (is_scalar) return true;  // a lone number beyond 64 bits has no On-Demand reading
  auto root = document.get_value();
  return root.error() == SUCCESS && walk(root.value_unsafe());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto value = strait::codec::parse_json(text);
  if (!value) return 0;
  if (!oracle_accepts(text)) std::abort();
  std::string again;
  strait::codec::write_json(again, *value);
  const auto reread = strait::codec::parse_json(again);
  if (!reread || *reread != *value) std::abort();
  return 0;
}
