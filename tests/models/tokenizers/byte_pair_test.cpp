#include "models/tokenizers/byte_pair.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "models/tokenizers/piece_cache.h"

namespace lockstep {
namespace {

// Merges the way the definition says: look for the best pair, merge it, look again.
std::vector<Piece> merged_slowly(std::vector<Piece> pieces, const std::vector<Merge>& merges) {
  while (true) {
    const Merge* best = nullptr;
    std::size_t place = 0;
    for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
      for (const Merge& merge : merges) {
        const bool fits = merge.left == pieces[i].id && merge.right == pieces[i + 1].id;
        if (fits && (best == nullptr || merge.rank < best->rank)) {
          best = &merge;
          place = i;
        }
      }
    }
    if (best == nullptr) return pieces;
    pieces[place].id = best->merged;
    pieces[place].end = pieces[place + 1].end;
    pieces.erase(pieces.begin() + static_cast<std::ptrdiff_t>(place) + 1);
  }
}

struct RandomBytePair {
  Vocabulary vocabulary;
  std::vector<Merge> merges;
};

// Three letters and tokens that each join two earlier ones, in a random order of ranks.
RandomBytePair random_byte_pair(std::mt19937& draw) {
  std::vector<std::string> tokens = {"a", "b", "c"};
  RandomBytePair made;
  for (int i = 0; i < 40; ++i) {
    const std::size_t left = draw() % tokens.size();
    const std::size_t right = draw() % tokens.size();
    const std::string joined = tokens[left] + tokens[right];
    if (std::find(tokens.begin(), tokens.end(), joined) != tokens.end()) continue;
    made.merges.push_back({static_cast<int32_t>(left),
                           static_cast<int32_t>(right),
                           static_cast<int32_t>(tokens.size()),
                           static_cast<uint32_t>(draw() % 8)});
    tokens.push_back(joined);
  }
  for (std::size_t id = 0; id < tokens.size(); ++id) {
    made.vocabulary.add(tokens[id], static_cast<int32_t>(id));
  }
  return made;
}

TEST(BytePair, EqualsRepeatedSearchForTheBestPair) {
  std::mt19937 draw(5);
  for (int trial = 0; trial < 200; ++trial) {
    const RandomBytePair made = random_byte_pair(draw);
    const auto model = byte_pair_model(made.vocabulary, made.merges, {});
    std::string word;
    std::vector<Piece> letters;
    for (std::size_t i = 0; i < 1 + draw() % 30; ++i) {
      const auto letter = static_cast<int32_t>(draw() % 3);
      letters.push_back({letter, i, i + 1});
      word += static_cast<char>('a' + letter);
    }

    EXPECT_EQ(model->pieces(word), merged_slowly(letters, made.merges)) << word;
  }
}

TEST(BytePair, TakesTheLeftmostOfEqualRanks) {
  Vocabulary vocabulary;
  for (const char* token : {"a", "aa"}) vocabulary.add(token, vocabulary.empty() ? 0 : 1);
  const auto model = byte_pair_model(vocabulary, {{0, 0, 1, 0}}, {});

  const std::vector<Piece> pieces = model->pieces("aaa");

  EXPECT_EQ(pieces, (std::vector<Piece>{{1, 0, 2}, {0, 2, 3}}));
}

TEST(BytePair, FallsBackToBytesOnlyIfAllAreTokens) {
  Vocabulary vocabulary;
  vocabulary.add("<unk>", 0);
  vocabulary.add("<0xC3>", 1);
  vocabulary.add("<0xA9>", 2);
  const auto model =
      byte_pair_model(vocabulary, {}, {.unknown_token = "<unk>", .falls_back_to_bytes = true});

  EXPECT_EQ(model->pieces("\xC3\xA9"), (std::vector<Piece>{{1, 0, 1}, {2, 1, 2}}));
  EXPECT_EQ(model->pieces("\xC3\xA8"), (std::vector<Piece>{{0, 0, 2}}));
  EXPECT_EQ(model->pieces("\xC3\xA8\xC3\xA9"),
            (std::vector<Piece>{{0, 0, 2}, {1, 2, 3}, {2, 3, 4}}));
}

TEST(BytePair, DropsWhatItCannotSayButCountsItsBytes) {
  Vocabulary vocabulary;
  vocabulary.add("a", 0);
  const auto model = byte_pair_model(vocabulary, {}, {});

  EXPECT_EQ(model->pieces("axa"), (std::vector<Piece>{{0, 0, 1}, {0, 2, 3}}));
}

class Counting : public TokenModel {
 public:
  explicit Counting(int& calls) : calls_(calls) {}
  std::vector<Piece> pieces(std::string_view pre_token) const override {
    ++calls_;
    return {{static_cast<int32_t>(pre_token[0]), 0, pre_token.size()}};
  }

 private:
  int& calls_;
};

TEST(PieceCache, AsksOnceUntilItIsFull) {
  int calls = 0;
  const auto model = remembering(std::make_unique<Counting>(calls), {.pre_token_bytes = 4});

  for (int i = 0; i < 3; ++i) model->pieces("abcd");
  EXPECT_EQ(calls, 1);
  for (int i = 0; i < 3; ++i) model->pieces("abcde");
  EXPECT_EQ(calls, 4);
}

TEST(PieceCache, GivesTheSameWhenItHoldsNothing) {
  int calls = 0;
  const auto model = remembering(std::make_unique<Counting>(calls), {.num_pre_tokens = 0});

  const auto first = model->pieces("ab");
  EXPECT_EQ(model->pieces("ab"), first);
  EXPECT_EQ(calls, 2);
}

}  // namespace
}  // namespace lockstep
