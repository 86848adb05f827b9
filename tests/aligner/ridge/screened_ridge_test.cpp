// The screened solver against scikit-learn's numbers and against the plain float64 one.
#include "aligner/ridge/screened_ridge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "aligner/ridge/alpha_screen.h"
#include "aligner/ridge/held_out_sums.h"
#include "tests/aligner/ridge/ridge_data.h"
#include "tests/oracles/ridge_by_refitting.h"

namespace lockstep {
namespace {

using testing::Golden;
using testing::pearson;
using testing::plan_of;
using testing::random_rows;
using testing::read_golden;
using testing::scale_of;

/// Both solvers' folds of one data set.
struct Solved {
  std::vector<FoldFit> folds;
  SolverAudit audit;
};

Solved solve(const InputRows& x,
             const Eigen::MatrixXd& y,
             const TrainingPlan& plan,
             const RidgeOptions& options,
             double rho = 1) {
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(x, plan, strata, options);
  const RidgeTargets targets(y, strata);
  std::vector<int64_t> folds;
  for (const auto& fold : inputs.folds()) folds.push_back(fold.fold);
  const AlphaChoices choices =
      choose_alphas(inputs, targets, multiply(inputs, targets), folds, {rho});
  Solved solved{{}, choices.audit};
  for (const auto& choice : choices.folds) solved.folds.push_back(predict(inputs, plan, choice));
  return solved;
}

class ScreenedAgainstScikitLearn : public ::testing::TestWithParam<const char*> {};

TEST_P(ScreenedAgainstScikitLearn, ChoosesTheSameAlphasAndPredictsTheSame) {
  const Golden golden = read_golden(GetParam());
  const TrainingPlan plan = plan_of(golden.fold, golden.alpha.rows());

  for (const double rho : {1.0, 0.1}) {
    const Solved solved = solve(golden.x,
                                golden.y,
                                plan,
                                {golden.alphas, AlphaBy::kLeaveOneOut, scale_of(GetParam())},
                                rho);
    for (Eigen::Index k = 0; k < golden.alpha.rows(); ++k) {
      const FoldFit& fit = solved.folds[static_cast<std::size_t>(k)];
      const auto& range = plan.block_rows[static_cast<std::size_t>(k)];
      for (Eigen::Index d = 0; d < golden.y.cols(); ++d) {
        const std::string where = "fold " + std::to_string(k) + " target " + std::to_string(d);
        EXPECT_NEAR(fit.alpha[static_cast<std::size_t>(d)] / golden.alpha(k, d), 1, 1e-12) << where;
        if (std::isnan(golden.r(k, d))) continue;
        const double r = pearson(golden.y.col(d).segment(range.begin, range.size()),
                                 fit.predicted.front().col(d));
        EXPECT_NEAR(r, golden.r(k, d), 1e-6) << where;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Fixtures,
                         ScreenedAgainstScikitLearn,
                         ::testing::ValuesIn(testing::kGoldenNames),
                         [](const auto& test) { return std::string(test.param); });

/// Words x sensors with a steep spectrum and some words louder than others; targets that follow
/// them weakly.
struct Data {
  int64_t num_words = 1500;
  int64_t num_sensors = 16;
  int64_t num_targets = 24;
  int64_t num_folds = 5;
  std::vector<double> alphas;
  InputScale scale = InputScale::kTrain;
  InputRows x;
  Eigen::MatrixXd y;
  Eigen::MatrixXd signal;  ///< words x targets, unit variance
  Eigen::MatrixXd noise;

  Data() {
    for (int i = 0; i < 25; ++i) alphas.push_back(std::pow(10.0, -4 + i / 2.0));
  }
  void make(const std::string& purpose) {
    x = random_rows(num_words, num_sensors, purpose + " sources");
    for (int64_t s = 0; s < num_sensors; ++s) {
      x.col(s) *= std::pow(10.0, -2.5 * static_cast<double>(s) / static_cast<double>(num_sensors));
    }
    const InputRows loudness = random_rows(num_words, 1, purpose + " loudness");
    x = (0.3 * loudness.array().col(0)).exp().matrix().asDiagonal() *
        InputRows(x * random_rows(num_sensors, num_sensors, purpose + " mixing"));
    signal = x * random_rows(num_sensors, num_targets, purpose + " weights");
    for (int64_t d = 0; d < num_targets; ++d) {
      signal.col(d) /= std::sqrt(signal.col(d).squaredNorm() / static_cast<double>(num_words));
    }
    noise = random_rows(num_words, num_targets, purpose + " noise");
    y = 0.15 * signal + noise;
  }
  /// Contiguous folds of uneven length; training words next to the test words are left out.
  TrainingPlan plan(int64_t embargo = 7) const {
    std::vector<int64_t> block, block_fold;
    for (int64_t row = 0; row < num_words; ++row) {
      const double share = static_cast<double>(row) / static_cast<double>(num_words);
      block.push_back(static_cast<int64_t>(static_cast<double>(num_folds) * std::pow(share, 0.8)));
    }
    for (int64_t k = 0; k < num_folds; ++k) block_fold.push_back(k);
    std::vector<uint8_t> trains;
    for (int64_t row = 0; row < num_words; ++row) {
      for (int64_t k = 0; k < num_folds; ++k) {
        const auto from = std::max<int64_t>(row - embargo, 0);
        const auto to = std::min<int64_t>(row + embargo, num_words - 1);
        const bool near =
            block[static_cast<std::size_t>(from)] <= k && k <= block[static_cast<std::size_t>(to)];
        trains.push_back(near ? 0 : 1);
      }
    }
    return make_training_plan(block, block_fold, trains, num_folds);
  }
};

/// Holds the screened solver against the plain one. An alpha may differ only where the losses of
/// both are within 1e-9.
void expect_equal(const Data& data, const TrainingPlan& plan, double rho, const std::string& name) {
  const RidgeOptions options{data.alphas, AlphaBy::kLeaveOneOut, data.scale};
  const RidgeCv plain(data.x, plan, options);
  const auto cross = plain.cross(data.y);
  const Solved solved = solve(data.x, data.y, plan, options, rho);
  ASSERT_EQ(std::ssize(solved.folds), plan.num_folds);
  for (int64_t k = 0; k < plan.num_folds; ++k) {
    const FoldFit expected = plain.fit(k, data.y, cross);
    const FoldFit& found = solved.folds[static_cast<std::size_t>(k)];
    const auto& range = plan.block_rows[static_cast<std::size_t>(plan.test_blocks(k).front())];
    for (std::size_t d = 0; d < expected.alpha.size(); ++d) {
      const auto column = static_cast<Eigen::Index>(d);
      EXPECT_EQ(found.alpha[d], expected.alpha[d]) << name << " fold " << k << " target " << d;
      const auto y = data.y.col(column).segment(range.begin, range.size());
      const auto predicted = expected.predicted.front().col(column).array();
      const double variance = (predicted - predicted.mean()).square().mean();
      if (variance <= 1e-12 * predicted.square().mean()) continue;  // no r: block_scores.h
      const double r = pearson(y, expected.predicted.front().col(column));
      EXPECT_NEAR(pearson(y, found.predicted.front().col(column)), r, 1e-6)
          << name << " fold " << k << " target " << d;
    }
  }
  EXPECT_LE(solved.audit.rho_seen, solved.audit.rho_used / 2) << name;
}

struct Stress {
  std::string name;
  std::function<void(Data&)> change;
};

const std::vector<Stress>& stresses() {
  static const std::vector<Stress> all = {
      {"signal", [](Data&) {}},
      {"null", [](Data& data) { data.y = data.noise; }},
      {"autocorrelated_null",
       [](Data& data) {
         for (int64_t i = 1; i < data.num_words; ++i) {
           data.noise.row(i) += 0.95 * data.noise.row(i - 1);
         }
         data.y = data.noise;
       }},
      {"artefact_words",
       [](Data& data) {
         for (int64_t i = 17; i < data.num_words; i += 101) data.x.row(i) *= 40;
       }},
      {"strong_signal", [](Data& data) { data.y = data.signal + 0.33 * data.noise; }},
      {"very_strong_signal", [](Data& data) { data.y = data.signal + 1e-3 * data.noise; }},
      {"rare_events",
       [](Data& data) {
         data.y = (data.noise.array() + 0.3 * data.signal.array() > 2).cast<double>().matrix();
         data.y.rowwise() -= data.y.colwise().mean();
       }},
      {"heavy_tails",
       [](Data& data) { data.y = 0.15 * data.signal + data.noise.array().cube().matrix() / 4; }},
      {"drifts",
       [](Data& data) {
         for (int64_t i = 0; i < data.num_words; ++i) {
           const double drift = std::sin(0.004 * static_cast<double>(i));
           data.x.row(i).array() += drift * data.x.col(0).cwiseAbs().mean();
           data.y.row(i).array() += 0.7 * drift;
         }
       }},
      {"quadratic_truth",
       [](Data& data) {
         data.y = 0.1 * data.signal + 0.3 * data.signal.array().square().matrix() + data.noise;
         data.y.rowwise() -= data.y.colwise().mean();
       }},
      {"offset",
       [](Data& data) {
         for (int64_t s = 0; s < data.num_sensors; ++s) {
           data.x.col(s).array() += 300 * (s % 2 == 0 ? 1 : -1) * data.x.col(s).norm();
         }
       }},
      {"tesla", [](Data& data) { data.x *= 1e-14; }},
      {"tesla_unscaled",
       [](Data& data) {
         data.x *= 1e-14;
         data.scale = InputScale::kNone;
       }},
      {"unscaled", [](Data& data) { data.scale = InputScale::kNone; }},
      {"scaled_over_all", [](Data& data) { data.scale = InputScale::kAll; }},
      {"units_far_apart",
       [](Data& data) {
         for (int64_t s = 0; s < data.num_sensors; s += 2) data.x.col(s) *= 1e-13;
       }},
      {"rank_deficient",
       [](Data& data) { data.x = InputRows(data.x.leftCols(9)) * random_rows(9, 16, "low rank"); }},
      {"flat_sensors",
       [](Data& data) {
         data.x.col(3).setConstant(7.25);
         data.x.col(8).setZero();
         data.x.col(11).tail(1300).setConstant(-2);  // moves in the first fold alone
       }},
      {"one_alpha", [](Data& data) { data.alphas = {30}; }},
      {"neighbouring_alphas",
       [](Data& data) {
         data.alphas.clear();
         for (int i = 0; i < 40; ++i) data.alphas.push_back(10 * std::pow(1.0001, i));
       }},
      {"few_words",
       [](Data& data) {
         data.x = InputRows(data.x.topRows(130));
         data.y = Eigen::MatrixXd(data.y.topRows(130));
         data.num_words = 130;
       }},
      {"fewer_words_than_sensors",
       [](Data& data) {
         data.x = random_rows(40, 60, "wide");
         data.y = Eigen::MatrixXd(data.y.topRows(40));
         data.num_words = 40;
         data.num_folds = 2;
       }},
      {"constant_target", [](Data& data) { data.y.col(4).setZero(); }},
  };
  return all;
}

class ScreenedAgainstPlain : public ::testing::TestWithParam<std::size_t> {};

TEST_P(ScreenedAgainstPlain, SameAlphasAndPredictions) {
  const Stress& stress = stresses()[GetParam()];
  for (const double rho : {1.0, 0.1}) {
    Data data;
    data.make(stress.name);
    stress.change(data);
    expect_equal(data, data.plan(stress.name == "few_words" ? 2 : 7), rho, stress.name);
  }
}

INSTANTIATE_TEST_SUITE_P(Stress,
                         ScreenedAgainstPlain,
                         ::testing::Range<std::size_t>(0, stresses().size()),
                         [](const auto& test) { return stresses()[test.param].name; });

TEST(ScreenedRidge, EqualsThePlainSolverForManyShapes) {
  for (int seed = 0; seed < 12; ++seed) {
    Data data;
    data.num_sensors = 1 + seed * 3;
    data.num_words = 260 + seed * 97;
    data.num_targets = 1 + seed * 5;
    data.num_folds = 2 + seed % 4;
    data.make("shape " + std::to_string(seed));
    expect_equal(data, data.plan(seed), seed % 2 == 0 ? 1.0 : 0.1, "seed " + std::to_string(seed));
  }
}

TEST(ScreenedRidge, EstimatesAloneWouldChooseOtherAlphas) {
  Data data;
  data.make("estimates");
  const TrainingPlan plan = data.plan();
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
  const RidgeTargets targets(data.y, strata);
  const auto products = multiply(inputs, targets);
  const auto choices =
      choose_alphas(inputs, targets, products, std::vector<int64_t>{0, 1, 2, 3, 4}, {1});
  int64_t different = 0;
  for (std::size_t k = 0; k < 5; ++k) {
    const auto screen =
        screen_alphas(inputs.folds()[k], describe_fold(inputs, k, targets, products));
    for (std::size_t d = 0; d < screen.best.size(); ++d) {
      different += screen.best[d] != choices.folds[k].alpha[d] ? 1 : 0;
    }
  }
  EXPECT_GT(different, 0);
  EXPECT_GT(choices.audit.checked, 0);
  EXPECT_LT(choices.audit.evaluations, choices.audit.decisions * 25);
}

TEST(ScreenedRidge, WordsOfHighLeverageKeepTheirWeight) {
  Data data;
  data.make("leverage");
  data.x.row(100) *= 1000;
  const TrainingPlan plan = data.plan();
  const RowStrata strata = stratify(plan);
  const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
  const auto place = strata.place[100];
  std::size_t s = 0;
  while (strata.rows(s).end <= place) ++s;
  ASSERT_EQ(strata.strata[s].trains[4], 1);

  const float weight =
      inputs.weights(s)(place - strata.rows(s).begin, strata.slot(s, 4) * std::ssize(data.alphas));

  const RecordedInputs& recorded = inputs.recorded();
  const EigenBasis basis = recorded.basis(strata, 4, InputScale::kTrain);
  const Eigen::RowVectorXd word = basis.coordinates(recorded.centred.row(place)).row(0);
  const double h =
      1 / basis.count + (word.cwiseAbs2() * penalty_gains(basis.values, inputs.alphas()).col(0))(0);
  EXPECT_GT(h, 0.99);
  EXPECT_NEAR(weight / (1 / ((1 - h) * (1 - h)) - 1), 1, 1e-6 / (1 - h));
}

TEST(HeldOutSums, AreThoseOfThePredictions) {
  Data data;
  data.make("held out");
  data.x.col(5).setConstant(3);
  for (const int64_t embargo : {0, 7, 60}) {
    const TrainingPlan plan = data.plan(embargo);
    const RowStrata strata = stratify(plan);
    const RidgeInputs inputs(data.x, plan, strata, {data.alphas});
    const RidgeTargets targets(data.y, strata);
    const auto products = multiply(inputs, targets);
    const std::vector<int64_t> folds = {0, 1, 2, 3, 4};
    for (const auto& choice : choose_alphas(inputs, targets, products, folds, {1}).folds) {
      ASSERT_TRUE(choice.of_white);

      const auto sums = held_out_sums(inputs, targets, products, plan, choice);

      const FoldFit fit = predict(inputs, plan, choice);
      const auto blocks = plan.test_blocks(choice.fold);
      ASSERT_EQ(sums.size(), blocks.size());
      for (std::size_t b = 0; b < blocks.size(); ++b) {
        const auto y = targets.values(strata, plan.block_rows[static_cast<std::size_t>(blocks[b])]);
        const Eigen::MatrixXd& p = fit.predicted[b];
        HeldOutSums expected(y.cols(), static_cast<int>(kNumScoreSums));
        expected << y.colwise().sum().transpose(), y.colwise().squaredNorm().transpose(),
            p.colwise().sum().transpose(), p.colwise().squaredNorm().transpose(),
            y.cwiseProduct(p).colwise().sum().transpose(),
            Eigen::VectorXd::Constant(y.cols(), static_cast<double>(y.rows()));
        const Eigen::VectorXd size = expected.cwiseAbs().rowwise().maxCoeff();
        EXPECT_LE(((sums[b] - expected).array().colwise() / size.array()).abs().maxCoeff(), 1e-6)
            << "embargo " << embargo << " fold " << choice.fold;
      }
    }
  }
}

TEST(ScreenedRidge, NearTiesAreSettledInDouble) {
  Data data;
  data.alphas.clear();
  for (int i = 0; i < 30; ++i) data.alphas.push_back(10 * std::pow(1.00002, i));
  data.make("ties");

  const Solved solved = solve(data.x, data.y, data.plan(), {data.alphas});

  EXPECT_GT(solved.audit.in_double, 0);
  expect_equal(data, data.plan(), 1, "ties");
}

TEST(ScreenedRidge, TargetsDoNotTouchEachOther) {
  Data data;
  data.num_targets = 30;
  data.make("companions");
  const RidgeOptions options{data.alphas};
  const Solved all = solve(data.x, data.y, data.plan(), options);

  const Eigen::MatrixXd some = data.y.middleCols(11, 7);
  const Solved alone = solve(data.x, some, data.plan(), options);

  for (std::size_t k = 0; k < 5; ++k) {
    for (std::size_t d = 0; d < 7; ++d) {
      EXPECT_EQ(alone.folds[k].alpha[d], all.folds[k].alpha[d + 11]);
    }
    const auto& whole = all.folds[k].predicted.front();
    EXPECT_LE((alone.folds[k].predicted.front() - whole.middleCols(11, 7)).cwiseAbs().maxCoeff(),
              1e-6);
  }
}

TEST(SolverAudit, AddsCountsAndKeepsTheLargestShare) {
  SolverAudit audit{10, 2, 5, 1, 0.02, 0.1};
  audit += {30, 4, 9, 0, 0.3, 1.2};

  EXPECT_EQ(to_text(audit),
            "solver: 40 penalties chosen, 15 % residual by residual, 2.5 % in double precision; "
            "estimates were off by up to 0.3 of the worst case, 1.2 allowed for");
}

TEST(RowStrata, SortsRowsByTheFoldsThatTrainOnThem) {
  Data data;
  data.num_words = 300;
  data.make("strata");
  const TrainingPlan plan = data.plan();

  const RowStrata strata = stratify(plan);

  std::vector<int64_t> sorted = strata.order;
  std::sort(sorted.begin(), sorted.end());
  for (int64_t row = 0; row < 300; ++row) {
    EXPECT_EQ(sorted[static_cast<std::size_t>(row)], row);
    EXPECT_EQ(strata.order[static_cast<std::size_t>(strata.place[static_cast<std::size_t>(row)])],
              row);
  }
  for (int64_t fold = 0; fold < 5; ++fold) {
    std::vector<int64_t> rows, expected;
    for (const auto s : strata.of_fold(fold)) {
      EXPECT_EQ(strata.folds(s)[static_cast<std::size_t>(strata.slot(s, fold))], fold);
      for (int64_t place = strata.rows(s).begin; place < strata.rows(s).end; ++place) {
        rows.push_back(strata.order[static_cast<std::size_t>(place)]);
      }
    }
    for (const auto& range : plan.training_rows(fold)) {
      for (int64_t row = range.begin; row < range.end; ++row) expected.push_back(row);
    }
    std::sort(rows.begin(), rows.end());
    EXPECT_EQ(rows, expected) << fold;
  }
}

}  // namespace
}  // namespace lockstep
