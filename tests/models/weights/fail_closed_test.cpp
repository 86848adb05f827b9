// Real checkpoints of each family with something wrong: refused, or reported, with names and
// numbers.
#include <gtest/gtest.h>

#include <optional>

#include "models/weights/binding.h"
#include "tests/models/golden_families.h"
#include "tests/models/weights/golden_copy.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

/// Resolved once for each configuration: that takes a tenth of a second.
const ModelSpec& spec_of(const nlohmann::json& config) {
  static std::map<std::string, ModelSpec> specs;
  const std::string key = config.dump();
  const auto found = specs.find(key);
  if (found != specs.end()) return found->second;
  return specs.emplace(key, resolve_family(config, {}, "config.json")).first->second;
}

/// What opening, resolving and binding say of a checkpoint; nothing if all is well.
std::optional<std::string> complaint(const GoldenCopy& copy) {
  const TemporaryFolder folder;
  const auto path = copy.write(folder.path());
  try {
    const auto checkpoint = open_checkpoint(path, {});
    bind_weights(spec_of(checkpoint->config()), *checkpoint);
  } catch (const Error& error) {
    EXPECT_EQ(static_cast<int>(error.blame()), static_cast<int>(Blame::kData)) << error.what();
    return error.what();
  }
  return {};
}

/// The same, with the configuration changed.
std::string complaint_with(const std::string& family, const nlohmann::json& changes) {
  GoldenCopy copy(family);
  copy.config.update(changes);
  return complaint(copy).value_or("nothing");
}

class FailClosed : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Families,
                         FailClosed,
                         ::testing::ValuesIn(kGoldenFamilies),
                         [](const auto& family) { return std::string(family.param); });

TEST_P(FailClosed, AcceptsTheCheckpointItself) {
  EXPECT_EQ(complaint(GoldenCopy(GetParam())), std::nullopt);
}

// A module's name without the number of its layer, so that each kind of tensor is tried once.
std::string without_number(std::string name) {
  for (char& letter : name) {
    if (letter >= '0' && letter <= '9') letter = '#';
  }
  return name;
}

/// The part of a configuration that is about text.
nlohmann::json& text_of(nlohmann::json& config) {
  return config.contains("text_config") ? config["text_config"] : config;
}

/// Whether a tensor is of the language model and not of what is around it.
bool is_of_text(const std::string& name) {
  return name.find("vision") == std::string::npos && name.find("projector") == std::string::npos;
}

bool is_head(const std::string& name) {
  return name.ends_with("lm_head.weight") || name == "embed_out.weight";
}

TEST_P(FailClosed, NamesAnyTensorThatIsMissing) {
  const GoldenCopy whole(GetParam());
  std::map<std::string, std::string> last_of_each;
  for (const auto& [name, tensor] : whole.tensors) last_of_each[without_number(name)] = name;
  for (const auto& [pattern, name] : last_of_each) {
    if (is_head(name) || !is_of_text(name))
      continue;  // then the embedding is the head, with a warning
    GoldenCopy copy = whole;
    copy.tensors.erase(name);

    EXPECT_TRUE(holds(complaint(copy).value_or("nothing"), name)) << name;
  }
}

TEST_P(FailClosed, NamesAnyTensorThatNothingUses) {
  const GoldenCopy whole(GetParam());
  for (const auto& [name, tensor] : whole.tensors) {
    if (name.find("0.") == std::string::npos || !is_of_text(name)) continue;  // the first layer's
    GoldenCopy copy = whole;
    copy.add(name + "_scale", {4});

    EXPECT_EQ(complaint(copy),
              copy.name + ": nothing uses 1 tensor: " + name + "_scale; family " +
                  whole.config.at("model_type").get<std::string>() +
                  " must bind or ignore every one");
  }
}

TEST_P(FailClosed, NamesAnyBiasThatTheConfigurationDoesNotHave) {
  const GoldenCopy whole(GetParam());
  for (const auto& [name, tensor] : whole.tensors) {
    const std::string suffix = ".weight";
    if (!name.ends_with(suffix) || !is_of_text(name)) continue;
    const std::string bias = name.substr(0, name.size() - suffix.size()) + ".bias";
    if (whole.tensors.contains(bias)) continue;
    GoldenCopy copy = whole;
    copy.add(bias, {tensor.shape.front()});

    EXPECT_TRUE(holds(complaint(copy).value_or("nothing"), bias)) << bias;
  }
}

