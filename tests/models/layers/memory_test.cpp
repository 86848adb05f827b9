// What loading takes: the model and one of its tensors, whatever the container. Peaks are those of
// this process, read from /proc/self/status and set back between measurements.
#include <gtest/gtest.h>
#include <malloc.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random_stream.h"
#include "models/model.h"
#include "tests/models/weights/gguf_builder.h"
#include "tests/models/weights/pytorch_builder.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kLayers = 2, kHeads = 16, kWidth = 1024, kInner = 4096, kVocabulary = 2048;

/// Kilobytes of a line of /proc/self/status, as bytes.
int64_t status_bytes(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key + ":")) return std::stoll(line.substr(key.size() + 1)) * 1024;
  }
  ADD_FAILURE() << "/proc/self/status has no " << key;
  return 0;
}

void set_peak_back() { std::ofstream("/proc/self/clear_refs") << 5; }

json config() {
  return {{"model_type", "llama"},
          {"hidden_size", kWidth},
          {"intermediate_size", kInner},
          {"num_hidden_layers", kLayers},
          {"num_attention_heads", kHeads},
          {"max_position_embeddings", 128},
          {"vocab_size", kVocabulary},
          {"tie_word_embeddings", true}};
}

struct NamedShape {
  std::string name;
  std::vector<int64_t> shape;
};

/// The tensors of the model, by Hugging Face's names and llama.cpp's.
std::vector<NamedShape> tensors_of(bool is_gguf) {
  std::vector<NamedShape> all;
  const auto add =
      [&](const std::string& folder, const std::string& gguf, std::vector<int64_t> shape) {
        all.push_back({(is_gguf ? gguf : folder) + ".weight", std::move(shape)});
      };
  add("model.embed_tokens", "token_embd", {kVocabulary, kWidth});
  add("model.norm", "output_norm", {kWidth});
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    const std::string number = std::to_string(layer);
    const std::string folder = "model.layers." + number + ".", gguf = "blk." + number + ".";
    add(folder + "input_layernorm", gguf + "attn_norm", {kWidth});
    add(folder + "self_attn.q_proj", gguf + "attn_q", {kWidth, kWidth});
    add(folder + "self_attn.k_proj", gguf + "attn_k", {kWidth, kWidth});
    add(folder + "self_attn.v_proj", gguf + "attn_v", {kWidth, kWidth});
    add(folder + "self_attn.o_proj", gguf + "attn_output", {kWidth, kWidth});
    add(folder + "post_attention_layernorm", gguf + "ffn_norm", {kWidth});
    add(folder + "mlp.gate_proj", gguf + "ffn_gate", {kInner, kWidth});
    add(folder + "mlp.up_proj", gguf + "ffn_up", {kInner, kWidth});
    add(folder + "mlp.down_proj", gguf + "ffn_down", {kWidth, kInner});
  }
  return all;
}

int64_t num_elements_of(const NamedShape& tensor) {
  int64_t count = 1;
  for (const int64_t size : tensor.shape) count *= size;
  return count;
}

/// Small numbers in bfloat16 or float32, the same in every file.
std::string some_values(int64_t count, std::size_t element_bytes) {
  RandomStream stream(1, "memory test");
  std::string values(static_cast<std::size_t>(count) * element_bytes, '\0');
  uint64_t bits = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k % 8 == 0) bits = stream.bits();
    values[k] = static_cast<char>(bits >> (8 * (k % 8)) & 0x3f);
  }
  return values;
}

