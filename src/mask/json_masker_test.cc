// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/base64.h"
#include "codec/json.h"
#include "mask/json_scan.h"
#include "mask/mask_testing.h"

namespace strait::mask::testing {
namespace {

Masked json(std::string_view body, MaskRules rules = {.show = {}, .detect = kDetectNone},
            std::string_view name = "GetSecret") {
  static auto scan = scan_of(kDetectAll);
  return whole(plan_of("json", name, rules), &scan, body);
}

std::string sensitive(std::string_view value) { return key().marker("sensitive", value); }

TEST(JsonMasker, KeepsTypes) {
  const auto out = json(
      R"({"Name":"n","Value":"v","Binary":"AAEC","Pin":-12.5e3,"Born":1700000000.5,"Flag":true,"Note":"x"})");
  ASSERT_TRUE(out.ok) << out.why;
  const auto value = codec::parse_json(out.body);
  ASSERT_TRUE(value);
  EXPECT_EQ(*value->find("Name")->string(), "n");
  EXPECT_EQ(*value->find("Value")->string(), sensitive("v"));
  EXPECT_EQ(codec::base64_decode(*value->find("Binary")->string()), sensitive("AAEC"));
  EXPECT_EQ(value->find("Pin")->number()->token, "0");
  EXPECT_EQ(value->find("Born")->number()->token, "0");
  EXPECT_TRUE(*value->find("Flag")->boolean());
  EXPECT_EQ(*value->find("Note")->string(), "x");
  EXPECT_EQ(out.paths(), (std::vector<std::string>{"Binary:sensitive", "Born:sensitive",
                                                   "Pin:sensitive", "Value:sensitive"}));
}

TEST(JsonMasker, ShowsThatTwoSecretsAreEqualAndNothingElse) {
  const auto out = json(R"({"Value":"same","wireName":"same"})");
  const auto other = json(R"({"Value":"other"})");
  EXPECT_EQ(out.body,
            R"({"Value":")" + sensitive("same") + R"(","wireName":")" + sensitive("same") + "\"}");
  EXPECT_NE(other.body.substr(0, 60), out.body.substr(0, 60));
  EXPECT_NE(MaskKey(Secret(std::string(32, 'x'))).marker("sensitive", "same"), sensitive("same"));
}

TEST(JsonMasker, CoversByPlaceNotByName) {
  const auto out = json(
      R"({"Inner":{"Value":"open","Secret":"hidden","Deep":{"Value":"open2","Secret":"hidden2"}},"Tags":[{"Key":"k","Value":"t"}]})");
  ASSERT_TRUE(out.ok) << out.why;
  for (const auto* kept : {"open", "open2", "\"k\""})
    EXPECT_NE(out.body.find(kept), std::string::npos) << kept;
  for (const auto* gone : {"\"hidden", "\"t\""})
    EXPECT_EQ(out.body.find(gone), std::string::npos) << gone;
  EXPECT_EQ(out.paths(),
            (std::vector<std::string>{"Inner.Deep.Secret:sensitive", "Inner.Secret:sensitive",
                                      "Tags[].Value:sensitive"}));
}

TEST(JsonMasker, CoversMapValuesMapKeysAndWholeStructures) {
  const auto out = json(
      R"({"Env":{"A":"secret-a"},"Names":{"secret-key":"v"},"Box":{"Left":"secret-l","Right":5,"New":["secret-n",{"x":"secret-x"}]}})");
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body.find("secret-"), std::string::npos) << out.body;
  EXPECT_NE(out.body.find("\"A\":"), std::string::npos);
  EXPECT_NE(out.body.find("\"v\""), std::string::npos);
  EXPECT_NE(out.body.find("\"Right\":0"), std::string::npos);
}

TEST(JsonMasker, ReadsKeysThroughEscapes) {
  EXPECT_EQ(json(R"({"V\u0061lue":"s3cret"})").body.find("s3cret"), std::string::npos);
  EXPECT_EQ(json(R"({"Value":"s3\u0063ret"})").body, R"({"Value":")" + sensitive("s3cret") + "\"}");
}

