// SPDX-License-Identifier: Apache-2.0
#include "desk/request_row.h"

#include <array>

#include "codec/json.h"

namespace strait::desk {
namespace {

struct Field {
  std::string_view name;
  std::string Request::* member;
};

constexpr std::array kFields{
    Field{"call", &Request::call},
    Field{"invocation_id", &Request::invocation_id},
    Field{"session", &Request::session},
    Field{"session_name", &Request::session_name},
    Field{"asker", &Request::asker},
    Field{"role", &Request::role},
    Field{"account", &Request::account},
    Field{"partition", &Request::partition},
    Field{"region", &Request::region},
    Field{"connection", &Request::connection},
    Field{"service", &Request::service},
    Field{"operation", &Request::operation},
    Field{"resource", &Request::resource},
    Field{"rule", &Request::rule},
    Field{"policy_hash", &Request::policy_hash},
    Field{"risk", &Request::risk},
    Field{"parameters", &Request::parameters},
};

void write_list(codec::JsonWriter& json, const std::vector<std::string>& texts) {
  json.begin_array();
  for (const auto& text : texts) json.value(text);
  json.end_array();
}

std::vector<std::string> texts_of(const codec::Value* value) {
  std::vector<std::string> texts;
  if (value == nullptr || value->list() == nullptr) return texts;
  for (const auto& one : *value->list()) {
    if (one.string() != nullptr) texts.push_back(*one.string());
  }
  return texts;
}

}  // namespace

std::string write_details(const Request& request) {
  std::string out;
  codec::JsonWriter json(out);
  json.begin_object();
  for (const auto& field : kFields) json.member(field.name, request.*field.member);
  json.key("lineage");
  write_list(json, request.lineage.names);
  json.key("approvers");
  write_list(json, request.approvers);
  json.end_object();
  return out;
}

Status read_details(std::string_view text, Request& request) {
  TRY(const auto json, codec::parse_json(text));
  for (const auto& field : kFields) {
    const auto* value = json.find(field.name);
    if (value == nullptr || value->string() == nullptr) {
      return fail(ErrorCode::kInternal,
                  "a request in the store lacks its " + std::string(field.name));
    }
    request.*field.member = *value->string();
  }
  request.lineage.names = texts_of(json.find("lineage"));
  request.approvers = texts_of(json.find("approvers"));
  return {};
}

std::string write_texts(const std::vector<std::string>& texts) {
  std::string out;
  codec::JsonWriter json(out);
  write_list(json, texts);
  return out;
}

std::vector<std::string> read_texts(std::string_view text) {
  const auto json = codec::parse_json(text);
  return json ? texts_of(&*json) : std::vector<std::string>();
}

}  // namespace strait::desk
