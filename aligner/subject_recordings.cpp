#include "aligner/subject_recordings.h"

#include <utility>

#include "aligner/fold_fitter.h"
#include "aligner/recording_scale.h"

namespace lockstep {
namespace {

bool is_of(const Experiment& experiment, std::size_t recording, std::size_t subject) {
  return experiment.meg.header().recordings[recording].subject == experiment.heard[subject].subject;
}

bool takes_whitened(const Experiment& experiment) {
  return experiment.settings.direction == "decode" &&
         FoldFitter::takes_whitened(experiment.settings);
}

}  // namespace

SubjectRecordings::SubjectRecordings(const Experiment& experiment,
                                     std::size_t subject,
                                     int num_threads)
    : experiment_(experiment) {
  for (std::size_t r = 0; r < experiment.meg.header().recordings.size(); ++r) {
    const bool own = is_of(experiment, r, subject);
    data_.push_back(own ? experiment.meg.read(r) : std::vector<float>());
    if (own && experiment.settings.scale == "recording") {
      data_.back() = standardise_recording(std::move(data_.back()),
                                           std::ssize(experiment.meg.header().sensors));
    }
  }
  if (!takes_whitened(experiment)) return;
  std::vector<HeardWord> words;
  for (const auto& word : experiment.heard[subject].words) {
    if (word.row >= 0) words.push_back(word);
  }
  white_ = whiten_recordings(samples(), words, experiment.grid, num_threads);
}

RecordedSamples SubjectRecordings::samples() const {
  return {data_, std::ssize(experiment_.meg.header().sensors), experiment_.sensors.sensors};
}

InputRows SubjectRecordings::gather(const std::vector<HeardWord>& words, int64_t lag) const {
  return lockstep::gather(samples(), words, lag);
}

std::optional<WhitenedInputs> SubjectRecordings::whitened(const SubjectGroup& side,
                                                          int64_t lag) const {
  if (!white_) return std::nullopt;
  return WhitenedInputs{white_->map,
                        white_->gather(side.words, side.strata.order, lag),
                        [this, &side, lag] { return gather(side.words, lag); }};
}

int64_t SubjectRecordings::bytes(const Experiment& experiment, std::size_t subject) {
  const auto& header = experiment.meg.header();
  int64_t samples = 0;
  for (std::size_t r = 0; r < header.recordings.size(); ++r) {
    if (is_of(experiment, r, subject)) samples += header.recordings[r].num_samples;
  }
  const int64_t values = std::ssize(header.sensors) +
                         (takes_whitened(experiment) ? std::ssize(experiment.sensors.sensors) : 0);
  return samples * values * static_cast<int64_t>(sizeof(float));
}

}  // namespace lockstep
