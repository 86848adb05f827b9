#include "aligner/simulation/planted_features.h"

#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <cmath>
#include <functional>

#include "base/random_stream.h"
#include "tests/support/messages.h"
#include "tests/support/small_study.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::noise_value;
using testing::TemporaryFolder;

constexpr int64_t kWords = 80;

/// targets.h5 of 80 words, contexts 1 and 5, two taps of three components; the first four words
/// lack context 5.
struct SmallTargets {
  TargetsHeader header;
  std::function<double(int64_t context, int64_t tap, int64_t word, int64_t component)> value =
      [](int64_t context, int64_t tap, int64_t word, int64_t component) {
        return 3 + 2 * noise_value(1, context, tap, word, component);
      };

  SmallTargets() {
    header.contexts = {{"1", 1}, {"5", 5}};
    header.taps = {{"block 1", 1, 0.5, 0.5}, {"block 2", 2, 1, 1}};
    header.num_components = 3;
    for (int64_t word = 0; word < kWords; ++word) {
      header.words.push_back(word);
      header.fit_word.push_back(word % 2 == 1 && word >= 4);
    }
  }

  TargetsFile in(const TemporaryFolder& folder) const {
    std::vector<TargetsFit> fits;
    const auto num_fits = std::max<int64_t>(header.num_folds, 1);
    for (int64_t fit = 0; fit < num_fits * 4; ++fit) {
      TargetsFit one;
      for (int64_t word = 0; word < kWords; ++word) {
        for (int64_t component = 0; component < 3; ++component) {
          const bool is_available = fit % 4 < 2 || word >= 4;
          one.targets.push_back(
              is_available ? static_cast<float>(value(fit / 2 % 2, fit % 2, word, component))
                           : std::nanf(""));
        }
      }
      one.explained_variance = {0.5, 0.3, 0.1};
      fits.push_back(one);
    }
    write_targets(folder / "targets.h5", header, fits);
    return TargetsFile(folder / "targets.h5");
  }
};

TEST(FindContext, TakesTheLongestIfNoneIsNamed) {
  TargetsHeader header;
  header.contexts = {{"1", 1}, {"50", 50}, {"10", 10}};

  EXPECT_EQ(find_context(header, ""), 1u);
  EXPECT_EQ(find_context(header, "10"), 2u);
  header.contexts.push_back({"all", 0});
  EXPECT_EQ(find_context(header, ""), 3u);
}

TEST(FindContext, NamesThoseThereAre) {
  TargetsHeader header;
  header.contexts = {{"1", 1}, {"50", 50}};

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { find_context(header, "7"); }),
                    "simulate: --plant-context: 7; the targets have 1, 50"));
}

TEST(PlantedFeatures, AreStandardOverTheWordsOfTheFit) {
  const TemporaryFolder folder;
  const TargetsFile targets = SmallTargets().in(folder);

  const PlantedFeatures features = planted_features(targets, 1, kWords + 2, Planting::kFull);

  ASSERT_EQ(features.values.rows(), kWords + 2);
  ASSERT_EQ(features.values.cols(), 6);
  for (int feature = 0; feature < 6; ++feature) {
    double sum = 0;
    double squares = 0;
    for (int word = 5; word < kWords; word += 2) {
      sum += features.targets(word, feature);
      squares += features.targets(word, feature) * features.targets(word, feature);
    }
    EXPECT_NEAR(sum, 0, 1e-9) << "feature " << feature;
    EXPECT_NEAR(squares / 38, 1, 1e-9) << "feature " << feature;
  }
}

TEST(PlantedFeatures, AreNothingForWordsWithoutTargets) {
  const TemporaryFolder folder;

  const PlantedFeatures features =
      planted_features(SmallTargets().in(folder), 1, kWords + 2, Planting::kFull);

  for (const int word : {0, 3, 80, 81}) {
    EXPECT_EQ(features.has_targets[static_cast<std::size_t>(word)], 0) << "word " << word;
    EXPECT_EQ(features.values.row(word).norm(), 0) << "word " << word;
  }
  EXPECT_EQ(features.has_targets[4], 1);
  EXPECT_GT(features.values.row(4).norm(), 0);
}

TEST(PlantedFeatures, HaveABound) {
  const TemporaryFolder folder;
  SmallTargets small;
  small.value = [](int64_t context, int64_t tap, int64_t word, int64_t component) {
    return word == 10 && component == 0 ? 500 : noise_value(1, context, tap, word, component);
  };

  const PlantedFeatures features = planted_features(small.in(folder), 1, kWords, Planting::kFull);

  EXPECT_EQ(features.num_clipped, 2);
  EXPECT_EQ(features.values(10, 0), kLargestResponse);
  EXPECT_GT(features.targets(10, 0), 100);
}

