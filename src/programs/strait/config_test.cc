// SPDX-License-Identifier: Apache-2.0
#include "programs/strait/config.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "programs/strait/starter.h"

namespace strait::programs {
namespace {

namespace fs = std::filesystem;

// A folder of configuration that a test changes one line of.
class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string name = (fs::temp_directory_path() / "strait-config-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    Starter starter;
    starter.issuer = "https://issuer.example";
    starter.subject = "agent-*";
    starter.account = "123456789012";
    EXPECT_TRUE(write_starter(folder_, starter));
  }
  ~ConfigTest() override { fs::remove_all(folder_); }

  void append(const std::string& file, const std::string& text) {
    std::ofstream(folder_ / file, std::ios::app) << text;
  }
  std::string error() {
    const auto config = read_config(folder_ / "strait.toml");
    return config ? "" : config.error().message;
  }

  fs::path folder_;
};

TEST_F(ConfigTest, AProxyIsAWayInOfItsOwn) {
  std::ofstream(folder_ / "strait.toml") << "[server]\nlisten_proxy = \"0.0.0.0:4182\"\n";
  EXPECT_NE(error().find("no connection"), std::string::npos) << "the role's; all else is well";
  Starter starter;
  starter.issuer = "https://issuer.example";
  starter.account = "123456789012";
  starter.listen_proxy = "127.0.0.1:4182";
  ASSERT_TRUE(write_starter(folder_, starter));
  const auto with = read_config(folder_ / "strait.toml");
  ASSERT_TRUE(with) << with.error().message;
  ASSERT_TRUE(with->server.listen_proxy);
  EXPECT_EQ(with->server.listen_proxy->port, 4182);
  EXPECT_TRUE(with->server.listen) << "beside the endpoint";
}

TEST_F(ConfigTest, QueueUrlsAreRewrittenWhenAskedFor) {
  EXPECT_FALSE(read_config(folder_ / "strait.toml")->connections[0].rewrite_queue_urls);
  append("strait.toml", "rewrite_queue_urls = true\n");
  EXPECT_TRUE(read_config(folder_ / "strait.toml")->connections[0].rewrite_queue_urls);
}

TEST_F(ConfigTest, LimitsOfARole) {
  const auto role = (*fs::directory_iterator(folder_ / "roles")).path().string();
  const auto file = fs::relative(role, folder_).string();
  append(file, "\n[limits]\ncalls_per_second = 50\nwrite = \"100/1h\"\npermissions = \"0/24h\"\n");
  const auto config = read_config(folder_ / "strait.toml");
  ASSERT_TRUE(config) << config.error().message;
  const auto& limits = config->roles[0].limits;
  EXPECT_EQ(limits.calls_per_second, 50);
  ASSERT_EQ(limits.spends.size(), 2U);
  EXPECT_EQ(limits.spends[0].level, "Write");
  EXPECT_EQ(limits.spends[0].max, 100U);
  EXPECT_EQ(limits.spends[0].window, std::chrono::hours(1));
  EXPECT_EQ(limits.spends[1].level, "Permissions management");
}

TEST_F(ConfigTest, ALimitThatCannotBeKeptIsRefused) {
  const auto role = (*fs::directory_iterator(folder_ / "roles")).path();
  std::ifstream in(role);
  const std::string before{std::istreambuf_iterator<char>(in), {}};
  for (const auto* wrong : {"write = \"100\"", "write = \"100/\"", "write = \"-1/1h\"",
                            "write = \"10001/1h\"", "write = \"1/25h\"", "write = \"1/0s\"",
                            "write = \"many/1h\"", "writes = \"1/1h\"", "calls_per_second = 0"}) {
    std::ofstream(role) << before << "\n[limits]\n" << wrong << "\n";
    EXPECT_NE(error(), "") << wrong;
  }
}

TEST_F(ConfigTest, WhoTheAgentIsIsToldToAwsUnlessSaidOtherwise) {
  EXPECT_TRUE(read_config(folder_ / "strait.toml")->connections[0].source_identity);
  append("strait.toml", "source_identity = false\nsession_tags = false\n");
  const auto config = read_config(folder_ / "strait.toml");
  EXPECT_FALSE(config->connections[0].source_identity);
  EXPECT_FALSE(config->connections[0].session_tags);
}

TEST_F(ConfigTest, AFlagIsTrueOrFalse) {
  append("strait.toml", "rewrite_queue_urls = \"yes\"\n");
  EXPECT_NE(error().find("`rewrite_queue_urls` must be true or false"), std::string::npos)
      << error();
}

TEST_F(ConfigTest, WhatInitWritesIsReadBack) {
  const auto config = read_config(folder_ / "strait.toml");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->roles.size(), 1u);
  EXPECT_EQ(config->roles[0].arn, "arn:aws:iam::123456789012:role/developer");
  EXPECT_EQ(config->roles[0].ask.size(), 1u);
  EXPECT_EQ(config->server.listen->port, 4180);
  EXPECT_EQ(config->issuers[0].algorithms, (std::vector<std::string>{"RS256", "ES256"}));
}

