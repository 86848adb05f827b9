// WordPiece, WordLevel, Unigram and the charsmap: edges that no golden string reaches.
#include <gtest/gtest.h>

#include <cmath>

#include "models/tokenizers/charsmap.h"
#include "models/tokenizers/unigram.h"
#include "models/tokenizers/word_piece.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

Vocabulary vocabulary(const std::vector<std::string>& tokens) {
  Vocabulary made;
  for (std::size_t id = 0; id < tokens.size(); ++id) made.add(tokens[id], static_cast<int32_t>(id));
  return made;
}

TEST(WordPiece, TakesTheLongestAndGivesUpOnTheWholeWord) {
  const auto model =
      word_piece_model(vocabulary({"[UNK]", "un", "una", "##ff", "##able"}), {.longest_word = 8});

  EXPECT_EQ(model->pieces("unable"), (std::vector<Piece>{{0, 0, 6}}));  // una + ble: no way back
  EXPECT_EQ(model->pieces("unff"), (std::vector<Piece>{{1, 0, 2}, {3, 2, 4}}));
  EXPECT_EQ(model->pieces("ff"), (std::vector<Piece>{{0, 0, 2}}));
  EXPECT_EQ(model->pieces("unffffff"),
            (std::vector<Piece>{{1, 0, 2}, {3, 2, 4}, {3, 4, 6}, {3, 6, 8}}));
  EXPECT_EQ(model->pieces("unffffffff"), (std::vector<Piece>{{0, 0, 10}}));
}

TEST(WordPiece, NamesAMissingUnknownToken) {
  const auto model = word_piece_model(vocabulary({"a"}), {});

  EXPECT_EQ(
      message_of(Blame::kData, [&] { model->pieces("b"); }),
      "tokenizer: \"b\" is not in the vocabulary, and neither is the unknown token \"[UNK]\"");
}

// All ways to cut a text, scored one by one.
double best_score(const UnigramParts& parts, std::string_view text) {
  if (text.empty()) return 0.0;
  double best = -INFINITY;
  for (std::size_t id = 0; id < parts.tokens.size(); ++id) {
    if (text.starts_with(parts.tokens[id])) {
      best = std::max(best,
                      parts.scores[id] + best_score(parts, text.substr(parts.tokens[id].size())));
    }
  }
  return best;
}

TEST(Unigram, FindsTheBestOfAllWaysToCut) {
  const UnigramParts parts{.tokens = {"a", "b", "ab", "ba", "aba", "bb"},
                           .scores = {-2.0, -3.0, -4.1, -3.7, -6.2, -5.5}};
  const auto model = unigram_model(parts);
  for (const char* word : {"a", "ab", "aba", "abab", "bbab", "abbaabab", "bababbbaab"}) {
    double score = 0.0;
    std::size_t end = 0;
    for (const Piece& piece : model->pieces(word)) {
      score += parts.scores[static_cast<std::size_t>(piece.id)];
      EXPECT_EQ(piece.begin, end) << word;
      end = piece.end;
    }

    EXPECT_NEAR(score, best_score(parts, word), 1e-12) << word;
    EXPECT_EQ(end, std::string_view(word).size());
  }
}

TEST(Unigram, WithoutAnUnknownTokenTheTextIsRefused) {
  const auto model = unigram_model({.tokens = {"a"}, .scores = {-1.0}});

  EXPECT_EQ(message_of(Blame::kData, [&] { model->pieces("axya"); }),
            "tokenizer: \"xy\" is not in the vocabulary, which has no unknown token");
}

std::string unigram_refusal(const char* text) {
  const auto json = parse_json(text, "t.json");
  return message_of(Blame::kData, [&] { read_unigram(JsonAt(json, "t.json: ")); });
}

TEST(Unigram, NamesWhatIsWrong) {
  EXPECT_EQ(unigram_refusal(R"({"unk_id": 1, "vocab": [["a", -1.0]]})"),
            "t.json: unk_id: 1; an id below 1 is wanted");
  EXPECT_EQ(unigram_refusal(R"({"unk_id": null, "vocab": [["a", -1.0], ["b"]]})"),
            "t.json: vocab[1]: [\"b\"]; [\"token\", score] is wanted");
  EXPECT_TRUE(holds(unigram_refusal(R"({"unk_id": null, "vocab": {}})"), "a list is wanted"));
}

TEST(Charsmap, ReadsBase64) {
  EXPECT_EQ(from_base64("", "b"), "");
  EXPECT_EQ(from_base64("TQ==", "b"), "M");
  EXPECT_EQ(from_base64("TWE=", "b"), "Ma");
  EXPECT_EQ(from_base64("TWFu", "b"), "Man");
  EXPECT_EQ(message_of(Blame::kData, [] { from_base64("TWF", "b"); }),
            "b: 3 characters; padded base64 is wanted");
  EXPECT_EQ(message_of(Blame::kData, [] { from_base64("T===", "b"); }),
            "b: 4 characters; padded base64 is wanted");
  EXPECT_EQ(message_of(Blame::kData, [] { from_base64("TW-u", "b"); }),
            "b: character 2: not base64");
}

TEST(Charsmap, RefusesTablesThatContradictThemselves) {
  const auto refusal = [](const std::string& bytes) {
    return message_of(Blame::kData, [&] { precompiled_charsmap(bytes, "c"); });
  };
  EXPECT_EQ(refusal("abc"), "c: 3 bytes; 4 or more are wanted");
  EXPECT_EQ(refusal(std::string("\x08\0\0\0\0\0\0\0", 8)),
            "c: a trie of 8 bytes in 8 bytes; a multiple of 4 that fits is wanted");
  EXPECT_TRUE(holds(refusal(std::string("\x03\0\0\0\0\0\0\0", 8)), "a trie of 3 bytes"));
  EXPECT_EQ(refusal(std::string("\x04\0\0\0\0\0\0\0\xFF", 9)), "c: byte 0: not UTF-8");
}

TEST(Charsmap, ATrieThatPointsOutOfItselfFindsNothing) {
  // One unit whose children would lie far behind the end.
  const std::string bytes("\x04\0\0\0\xFF\xFF\xFF\x7F", 8);
  const auto normalizer = precompiled_charsmap(bytes, "c");

  EXPECT_EQ(normalizer->apply(AlignedText::of("abc")).text(), "abc");
}

TEST(Charsmap, WhatIsDroppedAtTheStartShiftsNoSpan) {
  // Two keys' worth of units: U+0001 -> "" by a trie of 'root ^ label'.
  std::string trie(4 * 256, '\0');
  const auto set = [&](std::size_t unit, uint32_t value) {
    for (std::size_t k = 0; k < 4; ++k)
      trie[4 * unit + k] = static_cast<char>(value >> 8 * k & 0xFF);
  };
  set(0, 2u << 10);                   // children at 2 ^ label
  set(2 ^ 1, 4u << 10 | 1 << 8 | 1);  // label 1, has a value, at 3 ^ 4
  set(3 ^ 4, 0x80000000u);            // the value: string 0
  const auto size = static_cast<char>(trie.size() / 256);
  const std::string bytes =
      std::string("\0", 1) + size + std::string("\0\0", 2) + trie + std::string(1, '\0');
  const auto normalizer = precompiled_charsmap(bytes, "c");

  const AlignedText text =
      normalizer->apply(AlignedText::of("\x01"
                                        "ab\x01"
                                        "c"));

  EXPECT_EQ(text.text(), "abc");
  EXPECT_EQ(text.spans(), (std::vector<Span>{{1, 2}, {2, 3}, {4, 5}}));
}

}  // namespace
}  // namespace lockstep
