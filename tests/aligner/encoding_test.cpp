// From features to sensors, against refitting.
#include "aligner/encoding.h"

#include "stimuli/folds.h"
#include "tests/oracles/ridge_by_refitting.h"
#include "tests/support/aligned_study.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::time_index;
using testing::TinyStudy;

class Encoding : public testing::AlignedStudy {
 protected:
  static AlignSettings encoding() {
    AlignSettings settings = quick_settings();
    settings.direction = "encode";
    settings.embargo = "0";
    settings.times = "0:0.5";
    settings.null_draws = 0;
    return settings;
  }
};

struct SmallStudy : TinyStudy {
  SmallStudy() {
    num_subjects = 1;
    words_a_block = 30;
    make();
    write();
  }
};

Eigen::MatrixXd side_by_side(const TinyStudy& study) {
  Eigen::MatrixXd all(std::ssize(testing::analysed_rows(study)), 2 * study.num_components);
  all << testing::targets_of_tap(study, 0), testing::targets_of_tap(study, 1);
  return all;
}

/// Every penalty by leaving out and refitting, and r of the refits: compared sensor by sensor.
void expect_refitted(const TinyStudy& study,
                     const ScoresFile& file,
                     const Eigen::MatrixXd& features,
                     std::size_t tap,
                     double time_s) {
  const auto& header = file.header();
  const auto num_times = header.times_s.size();
  const auto time = static_cast<std::size_t>(time_index(header, time_s));
  const Eigen::MatrixXd y = testing::recorded_at(study, time_s);
  const auto blocks = testing::places_of_blocks(study);
  const auto found_alpha = file.alpha(0, 0);
  const auto found = file.score_component(0, 0);
  const auto sensors = static_cast<std::size_t>(y.cols());
  Eigen::VectorXd r = Eigen::VectorXd::Zero(y.cols());
  for (std::size_t fold = 0; fold < blocks.size(); ++fold) {
    const auto train = testing::places_without(blocks, fold);
    std::vector<std::vector<int64_t>> groups;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      if (b != fold && header.alpha_by == "block") groups.push_back(blocks[b]);
    }
    if (header.alpha_by == "loo") {
      for (const auto place : train) groups.push_back({place});
    }
    const Eigen::VectorXd scale = testing::inverse_deviations(features, train);
    const Eigen::MatrixXd loss = testing::left_out_loss(features, y, groups, scale, header.alphas);
    for (std::size_t s = 0; s < sensors; ++s) {
      const auto column = static_cast<Eigen::Index>(s);
      Eigen::Index best = 0;
      loss.col(column).minCoeff(&best);
      const double alpha = header.alphas[static_cast<std::size_t>(best)];
      const auto place = ((fold * header.taps.size() + tap) * sensors + s) * num_times + time;
      EXPECT_EQ(found_alpha[place], static_cast<float>(alpha))
          << "fold " << fold << " sensor " << s;
      const Eigen::VectorXd predicted =
          testing::ridge_predict(features, y.col(column), train, blocks[fold], scale, alpha);
      r[column] += testing::pearson(testing::rows_of(y, blocks[fold]).col(column), predicted) / 5;
    }
  }
  double mean = 0;
  for (std::size_t s = 0; s < sensors; ++s) {
    const auto place = (tap * sensors + s) * num_times + time;
    EXPECT_NEAR(found[place], r[static_cast<Eigen::Index>(s)], 1e-6) << "sensor " << s;
    mean += r[static_cast<Eigen::Index>(s)] / static_cast<double>(sensors);
  }
  EXPECT_NEAR(file.score(0, 0)[tap * num_times + time], mean, 1e-6);
}

TEST_F(Encoding, EqualsRefittingEachSensor) {
  const SmallStudy study;
  for (const std::string alpha_by : {"block", "loo"}) {
    AlignSettings settings = encoding();
    settings.alpha_by = alpha_by;
    const ScoresFile file = run(study, settings);

    expect_refitted(study, file, testing::targets_of_tap(study, 0), 0, 0.1);
    expect_refitted(study, file, testing::targets_of_tap(study, 1), 1, 0.3);
  }
}

