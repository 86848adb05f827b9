#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "aligner/simulation/simulation_options.h"
#include "base/schemas/targets_file.h"

namespace lockstep {

/// What the words of a simulation make the brain do. Features stand tap by tap: feature `tap *
/// num_components + component`.
struct PlantedFeatures {
  Eigen::MatrixXd
      values;  ///< word x feature: how strongly each source responds; 0 for words without targets
  Eigen::MatrixXd targets;  ///< word x feature: the standardised components, of which they are made
  std::vector<uint8_t> has_targets;  ///< word: whether it has components at the planted context
  int64_t num_taps = 0;
  int64_t num_components = 0;
  int64_t num_clipped = 0;  ///< values that lay beyond kLargestResponse
};

/// No response is stronger, in SD: without a bound the first tokens of a text, attention sinks,
/// would fill the recording.
inline constexpr double kLargestResponse = 5;

/// Index of the context `name` in `targets`, or of the longest one if `name` is empty ("all" is
/// longer than any number of words). Throws Error(kCommandLine) with the names that exist.
std::size_t find_context(const TargetsHeader& targets, const std::string& name);

/// Features of all taps at one context, each standardised (mean 0, SD 1) over the words that the
/// targets were fitted on, on which the components of a tap are uncorrelated, so that every tap is
/// planted with the same power; over all words that have targets if there was no fit. `num_words`
/// is the number of rows of words.tsv. Throws Error(kData) if the targets were fitted fold by fold,
/// or fewer than 2 words have any.
PlantedFeatures planted_features(const TargetsFile& targets,
                                 std::size_t context,
                                 int64_t num_words,
                                 Planting planting);

/// What of standardised features (words x features) is each one's own: Z (C + kUniqueRidge
/// I)^(-1/2) with C the covariance of Z over the words with `counts`, each column scaled to SD 1
/// over them. Without the ridge these are the uncorrelated features nearest to Z (symmetric
/// orthogonalisation: Loewdin 1950, "On the non-orthogonality problem"); it keeps directions in
/// which hundreds of features of hundreds of words scarcely vary from being blown up. What two taps
/// share is divided evenly between them, so the own part of each dominates it. (The other
/// candidate, what a tap adds to the taps before it, does not serve: most of every tap is already
/// in the first one, and all would peak at its latency.) A feature that does not vary is 0.
Eigen::MatrixXd unique_features(const Eigen::MatrixXd& standardised,
                                const std::vector<uint8_t>& counts);
inline constexpr double kUniqueRidge = 0.05;  ///< in variances of a feature

}  // namespace lockstep
