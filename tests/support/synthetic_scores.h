#pragma once

#include <algorithm>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "base/hdf5_writer.h"
#include "base/random_stream.h"
#include "base/schemas/scores_file.h"

namespace lockstep::testing {

/// A scores.h5 whose curves are known: bumps of a given height at given latencies, written as sums
/// that have exactly that correlation up to a little noise a block.
struct SyntheticScores {
  std::string model = "SmolLM2-135M";
  std::vector<std::string> subjects = {"sub-01", "sub-02", "sub-03"};
  std::vector<ContextInfo> contexts = {{"1", 1}, {"50", 50}};
  std::size_t num_taps = 5;
  std::size_t num_components = 4;
  int64_t time_first = -15;
  std::size_t num_times = 61;
  std::vector<int64_t> block_fold = {0, 1, 2, 3, 4, 0};
  std::string folds = "block";
  std::string preset = "strict";
  std::string direction = "decode";
  std::string null = {};  ///< of the planted truth
  bool simulated = true;
  double start_s = 0.15;  ///< latency at depth 0
  double slope = 0.4;     ///< seconds per unit of depth
  double height = 0.06;   ///< R at the peak
  double noise = 0.004;   ///< of r, a block, component and time
  int64_t num_null_draws = 100;
  double null_noise = 0.002;
  uint64_t seed = 1;
  std::vector<std::string> notices = {};
  std::vector<std::string> missing_subjects = {};  ///< their sums hold no words

  std::vector<double> depths() const {
    std::vector<double> all;
    for (std::size_t tap = 0; tap < num_taps; ++tap) {
      all.push_back(static_cast<double>(3 * (tap + 1)) / static_cast<double>(3 * num_taps + 3));
    }
    return all;
  }
  double latency_s(std::size_t tap) const { return start_s + slope * depths()[tap]; }
  double time_s(std::size_t time) const {
    return static_cast<double>(time_first + static_cast<int64_t>(time)) / 30;
  }

  void write(const std::filesystem::path& file) const;

 private:
  ScoresHeader header() const;
  double curve(std::size_t tap, std::size_t time) const {
    const double lag = (time_s(time) - latency_s(tap)) / 0.12;
    return height * std::exp(-lag * lag);
  }
};

template <class Value>
void fill(const std::filesystem::path& file,
          const std::string& name,
          const std::vector<Value>& values) {
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(dataset_offset(file, name));
  stream.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(Value)));
}

