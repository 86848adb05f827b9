#pragma once

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

namespace lockstep::testing {

// Slow and obviously right: every prediction comes from a fit of its own, by the singular value
// decomposition of the centred, scaled inputs. Only for small data.

inline Eigen::MatrixXd rows_of(const Eigen::MatrixXd& all, const std::vector<int64_t>& rows) {
  Eigen::MatrixXd some(static_cast<Eigen::Index>(rows.size()), all.cols());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    some.row(static_cast<Eigen::Index>(i)) = all.row(rows[i]);
  }
  return some;
}

/// Ridge regression with an intercept, fitted on `train` and applied to `test`. `scale` multiplies
/// each input.
inline Eigen::MatrixXd ridge_predict(const Eigen::MatrixXd& x,
                                     const Eigen::MatrixXd& y,
                                     const std::vector<int64_t>& train,
                                     const std::vector<int64_t>& test,
                                     const Eigen::VectorXd& scale,
                                     double alpha) {
  const Eigen::MatrixXd x_train = rows_of(x, train);
  const Eigen::MatrixXd y_train = rows_of(y, train);
  const Eigen::RowVectorXd mean_x = x_train.colwise().mean();
  const Eigen::RowVectorXd mean_y = y_train.colwise().mean();
  const Eigen::MatrixXd design = (x_train.rowwise() - mean_x) * scale.asDiagonal();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(design, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::ArrayXd s = svd.singularValues();
  const Eigen::VectorXd gain = s / (s.square() + alpha);
  const Eigen::MatrixXd beta =
      svd.matrixV() * gain.asDiagonal() * svd.matrixU().transpose() * (y_train.rowwise() - mean_y);
  const Eigen::MatrixXd inputs = (rows_of(x, test).rowwise() - mean_x) * scale.asDiagonal();
  return (inputs * beta).rowwise() + mean_y;
}

/// 1 / standard deviation (ddof 0) of each input over some rows.
inline Eigen::VectorXd inverse_deviations(const Eigen::MatrixXd& x,
                                          const std::vector<int64_t>& rows) {
  const Eigen::MatrixXd some = rows_of(x, rows);
  const Eigen::MatrixXd centred = some.rowwise() - some.colwise().mean();
  return (centred.colwise().squaredNorm() / static_cast<double>(rows.size()))
      .cwiseSqrt()
      .cwiseInverse()
      .transpose();
}

/// Sum of squared errors, alphas x targets, of predicting each group of rows from all others of
/// `groups`.
inline Eigen::MatrixXd left_out_loss(const Eigen::MatrixXd& x,
                                     const Eigen::MatrixXd& y,
                                     const std::vector<std::vector<int64_t>>& groups,
                                     const Eigen::VectorXd& scale,
                                     const std::vector<double>& alphas) {
  Eigen::MatrixXd loss = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(alphas.size()), y.cols());
  for (std::size_t g = 0; g < groups.size(); ++g) {
    std::vector<int64_t> others;
    for (std::size_t o = 0; o < groups.size(); ++o) {
      if (o != g) others.insert(others.end(), groups[o].begin(), groups[o].end());
    }
    for (std::size_t a = 0; a < alphas.size(); ++a) {
      const Eigen::MatrixXd error =
          rows_of(y, groups[g]) - ridge_predict(x, y, others, groups[g], scale, alphas[a]);
      loss.row(static_cast<Eigen::Index>(a)) += error.colwise().squaredNorm();
    }
  }
  return loss;
}

/// Pearson correlation of two columns.
inline double pearson(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  const Eigen::VectorXd x = a.array() - a.mean();
  const Eigen::VectorXd y = b.array() - b.mean();
  return x.dot(y) / (x.norm() * y.norm());
}

}  // namespace lockstep::testing