TEST(JsonMasker, SecondOfTwoEqualKeysIsCoveredToo) {
  EXPECT_EQ(json(R"({"Value":"s3cret","Value":"s3cret"})").body.find("s3cret"), std::string::npos);
}

TEST(JsonMasker, TextThatLooksLikeAMemberInsideAStringIsText) {
  const std::string body = R"({"Note":"{\"Value\":\"x\"}","Name":"\\\"Value\":"})";
  EXPECT_FALSE(json(body + "}").ok);
  const std::string plain = R"({"Note":"{\"Value\":\"x\"}","Name":"a\\"})";
  EXPECT_EQ(json(plain).body, plain);
}

TEST(JsonMasker, LeavesNullEmptyAndUntouchedBytesAlone) {
  const std::string body =
      " { \"Value\" : null ,\n\"wireName\":\"\", \"Note\" : \"\\u00e9\\/\" , \"Flag\":false } \n";
  const auto out = json(body);
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body, body);
  EXPECT_TRUE(out.members.empty());
}

TEST(JsonMasker, WithholdsWhatIsNotJson) {
  for (const auto* body :
       {"{", "{\"Value\":\"x\"", "{\"Value\":}", "[1,]", "{\"Value\" \"x\"}", "{\"a\":1,}",
        "<html>", "{} {}", "nul", "{\"Value\":01}", "{\"Value\":\"\\q\"}", "{\"Value\":\"\x01\"}",
        "{\"Value\":\"\\ud800\"}", "{'Value':1}", "{\"Value\":+1}", "{\"Value\":1.}", "\"x", " "}) {
    const auto out = json(body);
    EXPECT_FALSE(out.ok) << body;
    EXPECT_EQ(out.why.find("x\""), std::string::npos);
  }
}

TEST(JsonMasker, WithholdsAnotherShape) {
  for (const auto* body : {R"({"Tags":{"Value":"s"}})", R"({"Inner":["s"]})", R"({"Inner":"s"})",
                           R"(["s"])", R"("s")", R"({"Env":["s"]})"}) {
    EXPECT_FALSE(json(body).ok) << body;
  }
  EXPECT_TRUE(json(R"({"Inner":null,"Tags":null,"Env":null})").ok);
}

TEST(JsonMasker, CoveredScalarThatArrivesAsContainerIsCoveredThroughout) {
  EXPECT_EQ(json(R"({"Value":{"a":["s3cret",17]}})").body.find("s3cret"), std::string::npos);
}

TEST(JsonMasker, FollowsRecursion) {
  std::string body = R"({"Password":"p0"})";
  for (int depth = 1; depth < 20; ++depth) {
    body = R"({"Password":"p)" + std::to_string(depth) + R"(","Children":[)" + body + "]}";
  }
  const auto out = json(body, {.show = {}, .detect = kDetectNone}, "ListSecrets");
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body.find("\"p1"), std::string::npos);
  EXPECT_EQ(out.members.front().path, "Password");
}

TEST(JsonMasker, DepthBombIsWithheld) {
  std::string body;
  for (int depth = 0; depth < 200; ++depth) body += R"({"Children":[)";
  EXPECT_FALSE(json(body, {.show = {}, .detect = kDetectNone}, "ListSecrets").ok);
}

TEST(JsonMasker, DetectorsLookIntoEveryString) {
  const MaskRules all{.show = {}, .detect = kDetectAll};
  const auto out = json(
      R"({"Note":"id AKIAIOSFODNN7EXAMPLE!","Unknown":{"x":["AKIAIOSFODNN7EXAMPLE"],"AKIAIOSFODNN7EXAMPLE":1}})",
      all);
  ASSERT_TRUE(out.ok) << out.why;
  EXPECT_EQ(out.body.find("AKIA"), std::string::npos) << out.body;
  EXPECT_NE(out.body.find("id strait:masked:aws-access-key-id:"), std::string::npos);
  EXPECT_TRUE(codec::parse_json(out.body)) << out.body;
}

