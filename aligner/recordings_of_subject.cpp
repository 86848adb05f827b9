#include "aligner/recordings_of_subject.h"

namespace lockstep {
namespace {

bool is_of(const Experiment& experiment, std::size_t recording, std::size_t subject) {
  return experiment.meg.header().recordings[recording].subject == experiment.heard[subject].subject;
}

}  // namespace

SubjectRecordings::SubjectRecordings(const Experiment& experiment, std::size_t subject)
    : experiment_(experiment) {
  for (std::size_t r = 0; r < experiment.meg.header().recordings.size(); ++r) {
    const bool own = is_of(experiment, r, subject);
    data_.push_back(own ? experiment.meg.read(r) : std::vector<float>());
  }
}

InputRows SubjectRecordings::gather(const std::vector<HeardWord>& words, int64_t lag) const {
  const auto num_all = std::ssize(experiment_.meg.header().sensors);
  const auto& sensors = experiment_.sensors.sensors;
  InputRows x(std::ssize(words), std::ssize(sensors));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const float* sample = data_[words[i].recording].data() + (words[i].sample + lag) * num_all;
    for (std::size_t s = 0; s < sensors.size(); ++s) {
      x(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(s)) =
          static_cast<double>(sample[sensors[s]]);
    }
  }
  return x;
}

int64_t SubjectRecordings::bytes(const Experiment& experiment, std::size_t subject) {
  const auto& header = experiment.meg.header();
  int64_t samples = 0;
  for (std::size_t r = 0; r < header.recordings.size(); ++r) {
    if (is_of(experiment, r, subject)) samples += header.recordings[r].num_samples;
  }
  return samples * std::ssize(header.sensors) * static_cast<int64_t>(sizeof(float));
}

}  // namespace lockstep
