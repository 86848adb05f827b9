#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/schemas/scores_file.h"

namespace lockstep {

/// A scores.h5 and what it is on the page.
struct ScoresInput {
  std::filesystem::path path;
  std::unique_ptr<ScoresFile> file;

  const ScoresHeader& header() const { return file->header(); }
  /// What the simulation planted in place of an order: "noise", "common", ...; empty for a result.
  std::string control() const;
  /// Of a result over folds of neighbouring words, which share their context: shown beside honest
  /// folds only.
  bool is_shuffled() const { return header().folds == "shuffled"; }
  /// The model's name, "untrained" added where it is.
  std::string model_name() const;
};

/// Opens the files and checks that one page can show them: the same subjects and times; for one
/// model the same taps; no (model, context, folds, control) twice; one file at least that is no
/// control. Throws Error(kData) naming both files where two disagree.
std::vector<ScoresInput> open_scores(const std::vector<std::filesystem::path>& paths);

}  // namespace lockstep
