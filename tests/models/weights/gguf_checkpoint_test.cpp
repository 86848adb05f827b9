#include "models/weights/gguf_checkpoint.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "models/weights/binding.h"
#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

class GgufCheckpointTest : public ::testing::Test {
 protected:
  std::unique_ptr<Checkpoint> open(const GgufBuilder& builder,
                                   const std::vector<std::filesystem::path>& folders = {}) {
    write_bytes(path_, builder.bytes());
    return open_gguf(path_, folders);
  }
  std::string refusal(const GgufBuilder& builder) {
    return message_of(Blame::kData, [&] { open(builder); });
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "tiny.gguf";
};

std::vector<float> values_of(const BoundTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(tensor.num_elements()));
  tensor.read(values);
  return values;
}

TEST_F(GgufCheckpointTest, GivesTheConfigurationOfAFolder) {
  const auto checkpoint = open(tiny_gguf());

  const json& config = checkpoint->config();
  EXPECT_EQ(config["model_type"], "llama");
  EXPECT_EQ(config["hidden_size"], 8);
  EXPECT_EQ(config["intermediate_size"], 6);
  EXPECT_EQ(config["num_hidden_layers"], 1);
  EXPECT_EQ(config["num_attention_heads"], 4);
  EXPECT_EQ(config["num_key_value_heads"], 2);
  EXPECT_EQ(config["head_dim"], 4);
  EXPECT_EQ(config["max_position_embeddings"], 16);
  EXPECT_EQ(config["rms_norm_eps"].get<double>(), static_cast<double>(1e-5f));
  EXPECT_EQ(config["rope_theta"], 10000);
  EXPECT_EQ(config["rope_scaling"], nullptr);
}

TEST_F(GgufCheckpointTest, TakesVocabularyAndTyingFromTheTensors) {
  const auto tied = open(tiny_gguf());
  EXPECT_EQ(tied->config()["vocab_size"], 5);
  EXPECT_EQ(tied->config()["tie_word_embeddings"], true);

  const auto untied = open(tiny_gguf().floats("output.weight", {5, 8}, 3));
  EXPECT_EQ(untied->config()["tie_word_embeddings"], false);
}

TEST_F(GgufCheckpointTest, GivesTensorsTheirHuggingFaceNames) {
  const auto checkpoint = open(tiny_gguf());

  EXPECT_EQ(checkpoint->tensors().size(), 11u);
  const StoredTensor& q = checkpoint->tensors().at("model.layers.0.self_attn.q_proj.weight");
  ASSERT_EQ(q.ops.size(), 1u);
  EXPECT_EQ(q.ops[0].op, "unpermute");
  EXPECT_EQ(q.ops[0].numbers.at("heads"), 4);
  EXPECT_EQ(
      checkpoint->tensors().at("model.layers.0.self_attn.k_proj.weight").ops[0].numbers.at("heads"),
      2);
  EXPECT_TRUE(checkpoint->tensors().at("model.layers.0.self_attn.v_proj.weight").ops.empty());
}

TEST_F(GgufCheckpointTest, UndoesTheConvertersPermutation) {
  const auto checkpoint = open(tiny_gguf());
  const ModelSpec spec = resolve_family(checkpoint->config(), {}, "tiny.gguf");

  const Binding binding = bind_weights(spec, *checkpoint);

  // A head of 4 rows is stored as (0, 2, 1, 3) of Hugging Face's: pairs (i, i + 2) lie together.
  // Row r holds 8 r ...
  const std::vector<float> k = values_of(binding.layers[0].at("mixer.k").weight);
  std::vector<float> first_of_row;
  for (std::size_t row = 0; row < 8; ++row) first_of_row.push_back(k[8 * row] / 8);
  EXPECT_EQ(first_of_row, (std::vector<float>{0, 2, 1, 3, 4, 6, 5, 7}));
}

