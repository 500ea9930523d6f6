// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>

#include "codec/base64.h"
#include "codec/cbor.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/uri.h"
#include "codec/xml.h"
#include "mask/real_pack_testing.h"

// Every operation of the real pack whose reply holds something to cover is answered with a reply in
// which each string and blob is a canary of its own. Those that must be covered, by a reading of
// model and overlay that is written here anew, may not reach the agent in any spelling; all others
// must.
namespace strait::mask::testing {
namespace {

using catalog::Location;
using catalog::Shape;
using catalog::ShapeKind;
using codec::Value;

// What a reply is made of: a value with model structure still known, so that each protocol can
// write it.
struct Leaf {
  std::string canary;
  bool hidden;
};

class Author {
 public:
  Author(const catalog::Operation& operation, Protocol protocol)
      : operation_(operation), protocol_(protocol) {}

  std::vector<Leaf> leaves;

  // The body, or nullopt when the operation's body is no document.
  std::optional<std::string> write() {
    const auto output = *operation_.output();
    auto shape = output;
    bool hidden = listed("", operation_.secrets());
    std::string path;
    if (const auto name = operation_.output_payload(); !name.empty()) {
      const auto member = *output.member(name);
      shape = member.shape();
      if (shape.kind() != ShapeKind::kStructure || shape.event_stream()) return std::nullopt;
      path = name;
      hidden = hidden || covered(member, path);
    }
    for (std::uint32_t at = 0; at < output.member_count(); ++at) {
      if (output.member(at).shape().event_stream()) return std::nullopt;
    }
    if (listed("", operation_.unmasked())) return std::nullopt;
    return is_xml() ? write_document(shape, path, hidden)
                    : write_value(structure(shape, path, hidden, path.empty()));
  }

 private:
  bool is_xml() const {
    return protocol_ == Protocol::kQuery || protocol_ == Protocol::kEc2 ||
           protocol_ == Protocol::kRestXml;
  }

  static bool listed(std::string_view path, const std::vector<catalog::MaskPath>& rows) {
    return std::ranges::any_of(rows, [&](const auto& row) {
      return row.kind != kQueueUrl && row.path == (path.empty() ? "*" : path);
    });
  }
  bool covered(const catalog::Member& member, std::string_view path) const {
    return member.sensitive() || member.shape().sensitive() || listed(path, operation_.secrets());
  }
  bool shown(std::string_view path) const { return listed(path, operation_.unmasked()); }

  std::string canary(bool hidden) {
    leaves.push_back({"canary" + std::to_string(leaves.size()) + "zq", hidden});
    return leaves.back().canary;
  }

  // Whether a member's value is hidden; nullopt: leave the member out (recursion).
  bool below(const catalog::Member& member, const std::string& path, bool hidden) const {
    return !shown(path) && (hidden || covered(member, path));
  }

  bool enter(const Shape& shape) {
    if (std::ranges::count(open_, shape.index()) >= 2 || open_.size() > 12) return false;
    open_.push_back(shape.index());
    return true;
  }
  void leave() { open_.pop_back(); }

  // --- JSON and CBOR

  Value value(const catalog::Member& member, const std::string& path, bool hidden) {
    const auto shape = member.shape();
    switch (shape.kind()) {
      case ShapeKind::kStructure: return structure(shape, path, hidden, false);
      case ShapeKind::kList: {
        if (!enter(shape)) return Value(codec::List{});
        codec::List list;
        const auto inner = path + "[]";
        list.push_back(value(shape.element(), inner, below(shape.element(), inner, hidden)));
        leave();
        return list;
      }
      case ShapeKind::kMap: {
        if (!enter(shape)) return Value(codec::Object{});
        const auto inner = path + "{}";
        const auto keys = path + "{key}";
        const bool hidden_key =
            !shown(keys) && (shape.key().sensitive() || listed(keys, operation_.secrets()));
        codec::Object object;
        auto key_text = canary(hidden_key);
        object.push_back({std::move(key_text),
                          value(shape.value(), inner, below(shape.value(), inner, hidden))});
        leave();
        return object;
      }
      case ShapeKind::kString:
      case ShapeKind::kDocument: return canary(hidden);
      case ShapeKind::kBlob: return codec::Blob{canary(hidden)};
      case ShapeKind::kBoolean: return true;
      case ShapeKind::kTimestamp: return codec::Instant{1'700'000'000, 0};
      case ShapeKind::kInteger: return codec::Number{"7"};
      case ShapeKind::kFloat: return codec::Number{"7.5"};
    }
    return {};
  }

  Value structure(const Shape& shape, const std::string& path, bool hidden, bool top) {
    codec::Object object;
    if (!enter(shape)) return object;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if (top && member.location() != Location::kBody) continue;
      const auto inner =
          path.empty() ? std::string(member.name()) : path + "." + std::string(member.name());
      const auto name = protocol_ == Protocol::kRpcV2Cbor ? member.name() : member.wire_name();
      object.push_back({std::string(name), value(member, inner, below(member, inner, hidden))});
    }
    leave();
    return object;
  }

