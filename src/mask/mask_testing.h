// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/compiler/compile.h"
#include "mask/detectors.h"
#include "mask/plan.h"
#include "mask/reply_filter.h"

// A small language for tests of masking: one service that speaks all protocols, a way to mask text
// by operation and protocol, whole and cut into pieces.
namespace strait::mask::testing {

using catalog::Protocol;

// GetSecret has one covered member of every kind beside ones that are not; ListSecrets recurses;
// GetPayload is one blob; GetPlain has nothing to cover; Converse is an event stream.
inline constexpr std::string_view kModel = R"({
 "version":"2.0",
 "metadata":{"apiVersion":"2020-01-01","endpointPrefix":"@","protocol":"@protocol","protocols":["@protocol"],"jsonVersion":"1.1",
   "serviceId":"@","signingName":"@","signatureVersion":"v4","targetPrefix":"Vault","uid":"@-2020-01-01"},
 "operations":{
  "GetSecret":{"name":"GetSecret","http":{"method":"GET","requestUri":"/secret"},"output":{"shape":"Secret","resultWrapper":"GetSecretResult"}},
  "ListSecrets":{"name":"ListSecrets","http":{"method":"GET","requestUri":"/secrets"},"output":{"shape":"Tree","resultWrapper":"ListSecretsResult"}},
  "GetPlain":{"name":"GetPlain","http":{"method":"GET","requestUri":"/plain"},"output":{"shape":"Plain","resultWrapper":"GetPlainResult"}},
  "GetPayload":{"name":"GetPayload","http":{"method":"GET","requestUri":"/payload"},"output":{"shape":"Payload"}},
  "GetStream":{"name":"GetStream","http":{"method":"GET","requestUri":"/stream"},"output":{"shape":"Stream"}},
  "Converse":{"name":"Converse","http":{"method":"GET","requestUri":"/converse"},"output":{"shape":"Talk"}}},
 "shapes":{
  "String":{"type":"string"},"Hidden":{"type":"string","sensitive":true},"HiddenBlob":{"type":"blob","sensitive":true},
  "HiddenInt":{"type":"integer","sensitive":true},"HiddenTime":{"type":"timestamp","sensitive":true},
  "HiddenBool":{"type":"boolean","sensitive":true},"Int":{"type":"integer"},"Body":{"type":"blob","streaming":true},
  "Secret":{"type":"structure","members":{
    "Name":{"shape":"String"},"Value":{"shape":"Hidden"},"Binary":{"shape":"HiddenBlob"},"Pin":{"shape":"HiddenInt"},
    "Born":{"shape":"HiddenTime"},"Flag":{"shape":"HiddenBool"},"Tags":{"shape":"Tags"},"Env":{"shape":"Env"},
    "Inner":{"shape":"Inner"},"Renamed":{"shape":"Hidden","locationName":"wireName"},"Box":{"shape":"Box"},
    "Names":{"shape":"Names"},"Note":{"shape":"String"},
    "Token":{"shape":"Hidden","location":"header","locationName":"X-Token"},
    "Open":{"shape":"String","location":"header","locationName":"X-Open"}}},
  "Tags":{"type":"list","member":{"shape":"Tag"}},
  "Tag":{"type":"structure","members":{"Key":{"shape":"String"},"Value":{"shape":"Hidden"}}},
  "Env":{"type":"map","key":{"shape":"String"},"value":{"shape":"Hidden"}},
  "Names":{"type":"map","key":{"shape":"Hidden"},"value":{"shape":"String"}},
  "Inner":{"type":"structure","members":{"Value":{"shape":"String"},"Secret":{"shape":"Hidden"},"Deep":{"shape":"Inner"}}},
  "Box":{"type":"structure","sensitive":true,"members":{"Left":{"shape":"String"},"Right":{"shape":"Int"}}},
  "Tree":{"type":"structure","members":{"Name":{"shape":"String"},"Password":{"shape":"Hidden"},"Children":{"shape":"Trees"}}},
  "Trees":{"type":"list","member":{"shape":"Tree","locationName":"Child"},"flattened":true},
  "Plain":{"type":"structure","members":{"Name":{"shape":"String"},"Items":{"shape":"Plains"}}},
  "Plains":{"type":"list","member":{"shape":"Plain"}},
  "Payload":{"type":"structure","members":{"Data":{"shape":"HiddenBlob"}},"payload":"Data"},
  "Stream":{"type":"structure","members":{"Data":{"shape":"Body"}},"payload":"Data"},
  "Talk":{"type":"structure","members":{"Events":{"shape":"Events"}},"payload":"Events"},
  "Events":{"type":"structure","eventstream":true,"members":{"Chunk":{"shape":"Chunk"},"Say":{"shape":"Say"}}},
  "Chunk":{"type":"structure","event":true,"members":{"Data":{"shape":"HiddenBlob","eventpayload":true}}},
  "Say":{"type":"structure","event":true,"members":{"Text":{"shape":"Hidden"},"Turn":{"shape":"String"}}}}
})";

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
    text.replace(at, what.size(), with);
  return text;
}

