#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "aligner/ridge/alpha_choices.h"
#include "tests/aligner/ridge/ridge_data.h"
#include "tests/oracles/ridge_by_refitting.h"

namespace lockstep::testing {

/// The folds of one data set.
struct Solved {
  std::vector<FoldFit> folds;
  SolverAudit audit;
};

inline Solved solve(const InputRows& x,
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

/// Words x sensors with a steep spectrum and some words louder than others; targets that follow
/// them weakly.
struct Data {
  int64_t num_words = 1500;
  int64_t num_sensors = 16;
  int64_t num_targets = 24;
  int64_t num_folds = 5;
  std::vector<double> alphas;
  InputScale scale = InputScale::kTrain;
  AlphaBy alpha_by = AlphaBy::kLeaveOneOut;
  int64_t blocks_a_fold = 1;
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
  RidgeOptions options() const { return {alphas, alpha_by, scale}; }
  /// Contiguous folds of uneven length, each of one or more blocks; training words next to the test
  /// words are left out.
  TrainingPlan plan(int64_t embargo = 7) const {
    const int64_t num_blocks = num_folds * blocks_a_fold;
    std::vector<int64_t> block, block_fold;
    for (int64_t row = 0; row < num_words; ++row) {
      const double share = static_cast<double>(row) / static_cast<double>(num_words);
      block.push_back(static_cast<int64_t>(static_cast<double>(num_blocks) * std::pow(share, 0.8)));
    }
    for (int64_t b = 0; b < num_blocks; ++b) block_fold.push_back(b / blocks_a_fold);
    const auto fold_of = [&](int64_t row) {
      return block_fold[static_cast<std::size_t>(block[static_cast<std::size_t>(row)])];
    };
    std::vector<uint8_t> trains;
    for (int64_t row = 0; row < num_words; ++row) {
      for (int64_t k = 0; k < num_folds; ++k) {
        const bool near = fold_of(std::max<int64_t>(row - embargo, 0)) <= k &&
                          k <= fold_of(std::min<int64_t>(row + embargo, num_words - 1));
        trains.push_back(near ? 0 : 1);
      }
    }
    return make_training_plan(block, block_fold, trains, num_folds);
  }
};

/// Holds the solver of sums against the plain one. An alpha may differ only where the losses of
/// both are within 1e-9.
inline void expect_equal(const Data& data,
                         const TrainingPlan& plan,
                         double rho,
                         const std::string& name) {
  const RidgeOptions options = data.options();
  const RidgeCv plain(data.x, plan, options);
  const auto cross = plain.cross(data.y);
  const Solved solved = solve(data.x, data.y, plan, options, rho);
  ASSERT_EQ(std::ssize(solved.folds), plan.num_folds);
  for (int64_t k = 0; k < plan.num_folds; ++k) {
    const FoldFit expected = plain.fit(k, data.y, cross);
    const FoldFit& found = solved.folds[static_cast<std::size_t>(k)];
    for (std::size_t d = 0; d < expected.alpha.size(); ++d) {
      EXPECT_EQ(found.alpha[d], expected.alpha[d]) << name << " fold " << k << " target " << d;
    }
    const auto blocks = plan.test_blocks(k);
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const auto& range = plan.block_rows[static_cast<std::size_t>(blocks[b])];
      for (Eigen::Index d = 0; d < data.y.cols(); ++d) {
        const auto y = data.y.col(d).segment(range.begin, range.size());
        const Eigen::ArrayXd predicted = expected.predicted[b].col(d).array();
        const double variance = (predicted - predicted.mean()).square().mean();
        const bool constant = y.maxCoeff() == y.minCoeff();
        if (constant || variance <= 1e-12 * predicted.square().mean()) continue;  // no r
        const double r = pearson(y, expected.predicted[b].col(d));
        EXPECT_NEAR(pearson(y, found.predicted[b].col(d)), r, 1e-6)
            << name << " fold " << k << " block " << blocks[b] << " target " << d;
      }
    }
  }
  EXPECT_LE(solved.audit.rho_seen, solved.audit.rho_used / 2) << name;
}

struct Stress {
  std::string name;
  std::function<void(Data&)> change;
};

inline const std::vector<Stress>& stresses() {
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

}  // namespace lockstep::testing
