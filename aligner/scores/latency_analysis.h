#pragma once

#include <optional>
#include <span>
#include <vector>

#include "aligner/scores/peak_time.h"
#include "aligner/scores/quantile.h"
#include "aligner/scores/temporal_score.h"

namespace lockstep {

/// What the block bootstrap makes of one tap.
struct TapDraws {
  std::vector<Interval> score;  ///< of R, one a time
  std::vector<double> time_s;   ///< peak time of each draw; NaN where it has none
  std::vector<double> maximum;  ///< largest R inside the window of each draw
};

/// `scores` is draw x time. `level` is that of the intervals.
TapDraws summarise_draws(std::span<const double> scores,
                         std::span<const double> times_s,
                         const PeakRule& rule,
                         double level);

/// The curves of one condition and one subject (or of the average over subjects), and what the
/// bootstrap and the null make of them.
struct ScoreCurves {
  std::size_t num_taps = 0;
  std::size_t num_times = 0;
  std::vector<double> observed = {};  ///< tap x time
  std::vector<double> shifted =
      {};  ///< draw x tap x time, words shifted against the MEG; may be empty
  std::vector<TapDraws> taps = {};  ///< one a tap; may be empty

  std::size_t num_shifts() const { return shifted.size() / (num_taps * num_times); }
};

/// The mean over subjects: R is averaged first, draw by draw too, and only then are peaks looked
/// for. A value missing in one subject is missing in the mean. All have the same size, one at
/// least.
std::vector<double> mean_over_subjects(std::span<const std::vector<double>> subjects);

/// What becomes of a layer whose largest R lies below the null.
enum class BelowNull { kHasNoPeak, kIsFlagged };

struct LatencyOptions {
  PeakRule peak = {};
  double level = 0.95;                           ///< of every interval
  double null_level = 0.95;                      ///< share of null draws below the threshold
  BelowNull below_null = BelowNull::kHasNoPeak;  ///< preset strict: no peak; paper, legacy: flagged
};

/// What R reaches when the words are shifted against the MEG.
struct ShiftNull {
  double threshold =
      kNoScore;  ///< `null_level` of the draws have their largest R, of any tap and time inside
                 ///< the window, below it: so much of pure noise shows no layer at all
  std::vector<Interval> middle;  ///< one a time: the middle `level` over draws and taps
};

struct LayerPeak {
  PeakTime peak;  ///< time NaN if there is none, or none above the null (kHasNoPeak)
  Interval time_s;
  Interval maximum;
  std::optional<bool> above_null;  ///< nothing without a null
};

/// A line through peak times, and where the line of the draws lies.
struct FittedBand {
  std::vector<double> depth;
  std::vector<Interval> time_s;
};

struct LatencyAnalysis {
  std::optional<ShiftNull> null;
  std::vector<LayerPeak> layers;  ///< one a tap
  TemporalScore temporal;
  Interval r;
  Interval slope;
  Interval best_score;
  FittedBand band;           ///< empty where no line was fitted or there are no draws
  double best_r = kNoScore;  ///< largest R of any tap inside the window
  std::size_t best_tap = 0;
  double p_shift = kNoScore;  ///< of r, one-sided (later with depth), against words shifted: peaks
                              ///< and r of each draw anew
};

/// `depths` has one entry a tap, `times_s` one a sample. In bootstrap draws and shifted words the
/// peaks of the same layers are used as in the observed curves, without asking again whether they
/// lie above the null.
LatencyAnalysis analyse_latencies(const ScoreCurves& curves,
                                  std::span<const double> depths,
                                  std::span<const double> times_s,
                                  const LatencyOptions& options);

}  // namespace lockstep
