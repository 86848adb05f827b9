#include "aligner/ridge/banded_ridge.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/random_stream.h"

namespace lockstep {
namespace {

constexpr int64_t kMostCandidates = 10000;

Eigen::RowVectorXd of_mean_one(const Eigen::RowVectorXd& weights) {
  return weights / weights.mean();
}

/// Keeps rows that no earlier row equals to 1e-9.
BandWeights distinct(const std::vector<Eigen::RowVectorXd>& rows) {
  std::set<std::vector<int64_t>> seen;
  std::vector<Eigen::RowVectorXd> kept;
  for (const auto& row : rows) {
    std::vector<int64_t> name;
    for (const double weight : row) name.push_back(std::llround(weight * 1e9));
    if (seen.insert(name).second) kept.push_back(row);
  }
  BandWeights weights(std::ssize(kept), rows.front().size());
  for (std::size_t i = 0; i < kept.size(); ++i) weights.row(static_cast<Eigen::Index>(i)) = kept[i];
  return weights;
}

std::vector<Eigen::RowVectorXd> random_weights(int64_t count, int64_t num_bands, uint64_t seed) {
  std::vector<Eigen::RowVectorXd> rows;
  for (int64_t i = 0; i < count; ++i) {
    RandomStream stream(seed, "band weights", static_cast<uint64_t>(i));
    Eigen::RowVectorXd row(num_bands);
    for (double& weight : row) weight = std::pow(10.0, 6 * stream.uniform() - 3);
    rows.push_back(of_mean_one(row));
  }
  return rows;
}

std::vector<Eigen::RowVectorXd> grid_weights(int64_t steps, int64_t num_bands) {
  const auto count = static_cast<int64_t>(
      std::pow(static_cast<double>(steps), static_cast<double>(num_bands)) + 0.5);
  std::vector<Eigen::RowVectorXd> rows;
  for (int64_t number = 0; number < count; ++number) {
    Eigen::RowVectorXd row(num_bands);
    int64_t rest = number;
    for (double& weight : row) {
      const auto step = static_cast<double>(rest % steps);
      weight = std::pow(10.0, -2 + 4 * step / static_cast<double>(steps - 1));
      rest /= steps;
    }
    rows.push_back(of_mean_one(row));
  }
  return rows;
}

}  // namespace

BandWeights parse_bands(const std::string& search, int64_t num_bands, uint64_t seed) {
  const auto colon = search.find(':');
  const std::string name = search.substr(0, colon);
  int64_t count = 0;
  const char* end = search.data() + search.size();
  const bool whole = colon != std::string::npos &&
                     std::from_chars(search.data() + colon + 1, end, count).ptr == end;
  const bool random = name == "random" && count >= 1;
  const bool grid = name == "grid" && count >= 2;
  if (!whole || !(random || grid)) {
    fail(Blame::kCommandLine,
         "--bands {}: wanted random:N, N from 1, or grid:K, K from 2, such as random:20",
         search);
  }
  const double rows = random ? static_cast<double>(count)
                             : std::pow(static_cast<double>(count), static_cast<double>(num_bands));
  if (rows > static_cast<double>(kMostCandidates)) {
    fail(Blame::kCommandLine,
         "--bands {}: {} sets of weights of {} bands; wanted at most {}",
         search,
         rows,
         num_bands,
         kMostCandidates);
  }
  std::vector<Eigen::RowVectorXd> all = {Eigen::RowVectorXd::Ones(num_bands)};
  const auto made =
      random ? random_weights(count, num_bands, seed) : grid_weights(count, num_bands);
  all.insert(all.end(), made.begin(), made.end());
  return distinct(all);
}

BandWeights without_band(const BandWeights& weights, Eigen::Index band) {
  std::vector<Eigen::RowVectorXd> rows;
  for (Eigen::Index i = 0; i < weights.rows(); ++i) {
    Eigen::RowVectorXd row = weights.row(i);
    row[band] = 0;
    const double sum = row.sum();
    if (sum > 0) row *= static_cast<double>(row.size() - 1) / sum;
    rows.push_back(row);
  }
  return distinct(rows);
}

BandedRidge::BandedRidge(InputRows x,
                         std::vector<Eigen::Index> band,
                         const TrainingPlan& plan,
                         RidgeOptions options)
    : plan_(plan), band_(std::move(band)), options_(std::move(options)), x_(std::move(x)) {
  alphas_ = Eigen::Map<const Eigen::VectorXd>(options_.alphas.data(), std::ssize(options_.alphas));
  offset_ = x_.colwise().mean().transpose();
  x_.rowwise() -= offset_.transpose();
  moments_ = input_moments(x_, plan_.cells);
  for (const auto& of_cell : moments_) all_ += of_cell;
}

std::vector<CrossMoments> BandedRidge::cross(const Eigen::MatrixXd& y) const {
  return cross_moments(x_, y, plan_.cells);
}

Eigen::VectorXd BandedRidge::weigh(const Eigen::VectorXd& scale,
                                   const Eigen::RowVectorXd& weights) const {
  Eigen::VectorXd weighted = scale;
  for (Eigen::Index input = 0; input < scale.size(); ++input) {
    weighted[input] *= std::sqrt(weights[band_[static_cast<std::size_t>(input)]]);
  }
  return weighted;
}

BandedFit BandedRidge::fit(int64_t fold,
                           const std::vector<CrossMoments>& cross,
                           const BandWeights& weights) const {
  const CellSet training{fold};
  const InputMoments inputs = total(moments_, plan_.cells, training);
  const CrossMoments targets = total(cross, plan_.cells, training);
  const Eigen::VectorXd scale = input_scale(options_.scale, inputs, all_, offset_);
  const auto num_targets = static_cast<std::size_t>(targets.sum.size());
  const auto blocks = plan_.training_blocks(fold);

  BandedFit made{{std::vector<double>(num_targets, alphas_[0]), {}, {}},
                 std::vector<Eigen::Index>(num_targets, 0)};
  std::vector<double> smallest(num_targets, std::numeric_limits<double>::infinity());
  for (Eigen::Index candidate = 0; candidate < weights.rows(); ++candidate) {
    const Eigen::MatrixXd loss = held_out_block_loss({plan_.cells, moments_, cross},
                                                     fold,
                                                     blocks,
                                                     weigh(scale, weights.row(candidate)),
                                                     alphas_);
    const auto best = best_alphas(loss);
    for (std::size_t target = 0; target < num_targets; ++target) {
      const double value = loss(best[target], static_cast<Eigen::Index>(target));
      if (!(value < smallest[target])) continue;
      smallest[target] = value;
      made.candidate[target] = candidate;
      made.fit.alpha[target] = alphas_[best[target]];
    }
  }
  for (const int64_t block : plan_.test_blocks(fold)) {
    made.fit.predicted.emplace_back(plan_.block_rows[static_cast<std::size_t>(block)].size(),
                                    targets.sum.size());
  }
  for (Eigen::Index candidate = 0; candidate < weights.rows(); ++candidate) {
    std::vector<Eigen::Index> some;
    for (std::size_t target = 0; target < num_targets; ++target) {
      if (made.candidate[target] == candidate) some.push_back(static_cast<Eigen::Index>(target));
    }
    if (some.empty()) continue;
    Eigen::VectorXd alpha(std::ssize(some));
    for (std::size_t i = 0; i < some.size(); ++i) {
      alpha[static_cast<Eigen::Index>(i)] = made.fit.alpha[static_cast<std::size_t>(some[i])];
    }
    const CrossMoments chosen{
        targets.sum(some), targets.squares(some), targets.cross(Eigen::all, some)};
    const auto predicted =
        predict(fold, inputs, chosen, weigh(scale, weights.row(candidate)), alpha);
    for (std::size_t b = 0; b < predicted.size(); ++b) {
      made.fit.predicted[b](Eigen::all, some) = predicted[b];
    }
  }
  return made;
}

std::vector<Eigen::MatrixXd> BandedRidge::predict(int64_t fold,
                                                  const InputMoments& inputs,
                                                  const CrossMoments& targets,
                                                  const Eigen::VectorXd& scale,
                                                  const Eigen::VectorXd& alpha) const {
  const EigenBasis basis = make_eigen_basis(inputs, scale);
  Eigen::MatrixXd beta = project_cross(basis, inputs, targets);
  for (Eigen::Index target = 0; target < beta.cols(); ++target) {
    beta.col(target).array() /= basis.values.array() + alpha[target];
  }
  const Eigen::MatrixXd coefficients = basis.projection * beta;
  const Eigen::RowVectorXd constant =
      targets.sum.transpose() / inputs.count - basis.mean.transpose() * coefficients;
  std::vector<Eigen::MatrixXd> predicted;
  for (const int64_t block : plan_.test_blocks(fold)) {
    const auto& range = plan_.block_rows[static_cast<std::size_t>(block)];
    predicted.emplace_back(range.size(), coefficients.cols());
    predicted.back().noalias() = x_.middleRows(range.begin, range.size()) * coefficients;
    predicted.back().rowwise() += constant;
  }
  return predicted;
}

}  // namespace lockstep
