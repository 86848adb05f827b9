// The whole of `lockstep align` on a small experiment: tests/support/tiny_study.h.
#include "aligner/alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "stimuli/folds.h"
#include "tests/oracles/ridge_by_refitting.h"
#include "tests/support/aligned_study.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::score_at;
using testing::time_index;
using testing::TinyStudy;

class Alignment : public testing::AlignedStudy {};

/// Mean over subjects, taps and times.
double mean_score(const ScoresFile& file) {
  double sum = 0;
  std::size_t count = 0;
  for (std::size_t subject = 0; subject < file.header().subjects.size(); ++subject) {
    const auto scores = file.score(subject, 0);
    sum += std::accumulate(scores.begin(), scores.end(), 0.0);
    count += scores.size();
  }
  return sum / static_cast<double>(count);
}

TEST_F(Alignment, FindsEachTapWhereItWasPutAndNowhereElse) {
  TinyStudy study;
  study.make();
  study.write();

  const ScoresFile file = run(study, quick_settings());

  for (std::size_t subject = 0; subject < 2; ++subject) {
    EXPECT_GT(score_at(file, subject, 0, 0.1), 0.5) << subject;
    EXPECT_GT(score_at(file, subject, 1, 0.4), 0.5) << subject;
    EXPECT_LT(std::abs(score_at(file, subject, 0, 0.4)), 0.2) << subject;
    EXPECT_LT(std::abs(score_at(file, subject, 1, 0.1)), 0.2) << subject;
    EXPECT_LT(std::abs(score_at(file, subject, 0, -0.3)), 0.2) << subject;
  }
}

/// Gathers, fits and correlates without any code of the aligner. One alpha, blocks as folds, no
/// embargo.
double direct_score(const TinyStudy& study, int64_t lag, std::size_t tap, double alpha) {
  const auto& recording = study.meg.recordings[0];
  const int64_t skipped = study.contexts.back() - 1;  // words without the longest context
  const int64_t n = study.num_words() - skipped;
  Eigen::MatrixXd x(n, study.num_sensors);
  Eigen::MatrixXd y(n, study.num_components);
  for (int64_t i = 0; i < n; ++i) {
    const int64_t row = i + skipped;
    const auto sample = static_cast<int64_t>(std::nearbyint(
                            recording.events[static_cast<std::size_t>(row)].onset_s * 30)) +
                        lag;
    for (int64_t s = 0; s < study.num_sensors; ++s) {
      x(i, s) = study.data[0][static_cast<std::size_t>(sample * study.num_sensors + s)];
    }
    for (int64_t d = 0; d < study.num_components; ++d) {
      y(i, d) = study.fits[tap].targets[static_cast<std::size_t>(row * study.num_components + d)];
    }
  }
  double sum = 0;
  for (int64_t fold = 0; fold < 5; ++fold) {
    std::vector<int64_t> train, test;
    for (int64_t i = 0; i < n; ++i) {
      ((i + skipped) / study.words_a_block == fold ? test : train).push_back(i);
    }
    const auto scale = testing::inverse_deviations(x, train);
    const auto predicted = testing::ridge_predict(x, y, train, test, scale, alpha);
    for (int64_t d = 0; d < study.num_components; ++d) {
      sum += testing::pearson(testing::rows_of(y, test).col(d), predicted.col(d));
    }
  }
  return sum / static_cast<double>(5 * study.num_components);
}

/// r of a (fold, component) from the sums of its blocks.
double r_from_sums(
    const ScoresFile& file, std::size_t tap, int64_t fold, int64_t component, int64_t time) {
  const auto& header = file.header();
  const auto sums = file.sums(0, 0, tap);
  const auto num_times = std::ssize(header.times_s);
  double total[6] = {};
  for (int64_t block = 0; block < std::ssize(header.block_fold); ++block) {
    if (header.block_fold[static_cast<std::size_t>(block)] != fold) continue;
    const auto at = ((block * header.num_components + component) * num_times + time) * 6;
    for (int64_t stat = 0; stat < 6; ++stat)
      total[stat] += sums[static_cast<std::size_t>(at + stat)];
  }
  const double n = total[5];
  return (total[4] - total[0] * total[2] / n) /
         std::sqrt((total[1] - total[0] * total[0] / n) * (total[3] - total[2] * total[2] / n));
}

