// Targets made from words alone: word_properties.h, random_vectors.h.
#include <gtest/gtest.h>

#include <cmath>

#include "aligner/targets/random_vectors.h"
#include "aligner/targets/word_properties.h"
#include "tests/support/messages.h"
#include "tests/support/small_study.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

class WordSets : public ::testing::Test {
 protected:
  WordSets() : words(testing::small_words(folder.path(), 60, 30)) {}

  TemporaryFolder folder;
  Words words;
};

std::vector<float> row_of(const Reduction& set, std::size_t row) {
  const auto width = static_cast<std::ptrdiff_t>(set.header.num_components);
  const auto begin = set.fits[0].targets.begin() + static_cast<std::ptrdiff_t>(row) * width;
  return {begin, begin + width};
}

TEST_F(WordSets, GiveAWordTypeOneRandomVector) {
  words.rows[4].word = "Same";
  words.rows[50].word = "same";
  words.rows[51].word = "other";

  const Reduction set = random_vectors(words, 20, 3);

  EXPECT_EQ(row_of(set, 4), row_of(set, 50));
  EXPECT_NE(row_of(set, 4), row_of(set, 51));
  EXPECT_NE(row_of(set, 4), row_of(random_vectors(words, 20, 4), 4));
  EXPECT_EQ(set.header.words_sha256, words.sha256);
  EXPECT_EQ(set.header.taps[0].name, "random vectors");
}

TEST_F(WordSets, DrawStandardNormalNumbers) {
  for (std::size_t k = 0; k < words.rows.size(); ++k)
    words.rows[k].word = "type" + std::to_string(k);

  const Reduction set = random_vectors(words, 200, 0);

  double sum = 0;
  double squares = 0;
  for (const float value : set.fits[0].targets) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  EXPECT_NEAR(sum / 12000, 0, 0.04);  // 4 standard errors
  EXPECT_NEAR(squares / 12000, 1, 0.05);
}

TEST_F(WordSets, KnowThePropertiesOfAWord) {
  const std::size_t row = 25;
  words.rows[row].word = "caf\xC3\xA9";  // four letters
  words.rows[row - 1].onset_s = words.rows[row].onset_s - 0.25;

  const std::vector<float> values = row_of(word_properties(words), row);

  EXPECT_FLOAT_EQ(values[0], std::log(4.0F));
  EXPECT_FLOAT_EQ(values[1], std::log(0.15F));
  EXPECT_FLOAT_EQ(values[2], std::log(0.25F));
  EXPECT_FLOAT_EQ(values[3], 1.0F);  // rows 20 to 24 are the block's words before it: 5 in 5 s
  EXPECT_FLOAT_EQ(values[4], 4.0F);  // sentences of 7: row 25 is the fifth of its sentence
  EXPECT_FLOAT_EQ(values[5], 25.0F / 29);
  EXPECT_FLOAT_EQ(values[6], 0.0F);
  EXPECT_FLOAT_EQ(values[7], 1.0F);
}

TEST_F(WordSets, LeaveOutWordsThatLackAProperty) {
  words.rows[12].duration_s = NAN;

  const Reduction set = word_properties(words);

  for (const std::size_t row : {0u, 12u, 20u})
    EXPECT_TRUE(std::isnan(row_of(set, row)[0])) << "row " << row;  // no word before 0 and 20
  EXPECT_TRUE(std::isfinite(row_of(set, 13)[0]));
}

TEST_F(WordSets, RefuseWordsWithoutTimes) {
  for (auto& row : words.rows) row.onset_s = row.duration_s = NAN;

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { word_properties(words); }),
                    "reduce: none of 60 words has all of: log letters, log duration"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { random_vectors(words, 0, 0); }),
                    "random vectors: 0 components; at least 1 is wanted"));
}

TEST_F(WordSets, ReadBackFromTheirFile) {
  Reduction set = random_vectors(words, 5, 0);

  write_targets(folder / "targets.h5", set.header, set.fits);
  const TargetsFile file(folder / "targets.h5");

  EXPECT_EQ(file.read(0, 0, 0), set.fits[0].targets);
  EXPECT_EQ(file.header().num_units, 0);
  EXPECT_EQ(file.header().fit, "none");
}

}  // namespace
}  // namespace lockstep
