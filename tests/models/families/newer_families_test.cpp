// Gemma 3, Phi-3, BLOOM and models inside wrappers: what the families make of config.json files
// shaped like the published ones. Expected values: the configuration classes in transformers 5.23.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/families/published_configs.h"
#include "tests/models/families/spec_queries.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

std::string refusal(const nlohmann::json& config) {
  return message_of(Blame::kData, [&] { resolved(config); });
}

TEST(Gemma3, HasARopeForEachKindOfLayer) {
  const ModelSpec spec = resolved(published_config("gemma-3-1b"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.num_blocks(), 26);
  for (std::size_t layer = 0; layer < 26; ++layer) {
    const bool is_global = layer % 6 == 5;
    EXPECT_EQ(attention_of(spec, layer).rope, is_global ? "global" : "local") << layer;
    EXPECT_EQ(attention_of(spec, layer).window.value_or(0), is_global ? 0 : 512) << layer;
  }
  EXPECT_EQ(spec.ropes.at("global").theta, 1e6);
  EXPECT_EQ(spec.ropes.at("local").theta, 1e4);
  EXPECT_EQ(spec.ropes.at("global").type, "default");
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 1);
  ASSERT_TRUE(attention_of(spec, 0).qk_norm.has_value());
  EXPECT_EQ(attention_of(spec, 0).qk_norm->norm.kind, "rms_1p");
  EXPECT_EQ(attention_of(spec, 0).qk_norm->norm.span, "head");
  EXPECT_EQ(attention_of(spec, 0).softcap, std::nullopt);
  EXPECT_EQ(spec.head.steps.size(), 1u);
}

TEST(Gemma3, TakesTheRopesOfTransformers5) {
  const nlohmann::json parameters{
      {"sliding_attention", {{"rope_type", "default"}, {"rope_theta", 500}}},
      {"full_attention", {{"rope_type", "linear"}, {"factor", 4}, {"rope_theta", 7000}}}};

  const ModelSpec spec = resolved(changed(published_config("gemma-3-1b"),
                                          {{"rope_parameters", parameters}},
                                          {"rope_theta", "rope_local_base_freq", "rope_scaling"}));

  EXPECT_EQ(spec.ropes.at("local").theta, 500);
  EXPECT_EQ(spec.ropes.at("local").type, "default");
  EXPECT_EQ(spec.ropes.at("global").theta, 7000);
  EXPECT_EQ(spec.ropes.at("global").type, "linear");
  EXPECT_EQ(spec.ropes.at("global").numbers.at("factor"), 4);
  EXPECT_THAT(spec.unknown_keys, IsEmpty());
}

TEST(Gemma3, ReportsKeysInsideTheRopesOfEachKindOfLayer) {
  const nlohmann::json parameters{
      {"sliding_attention", {{"rope_type", "default"}, {"factor", 2}}},
      {"full_attention", {{"rope_type", "linear"}, {"factor", 4}, {"beta_slow", 1}}},
      {"chunked_attention", {{"rope_type", "default"}}}};

  const ModelSpec spec = resolved(
      changed(published_config("gemma-3-1b"), {{"rope_parameters", parameters}}, {"rope_scaling"}));

  EXPECT_THAT(spec.unknown_keys,
              ElementsAre("rope_parameters.chunked_attention = {\"rope_type\":\"default\"}",
                          "rope_parameters.full_attention.beta_slow = 1",
                          "rope_parameters.sliding_attention.factor = 2"));
}

TEST(Gemma3, RefusesParametersOfARopeBesideThoseOfItsKindsOfLayers) {
  const nlohmann::json parameters{{"rope_type", "linear"}, {"factor", 4}};

  EXPECT_TRUE(
      holds(refusal(changed(published_config("gemma-3-1b"), {{"rope_parameters", parameters}})),
            "gemma3 with factor, rope_type in rope_parameters beside its kinds of layers is not "
            "supported"));
}

