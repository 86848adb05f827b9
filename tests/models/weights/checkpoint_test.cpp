#include "models/weights/checkpoint.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/models/weights/pytorch_builder.h"
#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

class CheckpointTest : public ::testing::Test {
 protected:
  std::string refusal(const fs::path& path) {
    return message_of(Blame::kData, [&] { open_checkpoint(path, {}); });
  }

  /// Two shards, and the index of them.
  void write_shards(const json& weight_map) {
    fs::create_directories(model_);
    write_bytes(model_ / "config.json", TinyLlama().config.dump());
    write_bytes(model_ / "s1.safetensors", SafetensorsBuilder().add_range("a", {2}, 1).bytes());
    write_bytes(model_ / "s2.safetensors",
                SafetensorsBuilder().add_range("b", {2}, 5).add("c", {1}, {9}).bytes());
    write_bytes(model_ / "model.safetensors.index.json", json{{"weight_map", weight_map}}.dump());
  }

  TemporaryFolder folder_;
  fs::path model_ = folder_ / "tiny-1.5B";
};

TEST_F(CheckpointTest, OpensAFolderWithOneFile) {
  const TinyLlama tiny;
  tiny.write(model_);

  const auto checkpoint = open_checkpoint(model_, {});

  EXPECT_EQ(checkpoint->config(), tiny.config);
  EXPECT_EQ(checkpoint->tensors().size(), tiny.shapes.size());
  EXPECT_EQ(checkpoint->name(), "tiny-1.5B");
  EXPECT_EQ(open_checkpoint(model_ / "", {})->name(), "tiny-1.5B");
  EXPECT_EQ(checkpoint->sha256(), sha256_of(tiny.safetensors()));
}

TEST_F(CheckpointTest, OpensShards) {
  write_shards({{"a", "s1.safetensors"}, {"b", "s2.safetensors"}, {"c", "s2.safetensors"}});

  const auto checkpoint = open_checkpoint(model_, {});

  EXPECT_EQ(checkpoint->tensors().size(), 3u);
  EXPECT_EQ(checkpoint->tensors().at("c").shape, std::vector<int64_t>{1});
  const std::string digests = sha256_of(read_bytes(model_ / "s1.safetensors")) +
                              sha256_of(read_bytes(model_ / "s2.safetensors"));
  EXPECT_EQ(checkpoint->sha256(), sha256_of(digests));
}

TEST_F(CheckpointTest, HoldsShardsAgainstTheIndex) {
  write_shards({{"a", "s1.safetensors"}, {"b", "s2.safetensors"}});
  EXPECT_EQ(refusal(model_),
            (model_ / "s2.safetensors").string() +
                ": tensor \"c\" is not in model.safetensors.index.json");
  write_shards({{"a", "s1.safetensors"}, {"b", "s1.safetensors"}, {"c", "s2.safetensors"}});
  EXPECT_TRUE(holds(refusal(model_), "s1.safetensors lacks its tensor \"b\""));
  write_shards({{"a", "s3.safetensors"}});
  EXPECT_TRUE(holds(refusal(model_), "s3.safetensors"));
  write_shards({{"a", "../s1.safetensors"}});
  EXPECT_TRUE(holds(refusal(model_),
                    "weight_map.a: \"../s1.safetensors\"; a file of the same folder is wanted"));
  write_shards({{"a", 3}});
  EXPECT_TRUE(holds(refusal(model_), "weight_map.a: 3; a string is wanted"));
  write_shards(json::array());
  EXPECT_TRUE(holds(refusal(model_), "weight_map: []; an object is wanted"));
}

/// A pytorch_model.bin of one tensor of 6 numbers.
std::string pytorch_bytes(const std::string& name, float first) {
  const std::string pickle = "\x80\x02}" + pickled_text(name) + TensorPickle().bytes() + "s.";
  const std::vector<float> values{first, 1, 2, 3, 4, 5};
  return ZipBuilder().add("m/data.pkl", pickle).add("m/data/0", bytes_of_floats(values)).bytes();
}

TEST_F(CheckpointTest, FallsBackToPytorchFiles) {
  fs::create_directories(model_);
  write_bytes(model_ / "config.json", TinyLlama().config.dump());
  write_bytes(model_ / "pytorch_model.bin", pytorch_bytes("LayerNorm.gamma", 0));

  const auto checkpoint = open_checkpoint(model_, {});

  EXPECT_EQ(checkpoint->tensors().at("LayerNorm.weight").shape, (std::vector<int64_t>{2, 3}));
  EXPECT_TRUE(checkpoint->warnings().empty());
  EXPECT_EQ(checkpoint->sha256(), sha256_of(read_bytes(model_ / "pytorch_model.bin")));
}