TEST_F(Encoding, StackedLayersAreTheFeaturesOfOneFit) {
  const SmallStudy study;
  AlignSettings settings = encoding();
  settings.stack = true;

  const ScoresFile file = run(study, settings);

  ASSERT_EQ(file.header().taps.size(), 1U);
  EXPECT_EQ(file.header().taps[0].name, "stacked");
  EXPECT_TRUE(std::isnan(file.header().taps[0].depth));
  expect_refitted(study, file, side_by_side(study), 0, 0.1);
  expect_refitted(study, file, side_by_side(study), 0, 0.4);
}

TEST_F(Encoding, MoreFeaturesThanTrainingWordsAreFittedByTheDualSide) {
  TinyStudy study;
  study.num_subjects = 1;
  study.words_a_block = 8;
  study.num_components = 40;  // 29 to 32 training words
  study.make();
  study.write();
  for (const std::string alpha_by : {"block", "loo"}) {
    AlignSettings settings = encoding();
    settings.alphas = "1:10000:5";
    settings.alpha_by = alpha_by;
    const ScoresFile file = run(study, settings);

    expect_refitted(study, file, testing::targets_of_tap(study, 0), 0, 0.1);
    expect_refitted(study, file, testing::targets_of_tap(study, 1), 1, 0.4);
  }
}

TEST_F(Encoding, IsDualWhereSomeFoldHasFewerWordsThanFeatures) {
  const std::vector<int64_t> row_block = {0, 0, 0, 1, 1};
  const std::vector<uint8_t> trains = {0, 1, 0, 1, 0, 1, 1, 0, 1, 0};
  const TrainingPlan plan =
      make_training_plan(row_block, std::vector<int64_t>{0, 1}, trains, 2);  // 2 and 3 words

  EXPECT_FALSE(EncodingInputs::is_dual(2, plan));
  EXPECT_TRUE(EncodingInputs::is_dual(3, plan));
}

TEST_F(Encoding, DescribesSensorsAndFindsEachTapWhereItWasPut) {
  TinyStudy study;
  study.make();
  for (int64_t t = 0; t < study.meg.recordings[0].num_samples; ++t) {
    study.data[0][static_cast<std::size_t>(t * 6 + 5)] = 2;  // a flat sensor of the first subject
  }
  study.write();
  AlignSettings settings = encoding();
  settings.null_draws = 50;

  const ScoresFile file = run(study, settings);

  const auto& header = file.header();
  EXPECT_EQ(header.direction, "encode");
  EXPECT_EQ(header.sensors,
            (std::vector<std::string>{"MEG1", "MEG2", "MEG3", "MEG4", "MEG5", "MEG6"}));
  EXPECT_EQ(header.num_components, 6);
  const auto num_times = header.times_s.size();
  const auto at = [&](double time_s) {
    return static_cast<std::size_t>(time_index(header, time_s));
  };
  const auto sensors = file.score_component(0, 0);
  EXPECT_GT(sensors[at(0.1)], 0.4);
  EXPECT_LT(std::abs(sensors[at(0.4)]), 0.25);
  EXPECT_GT(sensors[6 * num_times + at(0.4)], 0.4);
  EXPECT_TRUE(std::isnan(sensors[5 * num_times + at(0.1)]));
  EXPECT_GT(testing::score_at(file, 0, 0, 0.1), 0.2);
  EXPECT_EQ(file.null_score(0, 0).size(), 50 * 2 * num_times);
}

TEST_F(Encoding, FeaturesOfTrainingWordsGoWithTheirOwnFolds) {
  TinyStudy study;
  study.num_subjects = 1;
  study.make();
  study.write();
  const ScoresFile once = run(study, encoding());
  const auto expected = once.score(0, 0);
  study.targets.fit = "train";
  study.targets.num_folds = 5;
  study.targets.folds_sha256 = folds_for(study.words, "block:5").sha256;
  study.targets.fit_word.assign(5 * 300, 1);
  const auto fits = study.fits;
  for (int fold = 1; fold < 5; ++fold) {
    for (TargetsFit fit : fits) {
      for (auto& value : fit.targets) value *= static_cast<float>(fold % 2 == 0 ? 2 : -3);
      study.fits.push_back(fit);
    }
  }
  study.write();

  const auto found = run(study, encoding()).score(0, 0);

  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
}