TEST_F(GgufCheckpointTest, BindsFrequencyFactorsAsARopesTensor) {
  const auto checkpoint = open(tiny_gguf().floats("rope_freqs.weight", {2}, 1));
  const ModelSpec spec = resolve_family(checkpoint->config(), {}, "tiny.gguf");

  const Binding binding = bind_weights(spec, *checkpoint);

  EXPECT_EQ(spec.ropes.at("default").type, "factors");
  EXPECT_EQ(spec.ropes.at("default").factors_role, "rope_freqs");
  EXPECT_EQ(values_of(binding.outside.at("rope_freqs").weight), (std::vector<float>{1, 2}));
}

TEST_F(GgufCheckpointTest, ReadsRotaryScalingAndPartialRotation) {
  GgufBuilder builder = tiny_gguf();
  builder.text("llama.rope.scaling.type", "linear").number("llama.rope.scaling.factor", 4);
  builder.integer("llama.attention.key_length", 8);

  const RopeSpec rope =
      resolve_family(open(builder)->config(), {}, "tiny.gguf").ropes.at("default");

  EXPECT_EQ(rope.type, "linear");
  EXPECT_EQ(rope.numbers.at("factor"), 4);
  EXPECT_EQ(rope.head_dim, 8);
  EXPECT_EQ(rope.dims, 4);
}

TEST_F(GgufCheckpointTest, TakesHeadCountsOfEveryLayerIfTheyAreEqual) {
  GgufBuilder builder;
  builder.text("general.architecture", "llama")
      .integer("llama.block_count", 2)
      .integer("llama.context_length", 16);
  builder.integer("llama.embedding_length", 8).integer("llama.feed_forward_length", 6);
  builder.number("llama.attention.layer_norm_rms_epsilon", 1e-5f).integer("llama.vocab_size", 5);
  GgufBuilder equal = builder, different = builder;
  equal.array("llama.attention.head_count",
              GgufType::kU32,
              2,
              bytes_of<uint32_t>(4) + bytes_of<uint32_t>(4));
  different.array("llama.attention.head_count",
                  GgufType::kU32,
                  2,
                  bytes_of<uint32_t>(4) + bytes_of<uint32_t>(2));

  EXPECT_EQ(open(equal)->config()["num_attention_heads"], 4);
  EXPECT_TRUE(holds(refusal(different), "llama.attention.head_count differs from layer to layer"));
}

TEST_F(GgufCheckpointTest, ReportsKeysOfTheArchitectureThatNothingReads) {
  const auto checkpoint =
      open(tiny_gguf().number("llama.logit_scale", 2).integer("general.file_type", 3));

  const ModelSpec spec = resolve_family(checkpoint->config(), {}, "tiny.gguf");

  EXPECT_EQ(spec.unknown_keys, std::vector<std::string>{"llama.logit_scale = 2"});
}

TEST_F(GgufCheckpointTest, RefusesTensorsThatNoEntryNames) {
  EXPECT_TRUE(holds(refusal(tiny_gguf().floats("blk.0.ffn_gate_exps.weight", {2}, 0)),
                    "tensor blk.0.ffn_gate_exps.weight: "));
  EXPECT_TRUE(holds(refusal(tiny_gguf().floats("blk.0.ffn_gate_exps.weight", {2}, 0)),
                    "gguf/llama.jsonnet has no \"blk.{i}.ffn_gate_exps\""));
}

