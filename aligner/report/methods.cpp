#include "aligner/report/methods.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "aligner/report/ancestry.h"
#include "base/error.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

// With fewer blocks a percentile interval rests on a few dozen different resamples.
constexpr int64_t kFewBlocks = 10;
constexpr double kOutlierLimitSd = 5;

Json rounded(double value, int decimals) {
  if (!std::isfinite(value)) return nullptr;
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}

std::string score_in_words(const std::string& direction) {
  const std::string what = direction == "encode" ? "sensor" : "component";
  return text(
      "Pearson correlation of each {} with its held-out prediction, averaged over {}s, then "
      "folds, then subjects",
      what,
      what);
}

std::string scale_in_words(const std::string& scale) {
  if (scale == "train") return "z-scored across training words for each sensor and time point";
  if (scale == "all") return "z-scored across all words for each sensor and time point";
  if (scale == "session") return "z-scored within each session for each sensor and time point";
  if (scale == "none") return "not scaled";
  return "scaled by \"" + scale + "\"";
}

std::string alpha_by_in_words(const std::string& alpha_by) {
  if (alpha_by == "loo") return "leave-one-out error within the training words";
  if (alpha_by == "gcv") {
    return "generalised cross-validation within the training words, an approximation of "
           "leave-one-out";
  }
  if (alpha_by == "block") return "held-out blocks of the training words";
  return alpha_by;
}

Json explained_range(const ScoresHeader& header) {
  double lo = INFINITY, hi = -INFINITY;
  for (const double share : header.explained) {
    if (!std::isfinite(share)) continue;
    lo = std::min(lo, share);
    hi = std::max(hi, share);
  }
  if (lo > hi) return nullptr;
  return {rounded(lo, 4), rounded(hi, 4)};
}

// As a sentence: notices are written as one-line messages are, in lower case and without a full
// stop. A first word that is a name, "sub-003", stays as it is.
void add_once(std::vector<std::string>& sentences, std::string sentence) {
  if (sentence.empty()) return;
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto word_end = std::min(sentence.find(' '), sentence.size());
  if (std::all_of(
          sentence.begin(), sentence.begin() + static_cast<std::ptrdiff_t>(word_end), is_letter)) {
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  }
  if (sentence.back() != '.') sentence += '.';
  if (std::find(sentences.begin(), sentences.end(), sentence) == sentences.end()) {
    sentences.push_back(sentence);
  }
}

std::string name_of(const Condition& condition) {
  return text("{}, context {}, {}{}",
              condition.model,
              condition.context.name,
              condition.folds,
              condition.control.empty() ? "" : ", control " + condition.control);
}

// Tallies the penalties of one file by their place in the grid; alphas are stored as float32.
void tally_alphas(const ScoresInput& input,
                  const std::vector<double>& grid,
                  std::vector<int64_t>& count) {
  for (std::size_t subject = 0; subject < input.header().subjects.size(); ++subject) {
    for (std::size_t context = 0; context < input.header().contexts.size(); ++context) {
      for (const float alpha : input.file->alpha(subject, context)) {
        if (!(alpha > 0)) continue;
        std::size_t nearest = 0;
        for (std::size_t i = 1; i < grid.size(); ++i) {
          const double now = std::abs(std::log(grid[i] / static_cast<double>(alpha)));
          const double best = std::abs(std::log(grid[nearest] / static_cast<double>(alpha)));
          if (now < best) nearest = i;
        }
        ++count[nearest];
      }
    }
  }
}

}  // namespace

const ScoresHeader& result_header(const std::vector<ScoresInput>& inputs) {
  const ScoresHeader* any = nullptr;
  for (const ScoresInput& input : inputs) {
    if (!input.control().empty()) continue;
    if (!input.is_shuffled()) return input.header();
    if (any == nullptr) any = &input.header();
  }
  if (any == nullptr) fail(Blame::kProgram, "report: controls alone; a result at least");
  return *any;
}

Json methods_data(const std::vector<ScoresInput>& inputs, const AnalysisOptions& options) {
  const ScoresHeader& header = result_header(inputs);
  const Provenance& from = header.provenance;
  const double rate_hz =
      static_cast<double>(header.rate_numerator) / static_cast<double>(header.rate_denominator);
  nlohmann::json band = option_of(from, "import", {"band", "band_hz"});
  if (band.is_null()) band = option_of(from, "simulate", {"band", "band_hz"});
  if (!band.is_array() || band.size() != 2) band = nullptr;
  Json alphas = Json::array();
  if (!header.alphas.empty()) {
    const auto [lo, hi] = std::minmax_element(header.alphas.begin(), header.alphas.end());
    alphas = {*lo, *hi, header.alphas.size()};
  }
  return {{"stimuli", option_of(from, "words", {"stimuli", "text", "name"})},
          {"sensors", header.num_sensors},
          {"band", band},
          {"rate", rounded(rate_hz, 3)},
          {"components",
           header.direction == "encode" ? Json(option_of(from, "reduce", {"pca", "components"}))
                                        : Json(header.num_components)},
          {"explained", explained_range(header)},
          {"pca_fit", option_of(from, "reduce", {"fit"})},
          {"pooling", option_of(from, "extract", {"pool", "pooling"})},
          {"bos", option_of(from, "extract", {"bos"})},
          {"windows", option_of(from, "extract", {"windows"})},
          {"dtype", option_of(from, "extract", {"dtype"})},
          {"words_selection", header.words_selection},
          {"where", header.where.empty() ? Json(nullptr) : Json(header.where)},
          {"n_folds", header.num_folds},
          {"embargo", rounded(header.embargo_s, 3)},
          {"alphas", alphas},
          {"alpha_by", alpha_by_in_words(header.alpha_by)},
          {"score", score_in_words(header.direction)},
          {"threshold", options.peak.threshold},
          {"scale", scale_in_words(header.scale)}};
}

