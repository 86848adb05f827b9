#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

#include "aligner/ridge/alpha_loss.h"
#include "aligner/ridge/eigen_basis.h"
#include "aligner/ridge/moments.h"
#include "aligner/ridge/training_cells.h"

namespace lockstep {

struct RidgeOptions {
  std::vector<double> alphas;  ///< ascending
  AlphaBy alpha_by = AlphaBy::kLeaveOneOut;
  InputScale scale = InputScale::kTrain;
};

/// What a fold gives.
struct FoldFit {
  std::vector<double> alpha;  ///< by target
  Eigen::MatrixXd loss;       ///< alphas x targets; empty with a single alpha
  /// The fold's test blocks in the order of TrainingPlan::test_blocks, each rows x targets.
  std::vector<Eigen::MatrixXd> predicted;
};

/// Penalised regression of many targets on one set of inputs, a penalty a target, fold by fold.
/// With AlphaBy::kLeaveOneOut and InputScale::kTrain a fold is, to rounding,
///   make_pipeline(StandardScaler(), RidgeCV(alphas, alpha_per_target=True, cv=None,
///   fit_intercept=True))
/// of scikit-learn 1.9 on its training rows: the same alphas (ties within 1e-9 of the loss apart),
/// the same predictions. Everything is float64. What depends on the inputs alone is made once and
/// serves all targets and folds.
class RidgeCv {
 public:
  /// `x` is rows x sensors and finite; it is centred in place of its own mean first, so large
  /// offsets cost no digits. `plan` must outlive this.
  RidgeCv(InputRows x, const TrainingPlan& plan, RidgeOptions options);

  /// Sums of the inputs against `y` (rows x targets, finite), cell by cell: what every fold needs
  /// of these targets.
  std::vector<CrossMoments> cross(const Eigen::MatrixXd& y) const;

  /// `cross` is cross(y). The plan must have passed check_training_plan().
  FoldFit fit(int64_t fold, const Eigen::MatrixXd& y, const std::vector<CrossMoments>& cross) const;

 private:
  const TrainingPlan& plan_;
  RidgeOptions options_;
  Eigen::VectorXd alphas_;
  Eigen::VectorXd offset_;  // what was taken off x
  InputRows x_;
  std::vector<InputMoments> moments_;  // by cell
  InputMoments all_;
};

/// Throws Error(kData), naming `subject` and the fold, if a fold that tests words cannot be
/// trained.
void check_training_plan(const TrainingPlan& plan,
                         const RidgeOptions& options,
                         const std::string& subject);

}  // namespace lockstep
