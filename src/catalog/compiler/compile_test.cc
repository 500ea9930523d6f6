// SPDX-License-Identifier: Apache-2.0
#include "catalog/compiler/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "catalog/small_sources.h"

namespace strait::catalog::compiler {
namespace {

using testing::HasSubstr;

// The refusal of small_sources() with `text` added to the overlay file `name`.
std::string refusal_with(std::string name, std::string text) {
  auto sources = small_sources();
  sources.overlay.push_back({std::move(name), std::move(text)});
  const auto compiled = compile(sources);
  return compiled ? "compiled" : compiled.error().message;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

TEST(Compile, EqualSourcesGiveEqualBytes) {
  const auto first = compile(small_sources());
  const auto second = compile(small_sources());
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->pack, second->pack);
}

TEST(Compile, CountsWhatItMade) {
  const auto compiled = compile(small_sources());
  ASSERT_TRUE(compiled) << compiled.error().message;
  EXPECT_EQ(compiled->stats.services, 2u);
  EXPECT_EQ(compiled->stats.operations, 8u);
  EXPECT_EQ(compiled->stats.mapped_operations, 4u);
  EXPECT_EQ(compiled->stats.credential_operations, 1u);
}

TEST(Compile, ExtrasAreMergedIntoTheModel) {
  const auto compiled = compile(small_sources());
  ASSERT_TRUE(compiled);
  const auto catalog = Catalog::load(std::as_bytes(std::span(compiled->pack)));
  ASSERT_TRUE(catalog) << catalog.error().message;
  const auto output = (*catalog)->service("tally")->operation("GetCount")->output();
  EXPECT_EQ(output->member("Count")->shape().kind(), ShapeKind::kFloat);
}

TEST(Compile, AnOverlayRowThatNamesNothingIsRefusedWithItsLine) {
  EXPECT_THAT(
      refusal_with("actions.txt", "# note\nshelf PutBok shelf:PutBook\n"),
      HasSubstr("overlay/actions.txt:2: shelf PutBok shelf:PutBook: there is no operation"));
  EXPECT_THAT(refusal_with("actions.txt", "shelv PutBook shelf:PutBook\n"),
              HasSubstr("there is no service"));
  EXPECT_THAT(refusal_with("actions.txt", "shelf PutBook shelf:BurnBook\n"),
              HasSubstr("there is no action"));
  EXPECT_THAT(refusal_with("actions.txt", "shelf PutBook shelf:PutBook if Title\n"),
              HasSubstr("the input has no `Title`"));
  EXPECT_THAT(refusal_with("bindings.txt", "shelf book Title=Book\n"),
              HasSubstr("without `Title`"));
  EXPECT_THAT(refusal_with("bindings.txt", "shelf tome Book=Book\n"),
              HasSubstr("there is no such resource type"));
  EXPECT_THAT(refusal_with("masks.txt", "mask tally GetCount Secret kind\n"),
              HasSubstr("the output has no `Secret`"));
  EXPECT_THAT(refusal_with("prefixes.txt", "tallies tally\n"), HasSubstr("there is no service"));
  EXPECT_THAT(refusal_with("clases.txt", ""), HasSubstr("not a file that the pack compiler knows"));
}

TEST(Compile, AnOperationThatReturnsAKeyMustBeClassified) {
  auto sources = small_sources();
  sources.overlay.clear();
  const auto compiled = compile(sources);
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().message,
              HasSubstr("tally Login returns SecretAccessKey, which looks like a secret"));
}

TEST(Compile, AnAwsKeyIsNeverMerelyMasked) {
  auto sources = small_sources();
  sources.overlay = {{"classes.txt", "masked tally SecretAccessKey\n"}};
  EXPECT_FALSE(compile(sources));
}

TEST(Compile, TwoOperationsOnOneRouteAreRefused) {
  auto sources = small_sources();
  auto& model = sources.models[0].service;
  model =
      replaced(model, R"("required":["Shelf","Book","Source"])", R"("required":["Shelf","Book"])");
  const auto compiled = compile(sources);
  ASSERT_FALSE(compiled);
  EXPECT_THAT(compiled.error().message, HasSubstr("CopyBook and PutBook have one route"));
}

TEST(Compile, AModelWithAnUnknownTypeOrProtocolIsRefused) {
  auto types = small_sources();
  types.models[1].service =
      replaced(types.models[1].service, R"("type":"list")", R"("type":"heap")");
  EXPECT_FALSE(compile(types));
  auto protocols = small_sources();
  protocols.models[1].service =
      replaced(protocols.models[1].service, R"("protocol":"json")", R"("protocol":"soap")");
  EXPECT_FALSE(compile(protocols));
  auto dangling = small_sources();
  dangling.models[1].service = replaced(dangling.models[1].service, R"("member":{"shape":"Text"})",
                                        R"("member":{"shape":"None"})");
  EXPECT_FALSE(compile(dangling));
}

}  // namespace
}  // namespace strait::catalog::compiler
