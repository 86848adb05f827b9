// Correlation from sums: what scores.h5 keeps is enough for r of every subset of blocks, without
// the words.
#include "aligner/scores/correlation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "base/schemas/scores_file.h"

namespace lockstep {

void WordSums::add(double observed, double predicted) {
  y += observed;
  yy += observed * observed;
  p += predicted;
  pp += predicted * predicted;
  yp += observed * predicted;
  n += 1;
}

WordSums& WordSums::operator+=(const WordSums& other) {
  y += other.y;
  yy += other.yy;
  p += other.p;
  pp += other.pp;
  yp += other.yp;
  n += other.n;
  return *this;
}

double pearson(const WordSums& sums) {
  if (!(sums.n >= 2)) return std::numeric_limits<double>::quiet_NaN();
  const double variance_y = sums.yy - sums.y * sums.y / sums.n;
  const double variance_p = sums.pp - sums.p * sums.p / sums.n;
  const double covariance = sums.yp - sums.y * sums.p / sums.n;
  if (std::isnan(variance_y) || std::isnan(variance_p) || std::isnan(covariance)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (variance_y <= kRelativeVariance * sums.yy || variance_p <= kRelativeVariance * sums.pp) {
    return 0;
  }
  return std::clamp(covariance / (std::sqrt(variance_y) * std::sqrt(variance_p)), -1.0, 1.0);
}

WordSums BlockSums::at(std::size_t block, std::size_t component, std::size_t time) const {
  const std::size_t cell = (block * num_components + component) * num_times + time;
  const double* stat = values.data() + cell * kNumScoreSums;
  const auto sum = [stat](ScoreSum which) { return stat[static_cast<std::size_t>(which)]; };
  return {sum(ScoreSum::kY),
          sum(ScoreSum::kYY),
          sum(ScoreSum::kP),
          sum(ScoreSum::kPP),
          sum(ScoreSum::kYP),
          sum(ScoreSum::kN)};
}

void BlockSums::check() const {
  const std::size_t wanted = block_fold.size() * num_components * num_times * kNumScoreSums;
  if (values.size() != wanted) {
    fail(Blame::kProgram,
         "sums: {} values; {} blocks x {} components x {} times x {} sums",
         values.size(),
         block_fold.size(),
         num_components,
         num_times,
         kNumScoreSums);
  }
}

std::vector<int64_t> tested_folds(std::span<const int64_t> block_fold) {
  std::set<int64_t> folds(block_fold.begin(), block_fold.end());
  folds.erase(-1);
  return {folds.begin(), folds.end()};
}

std::vector<double> fold_correlations(const BlockSums& sums, int64_t fold) {
  sums.check();
  std::vector<double> r(sums.num_components * sums.num_times);
  for (std::size_t component = 0; component < sums.num_components; ++component) {
    for (std::size_t time = 0; time < sums.num_times; ++time) {
      WordSums words;
      for (std::size_t block = 0; block < sums.block_fold.size(); ++block) {
        if (sums.block_fold[block] == fold) words += sums.at(block, component, time);
      }
      r[component * sums.num_times + time] = pearson(words);
    }
  }
  return r;
}

std::vector<double> mean_score(const BlockSums& sums) {
  std::vector<double> total(sums.num_times, 0.0);
  std::vector<int64_t> num_defined(sums.num_times, 0);
  for (const int64_t fold : tested_folds(sums.block_fold)) {
    const std::vector<double> r = fold_correlations(sums, fold);
    for (std::size_t k = 0; k < r.size(); ++k) {
      if (std::isnan(r[k])) continue;
      total[k % sums.num_times] += r[k];
      ++num_defined[k % sums.num_times];
    }
  }
  for (std::size_t time = 0; time < sums.num_times; ++time) {
    total[time] /= static_cast<double>(num_defined[time]);
  }
  return total;
}

}  // namespace lockstep
