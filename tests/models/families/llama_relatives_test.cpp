// Families that are Llama with differences. Expected values: the configuration classes in
// transformers 5.23.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/models/families/published_configs.h"
#include "tests/models/families/spec_queries.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Gemma-7B's, whose activation is not the one that it names.
nlohmann::json gemma_7b() {
  return {{"architectures", {"GemmaForCausalLM"}},
          {"attention_bias", false},
          {"attention_dropout", 0.0},
          {"bos_token_id", 2},
          {"eos_token_id", 1},
          {"head_dim", 256},
          {"hidden_act", "gelu"},
          {"hidden_activation", nullptr},
          {"hidden_size", 3072},
          {"initializer_range", 0.02},
          {"intermediate_size", 24576},
          {"max_position_embeddings", 8192},
          {"model_type", "gemma"},
          {"num_attention_heads", 16},
          {"num_hidden_layers", 28},
          {"num_key_value_heads", 16},
          {"pad_token_id", 0},
          {"rms_norm_eps", 1e-06},
          {"rope_scaling", nullptr},
          {"rope_theta", 10000.0},
          {"torch_dtype", "bfloat16"},
          {"transformers_version", "4.38.0.dev0"},
          {"use_cache", true},
          {"vocab_size", 256000}};
}

TEST(Gemma, ScalesEmbeddingsAndReadsGeluAsItsTanhForm) {
  const ModelSpec spec = resolved(gemma_7b());

  const Program& program = kind_of(spec, 0).program;
  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(calls_of(program), kPreProgram);
  EXPECT_EQ(attention_of(spec, 0).qk_dim, 256);
  EXPECT_EQ(attention_of(spec, 0).scale, 0.0625);
  EXPECT_EQ(fields_of<NormFields>(program).kind, "rms_1p");
  EXPECT_EQ(fields_of<NormFields>(spec.final_norm).kind, "rms_1p");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).act, "gelu_pytorch_tanh");
  EXPECT_EQ(fields_of<ScaleFields>(spec.embed).by, std::sqrt(3072.0));
  EXPECT_TRUE(spec.head_tied);
  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [] {
                         resolved(changed(gemma_7b(), {{"use_bidirectional_attention", true}}));
                       }),
            "gemma with use_bidirectional_attention is not supported"));
}

TEST(Qwen3, NormsEachHeadBeforeItIsTurned) {
  const ModelSpec spec =
      resolved(changed(published_config("qwen1.5-7b"), {{"model_type", "qwen3"}}));

  const AttentionFields& attention = attention_of(spec, 0);
  ASSERT_TRUE(attention.qk_norm);
  EXPECT_EQ(attention.qk_norm->norm.kind, "rms");
  EXPECT_EQ(attention.qk_norm->norm.span, "head");
  EXPECT_EQ(attention.qk_norm->order, "before_rope");
  EXPECT_EQ(attention.qk_dim, 128);  // the default, here also width over heads
  EXPECT_EQ(attention_of(resolved(changed(published_config("qwen1.5-7b"),
                                          {{"model_type", "qwen3"}, {"hidden_size", 2048}})),
                         0)
                .qk_dim,
            128);
}

TEST(Olmo2, NormsOutputsAndWholeProjections) {
  const nlohmann::json config = changed(published_config("llama-3.2-1b"),
                                        {{"model_type", "olmo2"}},
                                        {"head_dim", "rope_scaling", "rms_norm_eps"});

  const ModelSpec spec = resolved(config);

  const BlockKind& kind = kind_of(spec, 0);
  EXPECT_EQ(calls_of(kind.program), "attention:0>2 norm:2>2 add:0,2>0 ffn:0>3 norm:3>3 add:0,3>0");
  EXPECT_EQ(fields_of<NormFields>(kind.program).kind, "rms_w_fp32");
  EXPECT_EQ(fields_of<NormFields>(kind.program).eps, 1e-5);
  EXPECT_EQ(attention_of(spec, 0).qk_norm->norm.span, "projection");
  EXPECT_THAT(kind.tensors.at("mixer_post_norm").names,
              ElementsAre("layers.{i}.post_attention_layernorm"));
  EXPECT_FALSE(kind.tensors.contains("mixer_norm"));
}

std::vector<std::string> layers_of_smollm3(const nlohmann::json& changes) {
  nlohmann::json all{{"model_type", "smollm3"}, {"num_hidden_layers", 5}};
  all.update(changes);
  return resolved(changed(published_config("llama-3.2-1b"), all)).layers;
}

TEST(SmolLm3, TurnsAllButEveryFourthLayer) {
  const std::string rope = "rope", none = "no_rope";
  EXPECT_THAT(layers_of_smollm3(nlohmann::json::object()),
              ElementsAre(rope, rope, rope, none, rope));
  EXPECT_THAT(layers_of_smollm3({{"no_rope_layer_interval", 2}}),
              ElementsAre(rope, none, rope, none, rope));
  EXPECT_THAT(layers_of_smollm3({{"no_rope_layers", {0, 1, 1, 1, 0}}}),
              ElementsAre(none, rope, rope, rope, none));
}

TEST(SmolLm3, HasAWindowWhereItDoesNotTurn) {
  const std::string rope = "rope", none = "no_rope";
  EXPECT_THAT(layers_of_smollm3({{"use_sliding_window", true}, {"sliding_window", 8}}),
              ElementsAre(rope, rope, rope, "no_rope_window", rope));
  EXPECT_THAT(layers_of_smollm3({{"use_sliding_window", true}}),
              ElementsAre(rope, rope, rope, none, rope));
  EXPECT_TRUE(holds(
      message_of(
          Blame::kData,
          [] {
            layers_of_smollm3({{"num_hidden_layers", 1}, {"layer_types", {"sliding_attention"}}});
          }),
      "layer_types has sliding_attention, but sliding_window is null"));
}

TEST(SmolLm3, HasAThetaOfItsOwn) {
  const ModelSpec spec = resolved(changed(published_config("llama-3.2-1b"),
                                          {{"model_type", "smollm3"}},
                                          {"rope_theta", "rope_scaling", "num_key_value_heads"}));

  EXPECT_EQ(spec.ropes.at("default").theta, 2000000.0);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 4);
  EXPECT_EQ(attention_of(spec, 3).rope, std::nullopt);
}

TEST(Mistral, AlternatesByLayerTypes) {
  const nlohmann::json changes{{"num_hidden_layers", 2},
                               {"layer_types", {"full_attention", "sliding_attention"}}};

  for (const char* type : {"mistral", "ministral"}) {
    nlohmann::json config = changed(published_config("mistral-7b-v0.1"), changes);
    config["model_type"] = type;
    EXPECT_THAT(windows_of(resolved(config)),
                ElementsAre(std::nullopt, std::optional<int64_t>(4096)))
        << type;
  }
}

TEST(Qwen2, FollowsLayerTypes) {
  const nlohmann::json changes{{"num_hidden_layers", 2},
                               {"layer_types", {"sliding_attention", "full_attention"}}};
  const nlohmann::json config = changed(published_config("qwen1.5-7b"), changes);

  EXPECT_THAT(windows_of(resolved(changed(config, {{"use_sliding_window", true}}))),
              ElementsAre(std::optional<int64_t>(32768), std::nullopt));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { resolved(config); }),
                    "layer_types has sliding_attention, but there is no sliding window"));
  const nlohmann::json unknown{{"num_hidden_layers", 1}, {"layer_types", {"chunked_attention"}}};
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { resolved(changed(config, unknown)); }),
                    "field does not exist: chunked_attention"));
}

}  // namespace
}  // namespace lockstep::testing
