// What the built-in families make of config.json files shaped like the published ones. Expected
// values: the models' configuration classes in transformers 5.23.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/models/families/published_configs.h"
#include "tests/models/families/spec_queries.h"

namespace lockstep::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(Llama, ResolvesSizesAndRoles) {
  const ModelSpec spec = resolved(published_config("llama-3.2-1b"));

  EXPECT_EQ(spec.family, "llama");
  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.width, 2048);
  EXPECT_EQ(spec.num_blocks(), 16);
  EXPECT_EQ(spec.vocabulary, 128256);
  EXPECT_THAT(spec.max_positions, Optional(131072));
  EXPECT_THAT(spec.layers, Each("block"));
  EXPECT_EQ(spec.blocks.size(), 1u);
  EXPECT_EQ(spec.blocks.at("block").tensors.at("mixer.q").names,
            std::vector<std::string>{"layers.{i}.self_attn.q_proj"});
  EXPECT_EQ(spec.hf_states.size(), 17u);
  EXPECT_EQ(spec.hf_states.front(), "embedding");
  EXPECT_EQ(spec.hf_states.at(1), "block 1");
  EXPECT_EQ(spec.hf_states.at(15), "block 15");
  EXPECT_EQ(spec.hf_states.back(), "final_norm");
  EXPECT_TRUE(spec.head_tied);
}

TEST(Llama, ResolvesTheProgram) {
  const ModelSpec spec = resolved(published_config("llama-3.2-1b"));

  const Program& program = kind_of(spec, 0).program;
  const AttentionFields& attention = attention_of(spec, 0);
  EXPECT_EQ(calls_of(program), kPreProgram);
  EXPECT_EQ(attention.heads, 32);
  EXPECT_EQ(attention.kv_heads, 8);
  EXPECT_EQ(attention.qk_dim, 64);
  EXPECT_EQ(attention.v_dim, 64);
  EXPECT_EQ(attention.scale, 0.125);
  EXPECT_TRUE(attention.causal);
  EXPECT_THAT(attention.rope, Optional(std::string("default")));
  EXPECT_THAT(windows_of(spec), Each(std::nullopt));
  EXPECT_THAT(attention.others, IsEmpty());
  EXPECT_EQ(fields_of<NormFields>(program).kind, "rms");
  EXPECT_EQ(fields_of<NormFields>(program).eps, 1e-5);
  EXPECT_EQ(fields_of<FeedForwardFields>(program).form, "gated");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).act, "silu");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).size, 8192);
}

TEST(Llama, ResolvesLlama3Scaling) {
  const RopeSpec rope = resolved(published_config("llama-3.2-1b")).ropes.at("default");

  EXPECT_EQ(rope.layout, "half");
  EXPECT_EQ(rope.head_dim, 64);
  EXPECT_EQ(rope.dims, 64);
  EXPECT_EQ(rope.theta, 500000.0);
  EXPECT_EQ(rope.type, "llama3");
  const std::map<std::string, double> numbers{{"factor", 32},
                                              {"low_freq_factor", 1},
                                              {"high_freq_factor", 4},
                                              {"original_max_positions", 8192}};
  EXPECT_EQ(rope.numbers, numbers);
  EXPECT_EQ(rope.factors_role, "");
}

TEST(Llama, TakesRotaryParametersAsTransformers5WritesThem) {
  const nlohmann::json config = published_config("llama-3.2-1b");
  nlohmann::json parameters = config["rope_scaling"];
  parameters["rope_theta"] = config["rope_theta"];

  const ModelSpec spec =
      resolved(changed(config, {{"rope_parameters", parameters}}, {"rope_theta", "rope_scaling"}));

  const RopeSpec rope = spec.ropes.at("default");
  EXPECT_EQ(rope.theta, 500000.0);
  EXPECT_EQ(rope.numbers, resolved(config).ropes.at("default").numbers);
}

TEST(Llama, DerivesWhatIsNull) {
  const nlohmann::json changes{{"head_dim", nullptr}, {"num_key_value_heads", nullptr}};

  const ModelSpec spec = resolved(changed(published_config("llama-3.2-1b"), changes));

  EXPECT_EQ(attention_of(spec, 0).qk_dim, 64);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 32);
}

TEST(Llama, UsesClassDefaultsOfAbsentKeys) {
  const ModelSpec spec =
      resolved(changed(published_config("llama-3.2-1b"),
                       nlohmann::json::object(),
                       {"rope_theta", "rope_scaling", "rms_norm_eps", "hidden_act"}));

  const Program& program = kind_of(spec, 0).program;
  EXPECT_EQ(spec.ropes.at("default").theta, 10000.0);
  EXPECT_EQ(spec.ropes.at("default").type, "default");
  EXPECT_EQ(fields_of<NormFields>(program).eps, 1e-6);
  EXPECT_EQ(fields_of<FeedForwardFields>(program).act, "silu");
}