TEST(Gemma3, RefusesWhatTransformersDoesOtherwise) {
  const nlohmann::json config = published_config("gemma-3-1b");

  EXPECT_TRUE(holds(refusal(changed(config, {{"use_bidirectional_attention", true}})),
                    "use_bidirectional_attention is not supported"));
  EXPECT_TRUE(holds(refusal(changed(config, {{"attn_logit_softcapping", 50}})),
                    "gemma3 with attn_logit_softcapping is not supported"));
}

TEST(Wrapper, IsTheTextModelWithTheClassesOwnSizes) {
  const ModelSpec spec = resolved(published_config("gemma-3-4b"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.family, "gemma3");
  EXPECT_EQ(spec.width, 2560);
  EXPECT_EQ(spec.vocabulary, 262208);
  EXPECT_EQ(spec.num_blocks(), 34);
  EXPECT_THAT(spec.max_positions, Optional(131072));
  EXPECT_EQ(attention_of(spec, 0).heads, 8);
  EXPECT_EQ(attention_of(spec, 0).window, 1024);
  EXPECT_EQ(spec.ropes.at("global").numbers.at("factor"), 8);
  EXPECT_EQ(spec.ropes.at("local").type, "default");
  EXPECT_TRUE(spec.head_tied);
  EXPECT_EQ(spec.prefixes.front(), "language_model.model.");
  EXPECT_THAT(spec.ignore, Contains("model.vision_tower.*"));
}

TEST(Wrapper, FindsTheFamilyOfItsText) {
  const nlohmann::json config = published_config("llava-1.5-7b");

  const ModelSpec llama = resolved(config);
  nlohmann::json other = config;
  other["text_config"]["model_type"] = "mistral";
  const ModelSpec mistral = resolved(other);
  other["text_config"]["model_type"] = "mamba";

  EXPECT_THAT(llama.unknown_keys, IsEmpty());
  EXPECT_EQ(llama.width, 4096);
  EXPECT_EQ(attention_of(llama, 0).kv_heads, 32);
  EXPECT_EQ(attention_of(llama, 0).window, std::nullopt);
  EXPECT_EQ(attention_of(mistral, 0).kv_heads, 8);
  EXPECT_EQ(attention_of(mistral, 0).window, 4096);
  EXPECT_FALSE(llama.head_tied);
  EXPECT_TRUE(holds(refusal(other),
                    "text_config.model_type mamba is not supported; one of gemma, gemma2, "
                    "gemma3_text, llama, mistral, phi3, qwen2, qwen3 is wanted"));
}

TEST(Wrapper, ReportsKeysOfTheTextThatItDoesNotKnow) {
  nlohmann::json config = published_config("llava-1.5-7b");
  config["text_config"]["residual_scale"] = 2;

  EXPECT_THAT(resolved(config).unknown_keys, ElementsAre("residual_scale = 2"));
}

TEST(Wrapper, TiesTheHeadAsItsClassDoes) {
  const nlohmann::json llava = published_config("llava-1.5-7b");
  nlohmann::json tied_inside = llava;
  tied_inside["text_config"]["tie_word_embeddings"] = true;

  EXPECT_TRUE(resolved(tied_inside).head_tied);
  EXPECT_FALSE(resolved(changed(llava, {{"model_type", "mistral3"}})).head_tied);
  EXPECT_TRUE(resolved(changed(llava, {{"model_type", "mistral3"}, {"tie_word_embeddings", true}}))
                  .head_tied);
  EXPECT_FALSE(resolved(changed(published_config("gemma-3-4b"), {{"tie_word_embeddings", false}}))
                   .head_tied);
}

TEST(Phi3, SplitsItsFusedProjections) {
  const ModelSpec spec = resolved(published_config("phi-4-mini"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_THAT(windows_of(spec), Each(Optional(262144)));
  const auto& tensors = kind_of(spec, 0).tensors;
  const TensorSource& v = tensors.at("mixer.v");
  EXPECT_THAT(v.names, ElementsAre("layers.{i}.self_attn.qkv_proj"));
  EXPECT_EQ(v.ops.at(0).names,
            (std::map<std::string, std::string>{{"layout", "blocks"}, {"part", "v"}}));
  EXPECT_EQ(v.ops.at(0).numbers,
            (std::map<std::string, int64_t>{{"heads", 24}, {"kv_heads", 8}, {"head_dim", 128}}));
  EXPECT_EQ(tensors.at("ffn.gate").ops.at(0).numbers,
            (std::map<std::string, int64_t>{{"index", 0}, {"of", 2}}));
  EXPECT_EQ(tensors.at("ffn.up").ops.at(0).numbers,
            (std::map<std::string, int64_t>{{"index", 1}, {"of", 2}}));
}

TEST(Phi3, ResolvesLongrope) {
  const RopeSpec rope = resolved(published_config("phi-4-mini")).ropes.at("default");

  EXPECT_EQ(rope.type, "longrope");
  EXPECT_EQ(rope.dims, 96);
  EXPECT_EQ(rope.head_dim, 128);
  EXPECT_EQ(rope.lists.at("short_factor").size(), 48u);
  EXPECT_EQ(rope.lists.at("long_factor").at(2), 2.0);
  EXPECT_EQ(rope.numbers,
            (std::map<std::string, double>{{"factor", 32}, {"original_max_positions", 4096}}));
}

TEST(Phi3, ReadsTheFirstNamesOfLongrope) {
  for (const std::string name : {"su", "yarn"}) {
    nlohmann::json config = published_config("phi-4-mini");
    config["rope_scaling"]["type"] = name;

    EXPECT_EQ(resolved(config).ropes.at("default").type, "longrope") << name;
  }
}

TEST(Bloom, HasBiasesForPositionsAndNoLimit) {
  const ModelSpec spec = resolved(published_config("bloom-560m"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.width, 1024);
  EXPECT_EQ(spec.num_blocks(), 24);
  EXPECT_EQ(spec.max_positions, std::nullopt);
  EXPECT_EQ(spec.embed.steps.size(), 2u);
  const AttentionFields& attention = attention_of(spec, 0);
  EXPECT_EQ(attention.heads, 16);
  EXPECT_EQ(attention.rope, std::nullopt);
  ASSERT_TRUE(attention.alibi.has_value());
  EXPECT_EQ(attention.alibi->slopes, "bloom");
  EXPECT_EQ(attention.alibi->max_bias, 8);
  EXPECT_FALSE(attention.alibi->is_scaled);
  EXPECT_EQ(attention.alibi->round, std::nullopt);
  EXPECT_EQ(calls_of(kind_of(spec, 0).program),
            "norm:0>2 attention:2>3 add:0,3>0 norm:0>2 ffn:2>4 add:0,4>0");
}

TEST(Bloom, CanKeepTheNormsOutputAsItsStream) {
  const ModelSpec spec = resolved(changed(published_config("bloom-560m"),
                                          {{"apply_residual_connection_post_layernorm", true}}));

  EXPECT_EQ(calls_of(kind_of(spec, 0).program),
            "norm:0>0 attention:0>2 add:0,2>0 norm:0>0 ffn:0>3 add:0,3>0");
}

TEST(Ropes, NameTheTypesThatThereAre) {
  const nlohmann::json config =
      changed(published_config("llama-3.2-1b"), {{"rope_scaling", {{"rope_type", "twisted"}}}});

  EXPECT_TRUE(holds(refusal(config),
                    "rope type twisted is not supported; one of default, dynamic, factors, linear, "
                    "llama3, longrope, proportional, yarn is wanted"));
}

TEST(Ropes, TellWhereAModelChangesWithTheLengthOfAWindow) {
  EXPECT_THAT(length_borders(resolved(published_config("phi-4-mini"))), ElementsAre(4096));
  EXPECT_THAT(length_borders(resolved(published_config("llama-3.2-1b"))), IsEmpty());
}

}  // namespace
}  // namespace lockstep::testing