TEST_F(GgufCheckpointTest, TakesLongRopeOfPhi3FromTensorsAndKeys) {
  GgufBuilder file;
  file.text("general.architecture", "phi3").integer("phi3.block_count", 1);
  file.integer("phi3.context_length", 131072).integer("phi3.embedding_length", 8);
  file.integer("phi3.feed_forward_length", 6).integer("phi3.attention.head_count", 2);
  file.integer("phi3.rope.scaling.original_context_length", 4096);
  file.number("phi3.attention.layer_norm_rms_epsilon", 1e-5f);
  file.floats("token_embd.weight", {5, 8}, 0);
  file.floats("rope_factors_long.weight", {2}, 3).floats("rope_factors_short.weight", {2}, 1);
  const auto rope_of = [&](const GgufBuilder& builder) {
    return resolve_family(open(builder)->config(), {}, "phi3").ropes.at("default");
  };

  const RopeSpec plain = rope_of(file);
  const RopeSpec given = rope_of(file.number("phi3.rope.scaling.attn_factor", 1.25f));

  EXPECT_EQ(plain.type, "longrope");
  EXPECT_EQ(plain.lists.at("long_factor"), (std::vector<double>{3, 4}));
  EXPECT_EQ(plain.lists.at("short_factor"), (std::vector<double>{1, 2}));
  EXPECT_EQ(plain.numbers.at("original_max_positions"), 4096);
  EXPECT_EQ(plain.numbers.at("factor"), 32);
  EXPECT_FALSE(plain.numbers.contains("attention_factor"));  // that of the paper
  EXPECT_EQ(given.numbers.at("attention_factor"), 1.25);
}

TEST_F(GgufCheckpointTest, RefusesTypesByName) {
  EXPECT_EQ(refusal(tiny_gguf().tensor("output.weight", {1, 256}, 21, std::string(110, '\0'))),
            path_.string() + ": tensor output.weight has type IQ3_S, which is not supported");
}

TEST_F(GgufCheckpointTest, RefusesOtherArchitectures) {
  GgufBuilder mamba;
  mamba.text("general.architecture", "mamba");
  EXPECT_EQ(refusal(mamba),
            path_.string() +
                ": general.architecture \"mamba\" is not supported; supported are gemma, gemma2, "
                "gemma3, gpt2, gptneox, llama, phi3, qwen2, qwen3; or put gguf/mamba.jsonnet into "
                "a folder given by --families");
  EXPECT_EQ(refusal(GgufBuilder()),
            path_.string() + ": general.architecture: missing; a string is wanted");
}

TEST_F(GgufCheckpointTest, UsesAUsersArchitecture) {
  std::filesystem::create_directories(folder_ / "families/gguf");
  write_bytes(folder_ / "families/gguf/mine.jsonnet",
              "function(metadata, tensors) { config: { model_type: 'llama', n: metadata.n }, "
              "tensors: { 'b.{i}': { to: "
              "'x.{i}.y' } } }");
  GgufBuilder builder;
  builder.text("general.architecture", "mine").integer("n", 3).floats("b.12.weight", {2}, 1);

  const auto checkpoint = open(builder, {folder_ / "families"});

  EXPECT_EQ(checkpoint->config()["n"], 3);
  EXPECT_TRUE(checkpoint->tensors().contains("x.12.y.weight"));
}

TEST_F(GgufCheckpointTest, ChecksWhatAnArchitectureGives) {
  std::filesystem::create_directories(folder_ / "families/gguf");
  GgufBuilder builder;
  builder.text("general.architecture", "mine");
  const auto refusal_of = [&](const std::string& result) {
    write_bytes(folder_ / "families/gguf/mine.jsonnet", "function(metadata, tensors) " + result);
    return message_of(Blame::kData, [&] { open(builder, {folder_ / "families"}); });
  };

  EXPECT_TRUE(holds(refusal_of("{ config: {} }"), "tensors: missing; an object is wanted"));
  EXPECT_TRUE(holds(refusal_of("{ config: {}, tensors: { a: {} } }"),
                    "tensors[\"a\"].to: missing; a string is wanted"));
  EXPECT_TRUE(
      holds(refusal_of("{ config: {}, tensors: { a: { to: 'b', ops: [{ op: 'fold' }] } } }"),
            "tensors[\"a\"].ops[0].op: \"fold\"; one of "));
  EXPECT_TRUE(holds(refusal_of("{ config: {}, tensors: { a: 3 } }"),
                    "tensors[\"a\"]: 3; an object is wanted"));
}

