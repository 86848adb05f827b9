#include "aligner/time_scores.h"

#include <limits>
#include <utility>

namespace lockstep {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

ScoreSums no_sums(int64_t num_columns) {
  return ScoreSums::Zero(num_columns, static_cast<int>(kNumScoreSums));
}

}  // namespace

TimeScores::TimeScores(const ScoresHeader& header,
                       const SubjectGroup& side,
                       FitPlace place,
                       PartValues& values)
    : side_(side),
      place_(place),
      values_(values),
      axes_(header),
      concatenated_(header.r == "concatenated"),
      num_columns_(place.num_taps * axes_.components),
      tested_{no_sums(num_columns_), {}},
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

FoldFitter::Want TimeScores::wants() const {
  return axes_.draws > 0 ? FoldFitter::Want::kWords : FoldFitter::Want::kSums;
}

void TimeScores::put_fold(FoldOutcome outcome) {
  const auto blocks = side_.plan.test_blocks(outcome.fold);
  for (int64_t target = 0; target < num_columns_; ++target) {
    values_.set(ScoreVariable::kAlpha,
                axes_.in_fold(place_.context, outcome.fold, column(target)),
                place_.time,
                outcome.alpha[static_cast<std::size_t>(target)]);
  }
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    put_sums(blocks[b], outcome.sums[b]);
    tested_.sums += outcome.sums[b];
  }
  if (axes_.draws > 0) {
    outcomes_.push_back(std::move(outcome));
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      tested_.blocks.push_back(
          {blocks[b], outcomes_.back().observed[b], outcomes_.back().predicted[b]});
    }
  }
  if (!concatenated_) settle();
}

void TimeScores::settle() {
  r_.push_back(correlations(tested_.sums));
  if (axes_.draws > 0) {
    null_ += shifted_correlations(tested_.blocks, tested_.sums, axes_.components, side_.shifts);
  }
  tested_ = {no_sums(num_columns_), {}};
  outcomes_.clear();
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
  if (concatenated_) settle();
  Eigen::MatrixXd r(std::ssize(r_), num_columns_);
  for (std::size_t i = 0; i < r_.size(); ++i) {
    r.row(static_cast<Eigen::Index>(i)) = r_[i].transpose();
  }
  for (int64_t target = 0; target < num_columns_; ++target) {
    values_.set(ScoreVariable::kScoreComponent,
                place_.context * axes_.columns() + column(target),
                place_.time,
                mean_of_defined(r.col(target)));
  }
  for (int64_t tap = 0; tap < place_.num_taps; ++tap) put_tap(tap, r);
}

void TimeScores::put_tap(int64_t tap, const Eigen::MatrixXd& r) {
  const auto of_tap = r.middleCols(tap * axes_.components, axes_.components);
  const int64_t in_file = place_.first_tap + tap;
  values_.set(ScoreVariable::kScore,
              place_.context * axes_.taps + in_file,
              place_.time,
              mean_of_defined(of_tap));
  const auto defined = static_cast<double>((of_tap.array() == of_tap.array()).count());
  const double widening = null_widening(axes_.folds);
  for (int64_t draw = 0; draw < axes_.draws; ++draw) {
    values_.set(ScoreVariable::kNullScore,
                axes_.in_draw(place_.context, draw, in_file),
                place_.time,
                widening * null_(draw, tap) / defined);
  }
}

}  // namespace lockstep
