#include "models/weights/shape_check.h"

#include <gtest/gtest.h>

#include "tests/models/weights/memory_checkpoint.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

TEST(ShapeCheck, ChecksShapesAgainstTheSpec) {
  const auto refusal_of = [](const std::string& name, const std::vector<int64_t>& shape) {
    TinyLlama tiny;
    tiny.config["mlp_bias"] = nullptr;  // a bias may be there
    tiny.shapes[name] = shape;
    return refusal(tiny);
  };

  EXPECT_EQ(refusal_of("model.layers.1.self_attn.k_proj.weight", {16, 8}),
            "tiny: layer 1: role mixer.k: tensor model.layers.1.self_attn.k_proj.weight has shape "
            "[16, 8]; [8, 8] is "
            "wanted (blocks.block.program[1])");
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.q_proj.weight", {8, 16}), "[16, 8] is wanted"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.v_proj.weight", {8, 9}), "[8, 8] is wanted"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.self_attn.o_proj.weight", {16, 8}), "[8, 16] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.gate_proj.weight", {5, 8}), "[6, 8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.up_proj.weight", {8, 6}), "[6, 8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.mlp.down_proj.weight", {6, 8}), "[8, 6] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.layers.0.input_layernorm.weight", {8, 1}), "[8] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.norm.weight", {9}),
                    "role final_norm: tensor model.norm.weight has shape [9]"));
  EXPECT_TRUE(
      holds(refusal_of("model.embed_tokens.weight", {6, 8}), "[5, 8] is wanted (embed[0])"));
  EXPECT_TRUE(holds(refusal_of("lm_head.weight", {5, 7}), "[5, 8] is wanted (head[0])"));
  EXPECT_TRUE(
      holds(refusal_of("model.layers.0.mlp.up_proj.bias", {8}), "has shape [8]; [6] is wanted"));
  EXPECT_TRUE(holds(refusal_of("model.embed_tokens.bias", {5}),
                    "tensor model.embed_tokens.bias is a bias; none is wanted"));
}

// ---- widths through a program
// ---------------------------------------------------------------------------------------

TEST(ShapeCheck, FollowsWidthsThroughAProjectedEmbedding) {
  TinyLlama tiny;
  tiny.shapes["model.embed_tokens.weight"] = {5, 3};
  tiny.shapes["model.project_in.weight"] = {8, 3};
  json spec = json::parse(spec_of(tiny).canonical_json);
  spec["embed"][0]["write"] = "e";
  spec["embed"].push_back(
      {{"op", "linear"}, {"role", "project_in"}, {"read", "e"}, {"write", "x"}});
  spec["tensors"]["project_in"] = "project_in";
  const MemoryCheckpoint checkpoint(tiny);

  const Binding binding = bind_weights(compile_spec(spec, "llama", ""), checkpoint);
  tiny.shapes["model.project_in.weight"] = {8, 4};
  const MemoryCheckpoint wrong(tiny);
  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), wrong); });

  EXPECT_EQ(binding.outside.at("embed.token").weight.shape, (std::vector<int64_t>{5, 3}));
  EXPECT_TRUE(holds(
      message, "tensor model.project_in.weight has shape [8, 4]; [8, 3] is wanted (embed[1])"));
}

TEST(ShapeCheck, ChecksNormsOfQueriesAndKeys) {
  TinyLlama tiny;
  for (const std::string layer : {"model.layers.0.", "model.layers.1."}) {
    tiny.shapes[layer + "self_attn.q_norm.weight"] = {16};
    tiny.shapes[layer + "self_attn.k_norm.weight"] = {8};
  }
  json spec = json::parse(spec_of(tiny).canonical_json);
  json& block = spec["blocks"]["block"];
  block["tensors"]["mixer.q_norm"] = "layers.{i}.self_attn.q_norm";
  block["tensors"]["mixer.k_norm"] = "layers.{i}.self_attn.k_norm";
  block["program"][1]["qk_norm"] = {
      {"kind", "rms"}, {"eps", 1e-6}, {"span", "projection"}, {"order", "before_rope"}};
  const MemoryCheckpoint checkpoint(tiny);

  EXPECT_NO_THROW(bind_weights(compile_spec(spec, "llama", ""), checkpoint));
  block["program"][1]["qk_norm"]["span"] = "head";
  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); });
  EXPECT_TRUE(holds(message, "q_norm.weight has shape [16]; [4] is wanted"));
}

TEST(ShapeCheck, ChecksLearnedPositions) {
  TinyLlama tiny;
  tiny.shapes["model.wpe.weight"] = {17, 8};
  json spec = json::parse(spec_of(tiny).canonical_json);
  spec["embed"].push_back({{"op", "position"},
                           {"role", "embed.position"},
                           {"read", "x"},
                           {"write", "x"},
                           {"index", "arange"},
                           {"offset", 2}});
  spec["tensors"]["embed.position"] = "wpe";
  const MemoryCheckpoint checkpoint(tiny);

  const std::string message =
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); });
  spec["embed"][1]["offset"] = 1;

  EXPECT_EQ(message,
            "tiny: role embed.position: 17 positions; 16 and an offset of 2 are wanted (embed[1])");
  EXPECT_NO_THROW(bind_weights(compile_spec(spec, "llama", ""), checkpoint));
}

TEST(ShapeCheck, RefusesToAddUnequalWidths) {
  TinyLlama tiny;
  json spec = json::parse(spec_of(tiny).canonical_json);
  json& program = spec["blocks"]["block"]["program"];
  program.push_back({{"op", "linear"}, {"role", "wide"}, {"read", "x"}, {"write", "w"}});
  program.push_back({{"op", "add"}, {"read", {"x", "w"}}, {"write", "x"}});
  spec["blocks"]["block"]["tensors"]["wide"] = "wide";
  tiny.shapes["wide.weight"] = {9, 8};
  const MemoryCheckpoint checkpoint(tiny);

  EXPECT_EQ(
      message_of(Blame::kData, [&] { bind_weights(compile_spec(spec, "llama", ""), checkpoint); }),
      "tiny: layer 0: blocks.block.program[7]: adds widths of 8 and 9");
}

}  // namespace
}  // namespace lockstep::testing
