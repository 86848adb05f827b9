#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "aligner/ridge/alpha_choices.h"

namespace lockstep {

/// Everything that determines scores.h5 besides the input files. Text fields are as on the command
/// line.
struct AlignSettings {
  std::string preset = "strict";
  std::string folds = "story:5";       ///< a scheme[:k] or a file of `lockstep folds`
  std::string embargo = "auto";        ///< auto, or seconds
  std::string alphas = "1e-4:1e8:13";  ///< parse_alphas()
  std::string alpha_by = "block";      ///< loo or block
  std::string scale = "train";         ///< train, all, recording or none
  std::string times = "-2.5:3";        ///< seconds after word onset, or one time
  std::string time_end =
      "included";  ///< included or excluded: whether the last time belongs to the grid
  std::string words = "content";  ///< content, all, or a table with a column `word` of row numbers
  std::string where;              ///< word_expression.h
  std::string contexts = "all";   ///< names of contexts of the targets, or all
  std::string available =
      "common";  ///< common: the same words for every context; each: those of each context
  std::string sensors = "all";     ///< sensor_selection.h
  std::string solver = "default";  ///< default, certified, all or gcv: screen_rules()
  std::string r = "folds";  ///< folds: mean of r over folds; concatenated: one r over all of them
  bool generalise = false;  ///< fits are applied to every other time too
  std::string direction = "decode";  ///< decode: sensors to targets; encode: targets to sensors
  bool stack = false;                ///< encode: all layers are the features of one fit
  std::string bands;  ///< encode, stacked: parse_bands(), a penalty a layer; empty: one for all
  int64_t null_draws = 200;
  int64_t seed = 0;  ///< of the null's shifts

  /// All fields, for provenance and for the key of the work. Paths are reduced to file names.
  nlohmann::json to_json() const;
};

/// The names of the presets: paper (the text as printed), strict (what can be defended), legacy
/// (older public code of the same group).
const std::vector<std::string>& preset_names();

/// The settings of a preset. Throws Error(kCommandLine) for an unknown name.
///   paper    shuffled folds, no embargo, leave-one-out alphas, sensors scaled over all words
///   strict   folds of whole stories, embargo, alphas over held-out blocks, sensors scaled over the
///   training words legacy   random halves, 7 alphas, leave-one-out, no scaling (scale the
///   recording when it is imported), half-open times
AlignSettings preset_settings(const std::string& name);

/// How the solver named `solver` decides penalties by leave-one-out; none for "all", which computes
/// every loss in double precision.
///   default    estimates may be off by a tenth of what the worst case allows, audited
///   certified  estimates may be off by what the worst case allows (Cauchy-Schwarz)
///   gcv        an approximation: generalised cross-validation in place of leave-one-out
std::optional<ScreenRules> screen_rules(const std::string& solver);

/// Throws Error(kCommandLine) if a field that is one of a few words is another one, a count is
/// negative, or the solver does not go with the way alphas are chosen.
void check_settings(const AlignSettings& settings);

/// The embargo in seconds, or a negative number for "auto". Throws Error(kCommandLine).
double parse_embargo(const std::string& text);

}  // namespace lockstep
