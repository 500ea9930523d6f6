// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "codec/event_stream.h"
#include "mask/body_masker.h"

namespace strait::mask {

namespace {

// An event stream: each message is taken apart, its payload masked as a document of its own, and
// framed again. Holds one message at a time.
class EventMasker final : public BodyMasker {
 public:
  using BodyMasker::BodyMasker;

  Status feed(std::string_view piece, std::string& out) override {
    while (!piece.empty()) {
      auto message = decoder_.next(piece);
      if (!message) return withheld(message.error().message);
      if (!*message) return {};
      CHECK_OK(mask(**message));
      if (auto written = codec::write_event(out, **message); !written)
        return withheld(written.error().message);
    }
    return {};
  }

  Status finish(std::string&) override {
    if (!decoder_.between_messages()) return withheld("it is cut off");
    return {};
  }

 private:
  Status mask(codec::EventMessage& message) {
    const auto* type = message.string_header(":event-type");
    auto rule = EventRule{.name = "", .form = context_.plan->error_form()};
    if (type != nullptr && *type == "initial-response") {
      rule.root = context_.plan->root();
    } else if (type != nullptr) {
      const auto& rules = context_.plan->events();
      const auto at = std::ranges::find(rules, std::string_view(*type), &EventRule::name);
      // An event that the model does not know may hold anything.
      if (at == rules.end() && context_.plan->covers_body())
        return withheld("an event that the model does not know");
      if (at != rules.end()) rule = *at;
    }
    for (const auto& [header, kind] : rule.headers) mask_header(message, header, kind);
    return mask_payload(message.payload, rule);
  }

  void mask_header(codec::EventMessage& message, std::string_view wanted, std::string_view kind) {
    for (auto& header : message.headers) {
      if (header.name != wanted) continue;
      if (auto* text = std::get_if<std::string>(&header.value))
        *text = context_.key->marker(kind, *text);
      else if (auto* blob = std::get_if<codec::Blob>(&header.value))
        blob->bytes = context_.key->marker(kind, blob->bytes);
      tell(std::string(wanted), kind);
    }
  }

  Status mask_payload(std::string& payload, const EventRule& rule) {
    if (rule.form == BodyForm::kBlob) {
      if (rule.cover.empty() || payload.empty()) return {};
      payload = context_.key->marker(rule.cover, payload);
      tell(std::string(rule.name), rule.cover);
      return {};
    }
    if (rule.root == kClean) {
      if (detect() == kDetectNone) return {};
      TRY(const auto* hits, context_.scan->suspicious(payload, detect()));
      if (hits->empty()) return {};
    }
    auto inner = context_;
    inner.root = rule.root;
    const auto masker = make_body_masker(rule.form, inner);
    std::string out;
    TRY(const bool changed, masker->whole(payload, out));
    if (changed) payload = std::move(out);
    for (const auto& member : masker->masked()) {
      tell(rule.name.empty() ? member.path : std::string(rule.name) + "." + member.path,
           member.kind);
    }
    return {};
  }

  codec::EventStreamDecoder decoder_;
};

}  // namespace

std::unique_ptr<BodyMasker> make_event_masker(const MaskContext& context) {
  return std::make_unique<EventMasker>(context);
}

}  // namespace strait::mask