struct Vault {
  std::string pack;
  std::shared_ptr<const catalog::Catalog> catalog;
};

// One service a protocol, each named after it: "json", "query", "ec2", "rest-json", "rest-xml",
// "cbor".
inline const Vault& vault() {
  static const Vault kVault = [] {
    catalog::compiler::Sources sources;
    sources.version = "test";
    sources.partitions =
        R"({"version":"1.1","partitions":[{"id":"aws","regionRegex":"^(us)\\-\\w+\\-\\d+$","regions":{"us-east-1":{}},)"
        R"("outputs":{"dnsSuffix":"amazonaws.com","dualStackDnsSuffix":"api.aws","implicitGlobalRegion":"us-east-1",)"
        R"("name":"aws","supportsDualStack":true,"supportsFIPS":true}}]})";
    std::string classes;
    for (const auto& [name, protocol] :
         std::vector<std::pair<std::string, std::string>>{{"cbor", "smithy-rpc-v2-cbor"},
                                                          {"ec2", "ec2"},
                                                          {"json", "json"},
                                                          {"query", "query"},
                                                          {"rest-json", "rest-json"},
                                                          {"rest-xml", "rest-xml"}}) {
      classes += "masked " + name + " Password Secret Token\n";
      sources.models.push_back(
          {name, "2020-01-01",
           replaced(replaced(std::string(kModel), "@protocol", protocol), "@", name), "", ""});
    }
    sources.overlay.push_back({"classes.txt", classes});
    sources.overlay.push_back({"masks.txt",
                               "mask json GetPlain Name queue-url\n"
                               "mask query GetPlain Items[].Name queue-url\n"});
    Vault made;
    auto compiled = catalog::compiler::compile(sources);
    if (!compiled) {
      std::fputs(compiled.error().message.c_str(), stderr);
      std::abort();
    }
    made.pack = std::move(compiled->pack);
    auto loaded = catalog::Catalog::load(std::as_bytes(std::span(made.pack)));
    if (!loaded) {
      std::fputs(loaded.error().message.c_str(), stderr);
      std::abort();
    }
    made.catalog = *std::move(loaded);
    return made;
  }();
  return kVault;
}

inline catalog::Operation operation(std::string_view service, std::string_view name) {
  return *vault().catalog->service(service)->operation(name);
}

inline MaskPlan plan_of(std::string_view service, std::string_view name,
                        const MaskRules& rules = {}) {
  const auto found = vault().catalog->service(service);
  return MaskPlan::compile(*found->operation(name), found->protocols()[0], rules);
}

inline const MaskKey& key() {
  static const MaskKey kKey(Secret("0123456789abcdef0123456789abcdef"));
  return kKey;
}

inline DetectorScan scan_of(DetectorSet set) {
  return *DetectorScan::make(*Detectors::compile(set));
}

struct Masked {
  bool ok = false;
  std::string body;
  std::vector<journey::MaskedMember> members;
  std::string why;
  std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& member : members) out.push_back(member.path + ":" + member.kind);
    std::ranges::sort(out);
    return out;
  }
};

inline Masked whole(const MaskPlan& plan, DetectorScan* scan, std::string_view body,
                    int status = 200) {
  ReplyFilter filter(plan, key(), scan, status);
  Masked out;
  const auto passes = ReplyFilter::passes(plan, scan, status, body);
  auto changed = passes && *passes ? Result<bool>(false) : filter.whole(body, out.body);
  out.ok = changed.has_value();
  if (!out.ok) out.why = changed.error().message;
  if (out.ok && !*changed) out.body = body;
  out.members = filter.masked();
  return out;
}

// `cuts`: where the pieces begin.
inline Masked pieces(const MaskPlan& plan, DetectorScan* scan, std::string_view body,
                     const std::vector<std::size_t>& cuts, int status = 200) {
  ReplyFilter filter(plan, key(), scan, status);
  Masked out;
  std::size_t from = 0;
  Status done;
  for (const auto cut : cuts) {
    if (done) done = filter.feed(body.substr(from, cut - from), out.body);
    from = cut;
  }
  if (done) done = filter.feed(body.substr(from), out.body);
  if (done) done = filter.finish(out.body);
  out.ok = done.has_value();
  if (!out.ok) out.why = done.error().message;
  out.members = filter.masked();
  return out;
}

inline std::vector<std::size_t> random_cuts(std::size_t size, std::size_t count,
                                            std::mt19937& random) {
  std::vector<std::size_t> cuts;
  for (std::size_t at = 0; at < count && size > 0; ++at) cuts.push_back(random() % size);
  std::ranges::sort(cuts);
  return cuts;
}

}  // namespace strait::mask::testing
