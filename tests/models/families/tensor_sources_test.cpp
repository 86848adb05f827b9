#include "models/families/tensor_sources.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

TensorSource source_of(const json& source) {
  const json all{{"r", source}};
  return read_sources(JsonAt(all, "tensors")).at("r");
}

std::string refusal(const json& source) {
  return message_of(Blame::kData, [&] { source_of(source); });
}

TEST(TensorSources, AreModulesTensorsOrAlternatives) {
  EXPECT_EQ(source_of("a.b").names, std::vector<std::string>{"a.b"});
  EXPECT_FALSE(source_of("a.b").exact);
  EXPECT_TRUE(source_of({{"tensor", "A_log"}}).exact);
  EXPECT_EQ(source_of({{"any", {"/a", "/b"}}}).names, (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(source_of({{"module", "m"}, {"ops", {{{"op", "unpermute"}, {"heads", 4}}}}})
                .ops.at(0)
                .numbers.at("heads"),
            4);
}

TEST(TensorSources, RefuseWhatIsNoSource) {
  EXPECT_EQ(refusal(3), "tensors[\"r\"]: 3; a module's name or an object is wanted");
  EXPECT_EQ(refusal(json::object()), "tensors[\"r\"]: {}; one of module, tensor, any is wanted");
  EXPECT_EQ(
      refusal({{"module", "m"}, {"tensor", "t"}}),
      "tensors[\"r\"]: {\"module\":\"m\",\"tensor\":\"t\"}; one of module, tensor, any is wanted");
  EXPECT_EQ(refusal({{"any", json::array()}}),
            "tensors[\"r\"]: {\"any\":[]}; one of module, tensor, any is wanted");
  EXPECT_EQ(refusal({{"file", "m"}}), "tensors[\"r\"].file: a source has no such field");
}

TEST(TensorSources, RefuseUnknownOperationsAndFields) {
  const auto with_op = [](const json& op) { return json{{"module", "m"}, {"ops", {op}}}; };

  EXPECT_EQ(refusal(with_op({{"op", "stack"}})),
            "tensors[\"r\"].ops[0].op: \"stack\"; one of add_one, by_head, chunk, interleave, split, "
            "subtract_one, transpose, "
            "unpermute is wanted");
  EXPECT_EQ(refusal(with_op({{"op", "unpermute"}})),
            "tensors[\"r\"].ops[0].heads: missing; an integer is wanted");
  EXPECT_EQ(refusal(with_op({{"op", "unpermute"}, {"heads", 0}})),
            "tensors[\"r\"].ops[0].heads: 0; a positive integer below 2^31 is wanted");
  EXPECT_EQ(refusal(with_op({{"op", "chunk"}, {"index", 2}, {"of", 2}})),
            "tensors[\"r\"].ops[0].index: 2; an index from 0 to of - 1 is wanted");
  EXPECT_EQ(refusal(with_op({{"op", "transpose"}, {"dim", 1}})),
            "tensors[\"r\"].ops[0].dim: transpose has no such field");
}

TEST(TensorSources, SayWhetherAModuleHasABias) {
  EXPECT_EQ(source_of("m").has_bias, std::nullopt);
  EXPECT_EQ(source_of({{"module", "m"}, {"bias", nullptr}}).has_bias, std::nullopt);
  EXPECT_EQ(source_of({{"module", "m"}, {"bias", true}}).has_bias, true);
  EXPECT_EQ(source_of({{"any", {"m", "n"}}, {"bias", false}}).has_bias, false);
  EXPECT_EQ(refusal({{"module", "m"}, {"bias", 1}}),
            "tensors[\"r\"].bias: 1; true or false is wanted");
  EXPECT_EQ(refusal({{"tensor", "m"}, {"bias", true}}),
            "tensors[\"r\"].bias: true; null (a bare tensor has none) is wanted");
}

}  // namespace
}  // namespace lockstep::testing
