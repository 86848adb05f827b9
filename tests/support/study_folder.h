#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/run_program.h"
#include "tests/support/small_study.h"

namespace lockstep::testing {

/// A folder with words/ (100 words of two stories) and activations.h5 (two contexts, three taps of
/// six units).
class StudyFolder {
 public:
  StudyFolder() : words_(small_words(make(folder_ / "words"), 100, 50)) {
    SmallActivations shape;
    shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
      return noise_value(1, context, tap, word, unit);
    };
    write_small_activations(folder_ / "activations.h5", words_, shape);
  }

  std::string operator/(std::string_view name) const { return (folder_ / name).string(); }

  /// lockstep with these words; "@name" stands for a file of the folder.
  Outcome run(std::vector<std::string> words) const {
    words.insert(words.begin(), program("lockstep"));
    for (std::string& word : words) {
      if (word[0] == '@') word = *this / word.substr(1);
    }
    return run_program(words);
  }

  /// Three components of each tap, as targets.h5.
  void reduce() const {
    const Outcome outcome = run({"reduce",
                                 "@activations.h5",
                                 "--stimuli",
                                 "@words",
                                 "--pca",
                                 "3",
                                 "--quiet",
                                 "-o",
                                 "@targets.h5"});
    EXPECT_EQ(outcome.status, 0) << outcome.messages;
  }

  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      names.push_back(entry.path().filename().string());
    return names;
  }

 private:
  static std::filesystem::path make(const std::filesystem::path& path) {
    std::filesystem::create_directory(path);
    return path;
  }

  TemporaryFolder folder_;
  Words words_;
};

}  // namespace lockstep::testing
