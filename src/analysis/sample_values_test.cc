// SPDX-License-Identifier: Apache-2.0
#include "analysis/sample_values.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace strait::analysis {
namespace {

using policy::Tri;
using Strings = std::vector<std::string>;

// The answers of every operator and limit of one sort to a value.
class Asker {
 public:
  Asker(const Strings& operators, const Strings& limits) {
    for (const auto& op : operators) {
      for (const auto& limit : limits) {
        auto one = policy::compile_condition({op, "k:v", {limit}}, policy::Dialect::k2012);
        EXPECT_TRUE(one.has_value());
        if (one) conditions_.push_back(*std::move(one));
      }
    }
  }
  std::vector<Tri> answers(const std::string& value) const {
    const std::vector<journey::ContextEntry> entries{{"k:v", {value}}};
    std::vector<Tri> all;
    for (const auto& one : conditions_)
      all.push_back(
          policy::evaluate(one, policy::Environment(entries, policy::KeyValues::kAbsent)));
    return all;
  }

 private:
  std::vector<policy::Condition> conditions_;
};

struct World {
  Sort sort;
  Strings operators, limits, values;
};

const std::vector<World> kWorlds{
    {Sort::kNumber,
     {"NumericEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan"},
     {"1", "2", "2.5", "2.50", "-1", "-0.5", "0", "+7", "1000", "-3.25", "99999999999999999999"},
     {"0",
      "1",
      "1.5",
      "2",
      "2.50",
      "3",
      "-1",
      "-2",
      "-0.2",
      "q",
      "0.7",
      "2.2",
      "8",
      "999.9",
      "-3.2",
      "-3.3",
      "99999999999999999999.1",
      "100000000000000000000",
      "1e3",
      "-0"}},
    {Sort::kDate,
     {"DateEquals", "DateLessThan", "DateGreaterThan", "DateGreaterThanEquals"},
     {"2026", "2026-01-01", "2026-01-01T00:00:00.000001Z", "2027-06-01T00:00:00+02:00",
      "1700000000", "0000-01-01", "9999-12-31T23:59:59.999999Z"},
     {"2026", "2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00.000001Z", "q", "2028", "100000",
      "2026-01-01T00:00:00.000002Z", "2027-05-31T22:00:00Z", "1700000001", "1699999999.5",
      "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59.999999-01:00", "0000", "9999"}},
    {Sort::kAddress,
     {"IpAddress", "NotIpAddress"},
     {"10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "0.0.0.0/0", "::/0", "10.0.0.1", "2001:db8::/32",
      "255.255.255.255", "0.0.0.0/1", "::ffff:0:0/96", "ffff::/16"},
     {"10.0.0.1",
      "10.128.0.1",
      "11.0.0.1",
      "::1",
      "10.0.0.0/8",
      "10.0.0.0/9",
      "q",
      "0.0.0.0/0",
      "2001:db8::7",
      "10.0.0.0/7",
      "::/0",
      "255.255.255.255",
      "255.255.255.254",
      "9.255.255.255",
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "::fffe:ffff:ffff",
      "128.0.0.0",
      "8000::/1",
      "2001:db8::/31",
      "2001:db8::/33",
      "0.0.0.0/2"}},
    {Sort::kBytes,
     {"BinaryEquals"},
     {"eA==", "eQ==", "eHg="},
     {"eA==", "eQ==", "eg==", "q", "", "AA=="}},
};

TEST(SampleValues, StandForEveryValue) {
  std::mt19937 random(11);
  for (const auto& world : kWorlds) {
    for (int round = 0; round < 60; ++round) {
      Strings limits;
      do limits.push_back(world.limits[random() % world.limits.size()]);
      while (random() % 3 != 0);
      const Asker asker(world.operators, limits);
      std::set<std::vector<Tri>> seen;
      for (const auto& sample : sample_values(world.sort, limits, "k:v"))
        seen.insert(asker.answers(sample));
      for (const auto& value : world.values)
        EXPECT_TRUE(seen.contains(asker.answers(value))) << value << " beside " << limits[0];
    }
  }
}

TEST(SampleValues, TheSourceAddressIsNoNetwork) {
  for (const auto& sample : sample_values(Sort::kAddress, Strings{"10.0.0.0/8"}, "AWS:SourceIP"))
    EXPECT_EQ(sample.find('/'), std::string::npos) << sample;
}

}  // namespace
}  // namespace strait::analysis
