#include "aligner/ridge/block_ridge.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "aligner/ridge/alpha_loss.h"
#include "aligner/ridge/checked_loss.h"

namespace lockstep {
namespace {

constexpr double kNear = 1e-5;
// As in alpha_screen.cpp, for both of the alphas that are compared.
constexpr double kFitRounding = 3e-8;

/// Parts of the inputs that a fold trains on, by block.
struct BlockParts {
  int64_t block = 0;
  std::vector<std::size_t> parts;
};

std::vector<BlockParts> training_parts(const RidgeInputs& inputs, int64_t fold) {
  std::vector<BlockParts> blocks;
  const auto& parts = inputs.parts();
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const auto& stratum = inputs.strata().strata[parts[p].stratum];
    if (stratum.trains[static_cast<std::size_t>(fold)] == 0) continue;
    auto found = std::find_if(blocks.begin(), blocks.end(), [&](const BlockParts& known) {
      return known.block == parts[p].block;
    });
    if (found == blocks.end()) found = blocks.insert(found, {parts[p].block, {}});
    found->parts.push_back(p);
  }
  return blocks;
}

/// Sums of inputs over some words.
struct Inputs {
  double count = 0;
  WhiteSums sums;
};

Inputs add_inputs(const RidgeInputs& inputs, std::span<const std::size_t> parts) {
  const Eigen::Index size = inputs.white().cols();
  Inputs made{0, {Eigen::VectorXd::Zero(size), Eigen::MatrixXd::Zero(size, size)}};
  for (const auto p : parts) {
    made.count += static_cast<double>(inputs.parts()[p].rows.size());
    made.sums.sum += inputs.sums(p).sum;
    made.sums.gram += inputs.sums(p).gram;
  }
  return made;
}

/// Sums of targets over some words.
struct Targets {
  TargetSums sums;
  Eigen::MatrixXd cross;  ///< whitened sensors x targets
};

Targets add_targets(const TargetSet& set, std::span<const std::size_t> parts) {
  Targets made;
  for (const auto p : parts) {
    made.sums += set.targets.cell_sums(p);  // parts are cells here
    if (made.cross.size() == 0) {
      made.cross = set.products.cross[p];
    } else {
      made.cross += set.products.cross[p];
    }
  }
  return made;
}

/// A held-out block in the coordinates of the fold's other words.
struct HeldOut {
  double count = 0;  ///< of the other words
  double block_count = 0;
  Eigen::VectorXd mean;   ///< of the other words, whitened
  Eigen::VectorXd shift;  ///< sum over the block of its words less that mean
  Eigen::MatrixXd from_white;
  Eigen::MatrixXd gains;  ///< directions x alphas
  Eigen::MatrixXd apart;  ///< M: directions x directions
  Eigen::MatrixXd near;   ///< K where values are near each other; empty if that is the diagonal
  Eigen::VectorXd diagonal;
  bool serves = true;  ///< whether single-precision sums do
};

HeldOut hold_out(const RidgeInputs& inputs,
                 const FoldInputs& fold,
                 const Inputs& all,
                 const Inputs& block) {
  HeldOut made;
  made.count = all.count - block.count;
  made.block_count = block.count;
  const WhiteSums others{all.sums.sum - block.sums.sum, all.sums.gram - block.sums.gram};
  made.mean = others.sum / made.count;
  made.shift = block.sums.sum - block.count * made.mean;
  const Eigen::MatrixXd backward = inputs.map().backward * fold.scale.asDiagonal();
  const ScaledEigen eigen = scaled_eigen(sensor_gram(others, made.count, backward),
                                         Eigen::VectorXd::Ones(backward.cols()));
  made.from_white.noalias() = backward * eigen.projection;
  made.gains = penalty_gains(eigen.values, inputs.alphas());
  made.serves = serves(eigen.values, made.count, made.from_white, inputs.alphas()[0]);

  Eigen::MatrixXd centred = block.sums.gram.selfadjointView<Eigen::Lower>();
  centred.noalias() -= made.mean * block.sums.sum.transpose();
  centred.noalias() -= made.shift * made.mean.transpose();
  const Eigen::MatrixXd half = centred * made.from_white;
  made.apart.noalias() = made.from_white.transpose() * half;
  made.diagonal = made.apart.diagonal();
  const auto& values = eigen.values;
  for (Eigen::Index j = 0; j < values.size(); ++j) {
    for (Eigen::Index i = 0; i < values.size(); ++i) {
      const double gap = values[j] - values[i];
      const double size = std::min(values[i], values[j]) + inputs.alphas()[0];
      if (std::abs(gap) > kNear * size) {
        made.apart(i, j) /= gap;
        continue;
      }
      if (i != j) {
        if (made.near.size() == 0) {
          made.near = Eigen::MatrixXd::Zero(values.size(), values.size());
          made.near.diagonal() = made.diagonal;
        }
        made.near(i, j) = made.apart(i, j);
      }
      made.apart(i, j) = 0;
    }
  }
  return made;
}

/// Losses so far: squared errors, and the sizes of what single precision may have disturbed.
struct BlockLoss {
  Eigen::MatrixXd loss;      ///< alphas x targets
  Eigen::MatrixXd fitted;    ///< alphas x targets: squared predictions of held-out words
  Eigen::VectorXd observed;  ///< targets: squared held-out values
};

void add_block(const HeldOut& held, const Targets& all, const Targets& block, BlockLoss& sum) {
  const Eigen::VectorXd mean = (all.sums.sum - block.sums.sum) / held.count;
  const Eigen::Index count = mean.size();
  // Both cross products side by side: of the others, of the block.
  Eigen::MatrixXd cross(held.mean.size(), 2 * count);
  cross.leftCols(count) = all.cross - block.cross;
  cross.leftCols(count).noalias() -= held.mean * (held.count * mean).transpose();
  cross.rightCols(count) = block.cross;
  cross.rightCols(count).noalias() -= held.mean * block.sums.sum.transpose();
  cross.rightCols(count).noalias() -= held.shift * mean.transpose();
  Eigen::MatrixXd projected;
  projected.noalias() = held.from_white.transpose() * cross;
  const auto z = projected.leftCols(count);
  const auto c = projected.rightCols(count);
  Eigen::MatrixXd apart, near;
  apart.noalias() = held.apart * z;
  if (held.near.size() > 0) {
    near.noalias() = held.near * z;
  } else {
    near = held.diagonal.asDiagonal() * z;
  }
  near.array() *= z.array();
  const Eigen::MatrixXd twice = 2 * z.cwiseProduct(apart);
  const Eigen::MatrixXd product = 2 * z.cwiseProduct(c);
  const Eigen::MatrixXd fitted =
      held.gains.transpose() * twice + held.gains.cwiseAbs2().transpose() * near;
  const Eigen::VectorXd observed = block.sums.squares.array() -
                                   2 * mean.array() * block.sums.sum.array() +
                                   held.block_count * mean.array().square();
  sum.fitted += fitted;
  sum.observed += observed;
  sum.loss += fitted - held.gains.transpose() * product;
  sum.loss.rowwise() += observed.transpose();
}

/// Targets whose smallest losses are too close to call.
std::vector<Eigen::Index> close_calls(const BlockLoss& sum, std::span<const Eigen::Index> best) {
  std::vector<Eigen::Index> close;
  for (Eigen::Index d = 0; d < sum.loss.cols(); ++d) {
    const auto b = best[static_cast<std::size_t>(d)];
    const auto error = [&](Eigen::Index a) {
      return kFitRounding * std::sqrt(std::max(sum.fitted(a, d), 0.0) * sum.observed[d]) +
             1e-10 * sum.loss(a, d);
    };
    for (Eigen::Index a = 0; a < sum.loss.rows(); ++a) {
      if (a == b || sum.loss(a, d) - sum.loss(b, d) > error(a) + error(b)) continue;
      close.push_back(d);
      break;
    }
  }
  return close;
}

/// Losses of all sets; none if single precision does not serve the fold without one of its blocks.
std::vector<BlockLoss> block_losses(const RidgeInputs& inputs,
                                    const FoldInputs& fold,
                                    std::span<const TargetSet> sets) {
  std::vector<BlockLoss> losses;
  if (!fold.single) return losses;
  const auto blocks = training_parts(inputs, fold.fold);
  std::vector<std::size_t> every;
  for (const auto& block : blocks) {
    every.insert(every.end(), block.parts.begin(), block.parts.end());
  }
  const Inputs all = add_inputs(inputs, every);
  std::vector<Targets> all_targets;
  const Eigen::Index num_alphas = inputs.alphas().size();
  for (const auto& set : sets) {
    all_targets.push_back(add_targets(set, every));
    losses.push_back({Eigen::MatrixXd::Zero(num_alphas, set.targets.count()),
                      Eigen::MatrixXd::Zero(num_alphas, set.targets.count()),
                      Eigen::VectorXd::Zero(set.targets.count())});
  }
  for (const auto& block : blocks) {
    const HeldOut held = hold_out(inputs, fold, all, add_inputs(inputs, block.parts));
    if (!held.serves) return {};
    for (std::size_t s = 0; s < sets.size(); ++s) {
      add_block(held, all_targets[s], add_targets(sets[s], block.parts), losses[s]);
    }
  }
  return losses;
}

}  // namespace

