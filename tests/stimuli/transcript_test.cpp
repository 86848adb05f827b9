#include "stimuli/transcript.h"

#include <gtest/gtest.h>

#include <cmath>

#include "stimuli/transcript_table.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::message_of;
using testing::TemporaryFolder;

Transcript read(const std::string& bytes, const std::string& name = "t.tsv") {
  const TemporaryFolder folder;
  testing::write_bytes(folder / name, bytes);
  return read_transcript(folder / name);
}

std::string refusal(const std::string& bytes, const std::string& name = "t.tsv") {
  const auto message = message_of(Blame::kData, [&] { read(bytes, name); });
  return message.substr(message.find(name) + name.size());
}

/// "block/word@onset+duration" of each word.
std::string told(const Transcript& transcript) {
  std::string all;
  for (const TimedWord& word : transcript.words) {
    all += (all.empty() ? "" : " ") + word.block + "/" + word.word;
    if (!std::isnan(word.onset_s)) all += "@" + to_text(word.onset_s);
    if (!std::isnan(word.duration_s)) all += "+" + to_text(word.duration_s);
  }
  return all;
}

TEST(Transcript, OfPlainColumns) {
  EXPECT_EQ(told(read("block\tword\tonset\tduration\n1\tthe\t0\t0.25\n2\tcat\t0.5\t0.125\n")),
            "1/the@0+0.25 2/cat@0.5+0.125");
}

TEST(Transcript, OfOtherNamesAndCommas) {
  EXPECT_EQ(told(read("Text,Start,End,Run\n\"the\",0,0.25,1\n\"cat, so\",0.5,0.75,2\n", "t.csv")),
            "1/the@0+0.25 2/cat, so@0.5+0.25");
  EXPECT_EQ(told(read("value\tbegin\toffset\nthe\t0\t0.25\n")), "1/the@0+0.25");
  EXPECT_EQ(told(read("word\nthe\ncat\n")), "1/the 1/cat");
}

TEST(Transcript, TimesMayBeUnknown) {
  EXPECT_EQ(told(read("word\tonset\tduration\nthe\tn/a\t\ncat\t1\tn/a\n")), "1/the 1/cat@1");
}

TEST(Transcript, StoriesInOneFile) {
  const auto transcript = read("story\tword\tonset\na\tx\t5\nb\ty\t0\n");

  EXPECT_EQ(transcript.words[0].story, "a");
  EXPECT_EQ(transcript.words[1].story, "b");
}

TEST(Transcript, PausesAndPunctuationAreLeftOutAndCounted) {
  const auto transcript = read("word\tonset\nthe\t0\nsp\t1\n\t2\n--\t3\ncat\t4\n");

  EXPECT_EQ(told(transcript), "1/the@0 1/cat@4");
  EXPECT_EQ(transcript.left_out.at("pause"), 2);
  EXPECT_EQ(transcript.left_out.at("no letters"), 1);
}

TEST(Transcript, EventsOfTheArmeniDataAreSortedByRunAndOnset) {
  const auto transcript = read(
      "onset\tduration\tsample\ttype\tvalue\n"
      "40.5\t0.2\t48601\tword_onset_02\t\"NEXT\"\n"
      "-1\tn/a\tn/a\tPicture\t\"x\"\n"
      "38.5\t0.13\t46201\tword_onset_01\t\"THE\"\n"
      "38.5\t0.06\t46201\tphoneme_onset_01\t\"DH\"\n"
      "37.5\t1.08\t45001\tword_onset_01\t\"sp\"\n"
      "37.77\tn/a\t45330.3\twav_onset\t10\n"
      "41\t0.2\t49201\tword_onset_10\t\"LAST\"\n");

  EXPECT_EQ(told(transcript), "1/THE@38.5+0.13 2/NEXT@40.5+0.2 10/LAST@41+0.2");
  EXPECT_EQ(transcript.left_out.at("pause"), 1);
  EXPECT_EQ(transcript.left_out.at("phoneme_onset"), 1);
  EXPECT_EQ(transcript.left_out.at("wav_onset"), 1);
  EXPECT_EQ(transcript.left_out.at("Picture"), 1);
}

TEST(Transcript, RunsAreInOrderOfTheirNumbers) {
  const auto transcript =
      read("onset\ttype\tvalue\n3\tword_onset_10\tc\n1\tword_onset_01\ta\n2\tword_onset_02\tb\n");

  EXPECT_EQ(told(transcript), "1/a@1 2/b@2 10/c@3");
}

TEST(Transcript, OtherEventDialects) {
  EXPECT_EQ(
      told(read("onset\tduration\ttrial_type\tvalue\n1\t0.5\tWord\tthe\n2\t0.5\tsound\tx.wav\n")),
      "1/the@1+0.5");
  EXPECT_EQ(
      told(read("kind\tsegment\ttimemeg\tduration\nword\tthe\t1\t0.5\nphoneme\tdh\t1\t0.1\n")),
      "1/the@1+0.5");
  EXPECT_EQ(
      told(read("onset\tduration\ttrial_type\n"
                "1\t0.5\t{'story': 'lw1', 'kind': 'word', 'word': 'tara', 'pronounced': 1.0}\n"
                "1\t0.1\t{'kind': 'phoneme', 'phoneme': 't'}\n"
                "2\t0.5\t{'kind': 'word', 'word': \"it's\"}\n")),
      "1/tara@1+0.5 1/it's@2+0.5");
}

TEST(Transcript, RefusesWhatIsBroken) {
  EXPECT_EQ(refusal("time\tmark\n1\tx\n"),
            ": no column of words; one named word, text or value is wanted, there are time, mark");
  EXPECT_EQ(
      refusal("onset\ttype\n1\tsound\n2\ttrial\n"),
      ": no event is a word; type \"word\" or \"word_onset_NN\" is wanted, there are sound, trial");
  EXPECT_EQ(refusal("word\tonset\nthe\tsoon\n"), ":2: onset: \"soon\"; a number is wanted");
  EXPECT_EQ(refusal("word\tonset\tduration\nthe\t1\t-0.5\n"),
            ":2: duration: \"-0.5\"; 0 or more is wanted");
  EXPECT_EQ(refusal("word\tonset\tend\nthe\t1\t0.5\n"),
            ":2: end: \"0.5\"; at least the onset, 1, is wanted");
  EXPECT_EQ(refusal("onset\ttype\tvalue\nn/a\tword\tthe\n"),
            ":2: onset: \"n/a\"; the onset of a word is wanted");
  EXPECT_EQ(refusal("block\tword\tonset\n1\tthe\t1\n2\tcat\t0.5\n"),
            ": word 1, \"cat\" of block 2: onset 0.5; at least 1 is wanted: times ascend through "
            "the blocks of a story");
  EXPECT_EQ(refusal("word\tonset\nsp\t1\n"), ": no words in it; a timed transcript is wanted");
  EXPECT_EQ(refusal("word\tonset\nthe\n"), ":2: 1 cells; 2 are wanted, as in the header");
  EXPECT_EQ(refusal("the cat", "t.doc"),
            ": \".doc\" is no kind of transcript; .tsv, .csv and .TextGrid are");
  EXPECT_EQ(refusal("word\tonset\nt\xFFhe\t1\n"), ": byte 1: not UTF-8");
  EXPECT_EQ(refusal(""), ": empty; a header line is wanted");
}

}  // namespace
}  // namespace lockstep
