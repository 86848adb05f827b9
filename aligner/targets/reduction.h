#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "aligner/targets/fit_words.h"
#include "base/schemas/targets_file.h"

namespace lockstep {

struct ReductionOptions {
  int64_t num_components = 50;
  FitWordsOptions fit = {};
  int num_threads = 1;
};

/// Words of one (fold, context, tap) that lie more than kOutlierDeviations from the mean on some
/// component, mean and deviation being those of the words of the fit. First tokens of a window are
/// attention sinks, so there can be many.
struct OutlierCount {
  std::string context;
  std::string tap;
  int64_t fold = -1;  ///< -1 where there is one fit for all
  int64_t count = 0;
  double farthest = 0;  ///< in standard deviations
};
inline constexpr double kOutlierDeviations = 5;

/// The contents of targets.h5.
struct Reduction {
  TargetsHeader header;  ///< without provenance, which the caller knows
  std::vector<TargetsFit> fits;
  std::vector<OutlierCount> outliers;  ///< one for each fit
};

/// Principal components of every (fold,) context and tap. Words whose context is not available get
/// NaN. Throws Error(kData) if a word that has tokens has a value that is not finite, and what
/// fit_principal_components and choose_fit_words throw.
Reduction reduce_activations(const ActivationsFile& activations,
                             const FitWordsSources& sources,
                             const ReductionOptions& options);

/// One line on the outliers of a reduction; empty if there are none.
std::string describe_outliers(const std::vector<OutlierCount>& outliers);

}  // namespace lockstep