std::vector<AlphaChoices> choose_by_blocks(const RidgeInputs& inputs,
                                           std::span<const TargetSet> sets,
                                           std::span<const int64_t> folds) {
  std::vector<AlphaChoices> made(sets.size());
  for (std::size_t f = 0; f < inputs.folds().size(); ++f) {
    const FoldInputs& fold = inputs.folds()[f];
    if (std::find(folds.begin(), folds.end(), fold.fold) == folds.end()) continue;
    const auto losses = block_losses(inputs, fold, sets);
    for (std::size_t s = 0; s < sets.size(); ++s) {
      const RidgeTargets& targets = sets[s].targets;
      std::vector<Eigen::Index> best(static_cast<std::size_t>(targets.count()), 0);
      std::vector<Eigen::Index> open;
      if (losses.empty()) {
        open.resize(best.size());
        std::iota(open.begin(), open.end(), 0);
      } else {
        best = best_alphas(losses[s].loss);
        open = close_calls(losses[s], best);
      }
      const auto settled = best_alphas(full_block_loss(inputs, fold.fold, targets, open));
      for (std::size_t i = 0; i < open.size(); ++i) {
        best[static_cast<std::size_t>(open[i])] = settled[i];
      }
      made[s].audit.decisions += targets.count();
      made[s].audit.in_double += std::ssize(open);
      const FoldTargets of_fold = describe_fold(inputs, f, targets, sets[s].products);
      made[s].folds.push_back(fit_choice(inputs, fold, targets, of_fold, std::move(best)));
    }
  }
  return made;
}

}  // namespace lockstep
