#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "aligner/decoding.h"

namespace lockstep {

/// Temporal generalisation (King and Dehaene 2014, "Characterizing the dynamics of mental
/// representations: the temporal generalization method"): what is fitted at one time is applied at
/// every other. The scores follow from sums over the test words alone,
///   sum p = n c + B's,  sum p^2 = n c^2 + 2 c B's + diag(B'G B),  sum y p = c sum y + diag(B'C),
/// p = c + B'x the prediction, s, G and C the sums of x, x x' and x y' at the test time; so no word
/// is predicted.
///
/// The fit keeps the scale of its own time, as a pipeline with a scaler does, except with --scale
/// all: there every sensor is z-scored at every time before anything is fitted.
class Generalisation {
 public:
  /// Sums over the test words of every fold at every time, for all targets of a side. `side` must
  /// outlive this.
  Generalisation(const Experiment& experiment,
                 const SubjectRecordings& recordings,
                 const SideTargets& side,
                 int num_workers);

  /// Refits one target set of the side at a time with the penalties `alpha` (fold x target; NaN
  /// where the fold tests nothing), and puts its taps' scores at every time into the part.
  void put(const ScoresHeader& header,
           const SubjectTargets& targets,
           int64_t lag_index,
           const Eigen::MatrixXd& alpha,
           int64_t time_in_part,
           PartValues& values) const;

  /// What the sums take for one file.
  static int64_t bytes(const AlignmentPlan& plan, std::size_t subject);

 private:
  /// Inputs at one time: centred, and z-scored with --scale all.
  struct Inputs {
    InputRows x;
    Eigen::VectorXd offset;  ///< what was taken off, in the units of `x`
  };
  /// Sums over the test words of a fold.
  struct FoldSums {
    InputMoments inputs;
    std::vector<CrossMoments> targets;  ///< by target set of the side
  };
  struct TimeSums {
    Eigen::VectorXd offset;
    std::vector<FoldSums> folds;
  };
  struct Model;

  Inputs inputs_at(int64_t time) const;
  TimeSums sums_at(int64_t time) const;
  Model refit(const Inputs& inputs,
              const SubjectTargets& targets,
              int64_t fold,
              const Eigen::VectorXd& alpha) const;

  const Experiment& experiment_;
  const SubjectRecordings& recordings_;
  const SideTargets& side_;
  std::vector<TimeSums> times_;
};

}  // namespace lockstep
