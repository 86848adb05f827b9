#include "extractor/probe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "models/weights/dequantise.h"
#include "models/weights/safetensors_file.h"
#include "tests/extractor/plan/fake_tokenizers.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::message_of;

const fs::path kTiny = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/layers/llama";

/// What transformers computed for the 41 tokens of the window "long".
struct Golden {
  SafetensorsFile file{kTiny / "expected.safetensors"};

  std::vector<int32_t> ids() const {
    const auto bytes = file.tensors().at("long.ids").bytes;
    std::vector<int32_t> ids(bytes.size() / sizeof(int32_t));
    std::memcpy(ids.data(), bytes.data(), bytes.size());
    return ids;
  }
  std::vector<float> floats(const std::string& name) const {
    const StoredTensor& stored = file.tensors().at(name);
    std::vector<float> values(stored.bytes.size() / sizeof(float));
    to_float32(stored.type, stored.bytes, values);
    return values;
  }
};

/// Token k is the golden one and stands for two letters, the second of two bytes.
const char* const kPair = "a\xC3\xA9";
constexpr int64_t kPairBytes = 3;

std::string pairs(std::size_t count) {
  std::string all;
  for (std::size_t k = 0; k < count; ++k) all += kPair;
  return all;
}

/// Cuts any text into pairs of letters; their ids are the golden ones in order.
class GoldenTokens : public FakeTokenizer {
 public:
  explicit GoldenTokens(std::vector<int32_t> ids, std::vector<int32_t> prefix = {})
      : FakeTokenizer([ids](std::u32string_view text) {
          std::vector<Token> tokens;
          for (std::size_t k = 0; 2 * k < text.size(); ++k) {
            const auto begin = static_cast<int64_t>(2 * k);
            tokens.push_back({ids.at(k), begin, begin + 2});
          }
          return tokens;
        }),
        prefix_(std::move(prefix)) {}

  std::vector<int32_t> prefix() const override { return prefix_; }

 private:
  std::vector<int32_t> prefix_;
};

/// -log2 of the probability that row `row` of the golden logits gives `id`, the plain way.
double bits_by_hand(const std::vector<float>& logits, std::size_t row, int32_t id) {
  constexpr std::size_t kVocabulary = 512;
  double sum = 0;
  const float* scores = logits.data() + row * kVocabulary;
  for (std::size_t k = 0; k < kVocabulary; ++k) sum += std::exp(static_cast<double>(scores[k]));
  return std::log2(sum) - static_cast<double>(scores[id]) / std::log(2.0);
}

class ProbeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { model_ = load_model(kTiny, {.families = {}, .batch_tokens = 64}); }
  static void TearDownTestSuite() { model_.reset(); }

  static std::unique_ptr<LanguageModel> model_;
  Golden golden_;
};

std::unique_ptr<LanguageModel> ProbeTest::model_;

TEST_F(ProbeTest, BitsAreThoseOfTheLogitsOfTransformers) {
  const auto ids = golden_.ids();
  const auto logits = golden_.floats("long.logits");
  double bits = 0;
  for (std::size_t row = 0; row + 1 < ids.size(); ++row)
    bits += bits_by_hand(logits, row, ids[row + 1]);

  const Probe found = probe(*model_, GoldenTokens(ids), pairs(ids.size()));

  EXPECT_EQ(found.windows, 1);
  EXPECT_EQ(found.tokens, 40);
  EXPECT_EQ(found.bytes, 40 * kPairBytes);
  EXPECT_NEAR(found.bits, bits, 1e-5 * bits);
  EXPECT_NEAR(found.bits_per_byte(), bits / 120, 1e-5 * bits);
  EXPECT_FALSE(found.predicts_language());
  EXPECT_TRUE(found.is_family_s);
}