TEST_F(Alignment, ScoreIsTheMeanOfPearsonOverFoldsAndComponents) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.embargo = "0";
  settings.alphas = "10";

  const ScoresFile file = run(study, settings);

  for (const double time_s : {0.1, 0.4}) {
    const auto lag = static_cast<int64_t>(std::nearbyint(time_s * 30));
    for (std::size_t tap = 0; tap < 2; ++tap) {
      double from_sums = 0;
      for (int64_t fold = 0; fold < 5; ++fold) {
        for (int64_t component = 0; component < study.num_components; ++component) {
          from_sums +=
              r_from_sums(file, tap, fold, component, time_index(file.header(), time_s)) / 15;
        }
      }
      const double direct = direct_score(study, lag, tap, 10);
      EXPECT_NEAR(from_sums, direct, 1e-7) << "tap " << tap << " time " << time_s;
      EXPECT_NEAR(score_at(file, 0, tap, time_s), direct, 1e-6)
          << "tap " << tap << " time " << time_s;
    }
  }
}

TEST_F(Alignment, ThreadsAndShardsGiveTheSameBytes) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.alpha_by = "loo";

  align(job(study, settings, "one.h5"));
  AlignJob threaded = job(study, settings, "threads.h5");
  threaded.num_threads = 3;
  align(threaded);
  for (int index : {3, 1, 2}) {
    AlignJob sharded = job(study, settings, "shards.h5");
    sharded.shard = {index, 3};
    align(sharded);
    EXPECT_EQ(std::filesystem::exists(study.folder / "shards.h5"), index == 2) << index;
  }

  const std::string whole = read_bytes(study.folder / "one.h5");
  EXPECT_EQ(read_bytes(study.folder / "threads.h5"), whole);
  EXPECT_EQ(read_bytes(study.folder / "shards.h5"), whole);
}

TEST_F(Alignment, EverySolverGivesTheSameAlphasAndScores) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.alpha_by = "loo";
  settings.alphas = "1e-4:1e8:25";
  settings.solver = "all";
  const ScoresFile plain = run(study, settings);
  for (const std::string solver : {"default", "certified"}) {
    settings.solver = solver;
    const ScoresFile screened = run(study, settings);
    for (std::size_t subject = 0; subject < 2; ++subject) {
      EXPECT_EQ(screened.alpha(subject, 0), plain.alpha(subject, 0)) << solver;
      const auto expected = plain.score(subject, 1);
      const auto found = screened.score(subject, 1);
      for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6);
    }
  }
}

TEST_F(Alignment, ATimeIsTheSameWhateverOtherTimesAreAskedFor) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.alpha_by = "loo";
  const ScoresFile many = run(study, settings);
  const double score = score_at(many, 1, 1, 0.4);
  settings.times = "0.4";

  const ScoresFile one = run(study, settings);

  ASSERT_EQ(one.header().times_s.size(), 1u);
  EXPECT_EQ(score_at(one, 1, 1, 0.4), score);
}

TEST_F(Alignment, NullLiesAroundZeroAndBelowASignal) {
  TinyStudy study;
  study.make();
  study.write();

  const ScoresFile file = run(study, quick_settings());

  const auto null = file.null_score(0, 0);  // draw x tap x time
  const auto num_times = std::ssize(file.header().times_s);
  const auto at = time_index(file.header(), 0.1);
  double sum = 0;
  for (int64_t draw = 0; draw < 20; ++draw) {
    const double value = null[static_cast<std::size_t>(draw * 2 * num_times + at)];
    sum += value;
    EXPECT_LT(value, 0.5 * score_at(file, 0, 0, 0.1)) << "draw " << draw;
  }
  EXPECT_LT(std::abs(sum / 20), 0.05);
}

TEST_F(Alignment, ShuffledFoldsLeakWhereHonestOnesDoNot) {
  TinyStudy study;
  study.signal = 0;
  study.memory = 0.97;
  study.words_a_block = 120;
  study.num_components = 6;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.times = "0:0.5";
  settings.embargo = "0";
  settings.alpha_by = "loo";
  settings.folds = "shuffled:5";
  const double shuffled = mean_score(run(study, settings));
  settings.folds = "block:5";
  settings.embargo = "auto";

  const double honest = mean_score(run(study, settings));

  EXPECT_GT(shuffled, 0.05);
  EXPECT_LT(honest, 0.5 * shuffled);
}

