// SPDX-License-Identifier: Apache-2.0
// What the compiler adds to the published actions, on a made-up service of ten and more operations.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "catalog/catalog.h"
#include "catalog/compiler/compile.h"
#include "catalog/small_sources.h"

namespace strait::catalog::compiler {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A service `depot` with operations of one input each. Those in `published` have an action.
class Depot {
 public:
  Depot() : sources_(small_sources()) {
    for (const auto* thing :
         {"Box", "Cart", "Crane", "Dock", "Gate", "Hall", "Lamp", "Rack", "Ramp", "Van"})
      with(fmt::format("Stop{}", thing), R"("Name":{"shape":"Text"})", "Write");
  }

  Depot& with(std::string name, std::string members, std::string level = "") {
    if (!level.empty()) publish(name, level);
    operations_ += fmt::format(
        R"({}"{}":{{"name":"{}","http":{{"method":"POST","requestUri":"/"}},"input":{{"shape":"{}In"}}}})",
        operations_.empty() ? "" : ",", name, name, name);
    shapes_ += fmt::format(R"(,"{}In":{{"type":"structure","members":{{{}}}}})", name, members);
    return *this;
  }
  Depot& publish(std::string name, std::string level) {
    actions_ += fmt::format(
        R"({}"{}":{{"name":"{}","accessLevel":"{}","resourceTypes":[{{"name":"thing","required":true}}],)"
        R"("conditionKeys":["depot:Color"]}})",
        actions_.empty() ? "" : ",", name, name, level);
    return *this;
  }
  Depot& dependent(std::string name, std::string action) {
    sources_.dependencies.push_back(
        {"depot",
         fmt::format(R"({{"x":{{"name":"{}","accessLevel":"Write","dependentActions":["{}"]}}}})",
                     name, action),
         "", ""});
    return *this;
  }
  Depot& overlay(std::string file, std::string text) {
    const auto known = std::ranges::find(sources_.overlay, file, &OverlaySource::name);
    if (known != sources_.overlay.end())
      known->text += text;
    else
      sources_.overlay.push_back({std::move(file), std::move(text)});
    return *this;
  }

  Result<Compiled> compiled() const {
    auto sources = sources_;
    const auto rules = sources.models.back().rules;
    sources.models.insert(
        sources.models.begin(),
        {"depot", "2022-01-01",
         R"({"metadata":{"apiVersion":"2022-01-01","endpointPrefix":"tally","protocol":"json",)"
         R"("jsonVersion":"1.1","serviceId":"Depot","signingName":"depot","targetPrefix":"Depot"},)"
         R"("operations":{)" +
             operations_ +
             R"(},"shapes":{"Text":{"type":"string"},"Tags":{"type":"list","member":{"shape":"Tag"}},)"
             R"("Tag":{"type":"structure","members":{"Key":{"shape":"Text"}}},)"
             R"("Step":{"type":"structure","members":{"RoleArn":{"shape":"Text"},"Steps":{"shape":"Steps"}}},)"
             R"("Steps":{"type":"list","member":{"shape":"Step"}})" +
             shapes_ + "}}",
         "", rules});
    sources.iam.push_back(
        {"depot", "{" + actions_ + "}",
         R"({"thing":{"key":"thing","arn":"arn:${Partition}:depot:${Region}:${Account}:thing/${Name}"}})",
         R"({"depot:color":{"key":"depot:Color","type":"String",)"
         R"("description":"Filters access by the color in the request"}})"});
    return compile(sources);
  }

  std::string refusal() const {
    const auto out = compiled();
    return out ? "compiled" : out.error().message;
  }

  // The rows of one operation: "action", "action?member" when present, "action@member" for roles,
  // "action~" for may.
  std::vector<std::string> rows(std::string_view operation) {
    auto out = compiled();
    EXPECT_TRUE(out) << out.error().message;
    pack_ = out->pack;
    catalog_ = *Catalog::load(std::as_bytes(std::span(pack_)));
    std::vector<std::string> texts;
    for (const auto& row : one(operation).actions()) {
      const auto mark = row.trigger == Trigger::kMemberPresent ? "?"
                        : row.trigger == Trigger::kRoleArn     ? "@"
                        : row.trigger == Trigger::kMay         ? "~"
                                                               : "";
      texts.push_back(fmt::format("{}{}{}", row.action, mark, row.member));
    }
    return texts;
  }
  Operation one(std::string_view operation) const {
    return *catalog_->service("depot")->operation(operation);
  }