  std::string write_value(const Value& value) const {
    std::string out;
    if (protocol_ == Protocol::kRpcV2Cbor)
      EXPECT_TRUE(codec::write_cbor(out, value));
    else
      codec::write_json(out, value);
    return out;
  }

  // --- XML

  std::string write_document(const Shape& shape, const std::string& path, bool hidden) {
    std::string out;
    codec::XmlWriter xml(out);
    xml.declaration().open(std::string(operation_.name()) + "Response");
    const bool wrapped = protocol_ == Protocol::kQuery && !operation_.result_wrapper().empty();
    if (wrapped) xml.open(operation_.result_wrapper());
    members(xml, shape, path, hidden, path.empty());
    if (wrapped) xml.close();
    xml.leaf("requestId", "r").close();
    return out;
  }

  void members(codec::XmlWriter& xml, const Shape& shape, const std::string& path, bool hidden,
               bool top) {
    if (!enter(shape)) return;
    for (std::uint32_t at = 0; at < shape.member_count(); ++at) {
      const auto member = shape.member(at);
      if ((top && member.location() != Location::kBody) || member.xml_attribute()) continue;
      const auto inner =
          path.empty() ? std::string(member.name()) : path + "." + std::string(member.name());
      element(xml, member, member.wire_name(), inner, below(member, inner, hidden));
    }
    leave();
  }

  void element(codec::XmlWriter& xml, const catalog::Member& member, std::string_view name,
               const std::string& path, bool hidden) {
    const auto shape = member.shape();
    if (shape.kind() == ShapeKind::kList) return list(xml, member, name, path, hidden);
    if (shape.kind() == ShapeKind::kMap) return map(xml, member, name, path, hidden);
    xml.open(name);
    switch (shape.kind()) {
      case ShapeKind::kStructure: members(xml, shape, path, hidden, false); break;
      case ShapeKind::kBlob: xml.text(codec::base64_encode(canary(hidden))); break;
      case ShapeKind::kBoolean: xml.text("true"); break;
      case ShapeKind::kTimestamp: xml.text("2020-01-02T03:04:05Z"); break;
      case ShapeKind::kInteger:
      case ShapeKind::kFloat: xml.text("7"); break;
      default: xml.text(canary(hidden)); break;
    }
    xml.close();
  }

  void list(codec::XmlWriter& xml, const catalog::Member& member, std::string_view name,
            const std::string& path, bool hidden) {
    const auto shape = member.shape();
    if (!enter(shape)) return;
    const auto inner = path + "[]";
    const bool below_it = below(shape.element(), inner, hidden);
    const auto element_name = shape.element().location_name();
    if (member.flattened()) {
      element(xml, shape.element(), element_name.empty() ? name : element_name, inner, below_it);
    } else {
      xml.open(name);
      element(xml, shape.element(), element_name.empty() ? "member" : element_name, inner,
              below_it);
      xml.close();
    }
    leave();
  }

  void map(codec::XmlWriter& xml, const catalog::Member& member, std::string_view name,
           const std::string& path, bool hidden) {
    const auto shape = member.shape();
    if (!enter(shape)) return;
    const auto inner = path + "{}";
    const auto keys = path + "{key}";
    const bool hidden_key =
        !shown(keys) && (shape.key().sensitive() || listed(keys, operation_.secrets()));
    if (!member.flattened()) xml.open(name);
    xml.open(member.flattened() ? name : "entry");
    const auto key_name = shape.key().location_name();
    const auto value_name = shape.value().location_name();
    xml.leaf(key_name.empty() ? "key" : key_name, canary(hidden_key));
    element(xml, shape.value(), value_name.empty() ? "value" : value_name, inner,
            below(shape.value(), inner, hidden));
    xml.close();
    if (!member.flattened()) xml.close();
    leave();
  }