TEST_F(Alignment, CommonWordsHaveTheLongestContextAndEachHasItsOwn) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  const ScoresFile common = run(study, settings);
  const auto& header = common.header();
  EXPECT_EQ(header.num_analysed, 297);
  ASSERT_EQ(header.word_steps.size(), 1u);
  EXPECT_EQ(header.word_steps[0].what, "context 4 not available");
  EXPECT_EQ(header.word_steps[0].count, 3);
  const auto n_of_block_0 = [](const ScoresFile& file, std::size_t context) {
    return file.sums(0, context, 0)[5];
  };
  EXPECT_EQ(n_of_block_0(common, 0), 57);
  settings.available = "each";

  const ScoresFile each = run(study, settings);

  EXPECT_EQ(each.header().num_analysed, 300);
  EXPECT_EQ(n_of_block_0(each, 0), 60);
  EXPECT_EQ(n_of_block_0(each, 1), 57);
  const auto alone = each.score(0, 1);
  const auto together = common.score(0, 1);
  for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_NEAR(alone[i], together[i], 1e-6) << i;
}

TEST_F(Alignment, WordsThatAreLostAreCountedByReason) {
  TinyStudy study;
  study.make();
  for (auto& recording : study.meg.recordings) {
    recording.events.erase(recording.events.begin() + 30);   // word 30
    recording.events[40].reason = EventReason::kBadSegment;  // word 41
    recording.segments = {
        {0, recording.num_samples - 8 * 30}};  // the last 8 s: 4 s of words and the tail
  }
  study.meg.recordings[1].events[50].reason =
      EventReason::kDropped;  // word 51 of the second subject alone
  study.data[0][static_cast<std::size_t>((4 * 30 + 20 * 15) * 6)] =
      NAN;  // during words 19 to 21 of the first
  study.meg.sensors[5].bad = true;
  study.write();

  const ScoresFile file = run(study, quick_settings());

  const auto& header = file.header();
  std::vector<std::string> steps;
  for (const auto& step : header.word_steps)
    steps.push_back(std::to_string(step.count) + " " + step.what);
  EXPECT_EQ(steps,
            (std::vector<std::string>{"3 context 4 not available",
                                      "1 no event in the recording",
                                      "1 event in a bad segment",
                                      "9 window leaves the valid segments"}));
  EXPECT_EQ(header.num_analysed, 300 - 3 - 1 - 1 - 9);
  const std::string notices = join(header.notices, "\n");
  EXPECT_TRUE(holds(notices, "sub-001: 2 of 286 words not used: 2 samples that are no numbers"));
  EXPECT_TRUE(holds(notices, "sub-002: 1 of 286 words not used: 1 event dropped at import"));
  EXPECT_TRUE(holds(notices, "1 bad sensors left out"));
  EXPECT_EQ(header.num_sensors, 5);
  EXPECT_EQ(
      header.n_test[0] + header.n_test[1] + header.n_test[2] + header.n_test[3] + header.n_test[4],
      284);
}

TEST_F(Alignment, EmbargoCoversTheLongestContextOrTheWindow) {
  TinyStudy study;
  study.contexts = {1, 20};
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.embargo = "auto";

  EXPECT_NEAR(run(study, settings).header().embargo_s, 19 * 0.5 + 0.3, 1e-9);
  settings.times = "-10:3";
  settings.available = "each";
  EXPECT_NEAR(run(study, settings).header().embargo_s, 13, 1e-9);
}

TEST_F(Alignment, TargetsOfTrainingWordsGoWithTheirOwnFolds) {
  TinyStudy study;
  study.num_subjects = 1;
  study.make();
  const FoldPlan plan = folds_for(study.words, "block:5");
  study.targets.fit = "train";
  study.targets.num_folds = 5;
  study.targets.folds_sha256 = plan.sha256;
  study.targets.fit_word.assign(5 * 300, 1);
  const auto fits = study.fits;
  for (int fold = 1; fold < 5; ++fold) {
    for (TargetsFit fit : fits) {
      for (auto& value : fit.targets)
        value *= static_cast<float>(fold % 2 == 0 ? 1 + fold : -1 - fold);
      study.fits.push_back(fit);
    }
  }
  study.write();
  AlignSettings settings = quick_settings();

  const ScoresFile by_fold = run(study, settings);

  study.targets.num_folds = 0;
  study.targets.fit = "analysed";
  study.targets.folds_sha256.clear();
  study.targets.fit_word.assign(300, 1);
  study.fits = fits;
  study.write();
  const ScoresFile once = run(study, settings);
  const auto a = by_fold.score(0, 0), b = once.score(0, 0);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6) << i;
}

