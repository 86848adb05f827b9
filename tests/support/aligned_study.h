#pragma once

#include <gtest/gtest.h>

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

}  // namespace lockstep::testing
