#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lockstep {

/// Activations as files hold them: words x units, float32, row-major.
using ActivationRows =
    Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

/// The directions in which a set of words varies most (Hotelling 1933).
struct PrincipalComponents {
  Eigen::VectorXd mean;       ///< of the words the fit saw; unit
  Eigen::MatrixXd basis;      ///< component x unit; rows orthonormal, largest variance first
  Eigen::VectorXd explained;  ///< component: its share of the total variance, 0 to 1
};

/// Exact principal components of the words `fit_rows` of `activations`, as
/// sklearn.decomposition.PCA(svd_solver="full") of float64 input gives them: centred, not scaled.
/// The sign of a component is that which makes its loading of largest magnitude positive (the first
/// such, if several). Computed in float64 from the smaller of covariance (units x units) and Gram
/// matrix (words x words). The rows of the fit must be finite. Throws Error(kData) "<where>: ..."
/// if there are fewer units, words - 1 or directions that vary than `num_components`.
PrincipalComponents fit_principal_components(const ActivationRows& activations,
                                             std::span<const int64_t> fit_rows,
                                             int64_t num_components,
                                             const std::string& where);

/// word x component: every row of `activations` on the components. A row with a value that is not
/// finite gives NaN.
Eigen::MatrixXd project(const ActivationRows& activations, const PrincipalComponents& components);

}  // namespace lockstep
