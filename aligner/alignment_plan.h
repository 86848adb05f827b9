#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aligner/experiment.h"
#include "aligner/null_shifts.h"
#include "aligner/ridge/row_strata.h"
#include "aligner/target_table.h"
#include "base/schemas/scores_file.h"

namespace lockstep {

/// What a subject contributes to a group of contexts: which words, and who trains on them.
struct SubjectGroup {
  std::vector<HeardWord> words;  ///< by block of the fold plan, then by recording and time
  TrainingPlan plan;             ///< rows are `words`
  RowStrata strata;              ///< of `plan`
  NullShifts shifts;

  /// Rows of words.tsv of `words`.
  std::vector<int64_t> rows() const;
};

/// The input sides that a call needs, each once: where two target files or contexts leave a subject
/// the same words in the same folds, they share what is made of its recordings.
class InputSides {
 public:
  /// `made`, or the equal one that was kept before.
  std::shared_ptr<const SubjectGroup> share(std::size_t subject, SubjectGroup made);

 private:
  std::vector<std::pair<std::size_t, std::shared_ptr<const SubjectGroup>>> kept_;
};

/// Contexts that are fitted on the same words.
struct ContextGroup {
  std::vector<int64_t> contexts;
  std::vector<int64_t> rows;        ///< of words.tsv, ascending: analysed for at least one subject
  std::vector<TargetScale> scales;  ///< fit x context of the group x tap, over `rows`
  std::vector<std::shared_ptr<const SubjectGroup>> subjects;
};

/// All that is decided about one target file before the first fit.
struct AlignmentPlan {
  const Experiment& experiment;
  TargetTable targets;
  std::vector<ContextGroup> groups;
  ScoresHeader header;
  std::string key;  ///< hash of all that determines scores.h5

  /// The columns of one context of a group, standardised: words of `subject` x (tap, component).
  Eigen::MatrixXd standardised(const ContextGroup& group,
                               std::size_t context,
                               int64_t fit,
                               const SubjectGroup& subject) const;
  /// The columns of one of its taps.
  Eigen::MatrixXd standardised_tap(const ContextGroup& group,
                                   std::size_t context,
                                   int64_t fit,
                                   int64_t tap,
                                   const SubjectGroup& subject) const;
};

/// Opens a target file, checks that it is of the experiment's words, selects words, and says on
/// stderr what was decided and what was left out. Everything that is said is in the header too. The
/// key and the header do not depend on which other files `sides` serves. Throws Error.
AlignmentPlan plan_alignment(const Experiment& experiment,
                             const std::filesystem::path& targets,
                             InputSides& sides);

}  // namespace lockstep
