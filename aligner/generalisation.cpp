#include "aligner/generalisation.h"

#include <cmath>
#include <limits>

#include "aligner/block_scores.h"
#include "aligner/time_scores.h"
#include "base/workers.h"

namespace lockstep {
namespace {

/// The rows that a fold tests, as one cell.
TrainingCell test_cell(const TrainingPlan& plan, int64_t fold) {
  TrainingCell cell;
  for (const int64_t block : plan.test_blocks(fold)) {
    cell.rows.push_back(plan.block_rows[static_cast<std::size_t>(block)]);
  }
  return cell;
}

Eigen::MatrixXd observed(const SubjectTargets& targets, const SubjectGroup& side, int64_t fold) {
  const auto set = targets.y.size() > 1 ? static_cast<std::size_t>(fold) : 0;
  return targets.y[set].values(side.strata, {0, side.plan.num_rows});
}

}  // namespace

/// A fold's fit: p = constant + coefficients' (x + offset), x centred at the time it is applied to.
struct Generalisation::Model {
  Eigen::MatrixXd coefficients;  ///< sensors x targets
  Eigen::VectorXd constant;      ///< targets, where x + offset is 0
  Eigen::VectorXd offset;        ///< of the time of the fit

  /// What block_sums() gives of predictions on the words of `sums`, at a time with that offset.
  ScoreSums apply(const FoldSums& sums,
                  std::size_t target_set,
                  const Eigen::VectorXd& test_offset) const {
    const CrossMoments& targets = sums.targets[target_set];
    const double n = sums.inputs.count;
    const Eigen::ArrayXd c = constant + coefficients.transpose() * (test_offset - offset);
    const Eigen::ArrayXd bs = coefficients.transpose() * sums.inputs.sum;
    Eigen::MatrixXd gram_b(coefficients.rows(), coefficients.cols());
    gram_b.noalias() = sums.inputs.gram * coefficients;
    const Eigen::ArrayXd bgb =
        coefficients.cwiseProduct(gram_b).colwise().sum().transpose().array();
    const Eigen::ArrayXd bc =
        coefficients.cwiseProduct(targets.cross).colwise().sum().transpose().array();
    ScoreSums made(coefficients.cols(), static_cast<int>(kNumScoreSums));
    const auto put = [&](ScoreSum sum, const Eigen::ArrayXd& value) {
      made.col(static_cast<Eigen::Index>(sum)) = value.matrix();
    };
    put(ScoreSum::kY, targets.sum.array());
    put(ScoreSum::kYY, targets.squares.array());
    put(ScoreSum::kP, n * c + bs);
    put(ScoreSum::kPP, n * c.square() + 2 * c * bs + bgb);
    put(ScoreSum::kYP, c * targets.sum.array() + bc);
    put(ScoreSum::kN, Eigen::ArrayXd::Constant(c.size(), n));
    return made;
  }
};

Generalisation::Generalisation(const Experiment& experiment,
                               const SubjectRecordings& recordings,
                               const SideTargets& side,
                               int num_workers)
    : experiment_(experiment),
      recordings_(recordings),
      side_(side),
      times_(static_cast<std::size_t>(experiment.grid.count)) {
  for_each_item(experiment.grid.count, num_workers, [&](int64_t time, int) {
    times_[static_cast<std::size_t>(time)] = sums_at(time);
  });
}

Generalisation::Inputs Generalisation::inputs_at(int64_t time) const {
  Inputs made;
  made.x = recordings_.gather(side_.side->words, experiment_.grid.first + time);
  made.offset = made.x.colwise().mean().transpose();
  made.x.rowwise() -= made.offset.transpose();
  if (experiment_.ridge.scale != InputScale::kAll) return made;
  TrainingCell all;
  all.rows = {{0, made.x.rows()}};
  const Eigen::VectorXd scale = inverse_deviation(input_moments(made.x, {all})[0], made.offset);
  made.x = made.x * scale.asDiagonal();
  made.offset.setZero();
  return made;
}

Generalisation::TimeSums Generalisation::sums_at(int64_t time) const {
  const Inputs inputs = inputs_at(time);
  TimeSums made{inputs.offset, {}};
  for (int64_t fold = 0; fold < side_.side->plan.num_folds; ++fold) {
    const std::vector<TrainingCell> cell = {test_cell(side_.side->plan, fold)};
    FoldSums sums{input_moments(inputs.x, cell)[0], {}};
    for (const auto& targets : side_.targets) {
      sums.targets.push_back(
          cross_moments(inputs.x, observed(targets, *side_.side, fold), cell)[0]);
    }
    made.folds.push_back(std::move(sums));
  }
  return made;
}

Generalisation::Model Generalisation::refit(const Inputs& inputs,
                                            const SubjectTargets& targets,
                                            int64_t fold,
                                            const Eigen::VectorXd& alpha) const {
  TrainingCell training;
  training.rows = side_.side->plan.training_rows(fold);
  const InputMoments moments = input_moments(inputs.x, {training})[0];
  const CrossMoments cross =
      cross_moments(inputs.x, observed(targets, *side_.side, fold), {training})[0];
  const bool by_train = experiment_.ridge.scale == InputScale::kTrain;
  const Eigen::VectorXd scale =
      by_train ? inverse_deviation(moments, inputs.offset) : Eigen::VectorXd::Ones(inputs.x.cols());
  const EigenBasis basis = make_eigen_basis(moments, scale);
  Eigen::MatrixXd beta = project_cross(basis, moments, cross);
  for (Eigen::Index target = 0; target < beta.cols(); ++target) {
    beta.col(target).array() /= basis.values.array() + alpha[target];
  }
  Model model{basis.projection * beta, {}, inputs.offset};
  model.constant = cross.sum / moments.count - model.coefficients.transpose() * basis.mean;
  return model;
}

void Generalisation::put(const ScoresHeader& header,
                         const SubjectTargets& targets,
                         int64_t lag_index,
                         const Eigen::MatrixXd& alpha,
                         int64_t time_in_part,
                         PartValues& values) const {
  const auto target_set = static_cast<std::size_t>(&targets - side_.targets.data());
  const Inputs inputs = inputs_at(lag_index);
  std::vector<int64_t> folds;
  std::vector<Model> models;
  for (int64_t fold = 0; fold < alpha.rows(); ++fold) {
    if (side_.side->plan.num_test(fold) == 0) continue;
    folds.push_back(fold);
    models.push_back(refit(inputs, targets, fold, alpha.row(fold).transpose()));
  }
  const ScoreAxes axes(header);
  const bool concatenated = header.r == "concatenated";
  Eigen::MatrixXd r(concatenated ? 1 : std::ssize(folds), axes.columns());
  for (std::size_t test = 0; test < times_.size(); ++test) {
    ScoreSums all = ScoreSums::Zero(axes.columns(), static_cast<int>(kNumScoreSums));
    for (std::size_t f = 0; f < folds.size(); ++f) {
      const TimeSums& at = times_[test];
      const auto fold = static_cast<std::size_t>(folds[f]);
      const ScoreSums sums = models[f].apply(at.folds[fold], target_set, at.offset);
      all += sums;
      if (!concatenated) r.row(static_cast<Eigen::Index>(f)) = correlations(sums).transpose();
    }
    if (concatenated) r.row(0) = correlations(all).transpose();
    for (int64_t tap = 0; tap < axes.taps; ++tap) {
      values.set(ScoreVariable::kGeneralisation,
                 targets.context * axes.taps + tap,
                 time_in_part,
                 mean_of_defined(r.middleCols(tap * axes.components, axes.components)),
                 static_cast<int64_t>(test));
    }
  }
}

int64_t Generalisation::bytes(const AlignmentPlan& plan, std::size_t subject) {
  const int64_t sensors = std::ssize(plan.experiment.sensors.sensors);
  int64_t bytes = 0;
  for (const auto& group : plan.groups) {
    const int64_t folds = group.subjects[subject]->plan.num_folds;
    bytes += plan.experiment.grid.count * folds * sensors *
             (sensors + std::ssize(group.contexts) * plan.targets.columns_per_context()) * 8;
  }
  return bytes;
}

}  // namespace lockstep
