#include "aligner/time_scores.h"

#include <limits>

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

TimeScores::TimeScores(const ScoresHeader& header,
                       const SubjectGroup& side,
                       FitPlace place,
                       PartValues& values)
    : side_(side),
      place_(place),
      values_(values),
      axes_(header),
      num_columns_(place.num_taps * axes_.components),
      r_(Eigen::MatrixXd::Constant(axes_.folds, num_columns_, kNaN)),
      null_(Eigen::MatrixXd::Zero(axes_.draws, place.num_taps)) {
  // Folds that test nothing have no alpha; a block without words has sums of 0, which the part
  // holds already.
  for (int64_t fold = 0; fold < axes_.folds; ++fold) {
    for (int64_t target = 0; target < num_columns_; ++target) {
      values_.set(ScoreVariable::kAlpha,
                  axes_.in_fold(place_.context, fold, column(target)),
                  place_.time,
                  kNaN);
    }
  }
}

void TimeScores::put_fold(int64_t fold, const Eigen::MatrixXd& y, const FoldFit& fit) {
  const auto blocks = side_.plan.test_blocks(fold);
  std::vector<TestBlock> tests;
  ScoreSums fold_sums = ScoreSums::Zero(num_columns_, static_cast<int>(kNumScoreSums));
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const auto& range = side_.plan.block_rows[static_cast<std::size_t>(blocks[b])];
    tests.push_back({blocks[b], y.middleRows(range.begin, range.size()), fit.predicted[b]});
    const ScoreSums sums = block_sums(tests.back().observed, tests.back().predicted);
    put_sums(blocks[b], sums);
    fold_sums += sums;
  }
  const Eigen::VectorXd r = correlations(fold_sums);
  r_.row(fold) = r.transpose();
  if (axes_.draws > 0) {
    null_ += shifted_correlations(tests, fold_sums, axes_.components, side_.shifts);
  }
  for (int64_t target = 0; target < num_columns_; ++target) {
    values_.set(ScoreVariable::kAlpha,
                axes_.in_fold(place_.context, fold, column(target)),
                place_.time,
                fit.alpha[static_cast<std::size_t>(target)]);
  }
}

void TimeScores::put_sums(int64_t block, const ScoreSums& sums) {
  for (int64_t target = 0; target < num_columns_; ++target) {
    for (Eigen::Index stat = 0; stat < sums.cols(); ++stat) {
      values_.set(ScoreVariable::kSums,
                  axes_.in_block(place_.context, block, column(target)),
                  place_.time,
                  sums(target, stat),
                  stat);
    }
  }
}

void TimeScores::finish() {
  for (int64_t target = 0; target < num_columns_; ++target) {
    values_.set(ScoreVariable::kScoreComponent,
                place_.context * axes_.columns() + column(target),
                place_.time,
                mean_of_defined(r_.col(target)));
  }
  for (int64_t tap = 0; tap < place_.num_taps; ++tap) put_tap(tap);
}

void TimeScores::put_tap(int64_t tap) {
  const auto r = r_.middleCols(tap * axes_.components, axes_.components);
  const int64_t in_file = place_.first_tap + tap;
  values_.set(ScoreVariable::kScore,
              place_.context * axes_.taps + in_file,
              place_.time,
              mean_of_defined(r));
  const auto defined = static_cast<double>((r.array() == r.array()).count());
  const double widening = null_widening(axes_.folds);
  for (int64_t draw = 0; draw < axes_.draws; ++draw) {
    values_.set(ScoreVariable::kNullScore,
                axes_.in_draw(place_.context, draw, in_file),
                place_.time,
                widening * null_(draw, tap) / defined);
  }
}

}  // namespace lockstep
