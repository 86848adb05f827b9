// The block bootstrap of R from sums. The work is one product a component and fold: combinations of
// blocks x blocks times blocks x (sums of all times).
#include "aligner/scores/block_resampling.h"

#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "base/error.h"
#include "base/random_stream.h"
#include "base/schemas/scores_file.h"

namespace lockstep {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Rows of `patterns` that one product treats, so that its result stays in the cache.
constexpr std::size_t kPatternsAtOnce = 64;

// The sums of one component: block x (stat, time), so that the times of one sum are neighbours.
RowMatrix component_sums(const BlockSums& sums,
                         const std::vector<std::size_t>& blocks,
                         std::size_t component) {
  const std::size_t num_times = sums.num_times;
  RowMatrix m(static_cast<Eigen::Index>(blocks.size()),
              static_cast<Eigen::Index>(kNumScoreSums * num_times));
  for (std::size_t row = 0; row < blocks.size(); ++row) {
    double* to = m.data() + row * kNumScoreSums * num_times;
    const std::size_t cell = (blocks[row] * sums.num_components + component) * num_times;
    const double* from = sums.values.data() + cell * kNumScoreSums;
    for (std::size_t time = 0; time < num_times; ++time) {
      for (std::size_t stat = 0; stat < kNumScoreSums; ++stat) {
        to[stat * num_times + time] = from[time * kNumScoreSums + stat];
      }
    }
  }
  return m;
}

// Adds pearson() of each time to `into`; `row` holds stat x time.
void add_correlations(const double* row, std::size_t num_times, double* into) {
  std::array<const double*, kNumScoreSums> stat;
  for (std::size_t i = 0; i < kNumScoreSums; ++i) stat[i] = row + i * num_times;
  for (std::size_t time = 0; time < num_times; ++time) {
    into[time] += pearson(
        {stat[0][time], stat[1][time], stat[2][time], stat[3][time], stat[4][time], stat[5][time]});
  }
}

}  // namespace

BlockResampling::BlockResampling(std::span<const int64_t> block_fold,
                                 int64_t num_draws,
                                 uint64_t seed)
    : num_plan_blocks_(block_fold.size()) {
  std::vector<std::size_t> tested;
  for (std::size_t block = 0; block < block_fold.size(); ++block) {
    if (block_fold[block] >= 0) tested.push_back(block);
  }
  num_blocks_ = static_cast<int64_t>(tested.size());
  if (num_blocks_ < 2) return;

  num_draws_ = num_draws;
  multiplicity_.assign(static_cast<std::size_t>(num_draws) * num_plan_blocks_, 0);
  for (int64_t draw = 0; draw < num_draws; ++draw) {
    RandomStream stream(seed, "block bootstrap", static_cast<uint64_t>(draw));
    int32_t* of_draw = multiplicity_.data() + static_cast<std::size_t>(draw) * num_plan_blocks_;
    for (std::size_t i = 0; i < tested.size(); ++i) ++of_draw[tested[stream.below(tested.size())]];
  }
  for (const int64_t fold : tested_folds(block_fold)) {
    std::vector<std::size_t> blocks;
    for (const std::size_t block : tested) {
      if (block_fold[block] == fold) blocks.push_back(block);
    }
    folds_.push_back(make_fold(blocks, multiplicity_, num_plan_blocks_));
  }
}

std::span<const int32_t> BlockResampling::multiplicities(int64_t draw) const {
  return std::span(multiplicity_)
      .subspan(static_cast<std::size_t>(draw) * num_plan_blocks_, num_plan_blocks_);
}