TEST_F(Alignment, PresetAndItsWarningsAreInTheFile) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = preset_settings("paper");
  settings.times = "0.1";
  settings.null_draws = 0;

  const ScoresFile file = run(study, settings);

  const auto& header = file.header();
  EXPECT_EQ(header.preset, "paper");
  EXPECT_EQ(header.folds, "shuffled");
  EXPECT_EQ(header.alpha_by, "loo");
  EXPECT_EQ(header.scale, "all");
  EXPECT_EQ(header.words_selection, "content");
  EXPECT_EQ(header.alphas.size(), 13u);
  EXPECT_EQ(header.num_null_draws, 0);
  EXPECT_TRUE(holds(join(header.notices, "\n"), "shuffled folds: neighbouring words share"));
}

TEST_F(Alignment, ConstantComponentHasNoScoreAndIsNamed) {
  TinyStudy study;
  study.make();
  for (int64_t row = 0; row < 300; ++row)
    study.fits[0].targets[static_cast<std::size_t>(row * 3 + 1)] = 0.7f;
  study.write();

  const ScoresFile file = run(study, quick_settings());

  EXPECT_TRUE(holds(join(file.header().notices, "\n"), "1 components are constant"));
  const Hdf5Reader reader(study.folder / "scores.h5");
  const auto components = reader.doubles("score_component");
  const auto num_times = file.header().times_s.size();
  EXPECT_TRUE(std::isnan(components[num_times]));
  EXPECT_GT(score_at(file, 0, 0, 0.1), 0.4);
}

TEST_F(Alignment, OutliersAreCounted) {
  TinyStudy study;
  study.make();
  study.fits[1].targets[100 * 3] = 40;
  study.write();

  const ScoresFile file = run(study, quick_settings());

  EXPECT_EQ(file.header().num_outliers, 1);
  EXPECT_TRUE(holds(join(file.header().notices, "\n"), "1 of 297 words lie beyond 5 standard"));
}

TEST_F(Alignment, RefusesFilesOfOtherWords) {
  TinyStudy study;
  study.make();
  const std::string own = study.words.sha256;
  study.meg.words_sha256 = "0123456789abcdef";
  study.write();
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { run(study, quick_settings()); }),
                    "meg.h5: made with the words 0123456789ab; wanted " + own.substr(0, 12)));
  study.meg.words_sha256 = own;
  study.targets.words_sha256 = "fedcba9876543210";
  study.write();
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { run(study, quick_settings()); }),
                    "targets.h5: made of the words fedcba987654; wanted " + own.substr(0, 12)));
  EXPECT_FALSE(std::filesystem::exists(study.folder / "scores.h5"));
}

TEST_F(Alignment, RefusesTargetsOfAnotherFoldPlan) {
  TinyStudy study;
  study.make();
  study.targets.fit = "train";
  study.targets.num_folds = 2;
  study.targets.folds_sha256 = "aaaabbbbccccdddd";
  study.targets.fit_word.assign(2 * 300, 1);
  const auto fits = study.fits;
  study.fits.insert(study.fits.end(), fits.begin(), fits.end());
  study.write();

  const auto message = message_of(Blame::kData, [&] { run(study, quick_settings()); });

  EXPECT_TRUE(holds(
      message, "fitted on the training words of the fold plan aaaabbbbcccc; --folds block:5 is"));
}

TEST_F(Alignment, RefusesRecordingsOfTwoRates) {
  TinyStudy study;
  study.make();
  study.meg.recordings[1].rate_numerator = 50;
  study.write();

  const auto message = message_of(Blame::kData, [&] { run(study, quick_settings()); });

  EXPECT_TRUE(
      holds(message, "sub-001_ses-001 has 30 Hz, sub-002_ses-001 has 50 Hz; wanted one rate"));
}

TEST_F(Alignment, RefusesWhenNoWordIsLeft) {
  TinyStudy study;
  study.make();
  study.write();
  AlignSettings settings = quick_settings();
  settings.where = "onset > 1e6";

  const auto message = message_of(Blame::kData, [&] { run(study, settings); });

  EXPECT_TRUE(holds(message, "sub-001: no word is left to analyse"));
}

}  // namespace
}  // namespace lockstep