TEST_F(ProbeTest, SizesAreThoseOfTheStatesOfTransformers) {
  const auto ids = golden_.ids();
  const auto states = golden_.floats("long.states");
  constexpr std::size_t kWidth = 64;

  const Probe found = probe(*model_, GoldenTokens(ids), pairs(ids.size()));

  ASSERT_EQ(found.taps.size(), 6U);
  EXPECT_EQ(found.taps[0].name, "embedding");
  EXPECT_EQ(found.taps[3].name, "block 3");
  EXPECT_EQ(found.taps[5].name, "final_norm");
  for (std::size_t tap = 0; tap < found.taps.size(); ++tap) {
    double first = 0;
    double others = 0;
    for (std::size_t k = 0; k < ids.size() * kWidth; ++k) {
      const double value = states[tap * ids.size() * kWidth + k];
      (k < kWidth ? first : others) += value * value;
    }
    EXPECT_NEAR(found.taps[tap].first_row_rms, std::sqrt(first / kWidth), 1e-4) << tap;
    EXPECT_NEAR(found.taps[tap].rms, std::sqrt(others / (40 * kWidth)), 1e-4) << tap;
  }
}

TEST_F(ProbeTest, AWindowForgetsTheOneBefore) {
  const auto ids = golden_.ids();
  const std::vector<int32_t> head(ids.begin(), ids.begin() + 10);
  const std::vector<int32_t> tail(ids.begin() + 10, ids.begin() + 20);
  const ProbeOptions ten{.window_tokens = 10};

  const Probe both = probe(*model_, GoldenTokens(ids), pairs(20), ten);
  const Probe first = probe(*model_, GoldenTokens(head), pairs(10), ten);
  const Probe second = probe(*model_, GoldenTokens(tail), pairs(10), ten);

  EXPECT_EQ(both.windows, 2);
  EXPECT_EQ(both.tokens, 18);
  EXPECT_EQ(both.bytes, 18 * kPairBytes);
  EXPECT_NEAR(both.bits, first.bits + second.bits, 1e-9);
}

TEST_F(ProbeTest, WhatStandsInFrontPredictsTheFirstTokenAndIsNotPredicted) {
  const auto ids = golden_.ids();
  const std::vector<int32_t> rest(ids.begin() + 1, ids.end());

  const Probe alone = probe(*model_, GoldenTokens(ids), pairs(ids.size()));
  const Probe behind = probe(*model_, GoldenTokens(rest, {ids[0]}), pairs(rest.size()));

  EXPECT_EQ(behind.tokens, 40);
  EXPECT_EQ(behind.bytes, 40 * kPairBytes);
  EXPECT_NEAR(behind.bits, alone.bits, 1e-9);
}

TEST_F(ProbeTest, AnswersByTheLimit) {
  Probe good;
  good.tokens = 10;
  good.bytes = 40;
  good.bits = 60;
  good.most_bits_per_byte = 1.5;
  Probe bad = good;
  bad.bits = 61;
  Probe broken = good;
  broken.bits = std::nan("");

  EXPECT_TRUE(good.predicts_language());
  EXPECT_FALSE(bad.predicts_language());
  EXPECT_FALSE(broken.predicts_language());
  EXPECT_TRUE(holds(describe(good, *model_), "it predicts language"));
  EXPECT_TRUE(holds(describe(bad, *model_), "it does not predict language: its weights"));
  const auto json = nlohmann::json::parse(probe_json(broken, *model_));
  EXPECT_TRUE(json["bits_per_byte"].is_null());
  EXPECT_EQ(json["predicts_language"], false);
}

TEST_F(ProbeTest, RefusesATextWithNothingToPredict) {
  const GoldenTokens tokens(golden_.ids());
  const GoldenTokens crowded(golden_.ids(), std::vector<int32_t>(256, 1));

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { probe(*model_, tokens, kPair); }),
                    "the probe's text: 1 tokens; some to predict are wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { probe(*model_, crowded, pairs(4)); }),
                    "llama: windows of 256 positions, 256 of them taken"));
}

TEST(ProbedPassage, EndsWithAWordWithinFourThousandCharacters) {
  std::string story;
  for (int k = 0; k < 2000; ++k) story += "caf\xC3\xA9s ";

  const std::string passage = probed_passage(story);

  EXPECT_EQ(probed_passage("short"), "short");
  EXPECT_TRUE(passage.ends_with("caf\xC3\xA9s"));
  EXPECT_EQ(passage.size(), 666U * 7 - 1);  // 666 words of 6 characters with their spaces
}

}  // namespace
}  // namespace lockstep