 private:
  Sources sources_;
  std::string operations_, shapes_, actions_, pack_;
  std::unique_ptr<const Catalog> catalog_;
};

TEST(ByName, AnOperationNewerThanTheReferenceNeedsTheActionOfItsName) {
  Depot depot;
  depot.with("StopTruck", R"("Name":{"shape":"Text"})");
  EXPECT_THAT(depot.rows("StopTruck"), ElementsAre("depot:StopTruck"));
  const auto resource = depot.one("StopTruck").actions().front().resources.front();
  EXPECT_EQ(resource.pattern, "*");
  EXPECT_FALSE(resource.derivable) << "so a policy must name the action";
}

TEST(ByName, WhatMayBeJudgedAsAnOlderActionNeedsThatToo) {
  Depot depot;
  depot.with("BatchStopBoxes", "").with("StopVanV2", "").publish("StopBoxe", "Write");
  EXPECT_THAT(depot.rows("BatchStopBoxes"), ElementsAre("depot:BatchStopBoxes", "depot:StopBoxe"));
  EXPECT_THAT(depot.rows("StopVanV2"), ElementsAre("depot:StopVanV2", "depot:StopVan"));
}

TEST(ByName, AServiceWithRenamedActionsTellsNothing) {
  Depot depot;
  depot.with("HaltAll", "")
      .with("StopTruck", "")
      .overlay("actions.txt", "depot HaltAll depot:StopVan\n");
  EXPECT_THAT(depot.rows("StopTruck"), IsEmpty());
  EXPECT_THAT(depot.compiled()->coverage,
              HasSubstr("the service has actions that are not called as their operations:\n\n"
                        "- depot: StopTruck\n"));
}

TEST(Tagging, TagsInAWriteNeedTheTaggingAction) {
  Depot depot;
  depot.with("MakeBox", R"("Tags":{"shape":"Tags"})", "Write")
      .publish("AddTagsToResource", "Write");
  EXPECT_THAT(depot.rows("MakeBox"), ElementsAre("depot:MakeBox", "depot:AddTagsToResource?Tags"));
}

TEST(Tagging, TheTagActionOfTheThingComesFirst) {
  Depot depot;
  depot.with("MakeBox", R"("BoxTags":{"shape":"Tags"})", "Write")
      .publish("TagResource", "Tagging")
      .publish("TagBox", "Tagging");
  EXPECT_THAT(depot.rows("MakeBox"), ElementsAre("depot:MakeBox", "depot:TagBox?BoxTags"));
}

TEST(Tagging, ReadingByTagsIsNoTagging) {
  Depot depot;
  depot.with("FindBox", R"("Tags":{"shape":"Tags"})", "Read").publish("TagResource", "Tagging");
  EXPECT_THAT(depot.rows("FindBox"), ElementsAre("depot:FindBox"));
}

TEST(Tagging, AnActionThatIsNotThereIsRefused) {
  Depot depot;
  depot.overlay("tagging.txt", "depot depot:Paint\n");
  EXPECT_THAT(depot.refusal(), HasSubstr("there is no action `depot:Paint`"));
}

TEST(Passing, ARoleInsideAThingInsideItselfIsPassedToo) {
  Depot depot;
  depot.with("MakePlan", R"("Steps":{"shape":"Steps"})", "Write");
  EXPECT_THAT(depot.rows("MakePlan"), ElementsAre("depot:MakePlan", "iam:PassRole@Steps[].RoleArn",
                                                  "iam:PassRole@Steps[].Steps[].RoleArn"));
}

TEST(Passing, TheOverlaySaysWhoGetsTheRole) {
  Depot depot;
  depot.with("MakePlan", R"("RoleArn":{"shape":"Text"},"SpyRoleArn":{"shape":"Text"})", "Write")
      .overlay("passed-to.txt",
               "depot * * depot.amazonaws.com\ndepot MakePlan SpyRoleArn unknown\n");
  depot.rows("MakePlan");
  const auto principal = [&](std::uint32_t row) {
    for (const auto& binding : depot.one("MakePlan").actions()[row].resources.front().bindings)
      if (binding.variable == "iam:PassedToService") return std::string(binding.member);
    return std::string("unknown");
  };
  EXPECT_EQ(principal(1), "=depot.amazonaws.com");
  EXPECT_EQ(principal(2), "unknown");
}

TEST(Differences, WhatIsNotAsPublishedNeedsAReason) {
  Depot depot;
  depot.overlay("actions.txt", "depot StopVan depot:StopBox\n");
  EXPECT_THAT(depot.refusal(),
              HasSubstr("depot StopVan +depot:stopbox\ndepot StopVan -depot:stopvan"));
  depot.overlay("differs.txt", "depot StopVan +depot:StopBox\ndepot StopVan -depot:StopVan\n");
  EXPECT_EQ(depot.refusal(), "compiled");
}

TEST(Differences, AReasonWithoutADifferenceIsRefused) {
  Depot depot;
  depot.overlay("differs.txt", "depot StopVan +depot:StopBox\n");
  EXPECT_THAT(depot.refusal(), HasSubstr("overlay/differs.txt:1"));
}

TEST(Differences, ARoleThatIsPassedAtTimesNobodyKnowsNeedsAReason) {
  Depot depot;
  depot.dependent("StopVan", "iam:PassRole");
  EXPECT_THAT(depot.refusal(), HasSubstr("depot StopVan ~iam:passrole"));
  depot.overlay("differs.txt", "depot StopVan ~iam:PassRole\n");
  EXPECT_THAT(depot.rows("StopVan"), ElementsAre("depot:StopVan", "iam:PassRole~"));
}

TEST(Laundering, WhatTakesCodeOrRunsThingsMustBeClassified) {
  for (const auto* name : {"MakePlan", "InvokePlan", "StartPlanExecution"}) {
    Depot depot;
    depot.with(name,
               std::string_view(name) == "MakePlan" ? R"("TemplateBody":{"shape":"Text"})" : "",
               "Write");
    EXPECT_THAT(depot.refusal(), HasSubstr(fmt::format("depot {} ", name)));
    depot.overlay("classes.txt", fmt::format("plain depot {}\n", name));
    EXPECT_EQ(depot.refusal(), "compiled");
  }
}

TEST(Laundering, NothingIsCalledPlainThatNobodySuspects) {
  Depot depot;
  depot.overlay("classes.txt", "plain depot StopVan\n");
  EXPECT_THAT(depot.refusal(), HasSubstr("depot StopVan is called plain"));
}

TEST(Laundering, ANewOperationIsAskedAboutToo) {
  Depot depot;
  depot.with("MakePlan", R"("PolicyDocument":{"shape":"Text"})");
  EXPECT_THAT(depot.refusal(), HasSubstr("depot MakePlan takes `PolicyDocument`"));
}

TEST(ContextKeys, AKeyOfTheRequestIsTheMemberOfItsName) {
  Depot depot;
  depot.with("MakeBox", R"("Color":{"shape":"Text"})", "Write");
  depot.rows("MakeBox");
  const auto keys = depot.one("MakeBox").context_keys();
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].key, "depot:Color");
  EXPECT_EQ(keys[0].path, "Color");
  EXPECT_FALSE(keys[0].absent);
  EXPECT_THAT(depot.one("StopVan").context_keys().size(), 0u);
}

