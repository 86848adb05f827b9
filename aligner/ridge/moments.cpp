#include "aligner/ridge/moments.h"

#include <type_traits>

namespace lockstep {
namespace {

template <class Moments>
Moments add_up(const std::vector<Moments>& moments,
               const std::vector<TrainingCell>& cells,
               const CellSet& set) {
  Moments sum;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (set.has(cells[c])) sum += moments[c];
  }
  return sum;
}

}  // namespace

InputMoments& InputMoments::operator+=(const InputMoments& other) {
  if (sum.size() == 0) return *this = other;
  count += other.count;
  sum += other.sum;
  gram += other.gram;
  return *this;
}

CrossMoments& CrossMoments::operator+=(const CrossMoments& other) {
  if (sum.size() == 0) return *this = other;
  sum += other.sum;
  squares += other.squares;
  cross += other.cross;
  return *this;
}

std::vector<InputMoments> input_moments(const InputRows& x,
                                        const std::vector<TrainingCell>& cells) {
  std::vector<InputMoments> moments;
  for (const auto& cell : cells) {
    InputMoments of_cell{
        0, Eigen::VectorXd::Zero(x.cols()), Eigen::MatrixXd::Zero(x.cols(), x.cols())};
    for (const auto& range : cell.rows) {
      const auto rows = x.middleRows(range.begin, range.size());
      of_cell.count += static_cast<double>(range.size());
      of_cell.sum += rows.colwise().sum().transpose();
      of_cell.gram.selfadjointView<Eigen::Lower>().rankUpdate(rows.transpose());
    }
    of_cell.gram.triangularView<Eigen::StrictlyUpper>() = of_cell.gram.transpose();
    moments.push_back(std::move(of_cell));
  }
  return moments;
}

std::vector<CrossMoments> cross_moments(const InputRows& x,
                                        const Eigen::MatrixXd& y,
                                        const std::vector<TrainingCell>& cells) {
  std::vector<CrossMoments> moments;
  for (const auto& cell : cells) {
    CrossMoments of_cell{Eigen::VectorXd::Zero(y.cols()),
                         Eigen::VectorXd::Zero(y.cols()),
                         Eigen::MatrixXd::Zero(x.cols(), y.cols())};
    for (const auto& range : cell.rows) {
      const auto targets = y.middleRows(range.begin, range.size());
      of_cell.sum += targets.colwise().sum().transpose();
      of_cell.squares += targets.colwise().squaredNorm().transpose();
      of_cell.cross.noalias() += x.middleRows(range.begin, range.size()).transpose() * targets;
    }
    moments.push_back(std::move(of_cell));
  }
  return moments;
}

bool CellSet::has(const TrainingCell& cell) const {
  if (cell.trains[static_cast<std::size_t>(fold)] == 0) return false;
  switch (blocks) {
    case Blocks::kOnly:
      return cell.block == block;
    case Blocks::kAllBut:
      return cell.block != block;
    case Blocks::kAll:
      break;
  }
  return true;
}

InputMoments total(const std::vector<InputMoments>& moments,
                   const std::vector<TrainingCell>& cells,
                   const CellSet& set) {
  return add_up(moments, cells, set);
}

CrossMoments total(const std::vector<CrossMoments>& moments,
                   const std::vector<TrainingCell>& cells,
                   const CellSet& set) {
  return add_up(moments, cells, set);
}

Eigen::MatrixXd centred_gram(const InputMoments& moments, const Eigen::VectorXd& centre) {
  const Eigen::VectorXd shift = moments.sum - moments.count * centre;
  return moments.gram - centre * moments.sum.transpose() - shift * centre.transpose();
}

Eigen::MatrixXd centred_cross(const InputMoments& inputs,
                              const CrossMoments& targets,
                              const Eigen::VectorXd& centre_x,
                              const Eigen::VectorXd& centre_y) {
  const Eigen::VectorXd shift = inputs.sum - inputs.count * centre_x;
  return targets.cross - centre_x * targets.sum.transpose() - shift * centre_y.transpose();
}

}  // namespace lockstep
