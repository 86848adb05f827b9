#pragma once

#include <gtest/gtest.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "aligner/alignment.h"
#include "base/progress.h"
#include "tests/support/tiny_study.h"

namespace lockstep::testing {

/// `lockstep align` on a TinyStudy, quietly.
class AlignedStudy : public ::testing::Test {
 protected:
  void SetUp() override { set_verbosity(Verbosity::kQuiet); }
  void TearDown() override { set_verbosity(Verbosity::kNormal); }

  static AlignSettings quick_settings() {
    AlignSettings settings = preset_settings("strict");
    settings.folds = "block:5";
    settings.embargo = "1";
    settings.alphas = "0.1:1000:5";
    settings.times = "-0.3:0.6";
    settings.words = "all";
    settings.null_draws = 20;
    return settings;
  }

  static AlignJob job(const TinyStudy& study,
                      const AlignSettings& settings,
                      const std::string& output = "scores.h5") {
    return {{study.meg_path(), {study.targets_path()}, study.stimuli()},
            {study.folder / output},
            settings,
            {},
            1};
  }
  /// Alone by one thread, beside another target file by three, and by two shards: the same bytes.
  static void expect_same_bytes(const TinyStudy& study, const AlignSettings& settings) {
    write_targets(study.folder / "other.h5", study.targets, study.fits);
    align(job(study, settings, "one.h5"));
    AlignJob threaded = job(study, settings, "threads.h5");
    threaded.inputs.targets.push_back(study.folder / "other.h5");
    threaded.outputs.push_back(study.folder / "others.h5");
    threaded.num_threads = 3;
    align(threaded);
    for (const int index : {2, 1}) {
      AlignJob sharded = job(study, settings, "shards.h5");
      sharded.shard = {index, 2};
      align(sharded);
    }
    const std::string expected = read_bytes(study.folder / "one.h5");
    EXPECT_EQ(read_bytes(study.folder / "threads.h5"), expected);
    EXPECT_EQ(read_bytes(study.folder / "shards.h5"), expected);
  }
  static ScoresFile run(const TinyStudy& study, const AlignSettings& settings) {
    align(job(study, settings));
    return ScoresFile(study.folder / "scores.h5");
  }
};

inline int64_t time_index(const ScoresHeader& header, double time_s) {
  const auto found =
      std::min_element(header.times_s.begin(), header.times_s.end(), [&](double a, double b) {
        return std::abs(a - time_s) < std::abs(b - time_s);
      });
  return found - header.times_s.begin();
}

inline double score_at(const ScoresFile& file,
                       std::size_t subject,
                       std::size_t tap,
                       double time_s) {
  const auto num_times = std::ssize(file.header().times_s);
  return file.score(subject, 0)[static_cast<std::size_t>(static_cast<int64_t>(tap) * num_times +
                                                         time_index(file.header(), time_s))];
}

/// Rows of words.tsv that have the longest context of a TinyStudy of one story.
inline std::vector<int64_t> analysed_rows(const TinyStudy& study) {
  std::vector<int64_t> rows;
  for (int64_t row = study.contexts.back() - 1; row < study.num_words(); ++row) rows.push_back(row);
  return rows;
}

/// analysed words x sensors of the first subject, without any code of the aligner.
inline Eigen::MatrixXd recorded_at(const TinyStudy& study, double time_s) {
  const auto rows = analysed_rows(study);
  const auto lag = static_cast<int64_t>(std::nearbyint(time_s * 30));
  Eigen::MatrixXd x(std::ssize(rows), study.num_sensors);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& event = study.meg.recordings[0].events[static_cast<std::size_t>(rows[i])];
    const int64_t sample = static_cast<int64_t>(std::nearbyint(event.onset_s * 30)) + lag;
    for (int64_t s = 0; s < study.num_sensors; ++s) {
      x(static_cast<Eigen::Index>(i), s) =
          study.data[0][static_cast<std::size_t>(sample * study.num_sensors + s)];
    }
  }
  return x;
}

/// analysed words x components of a tap at the first context.
inline Eigen::MatrixXd targets_of_tap(const TinyStudy& study, std::size_t tap) {
  const auto rows = analysed_rows(study);
  Eigen::MatrixXd y(std::ssize(rows), study.num_components);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (int64_t d = 0; d < study.num_components; ++d) {
      y(static_cast<Eigen::Index>(i), d) =
          study.fits[tap].targets[static_cast<std::size_t>(rows[i] * study.num_components + d)];
    }
  }
  return y;
}

/// By block, which with five blocks and "block:5" is a fold: places in analysed_rows().
inline std::vector<std::vector<int64_t>> places_of_blocks(const TinyStudy& study) {
  const auto rows = analysed_rows(study);
  std::vector<std::vector<int64_t>> blocks(static_cast<std::size_t>(study.num_blocks));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    blocks[static_cast<std::size_t>(rows[i] / study.words_a_block)].push_back(
        static_cast<int64_t>(i));
  }
  return blocks;
}

/// All places but those of one block.
inline std::vector<int64_t> places_without(const std::vector<std::vector<int64_t>>& blocks,
                                           std::size_t block) {
  std::vector<int64_t> places;
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (b != block) places.insert(places.end(), blocks[b].begin(), blocks[b].end());
  }
  return places;
}

}  // namespace lockstep::testing