/// The numbers that every architecture has, and no tensor.
GgufBuilder sizes_of(const std::string& architecture, uint32_t layers, uint32_t context) {
  GgufBuilder file;
  file.text("general.architecture", architecture);
  const auto add = [&](const std::string& key, uint32_t value) {
    file.integer(architecture + "." + key, value);
  };
  add("block_count", layers);
  add("context_length", context);
  add("embedding_length", 64);
  add("feed_forward_length", 96);
  add("vocab_size", 5);
  add("attention.head_count", 4);
  add("attention.head_count_kv", 2);
  file.number(architecture + ".attention.layer_norm_rms_epsilon", 1e-5f);
  return file;
}

TEST_F(GgufCheckpointTest, GivesConfigurationsTheValuesOfTensors) {
  GgufBuilder file = sizes_of("phi3", 2, 64);
  file.floats("rope_factors_long.weight", {8}, 2).floats("rope_factors_short.weight", {8}, 1);

  const auto checkpoint = open(file);

  const json& scaling = checkpoint->config()["rope_scaling"];
  EXPECT_EQ(scaling["rope_type"], "longrope");
  EXPECT_EQ(scaling["short_factor"], (std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(scaling["long_factor"], (std::vector<double>{2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_TRUE(checkpoint->tensors().empty());
}

TEST_F(GgufCheckpointTest, RefusesConfigurationsOfTensorsThatAreNone) {
  GgufBuilder lost = sizes_of("phi3", 2, 64), large = lost;
  lost.floats("rope_factors_long.weight", {8}, 2);
  large.floats("rope_factors_long.weight", {2048}, 2).floats("rope_factors_short.weight", {8}, 1);

  EXPECT_EQ(
      refusal(lost),
      path_.string() +
          ": no tensor rope_factors_short.weight of at most 1024 real numbers along one axis");
  EXPECT_TRUE(holds(refusal(large), "no tensor rope_factors_long.weight of at most 1024"));
}

TEST_F(GgufCheckpointTest, GivesPhi3ItsWindow) {
  const auto window = [&](GgufBuilder file) { return open(file)->config()["sliding_window"]; };

  EXPECT_EQ(window(sizes_of("phi3", 32, 4096)), 2047);  // before the key existed
  EXPECT_EQ(window(sizes_of("phi3", 32, 131072)), nullptr);
  EXPECT_EQ(window(sizes_of("phi3", 32, 4096).integer("phi3.attention.sliding_window", 0)),
            nullptr);
  EXPECT_EQ(window(sizes_of("phi3", 2, 64).integer("phi3.attention.sliding_window", 8)), 8);
}

TEST_F(GgufCheckpointTest, GivesGemmaItsScaleAndWindows) {
  const auto gemma3 = [&](uint32_t layers) {
    return sizes_of("gemma3", layers, 64)
        .integer("gemma3.attention.key_length", 32)
        .integer("gemma3.attention.value_length", 32)
        .integer("gemma3.attention.sliding_window", 8);
  };

  const json six = open(gemma3(6))->config();
  EXPECT_EQ(six["model_type"], "gemma3_text");
  EXPECT_EQ(six["query_pre_attn_scalar"], 32);
  EXPECT_EQ(six["rope_theta"], 1000000);
  EXPECT_EQ(six["rope_local_base_freq"], 10000);
  std::vector<std::string> types(5, "sliding_attention");
  types.emplace_back("full_attention");
  EXPECT_EQ(six["layer_types"], types);
  EXPECT_EQ(open(gemma3(62))->config()["query_pre_attn_scalar"], 16);  // 27B: width / heads
  const json two = open(gemma3(6).integer("gemma3.attention.sliding_window_pattern", 2))->config();
  EXPECT_EQ(two["layer_types"][1], "full_attention");
  EXPECT_EQ(two["layer_types"][2], "sliding_attention");
}

TEST_F(GgufCheckpointTest, HashesTheFile) {
  const auto checkpoint = open(tiny_gguf());

  EXPECT_EQ(checkpoint->sha256(), sha256_of(tiny_gguf().bytes()));
  EXPECT_EQ(checkpoint->name(), "tiny");
}

}  // namespace
}  // namespace lockstep::testing
