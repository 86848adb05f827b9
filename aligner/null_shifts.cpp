#include "aligner/null_shifts.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>

#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr double kShortestShift_s = 30;

/// Words x targets, a word's targets side by side: a shift by words is then a shift by whole rows.
using WordMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Mean time from a word to the next of the same story; NaN without times.
double word_interval_s(const Words& words, std::span<const int64_t> rows) {
  double sum_s = 0;
  int64_t count = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& before = words.rows[static_cast<std::size_t>(rows[i - 1])];
    const auto& word = words.rows[static_cast<std::size_t>(rows[i])];
    const double step_s = word.onset_s - before.onset_s;
    if (before.story != word.story || !(step_s >= 0)) continue;
    sum_s += step_s;
    ++count;
  }
  return sum_s / static_cast<double>(count);
}

int64_t shortest_shift(int64_t num_words, double interval_s) {
  const int64_t third = num_words / 3;
  const double wanted = std::ceil(kShortestShift_s / interval_s);
  const bool fits = std::isfinite(wanted) && wanted < static_cast<double>(third);
  return std::max<int64_t>(fits ? static_cast<int64_t>(wanted) : third, 1);
}

/// Centred and divided by its norm over all blocks of the fold; targets to leave out become 0.
std::vector<WordMajor> normalised(std::span<const TestBlock> blocks,
                                  Eigen::MatrixXd TestBlock::*values,
                                  const Eigen::VectorXd& r) {
  Eigen::RowVectorXd sum = Eigen::RowVectorXd::Zero(r.size());
  Eigen::RowVectorXd squares = Eigen::RowVectorXd::Zero(r.size());
  double count = 0;
  for (const auto& block : blocks) {
    sum += (block.*values).colwise().sum();
    count += static_cast<double>((block.*values).rows());
  }
  const Eigen::RowVectorXd mean = sum / count;
  std::vector<WordMajor> centred;
  for (const auto& block : blocks) {
    centred.push_back((block.*values).rowwise() - mean);
    squares += centred.back().colwise().squaredNorm();
  }
  Eigen::RowVectorXd factor(r.size());
  for (Eigen::Index target = 0; target < r.size(); ++target) {
    factor[target] = std::isnan(r[target]) ? 0.0 : 1.0 / std::sqrt(squares[target]);
  }
  for (auto& block : centred) {
    for (Eigen::Index target = 0; target < r.size(); ++target) {
      if (factor[target] == 0.0) {
        block.col(target).setZero();
      } else {
        block.col(target) *= factor[target];
      }
    }
  }
  return centred;
}

/// sum_i observed[(i + shift) mod n] . predicted[i] over the words of a block.
double shifted_product(const WordMajor& observed, const WordMajor& predicted, int64_t shift) {
  const auto width = observed.cols();
  const auto head = static_cast<int>((observed.rows() - shift) * width);
  const auto tail = static_cast<int>(shift * width);
  return cblas_ddot(head, observed.data() + tail, 1, predicted.data(), 1) +
         cblas_ddot(tail, observed.data(), 1, predicted.data() + head, 1);
}

}  // namespace

double null_widening(int64_t num_folds) { return num_folds > 1 ? std::sqrt(2.0) : 1.0; }

NullShifts draw_null_shifts(const Words& words,
                            std::span<const int64_t> rows,
                            const TrainingPlan& plan,
                            int64_t num_draws,
                            uint64_t seed) {
  NullShifts shifts{num_draws, std::ssize(plan.block_rows), {}};
  std::vector<int64_t> shortest;
  for (const auto& range : plan.block_rows) {
    const auto block =
        rows.subspan(static_cast<std::size_t>(range.begin), static_cast<std::size_t>(range.size()));
    shortest.push_back(shortest_shift(range.size(), word_interval_s(words, block)));
  }
  for (int64_t draw = 0; draw < num_draws; ++draw) {
    RandomStream stream(seed, "null shift", static_cast<uint64_t>(draw));
    for (std::size_t block = 0; block < shortest.size(); ++block) {
      const double fraction = stream.uniform();
      const int64_t length = plan.block_rows[block].size();
      const int64_t choices = std::max<int64_t>(length - 2 * shortest[block] + 1, 1);
      const auto step = static_cast<int64_t>(fraction * static_cast<double>(choices));
      shifts.words.push_back(length < 2 ? 0 : shortest[block] + step);
    }
  }
  return shifts;
}

Eigen::MatrixXd shifted_correlations(std::span<const TestBlock> blocks,
                                     const Eigen::VectorXd& r,
                                     Eigen::Index width,
                                     const NullShifts& shifts) {
  const auto observed = normalised(blocks, &TestBlock::observed, r);
  const auto predicted = normalised(blocks, &TestBlock::predicted, r);
  const Eigen::Index num_groups = r.size() / width;
  Eigen::MatrixXd sums = Eigen::MatrixXd::Zero(shifts.num_draws, num_groups);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    for (Eigen::Index group = 0; group < num_groups; ++group) {
      const WordMajor y = observed[b].middleCols(group * width, width);
      const WordMajor p = predicted[b].middleCols(group * width, width);
      for (int64_t draw = 0; draw < shifts.num_draws; ++draw) {
        sums(draw, group) += shifted_product(y, p, shifts.at(draw, blocks[b].block));
      }
    }
  }
  return sums;
}

}  // namespace lockstep
