#include "aligner/simulation/session_plan.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr double kSilence_s = 0.1;  // at the begin of a sound file
constexpr double kShortestDelay_s = 0.0502;
constexpr double kLongestDelay_s = 0.1146;
constexpr int32_t kExcerptValue = 100;
constexpr double kVoice_hz = 180;
constexpr double kVoice_v = 0.5;
constexpr double kRamp_s = 0.005;

// Triggers lie on samples; the sound comes when it comes.
void play(
    SessionPlan& plan, const PlayedFile& file, double delay_s, double rate_hz, int32_t to_end) {
  const auto start = static_cast<int64_t>(std::floor((file.onset_s - delay_s) * rate_hz));
  const auto end = static_cast<int64_t>(std::ceil((file.onset_s + file.duration_s) * rate_hz));
  plan.triggers.push_back({start, file.value});
  plan.triggers.push_back({end, file.value + to_end});
}

double run_end_s(const SimulatedRun& run) {
  double end_s = run.file.onset_s;
  for (const WordEvent& word : run.words) end_s = std::max(end_s, word.onset_s + word.duration_s);
  return end_s;
}

std::vector<SimulatedRun> runs_of(const RecordingInfo& recording, const Words& words) {
  std::vector<SimulatedRun> runs;
  std::string block;
  for (const WordEvent& event : recording.events) {
    const WordRow& row = words.rows[static_cast<std::size_t>(event.word)];
    if (runs.empty() || row.block != block) {
      SimulatedRun run;
      run.number = static_cast<int64_t>(runs.size()) + 1;
      run.file = {event.onset_s - kSilence_s, static_cast<int32_t>(10 * run.number), 0};
      runs.push_back(run);
      block = row.block;
    }
    runs.back().words.push_back(event);
  }
  for (SimulatedRun& run : runs)
    run.file.duration_s = run_end_s(run) - run.file.onset_s + kSilence_s;
  return runs;
}

}  // namespace

SessionPlan plan_session(const RecordingInfo& recording,
                         const Words& words,
                         double rate_hz,
                         uint64_t seed) {
  SessionPlan plan;
  plan.runs = runs_of(recording, words);
  RandomStream stream(seed, "delays of the sound in " + recording.name);
  const auto delay_s = [&stream] {
    return kShortestDelay_s + (kLongestDelay_s - kShortestDelay_s) * stream.uniform();
  };
  for (SimulatedRun& run : plan.runs) {
    play(plan, run.file, delay_s(), rate_hz, 5);
    for (const WordEvent& word : run.words) plan.sounds.push_back({word.onset_s, word.duration_s});
    for (const double later_s : {kExcerptFrom_s, kExcerptFrom_s + kExcerpt_s + 1}) {
      const PlayedFile excerpt{
          run.file.onset_s + run.file.duration_s + later_s, kExcerptValue, kExcerpt_s};
      play(plan, excerpt, delay_s(), rate_hz, 50);
      plan.sounds.push_back({excerpt.onset_s, excerpt.duration_s});
      run.excerpts.push_back(excerpt);
    }
  }
  std::stable_sort(plan.triggers.begin(), plan.triggers.end(), [](const auto& a, const auto& b) {
    return a.sample < b.sample;
  });
  std::stable_sort(plan.sounds.begin(), plan.sounds.end(), [](const auto& a, const auto& b) {
    return a.onset_s < b.onset_s;
  });
  return plan;
}

std::vector<double> audio_of(const SessionPlan& plan,
                             double rate_hz,
                             int64_t first,
                             int64_t count) {
  std::vector<double> volts(static_cast<std::size_t>(count), 0.0);
  for (const Sound& sound : plan.sounds) {
    const auto begin = static_cast<int64_t>(std::ceil(sound.onset_s * rate_hz));
    const auto end = static_cast<int64_t>(std::ceil((sound.onset_s + sound.duration_s) * rate_hz));
    for (int64_t n = std::max(begin, first); n < std::min(end, first + count); ++n) {
      const double since_s = static_cast<double>(n) / rate_hz - sound.onset_s;
      const double left_s = sound.duration_s - since_s;
      const double loudness = std::clamp(std::min(since_s, left_s) / kRamp_s, 0.0, 1.0);
      volts[static_cast<std::size_t>(n - first)] +=
          kVoice_v * loudness * std::sin(2 * std::numbers::pi * kVoice_hz * since_s);
    }
  }
  return volts;
}

std::vector<int32_t> pulses_of(const SessionPlan& plan,
                               double rate_hz,
                               int64_t first,
                               int64_t count) {
  std::vector<int32_t> values(static_cast<std::size_t>(count), 0);
  const auto length = std::max<int64_t>(1, static_cast<int64_t>(std::round(kPulse_s * rate_hz)));
  for (const Trigger& trigger : plan.triggers) {
    for (int64_t n = std::max(trigger.sample, first);
         n < std::min(trigger.sample + length, first + count);
         ++n) {
      values[static_cast<std::size_t>(n - first)] = trigger.value;
    }
  }
  return values;
}

}  // namespace lockstep
