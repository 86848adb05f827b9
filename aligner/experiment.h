#pragma once

#include <filesystem>
#include <vector>

#include "aligner/align_settings.h"
#include "aligner/heard_words.h"
#include "aligner/ridge/ridge_cv.h"
#include "aligner/sensor_selection.h"
#include "aligner/time_grid.h"
#include "aligner/word_selection.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// The files that `lockstep align` reads.
struct AlignInputs {
  std::filesystem::path meg;
  std::vector<std::filesystem::path> targets;  ///< one scores.h5 each
  std::filesystem::path stimuli;               ///< folder written by `lockstep words`
};

/// What is decided before any target is looked at: shared by all target files of a call.
struct Experiment {
  AlignSettings settings;
  Words words;
  MegFile meg;
  FoldPlan folds;
  TimeGrid grid;
  SensorSelection sensors;
  RidgeOptions ridge;
  WordSelection selection;          ///< left by --words and --where
  std::vector<SubjectWords> heard;  ///< by subject
  std::vector<Provenance> parents;  ///< recordings, words, and the fold plan if it is a file
};

/// Reads words and recordings, once, and checks that they belong together. Throws Error.
Experiment plan_experiment(const AlignInputs& inputs, const AlignSettings& settings);

}  // namespace lockstep
