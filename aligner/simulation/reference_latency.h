#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "aligner/simulation/planted_features.h"
#include "aligner/simulation/word_responses.h"

namespace lockstep {

/// A word as align will look at it: a row of the targets and the sample nearest to its onset.
struct AnalysedWord {
  int64_t row = 0;
  int64_t sample = 0;
};

/// One recording of a subject: what was planted, and which words will be looked at.
struct AnalysedRecording {
  const WordResponses* responses = nullptr;
  std::vector<AnalysedWord> words;  ///< in order of sample
};

/// How well the components of each tap can be decoded, without noise, from what was planted: tap x
/// offset, for one subject.
///
/// At offset t, let u_j(w) be the activity of source j at the sample of word w plus t (responses of
/// the word and of its neighbours, filtered, with every delay), and z_i(w) the standardised
/// component i. A linear decoder that has seen enough words, in a background much stronger than the
/// responses whose noise is white across the sources' patterns, reaches the correlation r_i = |c_i|
/// / sigma with c_ij = cov(z_i, u_j) and sigma the noise: its direction is that of the covariance,
/// and ridge with the penalty that weak signals ask for does the same. So the strength is
///
///   g(tap, t) = mean over components i of sqrt( sum_j (c_ij^2 - v_j / n) ), negative sums counting
///   0,
///
/// where v_j = var(u_j) and v_j / n is what an unrelated source would give by chance with n words.
/// sigma is the same at all offsets and drops out of a peak time. Where components are shared
/// between taps (almost everywhere in a residual stream) the sum over j holds the responses of the
/// other taps too: this is the mixture.
Eigen::MatrixXd decoding_strength(const std::vector<AnalysedRecording>& recordings,
                                  const PlantedFeatures& features,
                                  double rate_hz,
                                  std::span<const int64_t> offsets,
                                  int num_threads);

/// Peak time of each tap by the rule of peak_time with its defaults; NaN where a tap has no
/// strength at all.
std::vector<double> reference_latencies(const Eigen::MatrixXd& strength,
                                        std::span<const int64_t> offsets,
                                        double rate_hz);

}  // namespace lockstep
