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

/// The features of unit covariance that lie nearest to `standardised` (words x features, mean 0) in
/// the sum of squares, over the words with `counts`: Z C^(-1/2) with C the covariance of Z over
/// these words (symmetric orthogonalisation: Loewdin 1950, "On the non-orthogonality problem").
/// Directions with less than 1e-6 of the largest variance are left out. What two taps share is
/// divided evenly among their features, so the own part of each tap dominates it. (The alternative,
/// what a tap adds to the taps before it, does not serve: most of every tap is already in the first
/// one, and all would peak at its latency.)
Eigen::MatrixXd unique_features(const Eigen::MatrixXd& standardised,
                                const std::vector<uint8_t>& counts);

}  // namespace lockstep
