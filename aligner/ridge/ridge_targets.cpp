#include "aligner/ridge/ridge_targets.h"

namespace lockstep {

TargetSums& TargetSums::operator+=(const TargetSums& other) {
  if (sum.size() == 0) return *this = other;
  count += other.count;
  sum += other.sum;
  squares += other.squares;
  return *this;
}

RidgeTargets::RidgeTargets(const Eigen::Ref<const Eigen::MatrixXd>& y, const RowStrata& strata)
    : sorted_(y.rows(), y.cols()) {
  for (Eigen::Index target = 0; target < count(); ++target) {
    for (Eigen::Index place = 0; place < y.rows(); ++place) {
      sorted_(place, target) =
          static_cast<float>(y(strata.order[static_cast<std::size_t>(place)], target));
    }
  }
  for (const auto& cell : strata.cells) {
    const auto words = sorted_.middleRows(cell.rows.begin, cell.rows.size()).cast<double>();
    sums_.push_back({static_cast<double>(cell.rows.size()),
                     words.colwise().sum().transpose(),
                     words.colwise().squaredNorm().transpose()});
  }
}

Eigen::MatrixXd RidgeTargets::values(const RowStrata& strata, const RowRange& rows) const {
  Eigen::MatrixXd y(rows.size(), count());
  for (Eigen::Index target = 0; target < count(); ++target) {
    for (int64_t row = rows.begin; row < rows.end; ++row) {
      y(row - rows.begin, target) =
          static_cast<double>(sorted_(strata.place[static_cast<std::size_t>(row)], target));
    }
  }
  return y;
}

TargetSums RidgeTargets::training_sums(const RowStrata& strata, int64_t fold) const {
  TargetSums all;
  for (std::size_t c = 0; c < strata.cells.size(); ++c) {
    const auto& stratum = strata.strata[strata.cells[c].stratum];
    if (stratum.trains[static_cast<std::size_t>(fold)] != 0) all += sums_[c];
  }
  return all;
}

}  // namespace lockstep
