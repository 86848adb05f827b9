#include "aligner/report/headline.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// A condition whose average peaks at `peaks_s`, with this interval of the slope.
Condition condition_of(const std::vector<double>& peaks_s,
                       const Interval& slope,
                       bool has_null = true) {
  Condition condition;
  condition.model = "tiny";
  condition.context = {"50", 50};
  condition.times_s = {0, 0.1, 0.2};
  SubjectResult average;
  average.subject = "average";
  LatencyAnalysis& analysis = average.analysis;
  if (has_null) analysis.null = ShiftNull{.threshold = 0.01, .middle = {}};
  std::vector<double> depths;
  for (std::size_t tap = 0; tap < peaks_s.size(); ++tap) {
    const double depth = 0.1 + 0.2 * static_cast<double>(tap);
    depths.push_back(depth);
    condition.taps.push_back(
        {"block " + std::to_string(tap), static_cast<int64_t>(tap), depth, depth});
    condition.planted.time_s.push_back(kNaN);
    LayerPeak layer{{peaks_s[tap], 0.02, 1, false}, {}, {}, {}};
    if (has_null) layer.above_null = std::isfinite(peaks_s[tap]);
    analysis.layers.push_back(layer);
  }
  analysis.temporal = temporal_score(depths, peaks_s);
  analysis.slope = slope;
  condition.subjects.push_back(average);
  return condition;
}

TEST(Headline, ClaimsAnOrderWhereTheIntervalOfTheSlopeLiesAboveZero) {
  Condition condition = condition_of({0.2, 0.3, 0.4, 0.5}, {0.41, 0.59});
  condition.planted.slope = 0.4;

  EXPECT_EQ(claim_of(condition.average().analysis), Claim::kOrder);
  EXPECT_EQ(headline(condition, 0.95),
            "tiny, 50 words of context: deeper layers peak later, 500 ms per unit of depth (95 % "
            "interval 410 to 590), r = 1.00 over 4 layers; planted: 400.");
}

TEST(Headline, ClaimsTheReverseWhereItLiesBelow) {
  const Condition condition = condition_of({0.5, 0.41, 0.3, 0.2}, {-0.6, -0.4});

  EXPECT_EQ(claim_of(condition.average().analysis), Claim::kReverse);
  EXPECT_TRUE(holds(headline(condition, 0.95),
                    "deeper layers peak earlier, -505 ms per unit of depth (95 % interval -600 to "
                    "-400), r = -0.999"));
}

TEST(Headline, ClaimsNothingWhereTheIntervalHoldsZeroOrIsUnknown) {
  const Condition wide = condition_of({0.2, 0.3, 0.25}, {-0.1, 0.4});
  const Condition unknown = condition_of({0.2, 0.3, 0.25}, {});

  EXPECT_EQ(claim_of(wide.average().analysis), Claim::kFlat);
  EXPECT_TRUE(holds(headline(wide, 0.95),
                    "no order can be claimed: 125 ms per unit of depth (95 % interval -100 to "
                    "400), r = 0.50 over 3 layers."));
  EXPECT_TRUE(holds(headline(unknown, 0.95),
                    "no order can be claimed: 125 ms per unit of depth (no interval), r = "));
}

TEST(Headline, ClaimsNothingOfOnePeakTimeOrTooFewLayers) {
  EXPECT_TRUE(holds(headline(condition_of({0.3, 0.3, 0.3}, {}), 0.95),
                    "all 3 layers peak within one sample (100 ms): no order can be claimed."));
  EXPECT_TRUE(holds(headline(condition_of({0.3, 0.4, kNaN}, {}), 0.95),
                    "only 2 of 3 layers rise above their null: no order can be claimed."));
  EXPECT_TRUE(holds(headline(condition_of({kNaN, kNaN, kNaN}, {}), 0.95),
                    "no layer rises above its null: no order can be claimed."));
}

TEST(Headline, SpeaksOfANullOnlyWhereThereIsOne) {
  EXPECT_TRUE(holds(headline(condition_of({kNaN, kNaN, kNaN}, {}, false), 0.95),
                    "no layer has a peak time: no order can be claimed."));
  EXPECT_TRUE(holds(headline(condition_of({0.3, kNaN, kNaN}, {}, false), 0.95),
                    "only 1 of 3 layers have a peak time: no order can be claimed."));
}

TEST(LatencyTable, ShowsADashForWhatIsMissing) {
  const std::string table = latency_table(condition_of({0.2, kNaN, 0.4}, {}), 0.95);

  EXPECT_TRUE(holds(table, "block 1   0.30            -          -"));
  EXPECT_TRUE(holds(table, "2 of 3"));
}

}  // namespace
}  // namespace lockstep