  catalog::Operation operation_;
  Protocol protocol_;
  std::vector<std::uint32_t> open_;
};

// Every spelling of `canary` that could stand in a body.
bool leaks(std::string_view body, const std::string& canary) {
  auto base64 = codec::base64_encode(canary);
  while (base64.ends_with('=')) base64.pop_back();
  base64.resize(base64.size() / 4 * 4);  // the last group depends on what follows
  return body.contains(canary) || body.contains(base64) ||
         body.contains(codec::hex_encode(canary)) ||
         body.contains(codec::percent_encode(canary, false));
}

void each_covering_plan(
    const std::function<void(const catalog::Operation&, Protocol, const MaskPlan&)>& visit) {
  const auto& catalog = *real_pack()->catalog;
  const MaskRules rules{.show = {}, .detect = kDetectNone};
  for (std::uint32_t at = 0; at < catalog.service_count(); ++at) {
    const auto service = catalog.service(at);
    for (std::uint32_t index = 0; index < service.operation_count(); ++index) {
      const auto operation = service.operation(index);
      if (!operation.output()) continue;
      for (const auto protocol : service.protocols()) {
        const auto plan = MaskPlan::compile(operation, protocol, rules);
        if (plan.covers_body()) visit(operation, protocol, plan);
      }
    }
  }
}

TEST(Canary, NoCoveredMemberOfAnyOperationPasses) {
  if (real_pack() == nullptr)
    GTEST_SKIP() << "skipped: no strait.pack; build the target `pack`, or set STRAIT_PACK";
  std::size_t operations = 0, hidden = 0, shown = 0;
  std::mt19937 random(11);
  each_covering_plan(
      [&](const catalog::Operation& operation, Protocol protocol, const MaskPlan& plan) {
        Author author(operation, protocol);
        const auto body = author.write();
        if (!body) return;
        ++operations;
        const std::string what = std::string(operation.service().name()) + ":" +
                                 std::string(operation.name()) + " " +
                                 std::string(catalog::name(protocol));
        const auto out = whole(plan, nullptr, *body);
        ASSERT_TRUE(out.ok) << what << ": " << out.why;
        for (const auto& leaf : author.leaves) {
          leaf.hidden ? ++hidden : ++shown;
          if (!leaf.hidden && shown % 5 != 0) continue;
          ASSERT_EQ(leaks(out.body, leaf.canary), !leaf.hidden)
              << what << " " << leaf.canary << (leaf.hidden ? " leaks: " : " is lost: ")
              << out.body.substr(0, 2000);
        }
        if (operations % 16 == 0) {
          const auto cut = pieces(plan, nullptr, *body, random_cuts(body->size(), 7, random));
          ASSERT_TRUE(cut.body == out.body) << what;
          const bool json = out.body.starts_with('{');
          const bool xml = out.body.starts_with('<');
          ASSERT_TRUE(!json || codec::parse_json(out.body)) << what;
          ASSERT_TRUE(!xml || codec::parse_xml(out.body)) << what;
        }
      });
  EXPECT_GT(operations, 1000u);
  EXPECT_GT(hidden, operations);
  EXPECT_GT(shown, operations);
  RecordProperty("operations", static_cast<int>(operations));
}

TEST(Canary, SecretKeysOfCredentialOperationsCannotBeShown) {
  if (real_pack() == nullptr)
    GTEST_SKIP() << "skipped: no strait.pack; build the target `pack`, or set STRAIT_PACK";
  const auto sts = *real_pack()->catalog->service("sts");
  const MaskRules rules{.show = {"sts:AssumeRole", "sts:AssumeRole/Credentials"},
                        .detect = kDetectNone};
  const auto plan = MaskPlan::compile(*sts.operation("AssumeRole"), Protocol::kQuery, rules);
  const auto out = whole(plan, nullptr,
                         "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAX</"
                         "AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey>"
                         "<SessionToken>t0ken</SessionToken><NewSecret>n3w</NewSecret></"
                         "Credentials></AssumeRoleResult></AssumeRoleResponse>");
  ASSERT_TRUE(out.ok) << out.why;
  for (const auto* gone : {"s3cret", "t0ken", "n3w"})
    EXPECT_EQ(out.body.find(gone), std::string::npos) << out.body;
}

}  // namespace
}  // namespace strait::mask::testing