TEST(JsonMasker, DetectorsSeeThroughEscapes) {
  const MaskRules all{.show = {}, .detect = kDetectAll};
  for (
      const auto* body :
      {R"({"Note":"\u0041KIAIOSFODNN7EXAMPLE"})", R"({"Note":"x\nAKIAIOSFODNN7EXAMPLE\n"})",
       R"({"Note":"{\"SecretAccessKey\":\"wJalrXUtnFEMI\/K7MDENG\/bPxRfiCYEXAMPLEKEY\"}"})",
       R"({"AWS_SECRET_ACCESS_KEY":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})",
       R"({"Items":[{"name":"AWS_SECRET_ACCESS_KEY","value":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}]})"}) {
    for (const auto* name : {"GetSecret", "GetPlain"}) {
      const auto out = json(body, all, name);
      ASSERT_TRUE(out.ok) << out.why;
      EXPECT_NE(out.body.find("strait:masked:aws-"), std::string::npos) << body << name;
      EXPECT_TRUE(codec::parse_json(out.body)) << out.body;
    }
  }
}

TEST(JsonMasker, PlainReplyPassesWithoutACopy) {
  auto scan = scan_of(kDetectDefault);
  const auto plan = plan_of("json", "GetPlain");
  constexpr std::string_view kPlain = R"({"Name":"x","Items":[{"Name":"y"}]})";
  const auto passes = ReplyFilter::passes(plan, &scan, 200, kPlain);
  ASSERT_TRUE(passes);
  EXPECT_TRUE(*passes);
  ReplyFilter filter(plan, key(), &scan, 200);
  std::string out;
  const auto changed = filter.whole(kPlain, out);
  ASSERT_TRUE(changed);
  EXPECT_FALSE(*changed);
  EXPECT_TRUE(out.empty());
}

// --- pieces

std::string long_document(std::size_t string_bytes, std::mt19937& random) {
  const auto filler = [&](std::size_t size) {
    std::string text;
    while (text.size() < size) {
      switch (random() % 12) {
        case 0: text += "\\n"; break;
        case 1: text += "\\u00e9"; break;
        case 2: text += "\\ud83d\\ude00"; break;
        case 3: text += "\xc3\xa9"; break;
        case 4: text += " AKIAIOSFODNN7EXAMPLE "; break;
        case 5: text += "\\\\"; break;
        default: text += "lorem ipsum "; break;
      }
    }
    return text;
  };
  return R"({"Name":")" + filler(200) + R"(","Value":")" + filler(string_bytes) + R"(","Note":")" +
         filler(string_bytes) + R"(","X":[{"y":"}]{[","z":[1,2,{"w":")" + filler(50) +
         R"("}]}],"Tags":[{"Key":"a","Value":"b"}],"Pin":123456})";
}

TEST(JsonMasker, CutsDoNotMatter) {
  std::mt19937 random(7);
  for (const auto detect : {kDetectNone, kDetectAll}) {
    auto scan = scan_of(kDetectAll);
    const auto plan = plan_of("json", "GetSecret", {.show = {}, .detect = detect});
    for (const std::size_t size : {10, 3000, 190'000, 400'000}) {
      const auto body = long_document(size, random);
      const auto expected = whole(plan, &scan, body);
      ASSERT_TRUE(expected.ok) << expected.why;
      ASSERT_TRUE(codec::parse_json(expected.body));
      for (int round = 0; round < 8; ++round) {
        const auto out =
            pieces(plan, &scan, body, random_cuts(body.size(), 1u << (round % 8), random));
        ASSERT_TRUE(out.ok) << out.why;
        ASSERT_TRUE(out.body == expected.body) << size << " " << round;
        ASSERT_EQ(out.paths(), expected.paths());
      }
    }
  }
}

