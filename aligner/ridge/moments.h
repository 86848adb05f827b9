#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "aligner/ridge/training_cells.h"

namespace lockstep {

/// Words x sensors, a word's sensors side by side: how a gather from the recording leaves them.
using InputRows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Sums over a set of words of what the penalised fit needs of the inputs x.
struct InputMoments {
  double count = 0;
  Eigen::VectorXd sum;   ///< sensors
  Eigen::MatrixXd gram;  ///< sensors x sensors: sum of x x'

  InputMoments& operator+=(const InputMoments& other);
  Eigen::VectorXd mean() const { return sum / count; }
};

/// Sums over a set of words of inputs x against targets y.
struct CrossMoments {
  Eigen::VectorXd sum;      ///< targets: sum of y
  Eigen::VectorXd squares;  ///< targets: sum of y^2
  Eigen::MatrixXd cross;    ///< sensors x targets: sum of x y'

  CrossMoments& operator+=(const CrossMoments& other);
};

/// Moments of each cell. The products run over stretches of rows in a fixed order.
std::vector<InputMoments> input_moments(const InputRows& x, const std::vector<TrainingCell>& cells);
std::vector<CrossMoments> cross_moments(const InputRows& x,
                                        const Eigen::MatrixXd& y,
                                        const std::vector<TrainingCell>& cells);

/// Which cells belong to a set of words.
struct CellSet {
  int64_t fold = 0;
  enum class Blocks { kAll, kOnly, kAllBut } blocks = Blocks::kAll;
  int64_t block = -1;  ///< for kOnly and kAllBut

  /// Whether the fold trains on the cell and its block is in the set.
  bool has(const TrainingCell& cell) const;
};

/// Sums over a set of cells. Cells are added rather than taken away from the total: nothing
/// cancels.
InputMoments total(const std::vector<InputMoments>& moments,
                   const std::vector<TrainingCell>& cells,
                   const CellSet& set);
CrossMoments total(const std::vector<CrossMoments>& moments,
                   const std::vector<TrainingCell>& cells,
                   const CellSet& set);

/// sum (x - centre)(x - centre)'
Eigen::MatrixXd centred_gram(const InputMoments& moments, const Eigen::VectorXd& centre);
/// sum (x - centre_x)(y - centre_y)'
Eigen::MatrixXd centred_cross(const InputMoments& inputs,
                              const CrossMoments& targets,
                              const Eigen::VectorXd& centre_x,
                              const Eigen::VectorXd& centre_y);

}  // namespace lockstep
