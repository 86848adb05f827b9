// lockstep extract on an architecture that only a file of the user's describes: from a story to the
// numbers of its reference (tests/golden/invented).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/schemas/activations_file.h"
#include "models/weights/safetensors_file.h"
#include "tests/support/messages.h"
#include "tests/support/run_program.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::program;
using testing::run_program;

const fs::path kGolden = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/invented";

/// One token a word: "w0" to "w79".
std::string tokenizer() {
  nlohmann::json vocabulary;
  for (int id = 0; id < 80; ++id) vocabulary["w" + std::to_string(id)] = id;
  return nlohmann::json{
      {"added_tokens", nlohmann::json::array()},
      {"normalizer", nullptr},
      {"pre_tokenizer", {{"type", "Whitespace"}}},
      {"post_processor", nullptr},
      {"decoder", nullptr},
      {"model", {{"type", "WordLevel"}, {"vocab", vocabulary}, {"unk_token", "w0"}}}}
      .dump();
}

template <class Value>
std::vector<Value> values_of(const StoredTensor& stored) {
  const auto* begin = reinterpret_cast<const Value*>(stored.bytes.data());
  return {begin, begin + stored.bytes.size() / sizeof(Value)};
}

class InventedFamilyProgram : public ::testing::Test {
 protected:
  InventedFamilyProgram() {
    fs::create_directories(folder_ / "model");
    fs::create_directories(folder_ / "families");
    for (const char* file : {"config.json", "model.safetensors"})
      fs::copy_file(kGolden / file, folder_ / "model" / file);
    testing::write_bytes(folder_ / "model" / "tokenizer.json", tokenizer());
    fs::copy_file(kGolden / "heron.jsonnet", folder_ / "families" / "heron.jsonnet");
  }

  testing::TemporaryFolder folder_;
};

TEST_F(InventedFamilyProgram, ExtractGivesTheStatesOfTheReference) {
  const SafetensorsFile reference(kGolden / "expected.safetensors");
  const auto ids = values_of<int32_t>(reference.tensors().at("long.ids"));
  const auto states = values_of<float>(reference.tensors().at("long.states"));
  std::string story;
  for (const int32_t id : ids) story += "w" + std::to_string(id) + " ";
  testing::write_bytes(folder_ / "story.txt", story);

  const auto outcome = run_program({program("lockstep-models"),
                                    "extract",
                                    folder_ / "model",
                                    folder_ / "story.txt",
                                    "-o",
                                    folder_ / "a.h5",
                                    "--families",
                                    folder_ / "families",
                                    "--context",
                                    std::to_string(ids.size()),
                                    "--layers",
                                    "all"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  const ActivationsFile file(folder_ / "a.h5");
  const std::size_t num_words = file.header().words.size(), width = 32;
  ASSERT_EQ(num_words, ids.size());
  ASSERT_EQ(file.header().taps.size(), 8u);  // embedding, six blocks, final norm
  for (std::size_t tap = 0; tap < 8; ++tap) {
    const auto values = file.read(0, tap);
    double distance = 0, norm = 0;
    for (std::size_t unit = 0; unit < width; ++unit) {
      const double wanted = states[(tap * num_words + num_words - 1) * width + unit];
      const double found = values[(num_words - 1) * width + unit];
      distance += (found - wanted) * (found - wanted);
      norm += wanted * wanted;
    }
    EXPECT_LT(std::sqrt(distance / norm), 1e-5) << "tap " << tap;
  }
}

TEST_F(InventedFamilyProgram, ShowTellsWhatItResolvesTo) {
  const auto outcome = run_program({program("lockstep-models"),
                                    "models",
                                    "show",
                                    folder_ / "model",
                                    "--families",
                                    folder_ / "families"});

  ASSERT_EQ(outcome.status, 0) << outcome.messages;
  EXPECT_TRUE(holds(outcome.output, "family        heron, evaluated in"));
  EXPECT_TRUE(holds(outcome.output,
                    "layers        6 of width 32 (2 serial, 2 serial_near, 1 parallel, 1 "
                    "parallel_near)"));
  EXPECT_TRUE(holds(outcome.output, "unknown keys  none"));
}

TEST_F(InventedFamilyProgram, IsRefusedWithoutTheFile) {
  const auto outcome =
      run_program({program("lockstep-models"), "models", "show", folder_ / "model"});

  EXPECT_EQ(outcome.status, 3);
  EXPECT_TRUE(holds(outcome.messages, "model_type \"heron\" is not supported"));
}

}  // namespace
}  // namespace lockstep