BlockResampling::Fold BlockResampling::make_fold(const std::vector<std::size_t>& blocks,
                                                 std::span<const int32_t> multiplicity,
                                                 std::size_t num_plan_blocks) {
  Fold fold{.blocks = blocks, .patterns = {}, .pattern_of_draw = {}};
  std::map<std::vector<int32_t>, int32_t> known;
  const std::size_t num_draws = multiplicity.size() / num_plan_blocks;
  for (std::size_t draw = 0; draw < num_draws; ++draw) {
    std::vector<int32_t> pattern;
    int32_t divisor = 0;
    for (const std::size_t block : blocks) {
      pattern.push_back(multiplicity[draw * num_plan_blocks + block]);
      divisor = std::gcd(divisor, pattern.back());
    }
    if (divisor == 0) {
      fold.pattern_of_draw.push_back(-1);
      continue;
    }
    for (int32_t& times_drawn : pattern) times_drawn /= divisor;
    const auto next = static_cast<int32_t>(fold.patterns.size());
    const auto [entry, is_new] = known.emplace(pattern, next);
    if (is_new) fold.patterns.push_back(pattern);
    fold.pattern_of_draw.push_back(entry->second);
  }
  return fold;
}

std::vector<double> BlockResampling::pattern_scores(const Fold& fold, const BlockSums& sums) {
  const std::size_t num_times = sums.num_times;
  const std::size_t width = kNumScoreSums * num_times;
  std::vector<double> scores(fold.patterns.size() * num_times, 0.0);
  for (std::size_t component = 0; component < sums.num_components; ++component) {
    const RowMatrix blocks = component_sums(sums, fold.blocks, component);
    for (std::size_t first = 0; first < fold.patterns.size(); first += kPatternsAtOnce) {
      const std::size_t count = std::min(kPatternsAtOnce, fold.patterns.size() - first);
      RowMatrix weights(static_cast<Eigen::Index>(count), blocks.rows());
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t b = 0; b < fold.blocks.size(); ++b) {
          weights(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(b)) =
              fold.patterns[first + i][b];
        }
      }
      const RowMatrix combined = weights * blocks;
      for (std::size_t i = 0; i < count; ++i) {
        add_correlations(
            combined.data() + i * width, num_times, scores.data() + (first + i) * num_times);
      }
    }
  }
  for (double& score : scores) score /= static_cast<double>(sums.num_components);
  return scores;
}

std::vector<double> BlockResampling::scores(const BlockSums& sums) const {
  sums.check();
  if (sums.block_fold.size() != num_plan_blocks_) {
    fail(Blame::kProgram,
         "block bootstrap: sums of {} blocks; of {} as the plan has",
         sums.block_fold.size(),
         num_plan_blocks_);
  }
  const std::size_t num_times = sums.num_times;
  std::vector<double> total(static_cast<std::size_t>(num_draws_) * num_times, 0.0);
  std::vector<double> total_weight(total.size(), 0.0);
  for (const Fold& fold : folds_) {
    std::vector<std::size_t> with_words;
    for (const std::size_t block : fold.blocks) {
      for (std::size_t time = 0; time < num_times; ++time) {
        if (!(sums.at(block, 0, time).n > 0)) continue;
        with_words.push_back(block);
        break;
      }
    }
    const std::vector<double> scores_of = pattern_scores(fold, sums);
    for (std::size_t draw = 0; draw < static_cast<std::size_t>(num_draws_); ++draw) {
      const int32_t pattern = fold.pattern_of_draw[draw];
      if (pattern < 0) continue;
      int32_t times_drawn = 0;
      for (const std::size_t block : with_words) {
        times_drawn += multiplicity_[draw * num_plan_blocks_ + block];
      }
      if (times_drawn == 0) continue;
      const double weight = times_drawn / static_cast<double>(with_words.size());
      const double* score = scores_of.data() + static_cast<std::size_t>(pattern) * num_times;
      for (std::size_t time = 0; time < num_times; ++time) {
        if (std::isnan(score[time])) continue;
        total[draw * num_times + time] += weight * score[time];
        total_weight[draw * num_times + time] += weight;
      }
    }
  }
  for (std::size_t i = 0; i < total.size(); ++i) total[i] /= total_weight[i];
  return total;
}

}  // namespace lockstep
