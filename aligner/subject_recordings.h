#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/white_recordings.h"

namespace lockstep {

/// The data of one subject's recordings, in memory. Read-only once made, so shared by all workers.
class SubjectRecordings {
 public:
  /// Whitens the recordings too where the solver that the settings name takes whitened inputs. The
  /// whitening is by all words that the subject heard, so it depends on no target.
  SubjectRecordings(const Experiment& experiment, std::size_t subject, int num_threads);

  /// words x sensors at `lag` samples after the onsets.
  InputRows gather(const std::vector<HeardWord>& words, int64_t lag) const;

  /// The inputs of a side at `lag` samples after the onsets, whitened; none where the recordings
  /// are not. `side` and this must outlive them.
  std::optional<WhitenedInputs> whitened(const SubjectGroup& side, int64_t lag) const;

  /// What a subject's recordings take, at most.
  static int64_t bytes(const Experiment& experiment, std::size_t subject);

 private:
  RecordedSamples samples() const;

  const Experiment& experiment_;
  std::vector<std::vector<float>> data_;  // by recording of the header; empty for those of others
  std::optional<WhiteRecordings> white_;
};

}  // namespace lockstep
