#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/hdf5_reader.h"
#include "base/provenance.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/tap_axis.h"

namespace lockstep {

/// The sums of a block's test words, in the order of the axis `stat`: observed y, predicted p.
enum class ScoreSum { kY, kYY, kP, kPP, kYP, kN };
inline constexpr std::array<const char*, 6> kScoreSumNames = {"y", "yy", "p", "pp", "yp", "n"};
inline constexpr std::size_t kNumScoreSums = kScoreSumNames.size();

/// A step that took words away, for the report: "function words", 43188.
struct WordStep {
  std::string what;
  int64_t count = 0;
};

/// Everything in scores.h5 but the sums, alphas, scores and nulls.
struct ScoresHeader {
  ModelInfo model;
  std::string direction = "decode";  ///< or "encode"
  std::vector<std::string> subjects;
  std::vector<ContextInfo> contexts;
  std::vector<TapInfo> taps;
  std::vector<int64_t> block_fold;  ///< fold of each block; -1: never tested
  int64_t num_folds = 0;
  int64_t num_components = 0;
  std::vector<std::string> sensors = {};  ///< direction encode: their names, one a component
  std::vector<std::string> bands = {};    ///< of a banded fit; else empty
  std::vector<double> times_s;            ///< after word onset
  int64_t time_first = 0;  ///< times are (time_first + k) * rate_denominator / rate_numerator
  int64_t rate_numerator = 30;
  int64_t rate_denominator = 1;
  int64_t num_null_draws = 0;
  int64_t num_sensors = 0;
  std::vector<double> alphas;        ///< the grid
  std::vector<int64_t> n_train;      ///< subject x fold
  std::vector<int64_t> n_test;       ///< subject x fold
  std::vector<WordStep> word_steps;  ///< rows of words.tsv minus these is what was analysed
  int64_t num_rows = 0;              ///< rows of words.tsv
  int64_t num_matched = 0;           ///< of these with a span
  int64_t num_analysed = 0;
  int64_t num_outliers = 0;  ///< words beyond 5 SD on a component
  std::string preset = "strict";
  std::string folds = "block";  ///< scheme of the plan
  std::string alpha_by = "loo";
  std::string scale = "train";
  std::string r = "folds";   ///< folds: score is the mean of r over folds; concatenated: r over all
  bool generalises = false;  ///< whether there is generalisation(...)
  std::string words_selection = "content";
  std::string where;
  double embargo_s = 0;
  std::string words_sha256;
  std::string folds_sha256;
  std::vector<std::string> notices;  ///< sentences that the report must print
  std::vector<double>
      explained;  ///< context x tap: share of variance the components hold; NaN if unknown
  Provenance provenance;
  std::unique_ptr<PlantedTruth> truth;  ///< copied from meg.h5

  /// block_fold as scores are made of it: with r = concatenated every tested block is of fold 0.
  std::vector<int64_t> scored_folds() const;
};

/// Layout, all contiguous and filled in later at dataset_offset():
///
///   sums(subject, context, block, tap, component, time, stat)  float64
///   alpha(subject, context, fold, tap, component, time)        float32; NaN where not fitted
///   score(subject, context, tap, time)                         float32; over folds and components
///   score_component(subject, context, tap, component, time)    float32; mean over folds
///   null_score(subject, context, draw, tap, time)              float32; as score, words shifted
///   generalisation(subject, context, tap, time, test_time)     float32; as score, of the fits of
///                                                              `time` on the sensors at test_time
///
///   r2(subject, context, tap, component, time)                 float32; over all test words
///   r2_unique(subject, context, band, component, time)         float32; r2 less that without a
///   band band_penalty(subject, context, fold, band, component, time) float32; infinite: band not
///   used
///
/// With direction "encode" a component is a sensor, named in component_name(component). With
/// stacked layers the axis `tap` has one entry, "stacked". A draw of the null shifts the words
/// alike for every subject, context and time; it is rescored, not refitted, and widened for that
/// (aligner/null_shifts.h). Absent with num_null_draws 0, as generalisation is unless `generalises`
/// and the last three are without bands.
void lay_out_scores(const std::filesystem::path& file, const ScoresHeader& header);

class ScoresFile {
 public:
  explicit ScoresFile(const std::filesystem::path& file);
  const ScoresHeader& header() const { return header_; }
  /// block x component x time x stat of one (subject, context, tap).
  std::vector<double> sums(std::size_t subject, std::size_t context, std::size_t tap) const;
  /// tap x time
  std::vector<float> score(std::size_t subject, std::size_t context) const;
  /// draw x tap x time; empty without draws
  std::vector<float> null_score(std::size_t subject, std::size_t context) const;
  /// tap x time x test time; empty unless the header generalises
  std::vector<float> generalisation(std::size_t subject, std::size_t context) const;
  /// tap x component x time
  std::vector<float> score_component(std::size_t subject, std::size_t context) const;
  /// tap x component x time; band x component x time; both empty without bands
  std::vector<float> r2(std::size_t subject, std::size_t context) const;
  std::vector<float> r2_unique(std::size_t subject, std::size_t context) const;
  /// fold x band x component x time; empty without bands
  std::vector<float> band_penalty(std::size_t subject, std::size_t context) const;
  /// fold x tap x component x time
  std::vector<float> alpha(std::size_t subject, std::size_t context) const;

 private:
  Hdf5Reader file_;
  ScoresHeader header_;
};

}  // namespace lockstep
