// Components from sums of products, a chunk of words or units at a time, so that no float64 copy of
// the activations is made. The products square the condition number: directions below
// sqrt(rounding) of the largest are noise, and a fit that would need one is refused.
#include "aligner/targets/principal_components.h"

#include <cblas.h>
#include <lapacke.h>

#include <algorithm>
#include <limits>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr Eigen::Index kChunk =
    512;  // rows summed at once; fixed, so that the order of summation is

struct Eigenpairs {
  Eigen::VectorXd values;   // descending
  Eigen::MatrixXd vectors;  // a column each
};

/// All eigenvalues of a symmetric matrix given by its lower triangle, which is overwritten.
Eigenpairs eigenpairs_of(Eigen::MatrixXd& matrix, const std::string& where) {
  const auto size = static_cast<lapack_int>(matrix.rows());
  Eigenpairs pairs;
  pairs.values.resize(size);
  const lapack_int status =
      LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'L', size, matrix.data(), size, pairs.values.data());
  if (status != 0) {
    fail(Blame::kProgram, "{}: dsyevd of {} x {} gave {}; 0 is wanted", where, size, size, status);
  }
  pairs.values.reverseInPlace();
  pairs.vectors = matrix.rowwise().reverse();
  return pairs;
}

/// lower(sum) += block * block'
void add_products(Eigen::MatrixXd& sum, const Eigen::MatrixXd& block) {
  cblas_dsyrk(CblasColMajor,
              CblasLower,
              CblasNoTrans,
              static_cast<int>(block.rows()),
              static_cast<int>(block.cols()),
              1.0,
              block.data(),
              static_cast<int>(block.rows()),
              1.0,
              sum.data(),
              static_cast<int>(sum.rows()));
}

/// a * b
Eigen::MatrixXd product(const Eigen::MatrixXd& a, const Eigen::MatrixXd& b) {
  Eigen::MatrixXd result(a.rows(), b.cols());
  cblas_dgemm(CblasColMajor,
              CblasNoTrans,
              CblasNoTrans,
              static_cast<int>(a.rows()),
              static_cast<int>(b.cols()),
              static_cast<int>(a.cols()),
              1.0,
              a.data(),
              static_cast<int>(a.rows()),
              b.data(),
              static_cast<int>(b.rows()),
              0.0,
              result.data(),
              static_cast<int>(result.rows()));
  return result;
}

/// unit x word: some words of the fit, centred.
Eigen::MatrixXd centred_words(const ActivationRows& activations,
                              std::span<const int64_t> words,
                              const Eigen::VectorXd& mean) {
  Eigen::MatrixXd block(activations.cols(), static_cast<Eigen::Index>(words.size()));
  for (std::size_t k = 0; k < words.size(); ++k) {
    block.col(static_cast<Eigen::Index>(k)) =
        activations.row(words[k]).transpose().cast<double>() - mean;
  }
  return block;
}

/// word x unit: all words of the fit at some units, centred.
Eigen::MatrixXd centred_units(const ActivationRows& activations,
                              std::span<const int64_t> words,
                              const Eigen::VectorXd& mean,
                              Eigen::Index first,
                              Eigen::Index count) {
  Eigen::MatrixXd block(static_cast<Eigen::Index>(words.size()), count);
  for (std::size_t k = 0; k < words.size(); ++k) {
    block.row(static_cast<Eigen::Index>(k)) =
        activations.row(words[k]).segment(first, count).cast<double>() -
        mean.segment(first, count).transpose();
  }
  return block;
}

void check_sizes(Eigen::Index units,
                 std::size_t words,
                 int64_t num_components,
                 const std::string& where) {
  if (num_components < 1) {
    fail(Blame::kCommandLine, "{}: {} components; at least 1 is wanted", where, num_components);
  }
  if (units < num_components) {
    fail(Blame::kData,
         "{}: {} units; at least as many as components, {}, are wanted",
         where,
         units,
         num_components);
  }
  if (static_cast<int64_t>(words) <= num_components) {
    fail(Blame::kData,
         "{}: {} words to fit; more than components, {}, are wanted",
         where,
         words,
         num_components);
  }
}

