// GGUF files by llama.cpp's conventions (tests/golden/gguf) against the folders that they were made
// of, which golden_test.cpp holds against transformers.
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>

#include "tests/models/layers/tiny_model.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

// Weights are equal bit for bit. Norms stored as 1 + w, and epsilons, thetas and scales stored as
// float32, are not.
constexpr double kTolerance = 3e-6;

struct Case {
  const char* architecture;
  const char* folder;  ///< of tests/golden/layers
  int64_t longest;     ///< tokens for which the file says what the folder says
};

class GgufGolden : public ::testing::TestWithParam<Case> {
 protected:
  static std::unique_ptr<LanguageModel> load(const fs::path& path) {
    return load_model(fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden" / path,
                      {.families = {}, .batch_tokens = 64});
  }

  std::unique_ptr<LanguageModel> folder_ = load(fs::path("layers") / GetParam().folder);
  std::unique_ptr<LanguageModel> file_ =
      load(fs::path("gguf") / (std::string(GetParam().architecture) + ".gguf"));
};

// Qwen3's file has no window, the folder one of 8 in its last layer.
INSTANTIATE_TEST_SUITE_P(Architectures,
                         GgufGolden,
                         ::testing::Values(Case{"gemma", "gemma", 41},
                                           Case{"gemma2", "gemma2", 41},
                                           Case{"gemma3", "gemma3_text", 41},
                                           Case{"gpt2", "gpt2", 41},
                                           Case{"gptneox", "gpt_neox", 41},
                                           Case{"llama", "llama", 41},
                                           Case{"phi3", "phi3", 41},
                                           Case{"qwen2", "qwen2", 41},
                                           Case{"qwen3", "qwen3", 8}),
                         [](const auto& tested) { return std::string(tested.param.architecture); });

TEST_P(GgufGolden, ComputesWhatTheFolderComputes) {
  for (const int64_t length : {int64_t{5}, GetParam().longest}) {
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
  const int64_t divisors = std::string(GetParam().architecture) == "llama" ? 8 : 0;
  EXPECT_EQ(file_->num_parameters(), folder_->num_parameters() + divisors);
}

}  // namespace
}  // namespace lockstep
