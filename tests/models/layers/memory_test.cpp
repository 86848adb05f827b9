// What loading takes: the model and one tensor. Peaks are those of this process, read from
// /proc/self/status and set back between measurements.
#include <gtest/gtest.h>
#include <malloc.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random_stream.h"
#include "models/model.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int64_t kMiB = 1 << 20;
constexpr int64_t kLayers = 4, kWidth = 1024, kInner = 4096, kVocabulary = 8192;

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
          {"num_attention_heads", 16},
          {"max_position_embeddings", 128},
          {"vocab_size", kVocabulary},
          {"tie_word_embeddings", true}};
}

/// The tensors of the model in bfloat16, one after the other.
void write_model(const fs::path& folder) {
  json header = json::object();
  int64_t end = 0;
  const auto add = [&](const std::string& name, const std::vector<int64_t>& shape) {
    int64_t bytes = 2;
    for (const int64_t size : shape) bytes *= size;
    header[name] = {{"dtype", "BF16"}, {"shape", shape}, {"data_offsets", {end, end + bytes}}};
    end += bytes;
  };
  add("model.embed_tokens.weight", {kVocabulary, kWidth});
  add("model.norm.weight", {kWidth});
  for (int64_t layer = 0; layer < kLayers; ++layer) {
    const std::string prefix = "model.layers." + std::to_string(layer) + ".";
    for (const char* norm : {"input_layernorm", "post_attention_layernorm"})
      add(prefix + norm + ".weight", {kWidth});
    for (const char* part : {"q_proj", "k_proj", "v_proj", "o_proj"})
      add(prefix + "self_attn." + part + ".weight", {kWidth, kWidth});
    add(prefix + "mlp.gate_proj.weight", {kInner, kWidth});
    add(prefix + "mlp.up_proj.weight", {kInner, kWidth});
    add(prefix + "mlp.down_proj.weight", {kWidth, kInner});
  }
  testing::write_bytes(folder / "config.json", config().dump());
  std::ofstream file(folder / "model.safetensors", std::ios::binary);
  const std::string text = header.dump();
  const uint64_t length = text.size();
  file.write(reinterpret_cast<const char*>(&length), sizeof length);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  RandomStream stream(1, "memory test");
  std::string piece(static_cast<std::size_t>(kMiB), '\0');
  for (char& byte : piece) byte = static_cast<char>(stream.bits() & 0x3f);  // small numbers
  for (int64_t left = end; left > 0; left -= kMiB)
    file.write(piece.data(), static_cast<std::streamsize>(std::min(left, kMiB)));
}

class LoadingMemory : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<testing::TemporaryFolder>();
    write_model(folder_->path());
    load({});  // what libtorch takes once
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static std::unique_ptr<LanguageModel> load(const WeightsChoice& weights) {
    return load_model(
        folder_->path(), {.families = {}, .batch_tokens = 64, .weights = weights}, -1);
  }

  /// The peak above what the process had before.
  static int64_t peak_of_loading(const WeightsChoice& weights) {
    malloc_trim(0);  // what an earlier model left in the heap is no room for this one
    const int64_t before = status_bytes("VmRSS");
    set_peak_back();
    const auto model = load(weights);
    return status_bytes("VmHWM") - before;
  }

  static constexpr int64_t kLayerElements = 4 * kWidth * kWidth + 3 * kWidth * kInner;
  static constexpr int64_t kModelBytes = 4 * (kLayers * kLayerElements + kVocabulary * kWidth);
  // gate and up are one product: their matrices, the two together, and the same laid out anew
  static constexpr int64_t kLargestStep = 3 * 2 * kInner * kWidth * 4;
  static constexpr int64_t kSlack = 24 * kMiB;

  inline static std::unique_ptr<testing::TemporaryFolder> folder_;
};

TEST_F(LoadingMemory, IsTheModelAndOneTensor) {
  const int64_t peak = peak_of_loading({});

  RecordProperty("model_mib", static_cast<int>(kModelBytes / kMiB));
  RecordProperty("peak_mib", static_cast<int>(peak / kMiB));
  EXPECT_LT(peak, kModelBytes + kLargestStep + kSlack)
      << "model " << kModelBytes / kMiB << " MiB, peak " << peak / kMiB << " MiB";
  EXPECT_GT(peak, kModelBytes * 9 / 10) << "the measurement sees nothing";
}

TEST_F(LoadingMemory, IsTheSameForUntrainedModels) {
  for (const auto kind : {WeightsChoice::Kind::kInitialised, WeightsChoice::Kind::kShuffled}) {
    const int64_t peak = peak_of_loading({.kind = kind, .seed = 1});
    EXPECT_LT(peak, kModelBytes + kLargestStep + kVocabulary * kWidth * 4 + kSlack)
        << peak / kMiB << " MiB";
  }
}

}  // namespace
}  // namespace lockstep