TEST(Llama, ResolvesYarn) {
  const nlohmann::json yarn{
      {"rope_type", "yarn"}, {"factor", 4.0}, {"original_max_position_embeddings", 16}};

  const RopeSpec rope =
      resolved(changed(published_config("llama-3.2-1b"), {{"rope_scaling", yarn}}))
          .ropes.at("default");

  EXPECT_EQ(rope.type, "yarn");
  const std::map<std::string, double> numbers{{"factor", 4},
                                              {"original_max_positions", 16},
                                              {"beta_fast", 32},
                                              {"beta_slow", 1},
                                              {"truncate", 1}};
  EXPECT_EQ(rope.numbers, numbers);
}

TEST(Llama, ResolvesLongropeLists) {
  const nlohmann::json longrope{{"rope_type", "longrope"},
                                {"short_factor", {1.0, 1.5}},
                                {"long_factor", {2.0, 3.0}},
                                {"factor", 8.0}};

  const RopeSpec rope =
      resolved(changed(published_config("llama-3.2-1b"), {{"rope_scaling", longrope}}))
          .ropes.at("default");

  EXPECT_THAT(rope.lists.at("short_factor"), ElementsAre(1.0, 1.5));
  EXPECT_THAT(rope.lists.at("long_factor"), ElementsAre(2.0, 3.0));
}

TEST(Mistral, HasAWindowInEveryLayer) {
  const ModelSpec spec = resolved(published_config("mistral-7b-v0.1"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.num_blocks(), 32);
  EXPECT_EQ(attention_of(spec, 31).heads, 32);
  EXPECT_EQ(attention_of(spec, 31).kv_heads, 8);
  EXPECT_EQ(attention_of(spec, 31).qk_dim, 128);
  EXPECT_THAT(windows_of(spec), Each(Optional(4096)));
  EXPECT_EQ(spec.ropes.at("default").theta, 10000.0);
  EXPECT_EQ(spec.ropes.at("default").type, "default");
  EXPECT_FALSE(spec.head_tied);
  EXPECT_EQ(spec.tensors.at("head").names.front(), "/lm_head");
}

TEST(Mistral, KeepsNullAndFillsInAbsentKeys) {
  const nlohmann::json config = published_config("mistral-7b-v0.1");

  EXPECT_EQ(attention_of(resolved(changed(config, {{"sliding_window", nullptr}})), 0).window,
            std::nullopt);
  EXPECT_THAT(
      attention_of(resolved(changed(config, nlohmann::json::object(), {"sliding_window"})), 0)
          .window,
      Optional(4096));
  EXPECT_EQ(
      attention_of(resolved(changed(config, nlohmann::json::object(), {"num_key_value_heads"})), 0)
          .kv_heads,
      8);
}

TEST(Qwen2, HasNoWindowUnlessAsked) {
  const ModelSpec spec = resolved(published_config("qwen1.5-7b"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(attention_of(spec, 0).heads, 32);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 32);
  EXPECT_EQ(attention_of(spec, 0).qk_dim, 128);
  EXPECT_EQ(spec.ropes.at("default").theta, 1000000.0);
  EXPECT_THAT(windows_of(spec), Each(std::nullopt));
  EXPECT_THAT(spec.layers, Each("full"));
  EXPECT_EQ(spec.blocks.size(), 1u);
}

TEST(Qwen2, HasAWindowFromALayerOn) {
  const ModelSpec spec =
      resolved(changed(published_config("qwen1.5-7b"), {{"use_sliding_window", true}}));

  EXPECT_EQ(spec.blocks.size(), 2u);
  for (std::size_t layer = 0; layer < 32; ++layer) {
    const std::optional<int64_t> wanted = layer < 28 ? std::nullopt : std::optional<int64_t>(32768);
    EXPECT_EQ(attention_of(spec, layer).window, wanted) << "layer " << layer;
  }
}

TEST(GptNeox, RunsAttentionAndFeedForwardSideBySide) {
  const ModelSpec spec = resolved(published_config("pythia-70m"));

  const Program& program = kind_of(spec, 0).program;
  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.width, 512);
  EXPECT_EQ(spec.num_blocks(), 6);
  EXPECT_EQ(spec.vocabulary, 50304);
  EXPECT_EQ(attention_of(spec, 0).heads, 8);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 8);
  EXPECT_EQ(attention_of(spec, 0).qk_dim, 64);
  EXPECT_EQ(spec.ropes.at("default").dims, 16);
  EXPECT_EQ(spec.ropes.at("default").head_dim, 64);
  EXPECT_EQ(spec.ropes.at("default").theta, 10000.0);
  EXPECT_EQ(calls_of(program), "norm:0>2 attention:2>3 norm:0>2 ffn:2>4 add:4,3,0>0");
  EXPECT_EQ(fields_of<NormFields>(program).kind, "layer");
  EXPECT_EQ(fields_of<NormFields>(program).eps, 1e-5);
  EXPECT_EQ(fields_of<FeedForwardFields>(program).form, "plain");
  EXPECT_EQ(fields_of<FeedForwardFields>(program).act, "gelu");
}

