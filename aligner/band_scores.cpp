#include "aligner/band_scores.h"

#include <limits>
#include <utility>

#include "aligner/fold_fitter.h"

namespace lockstep {
namespace {

ScoreSums added_up(const FoldOutcome& outcome) {
  ScoreSums sums = outcome.sums.front();
  for (std::size_t b = 1; b < outcome.sums.size(); ++b) sums += outcome.sums[b];
  return sums;
}

}  // namespace

Eigen::VectorXd explained_share(const ScoreSums& sums) {
  const auto of = [&](ScoreSum sum) { return sums.col(static_cast<Eigen::Index>(sum)).array(); };
  const Eigen::ArrayXd total = of(ScoreSum::kYY) - of(ScoreSum::kY).square() / of(ScoreSum::kN);
  const Eigen::ArrayXd error = of(ScoreSum::kYY) - 2 * of(ScoreSum::kYP) + of(ScoreSum::kPP);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto defined = total > 1e-12 * of(ScoreSum::kYY);
  return defined.select(1 - error / total, nan).matrix();
}

BandScores::BandScores(const ScoresHeader& header,
                       const SubjectGroup& side,
                       const BandWeights& weights,
                       FitPlace place,
                       PartValues& values)
    : side_(side), weights_(weights), place_(place), values_(values), axes_(header) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (int64_t outer = 0; outer < axes_.folds * weights.cols() * axes_.components; ++outer) {
    values_.set(ScoreVariable::kBandPenalty,
                place.context * axes_.folds * weights.cols() * axes_.components + outer,
                place.time,
                nan);
  }
}

void BandScores::run(const BandedRidge& ridge, const Eigen::MatrixXd& y, TimeScores& scores) {
  const Eigen::Index num_bands = weights_.cols();
  const auto cross = ridge.cross(y);
  std::vector<ScoreSums> sums(static_cast<std::size_t>(num_bands + 1),
                              ScoreSums::Zero(y.cols(), static_cast<int>(kNumScoreSums)));
  for (const int64_t fold : tested_folds(side_.plan)) {
    BandedFit full = ridge.fit(fold, cross, weights_);
    put_penalties(fold, full);
    FoldOutcome outcome = outcome_of(side_.plan, fold, y, std::move(full.fit));
    sums.back() += added_up(outcome);
    scores.put_fold(std::move(outcome));
    for (Eigen::Index band = 0; band < num_bands && num_bands > 1; ++band) {
      BandedFit rest = ridge.fit(fold, cross, without_band(weights_, band));
      sums[static_cast<std::size_t>(band)] +=
          added_up(outcome_of(side_.plan, fold, y, std::move(rest.fit)));
    }
  }
  const Eigen::VectorXd full = explained_share(sums.back());
  for (int64_t target = 0; target < axes_.components; ++target) {
    values_.set(
        ScoreVariable::kR2, place_.context * axes_.components + target, place_.time, full[target]);
  }
  for (Eigen::Index band = 0; band < num_bands; ++band) {
    // Without its only band a fit predicts the training mean, which explains nothing.
    const Eigen::VectorXd rest = num_bands > 1
                                     ? explained_share(sums[static_cast<std::size_t>(band)])
                                     : Eigen::VectorXd::Zero(y.cols());
    for (int64_t target = 0; target < axes_.components; ++target) {
      values_.set(ScoreVariable::kR2Unique,
                  (place_.context * num_bands + band) * axes_.components + target,
                  place_.time,
                  full[target] - rest[target]);
    }
  }
}

void BandScores::put_penalties(int64_t fold, const BandedFit& fit) {
  const Eigen::Index num_bands = weights_.cols();
  for (Eigen::Index band = 0; band < num_bands; ++band) {
    for (int64_t target = 0; target < axes_.components; ++target) {
      const auto t = static_cast<std::size_t>(target);
      const int64_t outer =
          ((place_.context * axes_.folds + fold) * num_bands + band) * axes_.components + target;
      values_.set(ScoreVariable::kBandPenalty,
                  outer,
                  place_.time,
                  fit.fit.alpha[t] / weights_(fit.candidate[t], band));
    }
  }
}

}  // namespace lockstep
