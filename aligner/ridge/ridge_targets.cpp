#include "aligner/ridge/ridge_targets.h"

#include <utility>

namespace lockstep {

TargetSums& TargetSums::operator+=(const TargetSums& other) {
  if (sum.size() == 0) return *this = other;
  count += other.count;
  sum += other.sum;
  squares += other.squares;
  return *this;
}

RidgeTargets::RidgeTargets(Eigen::MatrixXd y, const RowStrata& strata)
    : values_(std::move(y)), sorted_(values_.rows(), values_.cols()) {
  for (std::size_t s = 0; s < strata.strata.size(); ++s) {
    const auto& rows = strata.rows(s);
    TargetSums sums{static_cast<double>(rows.size()),
                    Eigen::VectorXd::Zero(count()),
                    Eigen::VectorXd::Zero(count())};
    for (Eigen::Index target = 0; target < count(); ++target) {
      for (int64_t place = rows.begin; place < rows.end; ++place) {
        const double value = values_(strata.order[static_cast<std::size_t>(place)], target);
        sorted_(place, target) = static_cast<float>(value);
        sums.sum[target] += value;
        sums.squares[target] += value * value;
      }
    }
    sums_.push_back(std::move(sums));
  }
}

TargetSums RidgeTargets::training_sums(const RowStrata& strata, int64_t fold) const {
  TargetSums all;
  for (const std::size_t s : strata.of_fold(fold)) all += sums_[s];
  return all;
}

}  // namespace lockstep