TEST_F(Encoding, ThreadsShardsAndOtherFilesGiveTheSameBytes) {
  TinyStudy study;
  study.make();
  study.write();
  for (const std::string bands : {"", "random:2"}) {
    AlignSettings settings = encoding();
    settings.available = "each";
    settings.times = "0:0.2";
    settings.stack = !bands.empty();
    settings.bands = bands;
    expect_same_bytes(study, settings);
  }
}

TEST_F(Encoding, BandsTellWhichLayerAloneExplainsASensor) {
  TinyStudy study;
  study.num_subjects = 1;
  study.make();
  study.write();
  AlignSettings settings = encoding();
  settings.stack = true;
  settings.bands = "grid:3";

  const ScoresFile file = run(study, settings);

  const auto& header = file.header();
  EXPECT_EQ(header.bands, (std::vector<std::string>{"block 1", "block 3"}));
  const auto num_times = header.times_s.size();
  const auto at = static_cast<std::size_t>(time_index(header, 0.1));
  const auto r2 = file.r2(0, 0);
  const auto unique = file.r2_unique(0, 0);  // band x sensor x time
  EXPECT_GT(r2[at], 0.3);
  EXPECT_NEAR(unique[at], r2[at], 0.1);
  EXPECT_LT(std::abs(unique[6 * num_times + at]), 0.05);
  const auto penalty = file.band_penalty(0, 0);  // fold x band x sensor x time
  int stronger = 0;
  for (std::size_t fold = 0; fold < 5; ++fold) {
    const auto first = penalty[(fold * 2 + 0) * 6 * num_times + at];
    const auto second = penalty[(fold * 2 + 1) * 6 * num_times + at];
    EXPECT_LE(first, second) << fold;
    stronger += first < second ? 1 : 0;
  }
  EXPECT_GE(stronger, 3);
}

TEST_F(Encoding, RefusesOptionsThatDoNotGoTogether) {
  const auto refusal = [&](auto change) {
    AlignSettings settings = encoding();
    change(settings);
    return message_of(Blame::kCommandLine, [&] { check_settings(settings); });
  };

  EXPECT_TRUE(holds(refusal([](AlignSettings& s) { s.direction = "decode", s.stack = true; }),
                    "--stack: goes with --encode"));
  EXPECT_TRUE(holds(refusal([](AlignSettings& s) { s.direction = "decode", s.bands = "grid:2"; }),
                    "--bands grid:2: goes with --encode"));
  EXPECT_TRUE(holds(refusal([](AlignSettings& s) { s.generalise = true; }),
                    "--generalise: goes with decoding"));
  EXPECT_TRUE(holds(refusal([](AlignSettings& s) { s.bands = "grid:2"; }), "wanted --stack too"));
  EXPECT_TRUE(holds(
      refusal([](AlignSettings& s) { s.bands = "grid:2", s.stack = true, s.alpha_by = "loo"; }),
      "wanted --alpha-by block"));
  EXPECT_TRUE(holds(refusal([](AlignSettings& s) { s.r = "mean"; }),
                    "--r mean: unknown; wanted folds, concatenated"));
}

TEST_F(Encoding, RefusesBandsOfComponentsFittedFoldByFold) {
  TinyStudy study;
  study.num_subjects = 1;
  study.make();
  study.targets.fit = "train";
  study.targets.num_folds = 5;
  study.targets.folds_sha256 = folds_for(study.words, "block:5").sha256;
  study.targets.fit_word.assign(5 * 300, 1);
  const auto fits = study.fits;
  for (int fold = 1; fold < 5; ++fold) {
    study.fits.insert(study.fits.end(), fits.begin(), fits.end());
  }
  study.write();
  AlignSettings settings = encoding();
  settings.stack = true;
  settings.bands = "random:3";

  const auto message = message_of(Blame::kData, [&] { run(study, settings); });

  EXPECT_TRUE(holds(message, "has components for each of 5 folds; --bands wants"));
}

}  // namespace
}  // namespace lockstep