TEST_P(FailClosed, NamesAnyTensorOfAnotherShape) {
  const GoldenCopy whole(GetParam());
  for (const auto& [name, tensor] : whole.tensors) {
    if (!is_of_text(name)) continue;
    GoldenCopy copy = whole;
    std::vector<int64_t> shape = tensor.shape;
    shape.back() += 1;
    copy.add(name, shape);

    EXPECT_TRUE(holds(complaint(copy).value_or("nothing"), name)) << name;
  }
}

TEST_P(FailClosed, CountsTheTensorsOfALayerTooMany) {
  GoldenCopy copy(GetParam());
  nlohmann::json& config = text_of(copy.config);
  const char* key = config.contains("n_layer") ? "n_layer" : "num_hidden_layers";
  const int num_layers = config[key];
  std::size_t of_last = 0;
  for (const auto& [name, tensor] : copy.tensors)
    of_last += is_of_text(name) &&
               name.find("." + std::to_string(num_layers - 1) + ".") != std::string::npos;
  config[key] = num_layers - 1;

  const std::string message = complaint(copy).value_or("nothing");

  EXPECT_TRUE(holds(message, "nothing uses " + std::to_string(of_last) + " tensors: "));
}

TEST_P(FailClosed, NamesTheLayerThatIsMissing) {
  GoldenCopy copy(GetParam());
  nlohmann::json& config = text_of(copy.config);
  const char* key = config.contains("n_layer") ? "n_layer" : "num_hidden_layers";
  const int num_layers = config[key];
  config[key] = num_layers + 1;
  if (config.contains("layer_types")) config["layer_types"].push_back(config["layer_types"].back());
  if (config.contains("no_rope_layers")) config["no_rope_layers"].push_back(1);

  const std::string message = complaint(copy).value_or("nothing");

  EXPECT_TRUE(holds(message, " of layer " + std::to_string(num_layers) + "; tried "));
}

TEST_P(FailClosed, ReportsAKeyThatItDoesNotKnow) {
  nlohmann::json config = GoldenCopy(GetParam()).config;
  text_of(config)["hidden_twist"] = {1, 2};

  const ModelSpec spec = resolve_family(config, {}, "config.json");

  EXPECT_EQ(spec.unknown_keys, std::vector<std::string>{"hidden_twist = [1,2]"});
}

TEST(FailClosedNumbers, DisagreeByName) {
  EXPECT_EQ(complaint_with("gpt2", {{"n_positions", 65}}),
            "gpt2: role embed.position: 64 positions; 65 and an offset of 0 are wanted (embed[1])");
  EXPECT_EQ(complaint_with("gpt2", {{"vocab_size", 97}}),
            "gpt2: role embed.token: tensor transformer.wte.weight has shape [96, 32]; [97, 32] is "
            "wanted (embed[0])");
  EXPECT_EQ(
      complaint_with("gpt2", {{"n_inner", 100}}),
      "gpt2: layer 0: role ffn.up: tensor transformer.h.0.mlp.c_fc.weight has shape [128, 32] "
      "after transpose; [100, 32] is wanted (blocks.block.program[4])");
  EXPECT_EQ(complaint_with("qwen3", {{"head_dim", 8}}),
            "qwen3: layer 0: role mixer.q: tensor model.layers.0.self_attn.q_proj.weight has shape "
            "[64, 32]; [32, 32] is wanted (blocks.full.program[1])");
  EXPECT_EQ(complaint_with("olmo2", {{"num_key_value_heads", 4}}),
            "olmo2: layer 0: role mixer.k: tensor model.layers.0.self_attn.k_proj.weight has shape "
            "[16, 32]; [32, 32] is wanted (blocks.block.program[0])");
  EXPECT_EQ(complaint_with("gpt_neox_sequential", {{"num_attention_heads", 8}}), "nothing");
  EXPECT_TRUE(
      holds(complaint_with("gpt2", {{"n_head", 3}}), "blocks.block.program[1].qk_dim: 10.66"));
  EXPECT_TRUE(holds(complaint_with("smollm3", {{"attention_bias", false}}),
                    "smollm3: nothing uses 16 tensors: model.layers.0.self_attn.k_proj.bias, "));
  EXPECT_EQ(complaint_with("qwen2", {{"model_type", "llama"}}),
            "qwen2: nothing uses 12 tensors: model.layers.0.self_attn.k_proj.bias, "
            "model.layers.0.self_attn.q_proj.bias, model.layers.0.self_attn.v_proj.bias, "
            "model.layers.1.self_attn.k_proj.bias, model.layers.1.self_attn.q_proj.bias, ...; "
            "family llama must bind or ignore every one");
}

}  // namespace
}  // namespace lockstep::testing
