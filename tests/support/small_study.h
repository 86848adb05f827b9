#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/filled_file.h"
#include "base/hdf5_writer.h"
#include "base/random_stream.h"
#include "base/schemas/activations_file.h"
#include "base/schemas/words_file.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// `num_words` timed words in stories of `words_per_story`; every second word is a content word;
/// 0.2 to 0.4 s from word to word, blocks of 20, sentences of 7. As read back from `folder`, where
/// it is written.
inline Words small_words(const std::filesystem::path& folder,
                         int64_t num_words,
                         int64_t words_per_story) {
  Words words;
  words.pos_source = "by turns";
  words.provenance.label = "words.tsv";
  words.provenance.what = "lockstep words";
  RandomStream stream(7, "word times");
  std::string text;
  double onset_s = 0;
  for (int64_t k = 0; k < num_words; ++k) {
    const int64_t in_story = k % words_per_story;
    if (in_story == 0) {
      text.clear();
      onset_s = 0.5;
      words.stories.push_back({"story" + std::to_string(words.stories.size() + 1), ""});
    }
    WordRow row;
    row.story = words.stories.back().name;
    row.block = std::to_string(in_story / 20);
    row.word = "w" + std::to_string(stream.below(40));
    row.onset_s = onset_s;
    row.duration_s = 0.15;
    row.has_span = true;
    row.span = {static_cast<int64_t>(text.size()),
                static_cast<int64_t>(text.size() + row.word.size())};
    row.sentence = in_story / 7;
    row.content = k % 2 == 1;
    row.pos = row.content ? "NOUN" : "DET";
    text += row.word + " ";
    words.stories.back().utf8 = text;
    words.rows.push_back(row);
    onset_s += 0.2 + 0.2 * stream.uniform();
  }
  write_words_folder(words, folder);
  return read_words_folder(folder);
}

/// What a test's activations look like.
struct SmallActivations {
  int64_t num_taps = 3;
  int64_t num_units = 6;
  std::vector<int64_t> contexts = {1, 3};
  /// Value of a unit; words without the context are NaN anyway.
  std::function<double(int64_t context, int64_t tap, int64_t word, int64_t unit)> value;
};

/// activations.h5 of all words: taps "block 1", "block 2", ... at depths evenly spaced up to 0.9.
inline void write_small_activations(const std::filesystem::path& file,
                                    const Words& words,
                                    const SmallActivations& wanted) {
  ActivationsHeader header;
  header.model = {"small model", "llama", 1000, 10, true};
  for (const int64_t context : wanted.contexts)
    header.contexts.push_back({std::to_string(context), context});
  for (int64_t tap = 1; tap <= wanted.num_taps; ++tap) {
    const double depth = 0.9 * static_cast<double>(tap) / static_cast<double>(wanted.num_taps);
    header.taps.push_back({"block " + std::to_string(tap), tap, depth, depth});
  }
  const auto num_words = static_cast<int64_t>(words.rows.size());
  std::vector<int64_t> in_story;
  for (int64_t word = 0; word < num_words; ++word) {
    const bool is_first = word == 0 || words.rows[static_cast<std::size_t>(word)].story !=
                                           words.rows[static_cast<std::size_t>(word - 1)].story;
    in_story.push_back(is_first ? 0 : in_story.back() + 1);
    header.words.push_back(word);
    header.text.push_back(words.rows[static_cast<std::size_t>(word)].word);
    header.shared.push_back(0);
  }
  header.num_units = wanted.num_units;
  std::vector<float> values;
  for (const int64_t context : wanted.contexts) {
    for (int64_t word = 0; word < num_words; ++word)
      header.tokens.push_back(in_story[static_cast<std::size_t>(word)] + 1 >= context ? 1 : 0);
    for (int64_t tap = 0; tap < wanted.num_taps; ++tap) {
      for (int64_t word = 0; word < num_words; ++word) {
        const bool is_available = in_story[static_cast<std::size_t>(word)] + 1 >= context;
        for (int64_t unit = 0; unit < wanted.num_units; ++unit) {
          values.push_back(is_available ? static_cast<float>(wanted.value(context, tap, word, unit))
                                        : std::nanf(""));
        }
      }
    }
  }
  header.words_sha256 = words.sha256;
  header.provenance.label = "activations.h5";
  header.provenance.what = "lockstep extract";
  lay_out_activations(file, header);
  std::FILE* stream = std::fopen(file.c_str(), "r+b");
  std::fseek(stream, static_cast<long>(dataset_offset(file, "activations")), SEEK_SET);
  std::fwrite(values.data(), sizeof(float), values.size(), stream);
  std::fclose(stream);
}

/// A standard normal number that depends on the arguments alone.
inline double noise_value(uint64_t seed, int64_t context, int64_t tap, int64_t word, int64_t unit) {
  return RandomStream(seed,
                      "value",
                      static_cast<uint64_t>(((context * 100 + tap) * 100000 + word) * 1000 + unit))
      .normal();
}

}  // namespace lockstep::testing
