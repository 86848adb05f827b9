#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.h"
#include "models/families/family_folders.h"
#include "tests/models/families/published_configs.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;

constexpr std::string_view kParallelLlama = R"(
  local llama = import 'llama.jsonnet';
  local wirings = import 'lib/wirings.libsonnet';
  function(config) llama(config) {
    wiring:: wirings.parallel_one_norm,
    block_tensors(kind)::
      local all = super.block_tensors(kind);
      { [k]: all[k] for k in std.objectFields(all) if k != 'ffn_norm' },
  })";

std::vector<std::string> ops_of(const ModelSpec& spec) {
  std::vector<std::string> ops;
  for (const Step& step : spec.blocks.at("block").program.steps) ops.push_back(step.op);
  return ops;
}

TEST(ResolveFamily, LetsAUsersFamilyImportTheBuiltInOnes) {
  const TemporaryFolder folder;
  write_bytes(folder / "brand_new.jsonnet", kParallelLlama);
  const json config = changed(published_config("llama-3.2-1b"), {{"model_type", "brand_new"}});

  const ModelSpec spec = resolve_family(config, {folder.path()}, "config.json");

  EXPECT_EQ(spec.family, "brand_new");
  EXPECT_EQ(ops_of(spec), (std::vector<std::string>{"norm", "attention", "ffn", "add"}));
}

TEST(ResolveFamily, PrefersAUsersFamilyAndItsFolders) {
  const TemporaryFolder first, second;
  write_bytes(first / "mistral.jsonnet",
              "local ours = import 'families/mistral.jsonnet'; function(config) ours(config) { "
              "max_positions: 7 }");
  write_bytes(second / "mistral.jsonnet", "error 'the second folder is not searched'");

  const ModelSpec spec = resolve_family(
      published_config("mistral-7b-v0.1"), {first.path(), second.path()}, "config.json");

  EXPECT_EQ(spec.max_positions, 7);
  EXPECT_EQ(spec.width, 4096);
}

TEST(ResolveFamily, ReportsKeysThatTheFamilyDoesNotKnow) {
  const json changes{{"new_knob", 3}, {"labels", std::vector<std::string>(40, "x")}};

  const ModelSpec spec = resolved(changed(published_config("llama-3.2-1b"), changes));

  ASSERT_EQ(spec.unknown_keys.size(), 2u);
  EXPECT_EQ(spec.unknown_keys[0].substr(0, 19), "labels = [\"x\",\"x\",\"");
  EXPECT_LE(spec.unknown_keys[0].size(), 70u);
  EXPECT_EQ(spec.unknown_keys[1], "new_knob = 3");
}

TEST(ResolveFamily, ReportsKeysInsideRotaryParametersThatTheirTypeDoesNotRead) {
  json config = published_config("llama-3.2-1b");
  config["rope_scaling"]["beta_fast"] = 32;  // yarn's
  config["rope_scaling"]["twist"] = {1, 2};
  json newer = changed(config, {{"rope_parameters", config["rope_scaling"]}}, {"rope_scaling"});
  newer["rope_parameters"]["rope_theta"] = 500000.0;

  EXPECT_EQ(
      resolved(config).unknown_keys,
      (std::vector<std::string>{"rope_scaling.beta_fast = 32", "rope_scaling.twist = [1,2]"}));
  EXPECT_EQ(resolved(newer).unknown_keys,
            (std::vector<std::string>{"rope_parameters.beta_fast = 32",
                                      "rope_parameters.twist = [1,2]"}));
}

TEST(ResolveFamily, KnowsWhatEachTypeOfRotaryParametersReads) {
  const json yarn{{"type", "yarn"},
                  {"factor", 4.0},
                  {"original_max_position_embeddings", 8192},
                  {"beta_fast", 32},
                  {"beta_slow", 1},
                  {"mscale", 1.0},
                  {"mscale_all_dim", 0.5},
                  {"attention_factor", nullptr},
                  {"truncate", true},
                  {"finetuned", true}};
  const json linear{{"rope_type", "linear"}, {"factor", 2.0}, {"partial_rotary_factor", 1.0}};

  for (const json& parameters : {yarn, linear}) {
    const json config = changed(published_config("llama-3.2-1b"), {{"rope_scaling", parameters}});
    EXPECT_EQ(resolved(config).unknown_keys, std::vector<std::string>()) << parameters;
  }
}

