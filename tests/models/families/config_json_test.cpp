#include "models/families/config_json.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

TEST(ConfigJson, ReadsInfinityAsPythonWritesIt) {
  const json config = parse_config(R"({"limit": [0.0, Infinity], "low": -Infinity})", "c");

  const FiniteConfig finite = without_infinities(config, "c");

  EXPECT_EQ(finite.value, json::parse(R"({"limit": [0.0, null], "low": null})"));
  EXPECT_EQ(finite.infinite, (std::vector<std::string>{"limit[1] = Infinity", "low = -Infinity"}));
}

TEST(ConfigJson, ReadsInfinityAsTransformers5WritesIt) {
  const json config = parse_config(R"({"limit": [0.0, {"__float__": "Infinity"}]})", "c");

  EXPECT_EQ(without_infinities(config, "c").value, json::parse(R"({"limit": [0.0, null]})"));
}

TEST(ConfigJson, LeavesStringsAlone) {
  const std::string text = R"({"a": "Infinity", "NaN": "x\" NaN \\", "b\\": "-Infinity"})";

  EXPECT_EQ(parse_config(text, "c"), json::parse(text));
}

TEST(ConfigJson, RefusesNotANumberWithItsKey) {
  const json config = parse_config(R"({"a": {"b": [1, NaN]}})", "c.json");

  const std::string message =
      message_of(Blame::kData, [&] { without_infinities(config, "c.json"); });

  EXPECT_EQ(message, "c.json: a.b[1]: NaN; a number, or null for no limit, is wanted");
}

TEST(ConfigJson, RefusesBareNumbersWhereNoValueMayStand) {
  for (const char* text :
       {R"({Infinity: 1})", R"({"a": 1Infinity})", R"({"a": xNaN})", R"({"a" Infinity})"}) {
    EXPECT_TRUE(
        holds(message_of(Blame::kData, [&] { parse_config(text, "c.json"); }), "c.json: not JSON"))
        << text;
  }
}

}  // namespace
}  // namespace lockstep::testing
