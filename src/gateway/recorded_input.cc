// SPDX-License-Identifier: Apache-2.0
#include "gateway/recorded_input.h"

#include <unordered_set>

#include "codec/json.h"
#include "codec/json_text.h"

namespace strait::gateway {
namespace {

using catalog::ShapeKind;

// Whether JSON values of a shape read the same on the wire and in the record, whatever they are.
class SameSpelling {
 public:
  bool of(const catalog::Shape& shape) {
    if (!looked_at_.insert(shape.index()).second) return true;  // shapes contain themselves
    switch (shape.kind()) {
      case ShapeKind::kStructure: return of_members(shape);
      case ShapeKind::kList: return of(shape.element());
      case ShapeKind::kMap: return of(shape.value());
      case ShapeKind::kTimestamp: return false;
      case ShapeKind::kString:
      case ShapeKind::kBlob:
      case ShapeKind::kBoolean:
      case ShapeKind::kInteger:
      case ShapeKind::kFloat:
      case ShapeKind::kDocument: return true;
    }
    return false;
  }

 private:
  bool of_members(const catalog::Shape& shape) {
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      if (!of(shape.member(at))) return false;
    }
    return true;
  }
  bool of(const catalog::Member& member) {
    return !member.sensitive() && !member.has_location_name() && of(member.shape());
  }

  std::unordered_set<std::uint32_t> looked_at_;
};

class Recording {
 public:
  Recording(std::string& out, const mask::MaskKey& key) : out_(out), key_(key) {}

  void fields(const codec::Object& object, const catalog::Shape& shape) {
    const bool map = shape.kind() == ShapeKind::kMap;
    char before = '{';
    for (const auto& [name, content] : object) {
      out_.name(before, name);
      before = ',';
      const auto member = map ? std::optional(shape.value()) : shape.member(name);
      if (member) {
        value(content, *member);
      } else {
        out_.value(content);  // inside a document
      }
    }
    out_.close(before, '}');
  }

 private:
  void value(const codec::Value& content, const catalog::Member& member) {
    if (member.sensitive()) {
      std::string text;
      codec::write_json(text, content);
      out_.string(key_.marker("sensitive", text));
      return;
    }
    if (const auto* text = content.string()) {
      out_.string(*text);
      return;
    }
    const auto shape = member.shape();
    const auto kind = shape.kind();
    if (const auto* object = content.object();
        object && (kind == ShapeKind::kStructure || kind == ShapeKind::kMap)) {
      fields(*object, shape);
    } else if (const auto* list = content.list(); list && kind == ShapeKind::kList) {
      elements(*list, shape.element());
    } else {
      out_.value(content);
    }
  }

  void elements(const codec::List& list, const catalog::Member& member) {
    char before = '[';
    for (const auto& element : list) {
      out_.put(before);
      before = ',';
      value(element, member);
    }
    out_.close(before, ']');
  }

  codec::JsonText out_;
  const mask::MaskKey& key_;
};

}  // namespace

std::string recorded_input(const journey::Call& call, const mask::MaskKey& key) {
  std::string out;
  const auto* object = call.input.object();
  const auto shape = call.operation.input();
  if (object == nullptr || !shape) return "{}";
  Recording(out, key).fields(*object, *shape);
  return out;
}

bool InputRecorder::is_sent_as_recorded(const journey::Call& call) {
  using catalog::Protocol;
  if (call.protocol != Protocol::kJson10 && call.protocol != Protocol::kJson11) return false;
  if (call.catalog != catalog_) return false;
  const auto operation = call.operation.index();
  if (operation >= spellings_.size()) spellings_.resize(operation + 1, Spelling::kNotLooked);
  auto& spelling = spellings_[operation];
  if (spelling == Spelling::kNotLooked) {
    const auto shape = call.operation.input();
    spelling = shape && SameSpelling().of(*shape) ? Spelling::kAsSent : Spelling::kOfItsOwn;
  }
  return spelling == Spelling::kAsSent;
}

std::string_view InputRecorder::record(const journey::Call& call,
                                       const journey::UnsignedRequest& request, std::string& room) {
  if (is_sent_as_recorded(call)) return request.body;
  return room = recorded_input(call, key_);
}

}  // namespace strait::gateway
