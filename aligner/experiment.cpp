// Decides what does not depend on the targets: words, recordings, folds, times, sensors.
#include "aligner/experiment.h"

#include <utility>

#include "aligner/ridge/alpha_grid.h"
#include "base/error.h"
#include "stimuli/folds.h"

namespace lockstep {
namespace {

MegFile read_meg(const std::filesystem::path& path, const Words& words) {
  MegFile meg(path);
  const auto& header = meg.header();
  if (header.words_sha256 != words.sha256) {
    fail(Blame::kData,
         "{}: made with the words {}; wanted {}, those of --stimuli",
         path,
         header.words_sha256.substr(0, 12),
         words.sha256.substr(0, 12));
  }
  if (header.recordings.empty()) fail(Blame::kData, "{}: no recording", path);
  const auto& first = header.recordings.front();
  for (const auto& other : header.recordings) {
    if (first.rate_numerator * other.rate_denominator !=
        other.rate_numerator * first.rate_denominator) {
      fail(Blame::kData,
           "{}: {} has {} Hz, {} has {} Hz; wanted one rate",
           path,
           first.name,
           first.rate_hz(),
           other.name,
           other.rate_hz());
    }
  }
  return meg;
}

std::vector<std::vector<RowRange>> find_broken_rows(const MegFile& meg,
                                                    const SensorSelection& sensors) {
  std::vector<std::vector<RowRange>> broken;
  for (std::size_t r = 0; r < meg.header().recordings.size(); ++r) {
    broken.push_back(broken_rows(meg.read(r), meg.header().sensors.size(), sensors.sensors));
  }
  return broken;
}

RidgeOptions ridge_options(const AlignSettings& settings) {
  RidgeOptions options;
  options.alphas = parse_alphas(settings.alphas);
  options.alpha_by = settings.solver == "gcv"     ? AlphaBy::kGeneralised
                     : settings.alpha_by == "loo" ? AlphaBy::kLeaveOneOut
                                                  : AlphaBy::kBlock;
  options.scale = settings.scale == "train" ? InputScale::kTrain
                  : settings.scale == "all" ? InputScale::kAll
                                            : InputScale::kNone;
  return options;
}

std::filesystem::path words_table(const std::filesystem::path& stimuli) {
  return std::filesystem::is_directory(stimuli) ? stimuli / "words.tsv" : stimuli;
}

/// Hashes the files, so once for all targets.
std::vector<Provenance> make_parents(const Experiment& made, const AlignInputs& inputs) {
  std::vector<Provenance> parents = {as_parent(made.meg.header().provenance, inputs.meg),
                                     as_parent(made.words.provenance, words_table(inputs.stimuli))};
  if (std::filesystem::is_regular_file(made.settings.folds)) {
    parents.push_back(as_parent(made.folds.provenance, made.settings.folds));
  }
  return parents;
}

}  // namespace

Experiment plan_experiment(const AlignInputs& inputs, const AlignSettings& settings) {
  check_settings(settings);
  Words words = read_words_folder(inputs.stimuli);
  MegFile meg = read_meg(inputs.meg, words);
  FoldPlan folds = folds_for(words, settings.folds);
  WordSelection selection = select_words(words, settings.words, settings.where);
  Experiment made{settings,
                  std::move(words),
                  std::move(meg),
                  std::move(folds),
                  {},
                  {},
                  ridge_options(settings),
                  std::move(selection),
                  {},
                  {}};
  const auto& meg_header = made.meg.header();
  made.grid = make_time_grid(settings.times, settings.time_end, meg_header.recordings.front());
  made.sensors = select_sensors(meg_header.sensors, settings.sensors);
  const auto broken = find_broken_rows(made.meg, made.sensors);
  for (const auto& subject : subjects_of(meg_header)) {
    made.heard.push_back(
        find_heard_words(meg_header, subject, made.grid, std::ssize(made.words.rows), broken));
  }
  made.parents = make_parents(made, inputs);
  return made;
}

}  // namespace lockstep
