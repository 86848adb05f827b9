#include "aligner/block_scores.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/null_shifts.h"
#include "base/random_stream.h"
#include "tests/oracles/ridge_by_refitting.h"

namespace lockstep {
namespace {

Eigen::MatrixXd noise(int64_t rows, int64_t columns, uint64_t index) {
  RandomStream stream(5, "values", index);
  Eigen::MatrixXd values(rows, columns);
  for (Eigen::Index i = 0; i < values.size(); ++i) values.data()[i] = stream.normal();
  return values;
}

TEST(Correlations, AreThoseOfTheBlocksPutTogether) {
  const Eigen::MatrixXd y = noise(50, 4, 0);
  const Eigen::MatrixXd p = 0.5 * y + noise(50, 4, 1);

  const ScoreSums sums =
      block_sums(y.topRows(20), p.topRows(20)) + block_sums(y.bottomRows(30), p.bottomRows(30));

  for (Eigen::Index d = 0; d < 4; ++d) {
    EXPECT_NEAR(correlations(sums)[d], testing::pearson(y.col(d), p.col(d)), 1e-13)
        << "target " << d;
  }
}

TEST(Correlations, AreUndefinedWhereNothingVaries) {
  Eigen::MatrixXd y = noise(20, 3, 0), p = noise(20, 3, 1);
  y.col(0).setConstant(0.1);
  p.col(1).setConstant(1.0 / 3);

  const Eigen::VectorXd r = correlations(block_sums(y, p));

  EXPECT_TRUE(std::isnan(r[0]));
  EXPECT_TRUE(std::isnan(r[1]));
  EXPECT_FALSE(std::isnan(r[2]));
  EXPECT_TRUE(std::isnan(correlations(block_sums(y.topRows(1), p.topRows(1)))[2]));
}

TEST(MeanOfDefined, LeavesOutWhatIsUndefined) {
  Eigen::MatrixXd values(2, 2);
  values << 1, NAN, 3, 5;

  EXPECT_EQ(mean_of_defined(values), 3);
  EXPECT_TRUE(std::isnan(mean_of_defined(Eigen::MatrixXd::Constant(2, 1, NAN))));
}

/// `count` words half a second apart, in blocks of `block` words.
struct Spoken {
  Words words;
  std::vector<int64_t> rows;
  TrainingPlan plan;

  Spoken(int64_t count, int64_t block) {
    std::vector<int64_t> row_block;
    for (int64_t i = 0; i < count; ++i) {
      WordRow row;
      row.story = "tale";
      row.onset_s = 0.5 * static_cast<double>(i);
      words.rows.push_back(row);
      rows.push_back(i);
      row_block.push_back(i / block);
    }
    const std::vector<int64_t> block_fold(static_cast<std::size_t>(row_block.back() + 1), 0);
    plan = make_training_plan(
        row_block, block_fold, std::vector<uint8_t>(static_cast<std::size_t>(count), 0), 1);
  }
};

TEST(NullShifts, AreHalfAMinuteOrAThirdOfTheBlockAtLeast) {
  const Spoken spoken(700, 500);  // blocks of 250 and 100 s: 60 words, and 60 words as well
  const Spoken brief(90, 90);     // 45 s: a third, 30 words

  const NullShifts shifts = draw_null_shifts(spoken.words, spoken.rows, spoken.plan, 500, 0);
  const NullShifts few = draw_null_shifts(brief.words, brief.rows, brief.plan, 500, 0);

  int64_t smallest = 500, largest = 0;
  for (int64_t draw = 0; draw < 500; ++draw) {
    smallest = std::min(smallest, shifts.at(draw, 0));
    largest = std::max(largest, shifts.at(draw, 0));
    EXPECT_GE(shifts.at(draw, 1), 60) << draw;
    EXPECT_LE(shifts.at(draw, 1), 140) << draw;
    EXPECT_GE(few.at(draw, 0), 30) << draw;
    EXPECT_LE(few.at(draw, 0), 60) << draw;
  }
  EXPECT_GE(smallest, 60);
  EXPECT_LE(largest, 440);
  EXPECT_LT(smallest, 70);
  EXPECT_GT(largest, 430);
}

TEST(NullShifts, NeverLeaveABlockOfTwoWordsInPlace) {
  const Spoken spoken(5, 2);  // blocks of 2, 2 and 1 words

  const NullShifts shifts = draw_null_shifts(spoken.words, spoken.rows, spoken.plan, 3, 0);

  for (int64_t draw = 0; draw < 3; ++draw) {
    EXPECT_EQ(shifts.at(draw, 0), 1) << draw;
    EXPECT_EQ(shifts.at(draw, 2), 0) << draw;
  }
}

}  // namespace
}  // namespace lockstep
