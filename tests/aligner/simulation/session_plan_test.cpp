#include "aligner/simulation/session_plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/support/raw_simulation.h"

namespace lockstep {
namespace {

constexpr double kRate_hz = 1200;

class SessionPlans : public testing::RawSimulations {
 protected:
  SessionPlans() {
    options.pause_s = 12;
    const Simulation simulation = simulate();
    recording = simulation.header().recordings[0];
    plan = plan_session(recording, words, kRate_hz, 0);
  }

  RecordingInfo recording;
  SessionPlan plan;
};

TEST_F(SessionPlans, HaveARunForEachBlockWithAPauseAfterIt) {
  ASSERT_EQ(plan.runs.size(), 3u);
  for (std::size_t k = 0; k < 3; ++k) {
    EXPECT_EQ(plan.runs[k].number, static_cast<int64_t>(k) + 1);
    ASSERT_EQ(plan.runs[k].words.size(), 20u);
    EXPECT_EQ(plan.runs[k].words[0].word, static_cast<int64_t>(20 * k));
    EXPECT_EQ(plan.runs[k].file.value, static_cast<int32_t>(10 * (k + 1)));
    if (k == 0) continue;
    const double between_s = plan.runs[k].words[0].onset_s - plan.runs[k - 1].words[19].onset_s;
    const double in_story_s = words.rows[20 * k].onset_s - words.rows[20 * k - 1].onset_s;
    EXPECT_NEAR(between_s - in_story_s, 12, 1e-9);
  }
}

TEST_F(SessionPlans, TriggerEverySoundFile50To115MillisecondsBeforeIt) {
  std::vector<double> delays;
  for (const SimulatedRun& run : plan.runs) {
    const auto starts =
        std::count_if(plan.triggers.begin(), plan.triggers.end(), [&](const Trigger& trigger) {
          if (trigger.value != run.file.value) return false;
          delays.push_back(run.file.onset_s - static_cast<double>(trigger.sample) / kRate_hz);
          return true;
        });
    EXPECT_EQ(starts, 1) << run.number;
    EXPECT_EQ(std::count_if(plan.triggers.begin(),
                            plan.triggers.end(),
                            [&](const Trigger& trigger) {
                              return trigger.value == run.file.value + 5 &&
                                     static_cast<double>(trigger.sample) / kRate_hz >=
                                         run.words.back().onset_s + run.words.back().duration_s;
                            }),
              1)
        << run.number;
  }
  ASSERT_EQ(delays.size(), 3u);
  for (const double delay_s : delays) {
    EXPECT_GE(delay_s, 0.0502);
    EXPECT_LE(delay_s, 0.1146 + 1 / kRate_hz);
  }
  EXPECT_NE(delays[0], delays[1]);
}

TEST_F(SessionPlans, PlayTheExcerptTwiceAfterEachRun) {
  const auto num = [&](int32_t value) {
    return std::count_if(plan.triggers.begin(), plan.triggers.end(), [value](const Trigger& one) {
      return one.value == value;
    });
  };
  EXPECT_EQ(num(100), 6);
  EXPECT_EQ(num(150), 6);
  for (std::size_t k = 0; k + 1 < plan.runs.size(); ++k) {
    const PlayedFile& last = plan.runs[k].excerpts.at(1);
    EXPECT_LT(last.onset_s + last.duration_s, plan.runs[k + 1].file.onset_s - 1) << k;
  }
  EXPECT_TRUE(std::is_sorted(plan.triggers.begin(), plan.triggers.end(), [](auto& a, auto& b) {
    return a.sample < b.sample;
  }));
}

TEST_F(SessionPlans, PulseTheStimulusChannelWhereverItIsCut) {
  const auto length = static_cast<int64_t>(recording.num_samples * 40);
  const std::vector<int32_t> all = pulses_of(plan, kRate_hz, 0, length);

  for (const Trigger& trigger : plan.triggers) {
    const auto at = static_cast<std::size_t>(trigger.sample);
    EXPECT_EQ(all[at - 1], 0);
    EXPECT_EQ(all[at], trigger.value);
    EXPECT_EQ(all[at + 11], trigger.value);
    EXPECT_EQ(all[at + 12], 0);
  }
  const int64_t middle = plan.triggers[2].sample + 5;
  std::vector<int32_t> joined = pulses_of(plan, kRate_hz, 0, middle);
  const std::vector<int32_t> rest = pulses_of(plan, kRate_hz, middle, length - middle);
  joined.insert(joined.end(), rest.begin(), rest.end());
  EXPECT_EQ(joined, all);
}

TEST_F(SessionPlans, SoundWhenWordsAreSpoken) {
  const WordEvent& word = plan.runs[1].words[3];
  const auto onset = static_cast<int64_t>(std::ceil(word.onset_s * kRate_hz));
  const auto length = static_cast<int64_t>(word.duration_s * kRate_hz);
  const std::vector<double> volts = audio_of(plan, kRate_hz, onset - 24, length + 60);

  const auto loudest = [&](int64_t from, int64_t to) {
    double most = 0;
    for (int64_t n = from; n < to; ++n)
      most = std::max(most, std::abs(volts[static_cast<std::size_t>(n)]));
    return most;
  };
  EXPECT_EQ(loudest(0, 24), 0);
  EXPECT_GT(loudest(24, 24 + 12), 0.4);
  EXPECT_EQ(loudest(24 + length + 1, 24 + length + 24), 0);
  EXPECT_EQ(audio_of(plan, kRate_hz, onset, 40),
            (std::vector<double>(volts.begin() + 24, volts.begin() + 64)));
}

}  // namespace
}  // namespace lockstep