TEST(PlantedFeatures, RefuseTargetsThatDoNotFit) {
  const TemporaryFolder folder;
  SmallTargets by_fold;
  by_fold.header.num_folds = 2;
  by_fold.header.fit_word.resize(2 * kWords, 1);
  SmallTargets empty;
  empty.value = [](int64_t, int64_t, int64_t, int64_t) { return NAN; };

  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [&] { planted_features(by_fold.in(folder), 1, kWords, Planting::kFull); }),
            "simulate: the targets have 2 fits, one a fold"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [&] { planted_features(empty.in(folder), 1, kWords, Planting::kFull); }),
            "simulate: 0 words have targets at context 5; at least 2 are wanted"));
  EXPECT_TRUE(holds(
      message_of(Blame::kData,
                 [&] { planted_features(SmallTargets().in(folder), 1, 10, Planting::kFull); }),
      "simulate: the targets name word 79; the stimuli have 10 words"));
}

/// 300 words of two taps of two features each; the taps share most of their variance.
Eigen::MatrixXd shared_features() {
  RandomStream stream(4, "features");
  Eigen::MatrixXd values(300, 4);
  for (int word = 0; word < 300; ++word) {
    for (int component = 0; component < 2; ++component) {
      const double common = stream.normal();
      values(word, component) = common + 0.4 * stream.normal();
      values(word, 2 + component) = common + 0.4 * stream.normal();
    }
  }
  values.rowwise() -= values.colwise().mean().eval();
  return values;
}

Eigen::MatrixXd standard(Eigen::MatrixXd values) {
  for (Eigen::Index k = 0; k < values.cols(); ++k)
    values.col(k) *= std::sqrt(static_cast<double>(values.rows())) / values.col(k).norm();
  return values;
}

/// Mean product of two columns over some words.
double product(const Eigen::MatrixXd& values, int a, int b, int num_words = 300) {
  return values.col(a).head(num_words).dot(values.col(b).head(num_words)) / num_words;
}

TEST(UniqueFeatures, ShareLessAndKeepTheirOwn) {
  const Eigen::MatrixXd values = standard(shared_features());

  const Eigen::MatrixXd unique = unique_features(values, std::vector<uint8_t>(300, 1));

  for (int component = 0; component < 2; ++component) {
    EXPECT_NEAR(product(unique, component, component), 1, 1e-10);
    EXPECT_GT(product(values, component, 2 + component), 0.8);
    EXPECT_LT(std::abs(product(unique, component, 2 + component)), 0.2);
    const double own = (values.col(component).dot(unique.col(component))) / 300;
    const double other = (values.col(component).dot(unique.col(2 + component))) / 300;
    EXPECT_GT(own, other + 0.2) << "component " << component;
  }
}

TEST(UniqueFeatures, TreatTheTapsAlike) {
  const Eigen::MatrixXd values = standard(shared_features());
  Eigen::MatrixXd swapped = values;
  swapped.leftCols(2) = values.rightCols(2);
  swapped.rightCols(2) = values.leftCols(2);

  const Eigen::MatrixXd unique = unique_features(values, std::vector<uint8_t>(300, 1));
  const Eigen::MatrixXd other = unique_features(swapped, std::vector<uint8_t>(300, 1));

  EXPECT_LT((unique.leftCols(2) - other.rightCols(2)).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(UniqueFeatures, LeaveFeaturesThatShareNothing) {
  RandomStream stream(6, "independent");
  Eigen::MatrixXd values(300, 3);
  for (double& value : values.reshaped()) value = stream.normal();
  values.rowwise() -= values.colwise().mean().eval();
  values = (values * Eigen::LLT<Eigen::MatrixXd>(values.transpose() * values / 300)
                         .matrixU()
                         .solve(Eigen::MatrixXd::Identity(3, 3)))
               .eval();

  const Eigen::MatrixXd unique = unique_features(values, std::vector<uint8_t>(300, 1));

  EXPECT_LT((unique - values).cwiseAbs().maxCoeff(), 1e-9);
}

TEST(UniqueFeatures, CountOnlyTheWordsTold) {
  Eigen::MatrixXd values = standard(shared_features());
  std::vector<uint8_t> counts(300, 1);
  std::fill(counts.begin() + 100, counts.end(), uint8_t{0});

  const Eigen::MatrixXd before = unique_features(values, counts);
  values.bottomRows(200) *= -3;
  const Eigen::MatrixXd after = unique_features(values, counts);

  EXPECT_LT((before.topRows(100) - after.topRows(100)).cwiseAbs().maxCoeff(), 1e-10);
}

TEST(UniqueFeatures, DoNotBlowUpDirectionsThatDoNotVary) {
  Eigen::MatrixXd values = standard(shared_features());
  values.col(3) = values.col(2);

  const Eigen::MatrixXd unique = unique_features(values, std::vector<uint8_t>(300, 1));

  EXPECT_TRUE(unique.allFinite());
  EXPECT_LT((unique.col(3) - unique.col(2)).norm(), 1e-9);
  EXPECT_NEAR(product(unique, 3, 3), 1, 1e-10);
}

}  // namespace
}  // namespace lockstep