TEST(JsonMasker, CutsDoNotMatterWhereNothingIsCovered) {
  std::mt19937 random(8);
  auto scan = scan_of(kDetectAll);
  for (const auto detect : {kDetectNone, kDetectAll}) {
    const auto plan = plan_of("json", "GetSecret", {.show = {}, .detect = detect});
    for (const std::size_t size : {3000, 191'000, 300'000}) {
      // A long string with escapes of every spelling, deep in a part that the model does not know.
      std::string text;
      while (text.size() < size) text += "a\\/b \\u00e9 lorem ";
      std::string body = R"({"Else":[{"x":{"short":"y","long":")" + text;
      body += R"("}},[1,{"z":")" + text;
      body += R"("}]],"Value":"v","Note":"AKIAIOSFODNN7EXAMPLE"})";
      const auto expected = whole(plan, &scan, body);
      ASSERT_TRUE(expected.ok) << expected.why;
      ASSERT_TRUE(codec::parse_json(expected.body));
      for (int round = 0; round < 8; ++round) {
        const auto cuts = random_cuts(body.size(), 1u << (round % 8), random);
        const auto out = pieces(plan, &scan, body, cuts);
        ASSERT_TRUE(out.ok) << out.why;
        ASSERT_TRUE(out.body == expected.body) << size << " " << round;
      }
    }
  }
}

TEST(JsonMasker, EveryByteAPieceGivesTheSame) {
  std::mt19937 random(9);
  auto scan = scan_of(kDetectAll);
  const auto plan = plan_of("json", "GetSecret", {.show = {}, .detect = kDetectAll});
  const auto body = long_document(600, random);
  std::vector<std::size_t> cuts(body.size());
  for (std::size_t at = 0; at < cuts.size(); ++at) cuts[at] = at;
  EXPECT_EQ(pieces(plan, &scan, body, cuts).body, whole(plan, &scan, body).body);
}

TEST(JsonMasker, AfterAnErrorNothingMoreIsReleased) {
  const auto plan = plan_of("json", "GetSecret", {.show = {}, .detect = kDetectNone});
  ReplyFilter filter(plan, key(), nullptr, 200);
  std::string out;
  EXPECT_FALSE(filter.feed(R"({"Value" "s3cret")", out));
  const auto before = out;
  EXPECT_FALSE(filter.feed(R"("s3cret"})", out));
  EXPECT_FALSE(filter.finish(out));
  EXPECT_EQ(out, before);
  EXPECT_EQ(out.find("s3cret"), std::string::npos);
}

// --- scanning

TEST(JsonScan, SkipsValuesOfAnyForm) {
  for (const std::string value :
       {R"({})", R"([])", R"("")", R"("a\"b")", R"({"a":["}",{"b":"\\"}]})", R"("\\\\\\")"}) {
    for (std::size_t pad = 0; pad < 130; ++pad) {
      const std::string text = "[" + std::string(pad, ' ') + value + ",1]";
      for (const std::size_t cut : {std::size_t{3}, pad + 2, pad + 3, pad + 5, text.size()}) {
        JsonSkip state;
        const auto first = std::string_view(text).substr(0, std::min(cut, text.size()));
        auto at = skip_json(first, std::min<std::size_t>(pad + 1, first.size()), state);
        if (pad + 1 >= first.size()) continue;
        if (state.depth != 0 || state.in_string) at = skip_json(text, first.size(), state);
        EXPECT_EQ(at, pad + 1 + value.size()) << value << " " << pad << " " << cut;
      }
    }
  }
}

TEST(JsonScan, KnowsScalars) {
  for (const auto* good :
       {"0", "-0", "1", "10", "1.5", "-1e5", "1E+5", "0.1e-1", "true", "false", "null"})
    EXPECT_TRUE(is_json_scalar(good)) << good;
  for (const auto* bad :
       {"", "-", "01", "1.", ".5", "+1", "1e", "0x1", "True", "NaN", "1 2", "nulll"})
    EXPECT_FALSE(is_json_scalar(bad)) << bad;
}

}  // namespace
}  // namespace strait::mask::testing