TEST(GptNeox, SplitsTheFusedProjection) {
  const TensorSource k = kind_of(resolved(published_config("pythia-70m")), 5).tensors.at("mixer.k");

  EXPECT_THAT(k.names, ElementsAre("layers.{i}.attention.query_key_value"));
  ASSERT_EQ(k.ops.size(), 1u);
  EXPECT_EQ(k.ops[0].op, "split");
  EXPECT_EQ(k.ops[0].names,
            (std::map<std::string, std::string>{{"layout", "per_head"}, {"part", "k"}}));
  EXPECT_EQ(k.ops[0].numbers,
            (std::map<std::string, int64_t>{{"heads", 8}, {"kv_heads", 8}, {"head_dim", 64}}));
}

TEST(GptNeox, CanBeSequential) {
  const ModelSpec spec =
      resolved(changed(published_config("pythia-70m"), {{"use_parallel_residual", false}}));

  EXPECT_EQ(calls_of(kind_of(spec, 0).program), kPreProgram);
}

TEST(Gemma2, AlternatesLocalAndGlobalLayers) {
  const ModelSpec spec = resolved(published_config("gemma-2-2b"));

  EXPECT_THAT(spec.unknown_keys, IsEmpty());
  EXPECT_EQ(spec.num_blocks(), 26);
  for (std::size_t layer = 0; layer < 26; ++layer) {
    EXPECT_EQ(spec.layers[layer], layer % 2 == 0 ? "local" : "global");
    const std::optional<int64_t> wanted =
        layer % 2 == 0 ? std::optional<int64_t>(4096) : std::nullopt;
    EXPECT_EQ(attention_of(spec, layer).window, wanted) << "layer " << layer;
  }
  EXPECT_EQ(attention_of(spec, 0).heads, 8);
  EXPECT_EQ(attention_of(spec, 0).kv_heads, 4);
  EXPECT_EQ(attention_of(spec, 0).qk_dim, 256);
  EXPECT_EQ(attention_of(spec, 0).scale, 0.0625);
  EXPECT_THAT(attention_of(spec, 0).softcap, Optional(50.0));
}

TEST(Gemma2, HasSandwichNorms) {
  const ModelSpec spec = resolved(published_config("gemma-2-2b"));

  const BlockKind& kind = kind_of(spec, 0);
  EXPECT_EQ(calls_of(kind.program),
            "norm:0>2 attention:2>3 norm:3>3 add:0,3>0 norm:0>2 ffn:2>4 norm:4>4 add:0,4>0");
  for (std::size_t k = 0; k < 4; ++k)
    EXPECT_EQ(fields_of<NormFields>(kind.program, k).kind, "rms_1p");
  EXPECT_EQ(fields_of<NormFields>(spec.final_norm).kind, "rms_1p");
  EXPECT_THAT(kind.tensors.at("mixer_norm").names, ElementsAre("layers.{i}.input_layernorm"));
  EXPECT_THAT(kind.tensors.at("mixer_post_norm").names,
              ElementsAre("layers.{i}.post_attention_layernorm"));
  EXPECT_THAT(kind.tensors.at("ffn_norm").names,
              ElementsAre("layers.{i}.pre_feedforward_layernorm"));
  EXPECT_THAT(kind.tensors.at("ffn_post_norm").names,
              ElementsAre("layers.{i}.post_feedforward_layernorm"));
}

TEST(Gemma2, ScalesEmbeddingsAndCapsLogits) {
  const ModelSpec spec = resolved(published_config("gemma-2-2b"));

  EXPECT_EQ(fields_of<ScaleFields>(spec.embed).by, 48.0);
  EXPECT_THAT(fields_of<ScaleFields>(spec.embed).round, Optional(std::string("weight")));
  EXPECT_EQ(fields_of<SoftcapFields>(spec.head).cap, 30.0);
  EXPECT_TRUE(spec.head_tied);
  EXPECT_EQ(fields_of<FeedForwardFields>(kind_of(spec, 0).program).act, "gelu_pytorch_tanh");
}

TEST(Gemma2, FollowsLayerTypes) {
  const nlohmann::json changes{{"num_hidden_layers", 2},
                               {"layer_types", {"full_attention", "sliding_attention"}}};

  const ModelSpec spec = resolved(changed(published_config("gemma-2-2b"), changes));

  EXPECT_THAT(windows_of(spec), ElementsAre(std::nullopt, std::optional<int64_t>(4096)));
}

class CanonicalJson : public ::testing::TestWithParam<const char*> {};

TEST_P(CanonicalJson, EqualsPythonsByteForByte) {
  const nlohmann::json golden =
      read_json_file(LOCKSTEP_SOURCE_DIR "/tests/golden/weights/canonical.json").at(GetParam());

  const ModelSpec spec = resolved(published_config(GetParam()));

  EXPECT_EQ(spec.canonical_json.size(), golden.at("bytes"));
  EXPECT_EQ(spec.sha256, golden.at("sha256"));
}

INSTANTIATE_TEST_SUITE_P(
    Families,
    CanonicalJson,
    ::testing::Values("llama-3.2-1b", "mistral-7b-v0.1", "qwen1.5-7b", "pythia-70m", "gemma-2-2b"));

}  // namespace
}  // namespace lockstep::testing
