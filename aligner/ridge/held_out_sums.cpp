#include "aligner/ridge/held_out_sums.h"

namespace lockstep {
namespace {

Eigen::Index at(ScoreSum sum) { return static_cast<Eigen::Index>(sum); }

/// The part of the inputs that consists of this cell alone; -1 if there is none.
Eigen::Index part_of(const RidgeInputs& inputs, const StratumPart& cell) {
  const auto& parts = inputs.parts();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (parts[p].rows == cell.rows) return static_cast<Eigen::Index>(p);
  }
  return -1;
}

HeldOutSums from_sums(const RidgeInputs& inputs,
                      std::size_t part,
                      const Eigen::MatrixXd& cross,
                      const TargetSums& of_targets,
                      const FoldChoice& choice) {
  const WhiteSums& words = inputs.sums(part);
  const auto& beta = choice.coefficients;
  const Eigen::VectorXd constant = choice.constant.transpose();
  const Eigen::VectorXd slope = beta.transpose() * words.sum;
  const Eigen::MatrixXd half = words.gram.selfadjointView<Eigen::Lower>() * beta;
  HeldOutSums sums(beta.cols(), static_cast<Eigen::Index>(kNumScoreSums));
  sums.col(at(ScoreSum::kY)) = of_targets.sum;
  sums.col(at(ScoreSum::kYY)) = of_targets.squares;
  sums.col(at(ScoreSum::kP)) = of_targets.count * constant + slope;
  sums.col(at(ScoreSum::kPP)) = of_targets.count * constant.cwiseAbs2() +
                                2 * constant.cwiseProduct(slope) +
                                beta.cwiseProduct(half).colwise().sum().transpose();
  sums.col(at(ScoreSum::kYP)) =
      constant.cwiseProduct(of_targets.sum) + beta.cwiseProduct(cross).colwise().sum().transpose();
  sums.col(at(ScoreSum::kN)).setConstant(of_targets.count);
  return sums;
}

HeldOutSums from_words(const RidgeInputs& inputs,
                       const RidgeTargets& targets,
                       const StratumPart& cell,
                       const TargetSums& of_targets,
                       const FoldChoice& choice) {
  const Eigen::MatrixXd predicted = predict_places(inputs, cell.rows, choice);
  const Eigen::MatrixXd observed =
      targets.sorted().middleRows(cell.rows.begin, cell.rows.size()).cast<double>();
  HeldOutSums sums(predicted.cols(), static_cast<Eigen::Index>(kNumScoreSums));
  sums.col(at(ScoreSum::kY)) = of_targets.sum;
  sums.col(at(ScoreSum::kYY)) = of_targets.squares;
  sums.col(at(ScoreSum::kP)) = predicted.colwise().sum().transpose();
  sums.col(at(ScoreSum::kPP)) = predicted.colwise().squaredNorm().transpose();
  sums.col(at(ScoreSum::kYP)) = observed.cwiseProduct(predicted).colwise().sum().transpose();
  sums.col(at(ScoreSum::kN)).setConstant(of_targets.count);
  return sums;
}

}  // namespace

std::vector<HeldOutSums> held_out_sums(const RidgeInputs& inputs,
                                       const RidgeTargets& targets,
                                       const TargetProducts& products,
                                       const TrainingPlan& plan,
                                       const FoldChoice& choice) {
  std::vector<HeldOutSums> all;
  const auto& cells = inputs.strata().cells;
  for (const int64_t block : plan.test_blocks(choice.fold)) {
    HeldOutSums sums = HeldOutSums::Zero(targets.count(), static_cast<Eigen::Index>(kNumScoreSums));
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].block != block) continue;
      const TargetSums& of_targets = targets.cell_sums(c);
      const Eigen::Index part = choice.of_white ? part_of(inputs, cells[c]) : -1;
      if (part >= 0 && cells[c].rows.size() >= inputs.white().cols()) {
        sums += from_sums(inputs,
                          static_cast<std::size_t>(part),
                          products.cross[static_cast<std::size_t>(part)],
                          of_targets,
                          choice);
      } else {
        sums += from_words(inputs, targets, cells[c], of_targets, choice);
      }
    }
    all.push_back(std::move(sums));
  }
  return all;
}

}  // namespace lockstep