TEST_F(CheckpointTest, OpensShardsOfPytorchFiles) {
  fs::create_directories(model_);
  write_bytes(model_ / "config.json", TinyLlama().config.dump());
  const json map{{"a", "pytorch_model-00001-of-00002.bin"},
                 {"b", "pytorch_model-00002-of-00002.bin"}};
  write_bytes(model_ / "pytorch_model.bin.index.json", json{{"weight_map", map}}.dump());
  write_bytes(model_ / map["a"].get<std::string>(), pytorch_bytes("a", 0));
  write_bytes(model_ / map["b"].get<std::string>(), pytorch_bytes("b", 0));

  EXPECT_EQ(open_checkpoint(model_, {})->tensors().size(), 2u);

  write_bytes(model_ / map["b"].get<std::string>(), pytorch_bytes("c", 0));
  EXPECT_TRUE(holds(refusal(model_), "tensor \"c\" is not in pytorch_model.bin.index.json"));
}

TEST_F(CheckpointTest, PrefersSafetensorsAndSaysSo) {
  TinyLlama().write(model_);
  write_bytes(model_ / "pytorch_model.bin", "not even looked at");

  const auto checkpoint = open_checkpoint(model_, {});

  EXPECT_EQ(checkpoint->tensors().size(), TinyLlama().shapes.size());
  EXPECT_EQ(checkpoint->warnings(),
            std::vector<std::string>{"model.safetensors is read, pytorch_model.bin is not"});
}

TEST_F(CheckpointTest, BringsOldNamesUpToDate) {
  fs::create_directories(model_);
  write_bytes(model_ / "config.json", TinyLlama().config.dump());
  SafetensorsBuilder builder;
  for (const char* name : {"bert.LayerNorm.gamma",
                           "bert.LayerNorm.beta",
                           "c.weight_g",
                           "c.weight_v",
                           "backbone.embedding.weight",
                           "mlp.gamma"}) {
    builder.add(name, {1}, {1});
  }
  write_bytes(model_ / "model.safetensors", builder.bytes());

  std::vector<std::string> names;
  const auto checkpoint = open_checkpoint(model_, {});
  for (const auto& [name, tensor] : checkpoint->tensors()) names.push_back(name);

  EXPECT_EQ(names,
            (std::vector<std::string>{"backbone.embeddings.weight",
                                      "bert.LayerNorm.bias",
                                      "bert.LayerNorm.weight",
                                      "c.parametrizations.weight.original0",
                                      "c.parametrizations.weight.original1",
                                      "mlp.gamma"}));
}

TEST_F(CheckpointTest, RefusesTwoNamesThatBecomeOne) {
  fs::create_directories(model_);
  write_bytes(model_ / "config.json", TinyLlama().config.dump());
  write_bytes(model_ / "model.safetensors",
              SafetensorsBuilder()
                  .add("LayerNorm.gamma", {1}, {1})
                  .add("LayerNorm.weight", {1}, {1})
                  .bytes());

  EXPECT_TRUE(
      holds(refusal(model_), "tensor \"LayerNorm.weight\" is the second \"LayerNorm.weight\""));
}

TEST_F(CheckpointTest, RefusesQuantisedFolders) {
  TinyLlama tiny;
  tiny.config["quantization_config"] = {{"quant_method", "awq"}};
  tiny.write(model_);

  EXPECT_TRUE(holds(refusal(model_),
                    "quantization_config: {\"quant_method\":\"awq\"}; a checkpoint with plain "
                    "weights, or a .gguf file, "
                    "is wanted"));
}

TEST_F(CheckpointTest, SaysWhatAFolderLacks) {
  fs::create_directories(model_);
  EXPECT_EQ(refusal(folder_ / "none"), (folder_ / "none").string() + ": no such file or folder");
  EXPECT_EQ(refusal(model_),
            model_.string() + ": 0 .gguf files and no config.json; one of either is wanted");
  write_bytes(model_ / "config.json", "{}");
  EXPECT_EQ(refusal(model_),
            model_.string() +
                ": holds no model.safetensors, pytorch_model.bin, index of either, or .gguf file");
  EXPECT_EQ(refusal(model_ / "config.json"),
            (model_ / "config.json").string() + ": a folder or a .gguf file is wanted");
}

TEST_F(CheckpointTest, TakesAFolderWithOneGgufFileAsThatFile) {
  fs::create_directories(model_);
  write_bytes(model_ / "tiny-1.5B.Q4.gguf", tiny_gguf().bytes());

  EXPECT_EQ(open_checkpoint(model_, {})->name(), "tiny-1.5B.Q4");
  EXPECT_EQ(find_gguf(model_), model_ / "tiny-1.5B.Q4.gguf");
  EXPECT_EQ(find_gguf(model_ / "tiny-1.5B.Q4.gguf"), model_ / "tiny-1.5B.Q4.gguf");
  write_bytes(model_ / "other.gguf", tiny_gguf().bytes());
  EXPECT_EQ(refusal(model_),
            model_.string() + ": 2 .gguf files and no config.json; one of either is wanted");
}

}  // namespace
}  // namespace lockstep::testing