TEST(ResolveFamily, RefusesRotaryParametersByKindOfLayerWhereThereIsOneKind) {
  const json parameters{{"full_attention", {{"rope_type", "default"}, {"rope_theta", 1e6}}}};
  const json config = changed(published_config("llama-3.2-1b"),
                              {{"rope_parameters", parameters}},
                              {"rope_scaling", "rope_theta"});

  const std::string message = message_of(Blame::kData, [&] { resolved(config); });

  EXPECT_NE(message.find("rotary parameters for each kind of layer (full_attention) are not "
                         "supported here"),
            std::string::npos)
      << message;
}

TEST(ResolveFamily, ReportsKeysBesideTheTextConfigOfAWrapper) {
  for (const std::string name : {"llava-1.5-7b", "gemma-3-4b"}) {
    const json config = changed(published_config(name), {{"rope_scaling", nullptr}, {"knob", 3}});

    EXPECT_EQ(resolved(config).unknown_keys,
              (std::vector<std::string>{"knob (beside text_config) = 3",
                                        "rope_scaling (beside text_config) = null"}))
        << name;
    EXPECT_EQ(resolved(published_config(name)).unknown_keys, std::vector<std::string>()) << name;
  }
}

TEST(ResolveFamily, ReadsTheTextConfigOfAWrapper) {
  json inner = published_config("gemma-2-2b");
  inner["new_knob"] = true;
  const json config{
      {"model_type", "gemma2"}, {"text_config", inner}, {"vision_config", {{"hidden_size", 3}}}};

  const ModelSpec spec = resolved(config);

  EXPECT_EQ(spec.width, 2304);
  EXPECT_EQ(spec.unknown_keys, std::vector<std::string>{"new_knob = true"});
}

TEST(ResolveFamily, GivesInfiniteLimitsAsNullAndRemembersThem) {
  json limit;
  limit["__float__"] = "Infinity";
  const json config = changed(published_config("mistral-7b-v0.1"), {{"sliding_window", limit}});

  const ModelSpec spec = resolved(config);

  EXPECT_EQ(std::get<AttentionFields>(spec.blocks.at("full").program.steps.at(1).fields).window,
            std::nullopt);
  EXPECT_EQ(spec.infinite_keys, std::vector<std::string>{"sliding_window = Infinity"});
}

TEST(ResolveFamily, NamesTheSupportedFamilies) {
  const std::string message = message_of(Blame::kData, [] {
    resolve_family({{"model_type", "foo"}}, {}, "m/config.json");
  });

  const auto names = family_names({builtin_families()});
  EXPECT_EQ(message,
            "m/config.json: model_type \"foo\" is not supported; supported are " +
                join(names, ", ") + "; or put foo.jsonnet into a folder given by --families");
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const char* name : {"gemma", "gpt2", "gpt_neox", "llama", "mistral", "olmo2", "qwen3"})
    EXPECT_EQ(std::count(names.begin(), names.end(), name), 1) << name;
}

TEST(ResolveFamily, DoesNotFollowAModelTypeOutOfTheFolders) {
  for (const char* type : {"../llama", "lib/decoder", "", ".", "gguf/llama", "llama\n"}) {
    const std::string message = message_of(Blame::kData, [&] {
      resolve_family({{"model_type", type}}, {}, "c");
    });
    EXPECT_TRUE(holds(message, "is not supported")) << type;
  }
}