void write_safetensors(const fs::path& folder) {
  json header = json::object();
  std::string data;
  for (const NamedShape& tensor : tensors_of(false)) {
    const std::size_t begin = data.size();
    data += some_values(num_elements_of(tensor), 2);
    header[tensor.name] = {
        {"dtype", "BF16"}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  testing::write_bytes(folder / "config.json", config().dump());
  testing::write_bytes(folder / "model.safetensors",
                       testing::safetensors_bytes(header.dump(), data));
}

void write_pytorch(const fs::path& folder) {
  testing::ZipBuilder zip;
  std::string pickle = "\x80\x02}";
  int64_t number = 0;
  for (const NamedShape& tensor : tensors_of(false)) {
    const std::string key = std::to_string(number++);
    testing::TensorPickle pickled{.storage = key,
                                  .type = "BFloat16Storage",
                                  .storage_elements = num_elements_of(tensor),
                                  .shape = tensor.shape,
                                  .strides = {1}};
    if (tensor.shape.size() == 2) pickled.strides = {tensor.shape[1], 1};
    pickle += testing::pickled_text(tensor.name) + pickled.bytes() + "s";
    zip.add("archive/data/" + key, some_values(num_elements_of(tensor), 2));
  }
  zip.add("archive/data.pkl", pickle + ".");
  testing::write_bytes(folder / "config.json", config().dump());
  testing::write_bytes(folder / "pytorch_model.bin", zip.bytes());
}

void write_gguf(const fs::path& folder) {
  constexpr uint32_t kBf16 = 30, kF32 = 0;
  testing::GgufBuilder file;
  file.text("general.architecture", "llama").integer("llama.block_count", kLayers);
  file.integer("llama.context_length", 128).integer("llama.embedding_length", kWidth);
  file.integer("llama.feed_forward_length", kInner).integer("llama.attention.head_count", kHeads);
  file.number("llama.attention.layer_norm_rms_epsilon", 1e-5f);
  for (const NamedShape& tensor : tensors_of(true)) {
    const bool is_matrix = tensor.shape.size() == 2;
    file.tensor(tensor.name,
                {tensor.shape.begin(), tensor.shape.end()},
                is_matrix ? kBf16 : kF32,
                some_values(num_elements_of(tensor), is_matrix ? 2 : 4));
  }
  testing::write_bytes(folder / "model.gguf", file.bytes());
}

using Writer = void (*)(const fs::path& folder);

struct Container {
  const char* name;
  Writer write;
};

class LoadingMemory : public ::testing::Test {
 protected:
  static std::unique_ptr<LanguageModel> load(const fs::path& folder, const WeightsChoice& weights) {
    return load_model(folder, {.families = {}, .batch_tokens = 64, .weights = weights}, -1);
  }

  /// The peak above what the process had before.
  static int64_t peak_of_loading(Writer write, const WeightsChoice& weights) {
    const testing::TemporaryFolder folder;
    write(folder.path());
    load(folder.path(), weights);  // what libtorch takes once
    malloc_trim(0);                // what an earlier model left in the heap is no room for this one
    const int64_t before = status_bytes("VmRSS");
    set_peak_back();
    const auto model = load(folder.path(), weights);
    return status_bytes("VmHWM") - before;
  }

  static constexpr int64_t kLayerElements = 4 * kWidth * kWidth + 3 * kWidth * kInner;
  static constexpr int64_t kModelBytes = 4 * (kLayers * kLayerElements + kVocabulary * kWidth);
  static constexpr int64_t kLargestTensor = kInner * kWidth * 4;
  static constexpr int64_t kSlack = kLargestTensor / 2;
};

class LoadingMemoryOf : public LoadingMemory, public ::testing::WithParamInterface<Container> {};

INSTANTIATE_TEST_SUITE_P(Containers,
                         LoadingMemoryOf,
                         ::testing::Values(Container{"Safetensors", write_safetensors},
                                           Container{"Pytorch", write_pytorch},
                                           Container{"Gguf", write_gguf}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(LoadingMemoryOf, IsTheModelAndOneTensor) {
  const int64_t peak = peak_of_loading(GetParam().write, {});

  RecordProperty("model_mib", static_cast<int>(kModelBytes / kMiB));
  RecordProperty("peak_mib", static_cast<int>(peak / kMiB));
  EXPECT_LT(peak, kModelBytes + kLargestTensor + kSlack)
      << "model " << kModelBytes / kMiB << " MiB, peak " << peak / kMiB << " MiB";
  EXPECT_GT(peak, kModelBytes * 9 / 10) << "the measurement sees nothing";
}

TEST_F(LoadingMemory, IsTheSameForAnUntrainedModel) {
  const int64_t peak =
      peak_of_loading(write_safetensors, {.kind = WeightsChoice::Kind::kInitialised, .seed = 1});

  EXPECT_LT(peak, kModelBytes + kLargestTensor + kSlack) << peak / kMiB << " MiB";
}

TEST_F(LoadingMemory, IsOneTensorMoreForAShuffledModel) {
  const int64_t peak =
      peak_of_loading(write_safetensors, {.kind = WeightsChoice::Kind::kShuffled, .seed = 1});

  EXPECT_LT(peak, kModelBytes + 2 * kLargestTensor + kSlack) << peak / kMiB << " MiB";
}

}  // namespace
}  // namespace lockstep