TEST_F(ConfigTest, AnUnknownKeyIsRefusedByLineWithTheNearestOne) {
  append("roles/developer.toml", "aprovers = [\"group:x\"]\n");
  EXPECT_NE(
      error().find("developer.toml:8: a role has no key `aprovers`; did you mean `approvers`?"),
      std::string::npos)
      << error();
}

TEST_F(ConfigTest, PlainHttpIsTakenOnLoopbackOnly) {
  std::ofstream(folder_ / "strait.toml") << "[server]\nlisten = \"0.0.0.0:4180\"\n";
  EXPECT_NE(error().find("strait.toml:2: `listen` is plain HTTP"), std::string::npos) << error();
}

TEST_F(ConfigTest, ARoleThatAsksNeedsSomebodyToAsk) {
  std::ofstream(folder_ / "roles/developer.toml")
      << "arn = \"arn:aws:iam::123456789012:role/a\"\nconnection = \"main\"\n"
         "trust = \"policies/developer.trust.json\"\nask = [\"policies/look.json\"]\n";
  EXPECT_NE(error().find("needs `approvers`"), std::string::npos) << error();
}

TEST_F(ConfigTest, AHoldLongerThanSdksWaitIsRefused) {
  std::ofstream(folder_ / "roles/developer.toml")
      << "arn = \"arn:aws:iam::123456789012:role/a\"\nconnection = \"main\"\n"
         "trust = \"policies/developer.trust.json\"\nhold = \"2m\"\n";
  EXPECT_NE(error().find("`hold` is at most 50s"), std::string::npos) << error();
}

TEST_F(ConfigTest, AConnectionThatIsNotDefinedIsRefused) {
  std::ofstream(folder_ / "roles/other.toml")
      << "arn = \"arn:aws:iam::123456789012:role/o\"\nconnection = \"elsewhere\"\n"
         "trust = \"policies/developer.trust.json\"\n";
  EXPECT_NE(error().find("no connection `elsewhere`"), std::string::npos) << error();
}

TEST_F(ConfigTest, AFileThatIsMissingIsNamed) {
  fs::remove(folder_ / "policies/look.json");
  EXPECT_NE(error().find("policies/look.json"), std::string::npos) << error();
}

TEST_F(ConfigTest, APolicyTestBesideTheRolesIsNoRole) {
  std::ofstream(folder_ / "roles/developer.test.toml") << "[[case]]\n";
  EXPECT_EQ(error(), "");
}

TEST_F(ConfigTest, TwoFilesCannotDefineOneRole) {
  fs::copy_file(folder_ / "roles/developer.toml", folder_ / "roles/again.toml");
  EXPECT_NE(error().find("both define role"), std::string::npos) << error();
}

TEST(Durations, AreANumberAndAUnit) {
  EXPECT_EQ(parse_duration("90s"), std::chrono::seconds(90));
  EXPECT_EQ(parse_duration("2d"), std::chrono::days(2));
  for (const auto* text : {"", "10", "m", "-5m", "1.5h", "5 m", "5mm"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

}  // namespace
}  // namespace strait::programs
