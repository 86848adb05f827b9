#include "stimuli/word_classes.h"

#include <gtest/gtest.h>

#include "base/utf8.h"
#include "stimuli/sentences.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

/// "word/TAG" of each word of a text.
std::string tagged(std::string_view utf8) {
  const auto text = from_utf8(utf8, "test");
  const auto words = written_words(text);
  const auto tags = tag_words(text, words, sentence_numbers(text, words));
  std::string all;
  for (std::size_t k = 0; k < words.size(); ++k) {
    all += (k == 0 ? "" : " ") +
           to_utf8(std::u32string_view(text).substr(
               static_cast<std::size_t>(words[k].begin),
               static_cast<std::size_t>(words[k].end - words[k].begin))) +
           "/" + tags[k];
  }
  return all;
}

TEST(WordClasses, OfAPlainSentence) {
  EXPECT_EQ(tagged("The old tuner opened the door very slowly."),
            "The/DET old/ADJ tuner/NOUN opened/VERB the/DET door/NOUN very/ADV slowly/ADV");
}

TEST(WordClasses, NamesAreProperNouns) {
  EXPECT_EQ(tagged("She met Dora Pell in Lyon."),
            "She/PRON met/VERB Dora/PROPN Pell/PROPN in/ADP Lyon/PROPN");
}

TEST(WordClasses, ANameIsKnownAtTheBeginningOfASentenceByTheRestOfTheText) {
  EXPECT_EQ(tagged("She saw Dora. Dora laughed."),
            "She/PRON saw/VERB Dora/PROPN Dora/PROPN laughed/VERB");
  EXPECT_EQ(tagged("Brambles grew there. She cut the brambles."),
            "Brambles/NOUN grew/VERB there/ADV She/PRON cut/VERB the/DET brambles/NOUN");
}

TEST(WordClasses, AuxiliariesAreToldFromVerbs) {
  EXPECT_EQ(tagged("She had tuned it."), "She/PRON had/AUX tuned/VERB it/PRON");
  EXPECT_EQ(tagged("She had a fork."), "She/PRON had/VERB a/DET fork/NOUN");
  EXPECT_EQ(tagged("Did he never come?"), "Did/AUX he/PRON never/ADV come/VERB");
  EXPECT_EQ(tagged("He did the thing."), "He/PRON did/VERB the/DET thing/NOUN");
  EXPECT_EQ(tagged("It would have been seen."), "It/PRON would/AUX have/AUX been/AUX seen/VERB");
}

TEST(WordClasses, NeighboursDecide) {
  EXPECT_EQ(tagged("They want to play."), "They/PRON want/VERB to/PART play/VERB");
  EXPECT_EQ(tagged("We saw the play."), "We/PRON saw/VERB the/DET play/NOUN");
}

TEST(WordClasses, SuffixesOfWordsThatAreNotListed) {
  EXPECT_EQ(tagged("A gloopful blorbment grumiously zanked."),
            "A/DET gloopful/ADJ blorbment/NOUN grumiously/ADV zanked/VERB");
}

TEST(WordClasses, ContractionsPossessivesNumbersAndCompounds) {
  EXPECT_EQ(tagged("He wasn\u2019t there."), "He/PRON wasn\u2019t/AUX there/ADV");
  EXPECT_EQ(tagged("The man\u2019s hat."), "The/DET man\u2019s/NOUN hat/NOUN");
  EXPECT_EQ(tagged("The 2nd of 40 men."), "The/DET 2nd/ADJ of/ADP 40/NUM men/NOUN");
  EXPECT_EQ(tagged("A south-facing garden."), "A/DET south-facing/ADJ garden/NOUN");
}

TEST(WordClasses, EveryTagIsOneOfUniversalPos) {
  const auto text = from_utf8(
      "\u00C9\u00E8 1 x- I'm O\u2019Clock \u4F60 &c a\u0301 U.S. X IV 'tis won\u2019t", "test");
  const auto words = written_words(text);

  for (const auto& tag : tag_words(text, words, std::vector<int64_t>(words.size(), 0)))
    EXPECT_TRUE(is_pos_tag(tag)) << tag;
}

TEST(WordClasses, OfNoWords) { EXPECT_TRUE(tag_words(U"", {}, {}).empty()); }

TEST(WordClasses, ContentWordsAreNounsVerbsAdjectivesAndAdverbs) {
  for (const char* tag : {"NOUN", "VERB", "ADJ", "ADV"}) EXPECT_TRUE(is_content_tag(tag)) << tag;
  for (const char* tag : {"PROPN", "AUX", "NUM", "PRON", "", "noun", "X"})
    EXPECT_FALSE(is_content_tag(tag)) << tag;
  EXPECT_TRUE(is_pos_tag("SYM"));
  EXPECT_FALSE(is_pos_tag("NN"));
}

}  // namespace
}  // namespace lockstep
