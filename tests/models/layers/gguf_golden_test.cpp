// GGUF files by llama.cpp's conventions (tests/golden/gguf) against the folders that they were made
// of, which golden_test.cpp holds against transformers.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "models/weights/open_model.h"
#include "tests/models/layers/tiny_model.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Weights are equal bit for bit. Norms stored as 1 + w, and epsilons, thetas and scales stored as
// float32, are not.
constexpr double kTolerance = 3e-6;

struct Case {
  const char* name;    ///< of the test
  const char* file;    ///< of tests/golden/gguf
  const char* folder;  ///< of tests/golden/layers
  /// Tokens of windows: within and beyond the windows of attention and the original length of
  /// LongRoPE (16), as long as the file says what the folder says.
  std::vector<int64_t> lengths = {5, 16, 17, 41};
};

class GgufGolden : public ::testing::TestWithParam<Case> {
 protected:
  static std::unique_ptr<LanguageModel> load(const fs::path& path) {
    return load_model(fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden" / path,
                      {.families = {}, .batch_tokens = 64});
  }

  std::unique_ptr<LanguageModel> folder_ = load(fs::path("layers") / GetParam().folder);
  std::unique_ptr<LanguageModel> file_ = load(fs::path("gguf") / GetParam().file);
};

// Qwen3's file has no window, the folder one of 8 in its last layer.
INSTANTIATE_TEST_SUITE_P(Architectures,
                         GgufGolden,
                         ::testing::Values(Case{"gemma", "gemma.gguf", "gemma"},
                                           Case{"gemma2", "gemma2.gguf", "gemma2"},
                                           Case{"gemma3", "gemma3.gguf", "gemma3_text"},
                                           Case{"gpt2", "gpt2.gguf", "gpt2"},
                                           Case{"gptneox", "gptneox.gguf", "gpt_neox"},
                                           Case{"llama", "llama.gguf", "llama"},
                                           Case{"phi3", "phi3.gguf", "phi3"},
                                           Case{"phi3_in_parts", "parts", "phi3"},
                                           Case{"qwen2", "qwen2.gguf", "qwen2"},
                                           Case{"qwen3", "qwen3.gguf", "qwen3", {5, 8}}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(GgufGolden, ComputesWhatTheFolderComputes) {
  for (const int64_t length : GetParam().lengths) {
    PackedBatch batch;
    batch.offsets = {0, length};
    for (int64_t row = 0; row < length; ++row) {
      batch.ids.push_back(static_cast<int32_t>((37 * row + 11) % folder_->spec().vocabulary));
      batch.rows.push_back(row);
    }
    const auto taps = all_taps(folder_->spec().num_blocks());

    const at::Tensor states = file_->hidden_states(batch, taps);
    const at::Tensor expected = folder_->hidden_states(batch, taps);

    ASSERT_EQ(states.sizes(), expected.sizes());
    for (int64_t tap = 0; tap < states.size(0); ++tap) {
      EXPECT_LT(row_distance(states[tap], expected[tap]), kTolerance)
          << length << " tokens, tap " << tap;
    }
    EXPECT_LT(row_distance(file_->logits(batch), folder_->logits(batch)), kTolerance) << length;
  }
}

TEST_P(GgufGolden, SaysWhatTheFolderSays) {
  const ModelSpec& file = file_->spec();

  EXPECT_EQ(file.family, folder_->spec().family);
  EXPECT_EQ(file.unknown_keys, std::vector<std::string>());
  EXPECT_EQ(file.max_positions, folder_->spec().max_positions);
  EXPECT_EQ(file.head_tied, folder_->spec().head_tied);
  // llama's divisors of rotary frequencies are a tensor that the folder does not have
  const int64_t divisors = std::string(GetParam().name) == "llama" ? 8 : 0;
  EXPECT_EQ(file_->num_parameters(), folder_->num_parameters() + divisors);
}

TEST(GgufLongRope, IsThatOfTheFolder) {
  const fs::path golden = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden";
  const auto rope_of = [&](const char* path) {
    return open_model(golden / path, {}, {}).spec.ropes.at("default");
  };

  const RopeSpec file = rope_of("gguf/phi3.gguf"), folder = rope_of("layers/phi3");

  EXPECT_EQ(file.type, "longrope");
  EXPECT_EQ(file.dims, folder.dims);
  EXPECT_EQ(file.theta, folder.theta);
  for (const char* number : {"factor", "original_max_positions"})
    EXPECT_EQ(file.numbers.at(number), folder.numbers.at(number)) << number;
  for (const char* list : {"short_factor", "long_factor"}) {
    ASSERT_EQ(file.lists.at(list).size(), folder.lists.at(list).size()) << list;
    for (std::size_t k = 0; k < file.lists.at(list).size(); ++k)
      EXPECT_FLOAT_EQ(static_cast<float>(file.lists.at(list)[k]),
                      static_cast<float>(folder.lists.at(list)[k]))
          << list << " " << k;
  }
}

}  // namespace
}  // namespace lockstep