TEST(ResolveFamily, RefusesAConfigurationWithoutAType) {
  EXPECT_EQ(message_of(Blame::kData, [] { resolve_family(json::object(), {}, "c"); }),
            "c: model_type: missing; the name of a family is wanted");
  EXPECT_EQ(message_of(Blame::kData,
                       [] {
                         resolve_family({{"model_type", 3}}, {}, "c");
                       }),
            "c: model_type: 3; a string is wanted");
  EXPECT_EQ(message_of(Blame::kData, [] { resolve_family(json::array(), {}, "c"); }),
            "c: not a JSON object");
}

TEST(ResolveFamily, PassesOnWhatAFamilyRefuses) {
  const json config = published_config("gemma-2-2b");
  const auto refusal = [](const json& wrong) {
    return message_of(Blame::kData, [&] { resolved(wrong); });
  };

  EXPECT_TRUE(holds(refusal(changed(config, json::object(), {"hidden_size"})),
                    "config.json lacks hidden_size"));
  EXPECT_TRUE(
      holds(refusal(changed(config,
                            {{"layer_types", std::vector<std::string>(26, "chunked_attention")}})),
            "field does not exist: chunked_attention"));
  EXPECT_TRUE(
      holds(refusal(changed(config, {{"use_bidirectional_attention", true}})), "is not supported"));
  EXPECT_TRUE(holds(refusal(changed(config, {{"num_hidden_layers", 1000000000}})),
                    "num_hidden_layers is 1000000000; 1 to 1000 are wanted"));
}

TEST(ResolveFamily, NamesTheFamilyFileBeforeThePath) {
  const json config = changed(published_config("llama-3.2-1b"),
                              {{"num_attention_heads", 30}, {"head_dim", nullptr}});

  const std::string message = message_of(Blame::kData, [&] { resolved(config); });

  EXPECT_TRUE(holds(message, "llama.jsonnet: ropes.default.head_dim: 68.2"));
}

TEST(ResolveFamily, RefusesAFolderThatIsNotThere) {
  const auto act = [] {
    resolve_family(published_config("llama-3.2-1b"), {"/no/such/folder"}, "c");
  };

  EXPECT_EQ(message_of(Blame::kCommandLine, act),
            "/no/such/folder: not a folder; --families wants one");
}

TEST(ResolveFamily, SearchesTheFoldersOfTheEnvironmentAfterThoseGiven) {
  const TemporaryFolder given, named;
  const std::string with_positions =
      "local ours = import 'families/llama.jsonnet'; function(config) ours(config) { "
      "max_positions: ";
  write_bytes(given / "llama.jsonnet", with_positions + "7 }");
  write_bytes(named / "llama.jsonnet", with_positions + "9 }");
  const json config = published_config("llama-3.2-1b");

  setenv("LOCKSTEP_FAMILIES", named.path().c_str(), 1);
  const ModelSpec first = resolve_family(config, {given.path()}, "c");
  const ModelSpec second = resolve_family(config, {}, "c");
  setenv("LOCKSTEP_FAMILIES", (named.path().string() + ":/no/such/folder").c_str(), 1);
  const std::string message =
      message_of(Blame::kCommandLine, [&] { resolve_family(config, {}, "c"); });
  unsetenv("LOCKSTEP_FAMILIES");

  EXPECT_EQ(first.max_positions, 7);
  EXPECT_EQ(second.max_positions, 9);
  EXPECT_EQ(message, "LOCKSTEP_FAMILIES: /no/such/folder is not a folder");
}

TEST(BuiltinFamilies, AreFoundThroughTheEnvironment) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "families");

  setenv("LOCKSTEP_HOME", folder.path().c_str(), 1);
  const std::filesystem::path found = builtin_families();
  setenv("LOCKSTEP_HOME", (folder / "families").c_str(), 1);
  const std::string message = message_of(Blame::kCommandLine, [] { builtin_families(); });
  unsetenv("LOCKSTEP_HOME");

  EXPECT_EQ(found, folder / "families");
  EXPECT_TRUE(holds(message, "holds no folder \"families\""));
}

}  // namespace
}  // namespace lockstep::testing
