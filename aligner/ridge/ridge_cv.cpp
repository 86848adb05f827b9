#include "aligner/ridge/ridge_cv.h"

#include <utility>

#include "base/error.h"

namespace lockstep {

RidgeCv::RidgeCv(InputRows x, const TrainingPlan& plan, RidgeOptions options)
    : plan_(plan), options_(std::move(options)), x_(std::move(x)) {
  alphas_ = Eigen::Map<const Eigen::VectorXd>(options_.alphas.data(),
                                              static_cast<Eigen::Index>(options_.alphas.size()));
  offset_ = x_.colwise().mean().transpose();
  x_.rowwise() -= offset_.transpose();
  moments_ = input_moments(x_, plan_.cells);
  for (const auto& of_cell : moments_) all_ += of_cell;
}

std::vector<CrossMoments> RidgeCv::cross(const Eigen::MatrixXd& y) const {
  return cross_moments(x_, y, plan_.cells);
}

FoldFit RidgeCv::fit(int64_t fold,
                     const Eigen::MatrixXd& y,
                     const std::vector<CrossMoments>& cross) const {
  const CellSet training{fold};
  const InputMoments inputs = total(moments_, plan_.cells, training);
  const CrossMoments targets = total(cross, plan_.cells, training);
  const Eigen::VectorXd scale = input_scale(options_.scale, inputs, all_, offset_);
  const EigenBasis basis = make_eigen_basis(inputs, scale);
  const Eigen::MatrixXd words = basis.coordinates(x_);
  const Eigen::VectorXd mean_y = targets.sum / inputs.count;
  Eigen::MatrixXd beta = project_cross(basis, inputs, targets);

  FoldFit fit;
  std::vector<Eigen::Index> best(static_cast<std::size_t>(y.cols()), 0);
  if (alphas_.size() > 1) {
    switch (options_.alpha_by) {
      case AlphaBy::kLeaveOneOut:
        fit.loss =
            leave_one_out_loss(basis, words, plan_.training_rows(fold), y, mean_y, beta, alphas_);
        break;
      case AlphaBy::kBlock:
        fit.loss = held_out_block_loss(
            {plan_.cells, moments_, cross}, fold, plan_.training_blocks(fold), scale, alphas_);
        break;
      case AlphaBy::kGeneralised:
        fit.loss = generalised_loss(basis.values,
                                    inputs.count,
                                    beta,
                                    targets.squares - inputs.count * mean_y.cwiseAbs2(),
                                    alphas_);
        break;
    }
    best = best_alphas(fit.loss);
  }
  for (Eigen::Index target = 0; target < y.cols(); ++target) {
    const double alpha = alphas_[best[static_cast<std::size_t>(target)]];
    fit.alpha.push_back(alpha);
    beta.col(target).array() /= basis.values.array() + alpha;
  }
  for (const int64_t block : plan_.test_blocks(fold)) {
    const auto& range = plan_.block_rows[static_cast<std::size_t>(block)];
    Eigen::MatrixXd predicted;
    predicted.noalias() = words.middleRows(range.begin, range.size()) * beta;
    predicted.rowwise() += mean_y.transpose();
    fit.predicted.push_back(std::move(predicted));
  }
  return fit;
}

void check_training_plan(const TrainingPlan& plan,
                         const RidgeOptions& options,
                         const std::string& subject) {
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    if (plan.num_test(fold) == 0) continue;
    if (const int64_t count = plan.num_training(fold); count < 3) {
      fail(Blame::kData,
           "{}: fold {} trains on {} words; wanted 3 or more (a smaller --embargo or other folds)",
           subject,
           fold,
           count);
    }
    const auto blocks = std::ssize(plan.training_blocks(fold));
    if (options.alpha_by == AlphaBy::kBlock && options.alphas.size() > 1 && blocks < 2) {
      fail(Blame::kData,
           "{}: fold {} trains on {} block; --alpha-by block wants 2 or more (or --alpha-by loo)",
           subject,
           fold,
           blocks);
    }
  }
}

}  // namespace lockstep
