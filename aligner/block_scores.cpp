#include "aligner/block_scores.h"

#include <cmath>
#include <limits>

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kLeastShare = 1e-12;

Eigen::Index at(ScoreSum sum) { return static_cast<Eigen::Index>(sum); }

}  // namespace

ScoreSums block_sums(const Eigen::Ref<const Eigen::MatrixXd>& observed,
                     const Eigen::Ref<const Eigen::MatrixXd>& predicted) {
  ScoreSums sums(observed.cols(), static_cast<Eigen::Index>(kNumScoreSums));
  sums.col(at(ScoreSum::kY)) = observed.colwise().sum().transpose();
  sums.col(at(ScoreSum::kYY)) = observed.colwise().squaredNorm().transpose();
  sums.col(at(ScoreSum::kP)) = predicted.colwise().sum().transpose();
  sums.col(at(ScoreSum::kPP)) = predicted.colwise().squaredNorm().transpose();
  sums.col(at(ScoreSum::kYP)) = observed.cwiseProduct(predicted).colwise().sum().transpose();
  sums.col(at(ScoreSum::kN)).setConstant(static_cast<double>(observed.rows()));
  return sums;
}

Eigen::VectorXd correlations(const ScoreSums& sums) {
  Eigen::VectorXd r(sums.rows());
  for (Eigen::Index target = 0; target < sums.rows(); ++target) {
    const auto value = [&](ScoreSum sum) { return sums(target, at(sum)); };
    const double n = value(ScoreSum::kN);
    const double yy = value(ScoreSum::kYY) - value(ScoreSum::kY) * value(ScoreSum::kY) / n;
    const double pp = value(ScoreSum::kPP) - value(ScoreSum::kP) * value(ScoreSum::kP) / n;
    const double yp = value(ScoreSum::kYP) - value(ScoreSum::kY) * value(ScoreSum::kP) / n;
    const bool defined = n >= 2 && yy > kLeastShare * value(ScoreSum::kYY) &&
                         pp > kLeastShare * value(ScoreSum::kPP);
    r[target] = defined ? yp / std::sqrt(yy * pp) : kNaN;
  }
  return r;
}

double mean_of_defined(const Eigen::Ref<const Eigen::MatrixXd>& values) {
  double sum = 0;
  int64_t count = 0;
  for (Eigen::Index column = 0; column < values.cols(); ++column) {
    for (Eigen::Index row = 0; row < values.rows(); ++row) {
      if (std::isnan(values(row, column))) continue;
      sum += values(row, column);
      ++count;
    }
  }
  return count > 0 ? sum / static_cast<double>(count) : kNaN;
}

}  // namespace lockstep
