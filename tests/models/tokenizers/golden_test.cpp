// Small tokenizers of all families against PyPI's tokenizers, and what must hold for any tokenizer.
#include "tests/models/tokenizers/golden.h"

#include <gtest/gtest.h>

#include <array>
#include <thread>

#include "base/utf8.h"

namespace lockstep {
namespace {

using testing::described;
using testing::golden_folder;
using testing::nasty_strings;

class GoldenTokenizer : public ::testing::TestWithParam<const char*> {
 protected:
  std::filesystem::path folder() const { return golden_folder() / GetParam(); }
};

TEST_P(GoldenTokenizer, GivesTheIdsAndSpansOfTheLibrary) {
  const auto tokenizer = open_tokenizer(folder());
  const auto strings = nasty_strings();
  const auto expected = read_json_file(folder() / "expected.json");
  ASSERT_EQ(strings.size(), expected.size());
  ASSERT_GE(strings.size(), 300u);

  for (std::size_t i = 0; i < strings.size(); ++i) {
    const auto tokens = tokenizer->encode(strings[i]);

    EXPECT_EQ(described(tokens), described(testing::tokens_from(expected[i])))
        << "string " << i << ": \"" << strings[i] << '"';
  }
}

TEST_P(GoldenTokenizer, SpansAreInOrderAndInsideTheText) {
  const auto tokenizer = open_tokenizer(folder());

  for (const std::string& string : nasty_strings()) {
    const auto length = static_cast<int64_t>(from_utf8(string, "string").size());
    int64_t begin = 0;
    int64_t end = 0;
    for (const Token& token : tokenizer->encode(string)) {
      EXPECT_LE(begin, token.begin) << string;
      EXPECT_LE(token.begin, token.end) << string;
      EXPECT_LE(end, token.end) << string;
      EXPECT_LT(token.id, tokenizer->vocabulary_size()) << string;
      begin = token.begin;
      end = token.end;
    }
    EXPECT_LE(end, length) << string;
  }
}

TEST_P(GoldenTokenizer, GivesTheSameInAnyOrderAndFromAnyThread) {
  const auto strings = nasty_strings();
  const auto shared = open_tokenizer(folder());
  std::vector<std::vector<Token>> backwards(strings.size());
  std::vector<std::vector<Token>> forwards(strings.size());

  std::thread other([&] {
    for (std::size_t i = strings.size(); i-- > 0;) backwards[i] = shared->encode(strings[i]);
  });
  for (std::size_t i = 0; i < strings.size(); ++i) forwards[i] = shared->encode(strings[i]);
  other.join();

  for (std::size_t i = 0; i < strings.size(); ++i) {
    EXPECT_EQ(described(forwards[i]), described(backwards[i])) << strings[i];
    EXPECT_EQ(described(forwards[i]), described(shared->encode(strings[i]))) << strings[i];
  }
}

/// Nothing is normalised or removed.
constexpr std::array kCovering{"gpt2",
                               "prefixed",
                               "llama3",
                               "smollm2",
                               "llama2",
                               "llama2_without_bytes",
                               "mistral",
                               "gemma",
                               "deepseek3",
                               "deepseek_coder",
                               "falcon"};
constexpr std::array kChanging{"qwen2",
                               "scripts",
                               "punctuation",
                               "metaspace",
                               "words",
                               "bert",
                               "bert_cased",
                               "word_level",
                               "unigram",
                               "unigram_with_bytes"};

std::string folder_name(const ::testing::TestParamInfo<const char*>& tested) {
  return tested.param;
}

INSTANTIATE_TEST_SUITE_P(Covering, GoldenTokenizer, ::testing::ValuesIn(kCovering), folder_name);
INSTANTIATE_TEST_SUITE_P(Changing, GoldenTokenizer, ::testing::ValuesIn(kChanging), folder_name);

// There no character may be lost.
class CoveringTokenizer : public GoldenTokenizer {};

TEST_P(CoveringTokenizer, SpansCoverTheText) {
  const auto tokenizer = open_tokenizer(folder());

  for (const std::string& string : nasty_strings()) {
    int64_t end = 0;
    for (const Token& token : tokenizer->encode(string)) {
      EXPECT_LE(token.begin, end) << string;
      end = std::max(end, token.end);
    }
    EXPECT_EQ(end, static_cast<int64_t>(from_utf8(string, "string").size())) << string;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, CoveringTokenizer, ::testing::ValuesIn(kCovering), folder_name);

TEST(Tokenizer, KeepsTheSpacesOfAWord) {
  const auto tokenizer = open_tokenizer(golden_folder() / "gpt2");

  const auto tokens = tokenizer->encode(" the  the");

  ASSERT_EQ(tokens.size(), 3u);
  EXPECT_EQ(tokens[0].begin, 0);
  EXPECT_EQ(tokens[0].end, 4);
  EXPECT_EQ(tokens[1].end, 5);
  EXPECT_EQ(tokens[2].begin, 5);
  EXPECT_EQ(tokens[2].id, tokens[0].id);
}

TEST(Tokenizer, BytesOfACharacterShareItsSpan) {
  const auto tokenizer = open_tokenizer(golden_folder() / "gpt2");

  const auto tokens = tokenizer->encode("a\xF4\x8F\xBF\xBF");  // U+10FFFF, in no training text

  ASSERT_EQ(tokens.size(), 5u);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_EQ(tokens[i].begin, 1) << "token " << i;
    EXPECT_EQ(tokens[i].end, 2) << "token " << i;
  }
}

TEST(Tokenizer, APrependedSymbolHasAnEmptySpan) {
  const auto tokenizer = open_tokenizer(golden_folder() / "llama2");

  const auto tokens = tokenizer->encode("\xF0\x9F\x8F\xBD<s>\xF0\x9F\x8F\xBD");  // U+1F3FD

  ASSERT_EQ(tokens.size(), 11u);
  EXPECT_EQ(tokens[0].begin, 0);
  EXPECT_EQ(tokens[0].end, 0);
  EXPECT_EQ(tokens[5].end, 4);
  EXPECT_EQ(tokens[6].begin, 4);
  EXPECT_EQ(tokens[6].end, 4);
  EXPECT_EQ(tokens[6].id, tokens[0].id);
}

}  // namespace
}  // namespace lockstep