Json words_data(const ScoresHeader& header) {
  Json steps = Json::array();
  for (const WordStep& step : header.word_steps) {
    steps.push_back({{"what", step.what}, {"count", step.count}});
  }
  return {{"rows", header.num_rows},
          {"matched", header.num_matched},
          {"analysed", header.num_analysed},
          {"steps", steps},
          {"outliers", {{"limit_sd", kOutlierLimitSd}, {"count", header.num_outliers}}}};
}

Json alpha_data(const std::vector<ScoresInput>& inputs) {
  const ScoresHeader& header = result_header(inputs);
  std::vector<double> grid = header.alphas;
  std::sort(grid.begin(), grid.end());
  if (grid.size() < 2 || !(grid.front() > 0)) return nullptr;
  std::vector<int64_t> count(grid.size(), 0);
  int64_t total = 0;
  for (const ScoresInput& input : inputs) {
    if (!input.control().empty() || input.header().folds != header.folds) continue;
    if (input.header().alphas == header.alphas) tally_alphas(input, grid, count);
  }
  for (const int64_t chosen : count) total += chosen;
  if (total == 0) return nullptr;
  Json edges = Json::array(), share = Json::array();
  for (std::size_t i = 0; i < grid.size(); ++i) {
    edges.push_back(rounded(std::log10(grid[i]), 2));
    share.push_back(rounded(static_cast<double>(count[i]) / static_cast<double>(total), 6));
  }
  return {{"edges_log10", edges}, {"share", share}};
}

std::string interval_in_words(const Condition& condition) {
  if (condition.num_draws == 0) {
    return condition.num_blocks < 2 ? "no bootstrap: fewer than two blocks of words"
                                    : "no bootstrap was asked for";
  }
  return text("block bootstrap over {} blocks of words, peak times recomputed in each draw",
              condition.num_blocks);
}

std::vector<std::string> notices_of(const std::vector<ScoresInput>& inputs,
                                    const std::vector<Condition>& conditions,
                                    const AnalysisOptions& options) {
  // The draws of which one alone may lie above the level; as upper_threshold has it.
  const double fewest_null_draws = std::ceil(1 / (1 - options.null_level) - 1 - 1e-9);
  std::vector<std::string> notices;
  for (const ScoresInput& input : inputs) {
    for (const std::string& notice : input.header().notices) add_once(notices, notice);
    int64_t dropped = 0;
    for (const WordStep& step : input.header().word_steps) dropped += step.count;
    const int64_t left = input.header().num_rows - dropped;
    if (left == input.header().num_analysed) continue;
    add_once(notices,
             text("{}: {} words less the {} dropped for a reason are {}, yet {} were analysed.",
                  input.path.filename(),
                  input.header().num_rows,
                  dropped,
                  left,
                  input.header().num_analysed));
  }
  for (const Condition& condition : conditions) {
    if (condition.num_draws == 0) {
      add_once(notices, "No intervals: " + interval_in_words(condition) + ".");
    } else if (condition.num_blocks < kFewBlocks) {
      add_once(
          notices,
          text("Intervals rest on {} blocks of words: so few make them rough, and they tend to "
               "be too narrow.",
               condition.num_blocks));
    }
    if (!condition.without_scores.empty()) {
      add_once(notices,
               text("{}: no scores of {}; the average is over the others.",
                    name_of(condition),
                    join(condition.without_scores, ", ")));
    }
    const auto num_null_draws = static_cast<double>(condition.num_null_draws);
    if (num_null_draws > 0 && num_null_draws < fewest_null_draws) {
      add_once(
          notices,
          text("The null has {} draws: too few for a {} % point, so its largest R stands in for "
               "it.",
               condition.num_null_draws,
               100 * options.null_level));
    }
  }
  const bool has_honest = std::any_of(inputs.begin(), inputs.end(), [](const ScoresInput& input) {
    return input.control().empty() && !input.is_shuffled();
  });
  if (!has_honest) {
    add_once(notices, "Shuffled folds stand alone here: no result over honest folds was given.");
  }
  return notices;
}

}  // namespace lockstep
