#pragma once

#include <memory>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/fold_fitter.h"
#include "aligner/ridge/banded_ridge.h"
#include "aligner/score_parts.h"
#include "aligner/subject_recordings.h"

namespace lockstep {

/// The input side of an encoding fit: the features of one layer, or of all layers side by side.
/// Features do not depend on the time after the word, so it is made once for all times.
///
/// Where a fold has fewer training words than features the dual side is taken, fold by fold, since
/// the scale of the features may be the fold's.
class EncodingInputs {
 public:
  /// `features` is words of the side x features, one set or one a fold (reduce --fit train).
  EncodingInputs(std::vector<Eigen::MatrixXd> features,
                 const SubjectGroup& side,
                 const Experiment& experiment);

  SolverAudit fit(const std::vector<RidgeTargets>& sensors,
                  FoldFitter::Want want,
                  const FoldFitter::Put& put) const;

  /// Whether `num_features` are more than the words that some fold trains on.
  static bool is_dual(int64_t num_features, const TrainingPlan& plan);

 private:
  struct OfFolds {
    std::vector<int64_t> folds;
    std::unique_ptr<FoldFitter> fitter;
  };
  std::vector<OfFolds> fitters_;
};

/// The place of a fit in a scores.h5, and what fits it: one of the two.
struct EncodingFit {
  std::size_t file = 0;  ///< of the call
  std::shared_ptr<const SubjectGroup> side;
  int64_t context = 0;  ///< of the file's header
  int64_t tap = 0;      ///< 0 if the layers are stacked
  std::unique_ptr<EncodingInputs> inputs;
  std::unique_ptr<BandedRidge> banded;
  BandWeights bands;  ///< of `banded`
};

/// What all parts of a batch of files share.
struct EncodingParts {
  const std::vector<AlignmentPlan>& plans;
  const SubjectRecordings& recordings;
  std::vector<EncodingFit> fits;
};

/// Reads the features of some files for a subject.
EncodingParts load_features(const std::vector<AlignmentPlan>& plans,
                            const SubjectRecordings& recordings,
                            const std::vector<std::size_t>& files,
                            std::size_t subject);
/// What load_features() holds of one file.
int64_t feature_bytes(const AlignmentPlan& plan, std::size_t subject);
/// What a worker needs beside that, at most.
int64_t encoding_bytes(const std::vector<AlignmentPlan>& plans, std::size_t subject);

/// Fits the times of a part, from the features to the sensors, each sensor standardised over the
/// words of the side. `values` as in decode_part().
SolverAudit encode_part(const EncodingParts& inputs,
                        const ScorePart& part,
                        const std::vector<std::unique_ptr<PartValues>>& values);

}  // namespace lockstep
