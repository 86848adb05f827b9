// What --verify checks of each kind of file, beyond what its reader checks.
#include "base/inspection/file_checks.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/inspection/file_facts.h"
#include "base/schemas/activations_file.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/scores_file.h"
#include "base/schemas/targets_file.h"
#include "base/schemas/words_file.h"
#include "base/sha256.h"
#include "base/text.h"

namespace lockstep {
namespace {

template <class Number>
int64_t num_finite(std::span<const Number> values) {
  return std::count_if(
      values.begin(), values.end(), [](Number value) { return std::isfinite(value); });
}

std::string of(int64_t part, int64_t whole) {
  return with_thousands(part) + " of " + with_thousands(whole);
}

std::vector<Check> check_words(const std::filesystem::path& path) {
  const Words words = read_words_folder(path);
  return {{"spans and times are in order and inside their texts",
           true,
           text("{} words read", words.rows.size())},
          {"written again, the words have the same SHA-256",
           words_sha256(words) == words.sha256,
           words.sha256}};
}

std::vector<Check> check_folds(const std::filesystem::path& path) {
  const FoldPlan plan = read_folds(path);
  return {
      {"every word has one block, every block one fold",
       true,
       text("{} words, {} blocks, {} folds", plan.block.size(), plan.num_blocks, plan.num_folds)}};
}

std::vector<Check> check_activations(const std::filesystem::path& path) {
  const ActivationsFile file(path);
  const ActivationsHeader& h = file.header();
  int64_t num_available = 0, num_good = 0, num_left = 0, num_empty = 0;
  for (std::size_t context = 0; context < h.contexts.size(); ++context) {
    for (std::size_t tap = 0; tap < h.taps.size(); ++tap) {
      const std::vector<float> values = file.read(context, tap);
      const auto num_units = static_cast<std::size_t>(h.num_units);
      for (std::size_t word = 0; word < h.words.size(); ++word) {
        const auto row = std::span(values).subspan(word * num_units, num_units);
        const int64_t finite = num_finite(row);
        if (h.tokens[context * h.words.size() + word] > 0) {
          ++num_available;
          num_good += finite == h.num_units ? 1 : 0;
        } else {
          ++num_left;
          num_empty += finite == 0 ? 1 : 0;
        }
      }
    }
  }
  return {{"activations are finite where their context is available",
           num_good == num_available,
           of(num_good, num_available) + " rows"},
          {"activations are missing where it is not",
           num_empty == num_left,
           of(num_empty, num_left) + " rows"},
          {"the spec has the SHA-256 that is kept with it",
           sha256_of(h.spec_json) == h.spec_sha256,
           sha256_of(h.spec_json)}};
}

std::vector<Check> check_targets(const std::filesystem::path& path) {
  const TargetsFile file(path);
  const TargetsHeader& h = file.header();
  int64_t num_rows = 0, num_whole = 0, num_fits = 0, num_falling = 0;
  const auto num_components = static_cast<std::size_t>(h.num_components);
  for (std::size_t fold = 0; fold < static_cast<std::size_t>(std::max<int64_t>(h.num_folds, 1));
       ++fold) {
    for (std::size_t context = 0; context < h.contexts.size(); ++context) {
      for (std::size_t tap = 0; tap < h.taps.size(); ++tap) {
        const std::vector<float> values = file.read(fold, context, tap);
        for (std::size_t word = 0; word < h.words.size(); ++word) {
          const int64_t finite =
              num_finite(std::span(values).subspan(word * num_components, num_components));
          ++num_rows;
          num_whole += finite == 0 || finite == h.num_components ? 1 : 0;
        }
        const std::vector<double> share = file.explained_variance(fold, context, tap);
        double total = 0;
        bool is_falling = true;
        for (std::size_t i = 0; i < share.size(); ++i) {
          if (std::isnan(share[i])) continue;
          is_falling =
              is_falling && share[i] >= -1e-9 && (i == 0 || !(share[i] > share[i - 1] + 1e-9));
          total += share[i];
        }
        ++num_fits;
        num_falling += is_falling && total <= 1 + 1e-6 ? 1 : 0;
      }
    }
  }
  return {{"targets of a word are all there or all missing",
           num_whole == num_rows,
           of(num_whole, num_rows) + " rows"},
          {"components explain falling shares that sum to 1 at most",
           num_falling == num_fits,
           of(num_falling, num_fits) + " fits"}};
}

std::vector<Check> check_meg(const std::filesystem::path& path) {
  const MegFile file(path);
  const MegHeader& h = file.header();
  int64_t num_values = 0, num_good = 0, num_events = 0, num_inside = 0;
  for (std::size_t i = 0; i < h.recordings.size(); ++i) {
    const RecordingInfo& recording = h.recordings[i];
    const std::vector<float> data = file.read(i);
    for (const auto& [begin, end] : recording.segments) {
      const auto width = h.sensors.size();
      const auto first = static_cast<std::size_t>(begin) * width;
      const auto size = static_cast<std::size_t>(end - begin) * width;
      num_values += static_cast<int64_t>(size);
      num_good += num_finite(std::span(data).subspan(first, size));
    }
    const double end_s =
        recording.start_s + static_cast<double>(recording.num_samples) / recording.rate_hz();
    for (const WordEvent& event : recording.events) {
      if (event.reason != EventReason::kValid) continue;
      ++num_events;
      num_inside += event.onset_s >= recording.start_s && event.onset_s < end_s ? 1 : 0;
    }
  }
  return {{"samples of valid stretches are finite",
           num_good == num_values,
           of(num_good, num_values) + " values"},
          {"valid events lie inside their recording",
           num_inside == num_events,
           of(num_inside, num_events) + " events"}};
}

std::vector<Check> check_scores(const std::filesystem::path& path) {
  const ScoresFile file(path);
  const ScoresHeader& h = file.header();
  const std::size_t cells = static_cast<std::size_t>(h.num_components) * h.times_s.size();
  int64_t num_sums = 0, num_good = 0, num_fits = 0, num_agreeing = 0, num_scores = 0,
          num_in_bounds = 0;
  for (std::size_t subject = 0; subject < h.subjects.size(); ++subject) {
    for (std::size_t context = 0; context < h.contexts.size(); ++context) {
      for (std::size_t tap = 0; tap < h.taps.size(); ++tap) {
        const std::vector<double> sums = file.sums(subject, context, tap);
        num_sums += static_cast<int64_t>(sums.size());
        num_good += num_finite(std::span(sums));
        for (int64_t fold = 0; fold < h.num_folds; ++fold) {
          // The most words that any time has: those near the ends of a recording lack the outer
          // times.
          double words = 0;
          for (std::size_t block = 0; block < h.block_fold.size(); ++block) {
            double most = 0;
            for (std::size_t cell = 0; cell < cells; ++cell) {
              most = std::max(most,
                              sums[(block * cells + cell) * kNumScoreSums +
                                   static_cast<std::size_t>(ScoreSum::kN)]);
            }
            if (h.block_fold[block] == fold) words += most;
          }
          ++num_fits;
          const auto kept = h.n_test[subject * static_cast<std::size_t>(h.num_folds) +
                                     static_cast<std::size_t>(fold)];
          num_agreeing += static_cast<int64_t>(words) <= kept ? 1 : 0;
        }
      }
      for (const float score : file.score(subject, context)) {
        ++num_scores;
        num_in_bounds += std::isnan(score) || std::abs(score) <= 1 ? 1 : 0;
      }
    }
  }
  return {{"sums are finite", num_good == num_sums, of(num_good, num_sums) + " values"},
          {"no fold has more words than n_test says",
           num_agreeing == num_fits,
           of(num_agreeing, num_fits) + " fits"},
          {"scores lie between -1 and 1",
           num_in_bounds == num_scores,
           of(num_in_bounds, num_scores) + " values"}};
}

const Provenance* find_sha256(const Provenance& provenance, const std::string& sha256) {
  for (const Provenance& parent : provenance.parents) {
    if (parent.sha256 == sha256) return &parent;
    if (const Provenance* found = find_sha256(parent, sha256)) return found;
  }
  return nullptr;
}

Check check_ancestor(const Provenance& provenance, const std::filesystem::path& ancestor) {
  const bool is_folder = std::filesystem::is_directory(ancestor);
  const std::string sha256 =
      is_folder ? read_words_folder(ancestor).sha256 : sha256_of_file(ancestor);
  const Provenance* found = find_sha256(provenance, sha256);
  return {text("{} is one of the files it was made from", ancestor),
          found != nullptr,
          found ? found->label + " " + sha256 : sha256 + " is not in its provenance"};
}

std::vector<Check> check_contents(const std::filesystem::path& path, FileKind kind) {
  switch (kind) {
    case FileKind::kWords:
      return check_words(path);
    case FileKind::kFolds:
      return check_folds(path);
    case FileKind::kActivations:
      return check_activations(path);
    case FileKind::kTargets:
      return check_targets(path);
    case FileKind::kMeg:
      return check_meg(path);
    case FileKind::kScores:
      return check_scores(path);
  }
  return {};
}

}  // namespace

std::vector<Check> verify_file(const std::filesystem::path& path,
                               const std::vector<std::filesystem::path>& ancestors) {
  const FileKind kind = recognise_file(path);
  std::vector<Check> checks = check_contents(path, kind);
  const Provenance provenance = facts_of(path, kind).provenance;
  for (const auto& ancestor : ancestors) checks.push_back(check_ancestor(provenance, ancestor));
  return checks;
}

}  // namespace lockstep
