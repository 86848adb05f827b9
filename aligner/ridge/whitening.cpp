#include "aligner/ridge/whitening.h"

#include <algorithm>
#include <limits>

#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/row_strata.h"

namespace lockstep {
namespace {

constexpr int64_t kRowsATime = 1024;

}  // namespace

Whitening make_whitening(const InputMoments& moments, const Eigen::VectorXd& offset) {
  const auto flat = constant_sensors(moments, offset);
  Eigen::VectorXd scale = inverse_deviation(moments, offset);
  for (const auto sensor : flat) scale[sensor] = 0;
  const EigenBasis basis = make_eigen_basis(moments, scale);
  const double largest = basis.values.maxCoeff();
  const double floor = std::max(largest * static_cast<double>(scale.size()) * 1e-15,
                                std::numeric_limits<double>::min());
  const Eigen::VectorXd deviation = (basis.values.array().max(floor) / moments.count).sqrt();
  Eigen::VectorXd unscale = scale.cwiseAbs2().cwiseInverse();
  for (const auto sensor : flat) unscale[sensor] = 0;
  return {offset + basis.mean,
          basis.projection * deviation.cwiseInverse().asDiagonal(),
          deviation.asDiagonal() * basis.projection.transpose() * unscale.asDiagonal(),
          flat};
}

WhiteRows whiten(const Whitening& map, const Eigen::Ref<const InputRows>& x) {
  WhiteRows white(x.rows(), map.forward.cols());
  InputRows centred, piece;
  for (const auto& rows : cut({0, x.rows()}, kRowsATime)) {
    centred = x.middleRows(rows.begin, rows.size()).rowwise() - map.centre.transpose();
    piece.noalias() = centred * map.forward;
    white.middleRows(rows.begin, rows.size()) = piece.cast<float>();
  }
  return white;
}

}  // namespace lockstep
