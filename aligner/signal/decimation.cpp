// Several outputs at a time are one matrix product: with m outputs a column, column c of X holds
// the samples from c m down on, and Y = B' X, B holding the response shifted by `down` from output
// to output. X overlaps itself, which BLAS does not take; so it is cut into bands of m down rows
// that do not.
#include "aligner/signal/decimation.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kAttenuation_dB = 260;
constexpr int64_t kOutputs = 16;  // a column

/// Samples that a sharp low-pass needs for a transition: an odd number.
int64_t sharp_length(double pass, double stop) {
  const double width = 2 * std::numbers::pi * (stop - pass);
  const auto order = static_cast<int64_t>(std::ceil((kAttenuation_dB - 7.95) / (2.285 * width)));
  return order + 1 + order % 2;
}

/// Multiplications a sample of the input.
double work_of(int64_t down, double pass, double stop) {
  return static_cast<double>(sharp_length(pass, stop)) / static_cast<double>(down) + kOutputs;
}

/// The stop frequency of a first stage: what folds back onto 0 to `stop` must be gone.
double first_stop(int64_t down, double stop) { return 1 / static_cast<double>(down) - stop; }

/// How much the first of two stages decimates; 1: one stage is less work.
int64_t best_first(int64_t down, double pass, double stop) {
  int64_t best = 1;
  double least = work_of(down, pass, stop);
  for (int64_t first = 2; first < down; ++first) {
    if (down % first != 0 || first_stop(first, stop) <= 2 * pass) continue;
    const auto rate = static_cast<double>(first);
    const double work = work_of(first, pass, std::min(first_stop(first, stop), 0.5)) +
                        work_of(down / first, pass * rate, stop * rate) / rate;
    if (work < least) {
      least = work;
      best = first;
    }
  }
  return best;
}

}  // namespace

std::vector<double> sharp_low_pass(double pass, double stop) {
  if (!(pass >= 0 && pass < stop && stop <= 0.5)) {
    fail(Blame::kProgram,
         "sharp_low_pass: {} to {} cycles a sample; 0 <= pass < stop <= 0.5 is wanted",
         pass,
         stop);
  }
  const double beta = 0.1102 * (kAttenuation_dB - 8.7);
  const int64_t length = sharp_length(pass, stop);
  const double half = static_cast<double>(length / 2);
  const double cutoff = pass + stop;  // in units of half the rate: twice the middle
  std::vector<double> response(static_cast<std::size_t>(length));
  double sum = 0;
  for (std::size_t k = 0; k < response.size(); ++k) {
    const double at = static_cast<double>(k) - half;
    const double share = at / half;
    const double window =
        std::cyl_bessel_i(0.0, beta * std::sqrt(std::max(0.0, 1 - share * share))) /
        std::cyl_bessel_i(0.0, beta);
    const double x = std::numbers::pi * cutoff * at;
    response[k] = cutoff * (at == 0 ? 1 : std::sin(x) / x) * window;
    sum += response[k];
  }
  for (double& value : response) value /= sum;
  return response;
}

Decimator::Stage Decimator::make_stage(int64_t down, double pass, double stop) {
  Stage stage;
  stage.down = down;
  stage.response = sharp_low_pass(pass, stop);
  const auto length = static_cast<int64_t>(stage.response.size());
  stage.rows = length + (kOutputs - 1) * down;
  stage.block.assign(static_cast<std::size_t>(stage.rows * kOutputs), 0.0);
  for (int64_t output = 0; output < kOutputs; ++output) {
    std::copy(stage.response.begin(),
              stage.response.end(),
              stage.block.begin() + output * (stage.rows + down));
  }
  return stage;
}

Decimator::Decimator(int64_t down, double pass, double stop) : down_(down) {
  if (!(down >= 1 && stop <= 0.5 / static_cast<double>(down))) {
    fail(Blame::kProgram,
         "Decimator: every {} samples, nothing from {} cycles a sample on; at most {} is wanted",
         down,
         stop,
         0.5 / static_cast<double>(down));
  }
  const int64_t first = best_first(down, pass, stop);
  if (first == 1) {
    stages_.push_back(make_stage(down, pass, stop));
    response_ = stages_[0].response;
    return;
  }
  const auto rate = static_cast<double>(first);
  stages_.push_back(make_stage(first, pass, std::min(first_stop(first, stop), 0.5)));
  stages_.push_back(make_stage(down / first, pass * rate, stop * rate));
  const std::vector<double>& near = stages_[0].response;
  const std::vector<double>& far = stages_[1].response;
  const auto step = static_cast<std::size_t>(first);
  response_.assign(near.size() + step * (far.size() - 1), 0.0);
  for (std::size_t k = 0; k < far.size(); ++k) {
    for (std::size_t j = 0; j < near.size(); ++j) response_[k * step + j] += far[k] * near[j];
  }
}

std::vector<double> Decimator::run(const Stage& stage,
                                   std::span<const double> signal,
                                   int64_t count) {
  using Matrix = Eigen::MatrixXd;
  using Strided = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;
  std::vector<double> outputs(static_cast<std::size_t>(count));
  const int64_t band = kOutputs * stage.down;
  // Columns for which all rows, zeros of B included, are there.
  const auto size = static_cast<int64_t>(signal.size());
  const int64_t columns =
      std::min(count / kOutputs, size < stage.rows ? 0 : (size - stage.rows) / band + 1);
  if (columns > 0) {
    Eigen::Map<Matrix> y(outputs.data(), kOutputs, columns);
    for (int64_t row = 0; row < stage.rows; row += band) {
      const int64_t rows = std::min(band, stage.rows - row);
      const Strided b(stage.block.data() + row, rows, kOutputs, Eigen::OuterStride<>(stage.rows));
      const Strided x(signal.data() + row, rows, columns, Eigen::OuterStride<>(band));
      if (row == 0) {
        y.noalias() = b.transpose() * x;
      } else {
        y.noalias() += b.transpose() * x;
      }
    }
  }
  const Eigen::Map<const Eigen::VectorXd> response(
      stage.response.data(), static_cast<Eigen::Index>(stage.response.size()));
  for (int64_t k = columns * kOutputs; k < count; ++k) {
    outputs[static_cast<std::size_t>(k)] = response.dot(
        Eigen::Map<const Eigen::VectorXd>(signal.data() + k * stage.down, response.size()));
  }
  return outputs;
}

std::vector<double> Decimator::decimate(std::span<const double> signal,
                                        int64_t origin,
                                        int64_t first,
                                        int64_t count) const {
  if (count <= 0) return {};
  const int64_t from = first - reach() - origin;
  const int64_t length = (count - 1) * down_ + static_cast<int64_t>(response_.size());
  if (from < 0 || from + length > static_cast<int64_t>(signal.size())) {
    fail(Blame::kProgram,
         "decimate: samples {} to {} of a signal of {}; samples of it are wanted",
         from,
         from + length,
         signal.size());
  }
  const auto own = signal.subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(length));
  if (stages_.size() == 1) return run(stages_[0], own, count);
  const int64_t between =
      (count - 1) * stages_[1].down + static_cast<int64_t>(stages_[1].response.size());
  return run(stages_[1], run(stages_[0], own, between), count);
}

}  // namespace lockstep
