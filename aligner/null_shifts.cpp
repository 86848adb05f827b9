#include "aligner/null_shifts.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr double kShortestShift_s = 30;

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

/// Words x targets of a group in single precision, a word's targets side by side: a shift by words
/// is then a shift by whole rows.
using WordMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// A group of neighbouring targets, and what is done to their values: (value - mean) * factor.
struct Columns {
  Eigen::Index first;
  Eigen::Index count;
  const Eigen::VectorXd& mean;    ///< by target
  const Eigen::VectorXd& factor;  ///< by target; 0 leaves it out
};

WordMajor normalised(const Eigen::Ref<const Eigen::MatrixXd>& values, const Columns& columns) {
  WordMajor made(values.rows(), columns.count);
  for (Eigen::Index target = 0; target < columns.count; ++target) {
    const auto column = values.col(columns.first + target);
    const double mean = columns.mean[columns.first + target];
    const double factor = columns.factor[columns.first + target];
    if (factor == 0.0) {
      made.col(target).setZero();
      continue;
    }
    for (Eigen::Index word = 0; word < column.size(); ++word) {
      made(word, target) = static_cast<float>((column[word] - mean) * factor);
    }
  }
  return made;
}

/// What makes r out of products of observed and predicted values.
struct Norms {
  Eigen::VectorXd mean_observed;
  Eigen::VectorXd mean_predicted;
  Eigen::VectorXd one;      ///< 1, or 0 for a target that is left out
  Eigen::VectorXd inverse;  ///< 1 / (norm of observed * norm of predicted), or 0
};

Norms norms_of(const ScoreSums& sums) {
  const auto column = [&](ScoreSum sum) {
    return sums.col(static_cast<Eigen::Index>(sum)).array();
  };
  const Eigen::ArrayXd n = column(ScoreSum::kN);
  const Eigen::ArrayXd yy = column(ScoreSum::kYY) - column(ScoreSum::kY).square() / n;
  const Eigen::ArrayXd pp = column(ScoreSum::kPP) - column(ScoreSum::kP).square() / n;
  const Eigen::ArrayXd r = correlations(sums).array();
  Norms norms;
  norms.mean_observed = column(ScoreSum::kY) / n;
  norms.mean_predicted = column(ScoreSum::kP) / n;
  norms.one = (r == r).cast<double>();
  norms.inverse = (r == r).select((yy * pp).sqrt().inverse(), 0.0);
  return norms;
}

/// A draw and how far it shifts a block.
struct DrawShift {
  int64_t words;
  int64_t draw;
};

/// Draws by shift: neighbours then read nearly the same words.
std::vector<DrawShift> sorted_shifts(const NullShifts& shifts, int64_t block) {
  std::vector<DrawShift> sorted;
  for (int64_t draw = 0; draw < shifts.num_draws; ++draw) {
    sorted.push_back({shifts.at(draw, block), draw});
  }
  std::sort(sorted.begin(), sorted.end(), [](const DrawShift& a, const DrawShift& b) {
    return std::tie(a.words, a.draw) < std::tie(b.words, b.draw);
  });
  return sorted;
}

/// Adds sum_i observed[(i + shift) mod n] . predicted[i] over the words of a block to each draw.
/// The observed values are laid out twice, so that no shift wraps. A stretch of predicted words and
/// the observed words of neighbouring shifts stay in the first-level cache. Stretches are summed in
/// double.
void add_shifted_products(const WordMajor& observed,
                          const WordMajor& predicted,
                          const std::vector<DrawShift>& shifts,
                          Eigen::Ref<Eigen::VectorXd> sums) {
  constexpr Eigen::Index kFloatsATime = 2048;
  const Eigen::Index words = observed.rows(), width = observed.cols();
  WordMajor twice(2 * words, width);
  twice << observed, observed;
  const Eigen::Index stretch = std::max<Eigen::Index>(kFloatsATime / width, 1);
  for (Eigen::Index first = 0; first < words; first += stretch) {
    const auto size = static_cast<int>(std::min(stretch, words - first) * width);
    const float* p = predicted.data() + first * width;
    for (const DrawShift& shift : shifts) {
      const float* y = twice.data() + (first + shift.words) * width;
      sums[shift.draw] += static_cast<double>(cblas_sdot(size, y, 1, p, 1));
    }
  }
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
                                     const ScoreSums& sums,
                                     Eigen::Index width,
                                     const NullShifts& shifts) {
  const Norms norms = norms_of(sums);
  const Eigen::Index num_groups = sums.rows() / width;
  Eigen::MatrixXd shifted = Eigen::MatrixXd::Zero(shifts.num_draws, num_groups);
  for (const auto& block : blocks) {
    const auto by_shift = sorted_shifts(shifts, block.block);
    for (Eigen::Index group = 0; group < num_groups; ++group) {
      const Eigen::Index first = group * width;
      add_shifted_products(
          normalised(block.observed, {first, width, norms.mean_observed, norms.one}),
          normalised(block.predicted, {first, width, norms.mean_predicted, norms.inverse}),
          by_shift,
          shifted.col(group));
    }
  }
  return shifted;
}

}  // namespace lockstep
