// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <thread>

#include "gateway/login.h"
#include "gateway/meters.h"
#include "gateway/published.h"
#include "gateway/world.h"

namespace strait::gateway {
namespace {

TEST(Published, AReaderSeesTheNewestAndKeepsWhatItHolds) {
  Published<int> published(std::make_shared<const int>(1));
  Published<int>::Reader reader(published);
  const auto held = reader.current();
  published.publish(std::make_shared<const int>(2));
  EXPECT_EQ(*held, 1);
  EXPECT_EQ(*reader.current(), 2);
}

TEST(Published, ReadersOnOtherThreadsNeverSeeHalfAChange) {
  struct Pair {
    int a, b;
  };
  Published<Pair> published(std::make_shared<const Pair>(0, 0));
  std::atomic<bool> stop{false};
  std::vector<std::jthread> readers;
  std::atomic<int> torn{0};
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      Published<Pair>::Reader reader(published);
      while (!stop) {
        const auto pair = reader.current();
        if (pair->a != pair->b) ++torn;
      }
    });
  }
  for (int i = 1; i <= 2000; ++i) published.publish(std::make_shared<const Pair>(i, i));
  stop = true;
  readers.clear();
  EXPECT_EQ(torn, 0);
}

TEST(Meters, RenderTheSumOfAllLoopsForPrometheus) {
  Meters first, second;
  first.allowed();
  second.allowed();
  second.refused(ErrorCode::kDenied);
  first.took(std::chrono::microseconds(300));
  const auto text = Meters::render({&first, &second});
  EXPECT_NE(text.find("strait_calls_total{decision=\"allowed\"} 2\n"), std::string::npos) << text;
  EXPECT_NE(text.find("strait_calls_total{decision=\"refused\",reason=\"denied\"} 1\n"),
            std::string::npos);
  EXPECT_NE(text.find("strait_call_seconds_bucket{le=\"0.00025\"} 0\n"), std::string::npos);
  EXPECT_NE(text.find("strait_call_seconds_bucket{le=\"0.0005\"} 1\n"), std::string::npos);
  EXPECT_NE(text.find("strait_call_seconds_bucket{le=\"+Inf\"} 1\n"), std::string::npos);
}

TEST(Connections, AServicesOwnEndpointComesBeforeTheGeneralOne) {
  Connection connection;
  EXPECT_EQ(connection.override_for("s3"), nullptr) << "AWS's own host";
  connection.endpoint = net::Address{true, "all.example", 443};
  connection.endpoints["s3"] = net::Address{true, "s3.example", 443};
  EXPECT_EQ(connection.override_for("s3")->host, "s3.example");
  EXPECT_EQ(connection.override_for("sqs")->host, "all.example");
}

TEST(Connections, TakeOnlyTheRegionsTheyName) {
  Connection connection;
  EXPECT_TRUE(connection.takes_region("eu-west-1"));
  connection.regions = {"us-east-1"};
  EXPECT_FALSE(connection.takes_region("eu-west-1"));
}

TEST(Worlds, HashChangesWithWhateverDecides) {
  World world;
  auto connection = std::make_shared<Connection>();
  connection->name = "main";
  auto role = std::make_shared<Role>();
  role->config.policies.arn = "arn:aws:iam::123456789012:role/a";
  role->config.approvers = {"group:ops"};
  role->connection = connection;
  world.roles = {role};
  const auto before = world.hash();
  auto other = std::make_shared<Role>(*role);
  other->config.approvers = {"group:all"};
  world.roles = {other};
  EXPECT_NE(world.hash(), before) << "who may approve decides";
  EXPECT_EQ(world.role("arn:aws:iam::123456789012:role/b"), nullptr);
  EXPECT_EQ(world.role("arn:aws:iam::123456789012:role/a"), other.get());
}

TEST(RoleIds, LookLikeAwsOnesAndStayTheSame) {
  const auto id = role_id("arn:aws:iam::123456789012:role/developer");
  EXPECT_EQ(id.size(), 21u);
  EXPECT_TRUE(id.starts_with("AROA"));
  EXPECT_EQ(id, role_id("arn:aws:iam::123456789012:role/developer"));
  EXPECT_NE(id, role_id("arn:aws:iam::123456789012:role/other"));
}

}  // namespace
}  // namespace strait::gateway
