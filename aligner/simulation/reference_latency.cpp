#include "aligner/simulation/reference_latency.h"

#include <cblas.h>

#include <cmath>

#include "aligner/scores/peak_time.h"
#include "base/workers.h"

namespace lockstep {
namespace {

/// The strength of every tap at one offset.
Eigen::VectorXd strength_at(const std::vector<AnalysedRecording>& recordings,
                            const PlantedFeatures& features,
                            double rate_hz,
                            int64_t offset) {
  const Eigen::Index width = features.values.cols();
  Eigen::MatrixXd products = Eigen::MatrixXd::Zero(width, width);  // component x source
  Eigen::VectorXd target_sum = Eigen::VectorXd::Zero(width);
  Eigen::VectorXd target_squares = Eigen::VectorXd::Zero(width);
  Eigen::VectorXd source_sum = Eigen::VectorXd::Zero(width);
  Eigen::VectorXd source_squares = Eigen::VectorXd::Zero(width);
  double count = 0;
  for (const auto& recording : recordings) {
    std::vector<double> times_s;
    Eigen::MatrixXd targets(static_cast<Eigen::Index>(recording.words.size()), width);
    for (const auto& word : recording.words) {
      targets.row(static_cast<Eigen::Index>(times_s.size())) = features.targets.row(word.row);
      times_s.push_back(static_cast<double>(word.sample + offset) / rate_hz);
    }
    const Eigen::MatrixXd sources = recording.responses->at(times_s);
    cblas_dgemm(CblasColMajor,
                CblasTrans,
                CblasNoTrans,
                static_cast<int>(width),
                static_cast<int>(width),
                static_cast<int>(targets.rows()),
                1.0,
                targets.data(),
                static_cast<int>(targets.rows()),
                sources.data(),
                static_cast<int>(sources.rows()),
                1.0,
                products.data(),
                static_cast<int>(width));
    target_sum += targets.colwise().sum().transpose();
    target_squares += targets.colwise().squaredNorm().transpose();
    source_sum += sources.colwise().sum().transpose();
    source_squares += sources.colwise().squaredNorm().transpose();
    count += static_cast<double>(targets.rows());
  }
  const Eigen::ArrayXd target_variance =
      target_squares.array() / count - (target_sum.array() / count).square();
  const Eigen::ArrayXd source_variance =
      source_squares.array() / count - (source_sum.array() / count).square();
  products = products / count - target_sum * source_sum.transpose() / (count * count);
  const double by_chance = source_variance.sum() / count;
  Eigen::VectorXd strength = Eigen::VectorXd::Zero(features.num_taps);
  for (Eigen::Index component = 0; component < width; ++component) {
    if (!(target_variance[component] > 0)) continue;
    const double squared =
        products.row(component).squaredNorm() / target_variance[component] - by_chance;
    strength[component / features.num_components] +=
        std::sqrt(std::max(squared, 0.0)) / static_cast<double>(features.num_components);
  }
  return strength;
}

}  // namespace

Eigen::MatrixXd decoding_strength(const std::vector<AnalysedRecording>& recordings,
                                  const PlantedFeatures& features,
                                  double rate_hz,
                                  std::span<const int64_t> offsets,
                                  int num_threads) {
  Eigen::MatrixXd strength(features.num_taps, static_cast<Eigen::Index>(offsets.size()));
  for_each_item(static_cast<int64_t>(offsets.size()), num_threads, [&](int64_t item, int) {
    strength.col(item) =
        strength_at(recordings, features, rate_hz, offsets[static_cast<std::size_t>(item)]);
  });
  return strength;
}

std::vector<double> reference_latencies(const Eigen::MatrixXd& strength,
                                        std::span<const int64_t> offsets,
                                        double rate_hz) {
  std::vector<double> times_s;
  for (const int64_t offset : offsets) times_s.push_back(static_cast<double>(offset) / rate_hz);
  std::vector<double> latencies;
  for (Eigen::Index tap = 0; tap < strength.rows(); ++tap) {
    const Eigen::VectorXd curve = strength.row(tap);
    latencies.push_back(
        peak_time(std::span<const double>(curve.data(), static_cast<std::size_t>(curve.size())),
                  times_s,
                  {})
            .time_s);
  }
  return latencies;
}

}  // namespace lockstep
