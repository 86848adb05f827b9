#include "aligner/import/row_grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/import/sample_glance.h"

namespace lockstep {
namespace {

using Rows = std::vector<std::pair<int64_t, int64_t>>;

TEST(RatioOf, IsInLowestTerms) {
  const RateRatio ratio = ratio_of({4069, 4}, {30, 1});

  EXPECT_EQ(ratio.up, 120);
  EXPECT_EQ(ratio.down, 4069);
}

TEST(UsableRows, LieOnRecordedSamplesOutsideBadStretches) {
  EXPECT_EQ(usable_rows({{0, 401}, {500, 1000}}, {{{85, 120}, "bad"}}, {1, 40}, 25),
            (Rows{{0, 3}, {3, 11}, {13, 25}}));
}

TEST(PlaceEvents, FlagsThoseNearEdgesAndRefusesThoseWithoutRows) {
  RecordingInfo recording;
  recording.num_samples = 300;
  recording.segments = {{0, 100}, {120, 300}};
  recording.filter_half_length_s = 1;
  for (const double onset_s : {0.5, 2.0, 3.6, 9.5, 20.0}) {
    recording.events.push_back({.word = 0, .onset_s = onset_s});
  }

  const EventPlaces places = place_events(recording, {{0.0, 10.0}});

  EXPECT_TRUE(recording.events[0].near_edge);
  EXPECT_FALSE(recording.events[1].near_edge);
  EXPECT_EQ(recording.events[2].reason, EventReason::kBadSegment);
  EXPECT_TRUE(recording.events[3].near_edge);
  EXPECT_EQ(recording.events[4].reason, EventReason::kEdge);
  EXPECT_EQ(places.near_edge, 2);
  EXPECT_EQ(places.outside_segments, 1);
  EXPECT_EQ(places.beyond_rows, 1);
}

TEST(GlanceAndMend, DrawsAStraightLineThroughWhatIsNoNumber) {
  std::vector<double> samples = {1, NAN, NAN, 4, INFINITY};

  const SampleGlance glance = glance_and_mend(samples, 10, {11, 15});

  EXPECT_EQ(samples, (std::vector<double>{1, 2, 3, 4, 4}));
  EXPECT_EQ(glance.broken, (std::vector<Stretch>{{11, 13}, {14, 15}}));
}

}  // namespace
}  // namespace lockstep