inline ScoresHeader SyntheticScores::header() const {
  ScoresHeader h;
  h.model = {model, "llama", 134515008, 3 * static_cast<int64_t>(num_taps) + 3, true};
  h.direction = direction;
  h.subjects = subjects;
  h.contexts = contexts;
  for (std::size_t tap = 0; tap < num_taps; ++tap) {
    const auto block = static_cast<int64_t>(3 * (tap + 1));
    h.taps.push_back({"block " + std::to_string(block), block, depths()[tap], depths()[tap]});
  }
  h.block_fold = block_fold;
  h.num_folds = *std::max_element(block_fold.begin(), block_fold.end()) + 1;
  h.num_components = static_cast<int64_t>(num_components);
  for (std::size_t time = 0; time < num_times; ++time) h.times_s.push_back(time_s(time));
  h.time_first = time_first;
  h.num_null_draws = num_null_draws;
  h.num_sensors = 269;
  for (int power = -4; power <= 8; ++power) h.alphas.push_back(std::pow(10.0, power));
  const std::size_t num_fits = subjects.size() * static_cast<std::size_t>(h.num_folds);
  h.n_train.assign(num_fits, 800);
  for (std::size_t fit = 0; fit < num_fits; ++fit) {
    const auto fold = static_cast<int64_t>(fit) % h.num_folds;
    h.n_test.push_back(200 * std::count(block_fold.begin(), block_fold.end(), fold));
  }
  h.word_steps = {{"function words", 900}, {"fewer than 50 words of context", 49}};
  h.num_rows = 1949;
  h.num_matched = 1940;
  h.num_analysed = 1000;
  h.num_outliers = 3;
  h.preset = preset;
  h.folds = folds;
  h.embargo_s = 3;
  h.notices = notices;
  h.words_sha256 = std::string(64, 'a');
  h.folds_sha256 = std::string(64, 'b');
  h.explained.assign(contexts.size() * num_taps, 0.75);
  h.explained[0] = 0.5;
  h.provenance.label = "scores.h5";
  h.provenance.what = "lockstep align";
  h.provenance.versions = {{"lockstep", "0.1.0"}, {"OpenBLAS", "0.3.21"}};
  Provenance extract;
  extract.label = "activations.h5";
  extract.what = "lockstep extract";
  extract.options = {{"pool", "mean"}, {"windows", "slice"}, {"bos", "off"}, {"dtype", "float32"}};
  extract.sha256 = std::string(64, 'c');
  Provenance reduce;
  reduce.label = "targets.h5";
  reduce.what = "lockstep reduce";
  reduce.options = {{"fit", "train"}};
  reduce.parents = {extract};
  h.provenance.parents = {reduce};
  if (simulated) {
    h.truth = std::make_unique<PlantedTruth>();
    h.truth->null = null;
    h.truth->context = contexts.back().name;
    for (std::size_t tap = 0; tap < num_taps; ++tap) {
      const bool has_latency = null != "noise";
      h.truth->tap_name.push_back(h.taps[tap].name);
      h.truth->depth.push_back(h.taps[tap].depth);
      h.truth->latency_s.push_back(latency_s(tap));
      h.truth->reference_s.push_back(has_latency ? latency_s(tap)
                                                 : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return h;
}

inline void SyntheticScores::write(const std::filesystem::path& file) const {
  const ScoresHeader h = header();
  lay_out_scores(file, h);
  RandomStream stream(seed, "synthetic scores");
  constexpr double kWords = 200;
  std::vector<double> sums;
  std::vector<float> score;
  for (const std::string& subject : subjects) {
    const bool is_missing =
        std::count(missing_subjects.begin(), missing_subjects.end(), subject) > 0;
    for (std::size_t context = 0; context < contexts.size(); ++context) {
      for (std::size_t block = 0; block < block_fold.size(); ++block) {
        for (std::size_t tap = 0; tap < num_taps; ++tap) {
          for (std::size_t cell = 0; cell < num_components * num_times; ++cell) {
            const double r = curve(tap, cell % num_times) + noise * stream.normal();
            if (is_missing) {
              sums.insert(sums.end(), {0, 0, 0, 0, 0, 0});
            } else {
              sums.insert(sums.end(), {0, kWords, 0, kWords, kWords * r, kWords});
            }
          }
        }
      }
      for (std::size_t tap = 0; tap < num_taps; ++tap) {
        for (std::size_t time = 0; time < num_times; ++time) {
          score.push_back(is_missing ? std::numeric_limits<float>::quiet_NaN()
                                     : static_cast<float>(curve(tap, time)));
        }
      }
    }
  }
  fill(file, "sums", sums);
  fill(file, "score", score);
  const std::size_t num_cells =
      subjects.size() * contexts.size() * num_taps * num_components * num_times;
  std::vector<float> alpha;
  for (std::size_t i = 0; i < num_cells * static_cast<std::size_t>(h.num_folds); ++i) {
    alpha.push_back(static_cast<float>(h.alphas[2 + stream.below(6)]));
  }
  fill(file, "alpha", alpha);
  if (num_null_draws == 0) return;
  std::vector<float> null_score;
  const auto num_draws = static_cast<std::size_t>(num_null_draws);
  for (std::size_t i = 0; i < subjects.size() * contexts.size() * num_draws * num_taps * num_times;
       ++i) {
    null_score.push_back(static_cast<float>(null_noise * stream.normal()));
  }
  fill(file, "null_score", null_score);
}

}  // namespace lockstep::testing
