#include "models/families/init_fields.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

const json kInit{{"std", 0.02},
                 {"norm", 1},
                 {"roles", {{"mixer.o", 0.005}}},
                 {"zero_rows", {3}}};

std::string refusal(const std::string& key, const json& value) {
  json init = kInit;
  init[key] = value;
  return message_of(Blame::kData, [&] { read_init(JsonAt(init, "init"), 10); });
}

TEST(InitFields, AreReadAsTheyStand) {
  const InitSpec init = read_init(JsonAt(kInit, "init"), 10);

  EXPECT_EQ(init.std, 0.02);
  EXPECT_EQ(init.norm, 1);
  EXPECT_EQ(init.roles.at("mixer.o"), 0.005);
  EXPECT_EQ(init.zero_rows, std::vector<int64_t>{3});
}

TEST(InitFields, AreRefusedByTheirPath) {
  EXPECT_EQ(refusal("std", -1), "init.std: -1; a number of 0 or more is wanted");
  EXPECT_EQ(refusal("std", nullptr), "init.std: null; a number is wanted");
  EXPECT_EQ(refusal("roles", {{"mixer.o", "small"}}),
            "init.roles[\"mixer.o\"]: \"small\"; a number is wanted");
  EXPECT_EQ(refusal("zero_rows", {10}), "init.zero_rows[0]: 10; a row from 0 to 9 is wanted");
  EXPECT_EQ(refusal("zero_rows", {0.5}), "init.zero_rows: [0.5]; a list of integers is wanted");
  EXPECT_EQ(refusal("mean", 0), "init.mean: an initialisation has no such field");
}

}  // namespace
}  // namespace lockstep::testing
