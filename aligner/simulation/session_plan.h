#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/meg_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// A pulse on the stimulus channel.
struct Trigger {
  int64_t sample = 0;
  int32_t value = 0;
};
inline constexpr double kPulse_s = 0.01;

/// A stretch in which something is heard.
struct Sound {
  double onset_s = 0;
  double duration_s = 0;
};

/// A sound file that was played: what its row wav_onset says. The trigger comes before the sound,
/// by another delay each time.
struct PlayedFile {
  double onset_s = 0;
  int32_t value = 0;      ///< of its trigger
  double duration_s = 0;  ///< a trigger of value `value` + 5 (or + 50 for the excerpt) ends it
};

/// One sound file of a story.
struct SimulatedRun {
  int64_t number = 1;  ///< from 1; its triggers are 10 * number and 10 * number + 5
  PlayedFile file;
  std::vector<WordEvent> words;      ///< by onset
  std::vector<PlayedFile> excerpts;  ///< played after the run: the same excerpt twice, trigger 100
};

/// What happens in a recording session, as in the data of Armeni et al. 2022 ("A 10-hour
/// within-participant magnetoencephalography narrative dataset", Scientific Data 9:278): a sound
/// file a block of the story, 50 to 115 ms after its trigger.
struct SessionPlan {
  std::vector<SimulatedRun> runs;
  std::vector<Trigger> triggers;  ///< by sample
  std::vector<Sound> sounds;      ///< by onset
};
inline constexpr double kExcerptFrom_s = 2;  ///< after the end of a run
inline constexpr double kExcerpt_s = 2;      ///< how long it is; it comes twice, a second apart
inline constexpr double kShortestPause_s = 10;

SessionPlan plan_session(const RecordingInfo& recording,
                         const Words& words,
                         double rate_hz,
                         uint64_t seed);

/// What the audio channel hears of the sounds, in volts: a voice of 180 Hz that starts and stops
/// with each of them.
std::vector<double> audio_of(const SessionPlan& plan, double rate_hz, int64_t first, int64_t count);

/// What the stimulus channel holds.
std::vector<int32_t> pulses_of(const SessionPlan& plan,
                               double rate_hz,
                               int64_t first,
                               int64_t count);

}  // namespace lockstep