TEST(ContextKeys, TheOverlayTakesItBackOrNamesAnother) {
  Depot depot;
  depot.with("MakeBox", R"("Color":{"shape":"Text"},"Paint":{"shape":"Text"})", "Write");
  depot.overlay("context.txt", "depot:Color Paint absent MakeBox\n");
  depot.rows("MakeBox");
  EXPECT_EQ(depot.one("MakeBox").context_keys()[0].path, "Paint");
  EXPECT_TRUE(depot.one("MakeBox").context_keys()[0].absent);
  Depot other;
  other.overlay("context.txt", "depot:Color Paint\n");
  EXPECT_THAT(other.refusal(), HasSubstr("no operation with the key has the member"));
}

TEST(Coverage, SaysWhatIsRefusedAndWhy) {
  Depot depot;
  depot.overlay("refused.txt", "depot StopVan vans are not stopped\n");
  const auto text = depot.compiled()->coverage;
  EXPECT_THAT(text, HasSubstr("| depot | 10 | 9 | 10 | 0 | 10 | 0 | 0 | 0 |"));
  EXPECT_THAT(text, HasSubstr("vans are not stopped:\n\n- depot: StopVan\n"));
  EXPECT_THAT(text, HasSubstr("- shelf: GetShelfTags GetStatus PutPage\n"));
}

}  // namespace
}  // namespace strait::catalog::compiler
