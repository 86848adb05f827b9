#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "aligner/align_settings.h"
#include "aligner/heard_words.h"
#include "aligner/null_shifts.h"
#include "aligner/ridge/ridge_cv.h"
#include "aligner/ridge/row_strata.h"
#include "aligner/ridge/training_cells.h"
#include "aligner/sensor_selection.h"
#include "aligner/target_table.h"
#include "aligner/time_grid.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/scores_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// The files that `lockstep align` reads.
struct AlignInputs {
  std::filesystem::path meg;
  std::filesystem::path targets;
  std::filesystem::path stimuli;  ///< folder written by `lockstep words`
};

/// What a subject contributes to a group of contexts: which words, and who trains on them.
struct SubjectGroup {
  std::vector<HeardWord> words;  ///< by block of the fold plan, then by recording and time
  TrainingPlan plan;             ///< rows are `words`
  RowStrata strata;              ///< of `plan`
  NullShifts shifts;

  /// Rows of words.tsv of `words`.
  std::vector<int64_t> rows() const;
};

/// Contexts that are fitted together because their words are the same.
struct ContextGroup {
  std::vector<int64_t> contexts;
  std::vector<int64_t> rows;        ///< of words.tsv, ascending: analysed for at least one subject
  std::vector<TargetScale> scales;  ///< by fit of the targets, over `rows`
  std::vector<SubjectGroup> subjects;
};

/// All that is decided before the first fit.
struct AlignmentPlan {
  AlignSettings settings;
  Words words;
  MegFile meg;
  TargetTable targets;
  FoldPlan folds;
  TimeGrid grid;
  SensorSelection sensors;
  RidgeOptions ridge;
  std::vector<ContextGroup> groups;
  ScoresHeader header;
  std::string key;  ///< hash of all that determines scores.h5
};

/// Reads the inputs, checks that they are of the same words, selects words, and says on stderr what
/// was decided and what was left out. Everything that is said is in the header too. Throws Error.
AlignmentPlan plan_alignment(const AlignInputs& inputs, const AlignSettings& settings);

}  // namespace lockstep
