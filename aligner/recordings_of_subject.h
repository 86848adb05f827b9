#pragma once

#include <cstdint>
#include <vector>

#include "aligner/experiment.h"
#include "aligner/ridge/moments.h"

namespace lockstep {

/// The data of one subject's recordings, in memory. Read-only once made, so shared by all workers.
class SubjectRecordings {
 public:
  SubjectRecordings(const Experiment& experiment, std::size_t subject);

  /// words x sensors at `lag` samples after the onsets.
  InputRows gather(const std::vector<HeardWord>& words, int64_t lag) const;

  /// What a subject's recordings take.
  static int64_t bytes(const Experiment& experiment, std::size_t subject);

 private:
  const Experiment& experiment_;
  std::vector<std::vector<float>> data_;  // by recording of the header; empty for those of others
};

}  // namespace lockstep