/// Directions whose variance is more than rounding.
int64_t count_directions(const Eigen::VectorXd& variances, std::size_t words, Eigen::Index units) {
  const auto size =
      static_cast<double>(std::max<Eigen::Index>(units, static_cast<Eigen::Index>(words)));
  const double least = variances[0] * size * std::numeric_limits<double>::epsilon();
  return std::count_if(
      variances.begin(), variances.end(), [least](double value) { return value > least; });
}

void fix_signs(Eigen::MatrixXd& basis) {
  for (Eigen::Index component = 0; component < basis.rows(); ++component) {
    Eigen::Index largest = 0;
    basis.row(component).cwiseAbs().maxCoeff(&largest);
    if (basis(component, largest) < 0) basis.row(component) *= -1;
  }
}

}  // namespace

PrincipalComponents fit_principal_components(const ActivationRows& activations,
                                             std::span<const int64_t> fit_rows,
                                             int64_t num_components,
                                             const std::string& where) {
  const Eigen::Index units = activations.cols();
  const auto words = static_cast<Eigen::Index>(fit_rows.size());
  check_sizes(units, fit_rows.size(), num_components, where);

  PrincipalComponents fit;
  fit.mean = Eigen::VectorXd::Zero(units);
  for (const int64_t row : fit_rows) fit.mean += activations.row(row).transpose().cast<double>();
  fit.mean /= static_cast<double>(words);

  const bool by_units = units <= words;
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(std::min(units, words), std::min(units, words));
  for (Eigen::Index first = 0; first < std::max(units, words); first += kChunk) {
    const Eigen::Index count = std::min(kChunk, std::max(units, words) - first);
    add_products(products,
                 by_units ? centred_words(activations,
                                          fit_rows.subspan(static_cast<std::size_t>(first),
                                                           static_cast<std::size_t>(count)),
                                          fit.mean)
                          : centred_units(activations, fit_rows, fit.mean, first, count));
  }
  const double total = products.trace();
  const Eigenpairs pairs = eigenpairs_of(products, where);
  const int64_t directions = count_directions(pairs.values, fit_rows.size(), units);
  if (directions < num_components) {
    fail(Blame::kData,
         "{}: {} words vary in {} directions; at least as many as components, {}, are wanted",
         where,
         words,
         directions,
         num_components);
  }

  fit.explained = pairs.values.head(num_components) / total;
  const Eigen::MatrixXd leading = pairs.vectors.leftCols(num_components);
  if (by_units) {
    fit.basis = leading.transpose();
  } else {
    // X = U S V': the vectors found are U, those wanted V = X' U / S.
    fit.basis.resize(num_components, units);
    for (Eigen::Index first = 0; first < units; first += kChunk) {
      const Eigen::Index count = std::min(kChunk, units - first);
      const Eigen::MatrixXd block = centred_units(activations, fit_rows, fit.mean, first, count);
      fit.basis.middleCols(first, count) = product(leading.transpose(), block);
    }
    for (Eigen::Index component = 0; component < num_components; ++component) {
      fit.basis.row(component).normalize();
    }
  }
  fix_signs(fit.basis);
  return fit;
}

Eigen::MatrixXd project(const ActivationRows& activations, const PrincipalComponents& components) {
  Eigen::MatrixXd projected(activations.rows(), components.basis.rows());
  for (Eigen::Index first = 0; first < activations.rows(); first += kChunk) {
    const Eigen::Index count = std::min(kChunk, activations.rows() - first);
    const Eigen::MatrixXd block =
        (activations.middleRows(first, count).cast<double>().transpose().colwise() -
         components.mean);
    projected.middleRows(first, count) = product(components.basis, block).transpose();
    for (Eigen::Index word = 0; word < count; ++word) {
      if (!block.col(word).allFinite()) {
        projected.row(first + word).setConstant(std::numeric_limits<double>::quiet_NaN());
      }
    }
  }
  return projected;
}

}  // namespace lockstep
