#include "aligner/simulation/recorded_signal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "aligner/signal/fir_filter.h"
#include "aligner/signal/resampling.h"
#include "tests/support/raw_simulation.h"

namespace lockstep {
namespace {

constexpr double kRate_hz = 1200;

class RecordedSignals : public testing::RawSimulations {
 protected:
  static Eigen::MatrixXd whole(const RecordedSignal& signal) {
    return signal.piece(0, signal.num_samples()).sensors;
  }
};

std::vector<double> column(const Eigen::MatrixXd& values, Eigen::Index k) {
  return {values.col(k).data(), values.col(k).data() + values.rows()};
}

/// What import makes of a sensor.
std::vector<double> imported(std::span<const double> signal, const Band& band) {
  return resample(
      filter_zero_phase(signal, band_pass(band, kRate_hz)), {1, 40}, ResamplingEnds::kExact);
}

double deviation(const std::vector<double>& values, std::size_t from, std::size_t to) {
  double sum = 0, squares = 0;
  for (std::size_t k = from; k < to; ++k) {
    sum += values[k];
    squares += values[k] * values[k];
  }
  const auto n = static_cast<double>(to - from);
  return std::sqrt(squares / n - sum * sum / n / n);
}

TEST_F(RecordedSignals, BecomeByImportWhatIsSimulatedAfterIt) {
  const Simulation simulation = simulate();
  const Eigen::MatrixXd after = simulation.data(0);
  const Eigen::MatrixXd before = whole(simulation.recorded(0, kRate_hz));

  ASSERT_EQ(before.rows(), after.rows() * 40);
  for (Eigen::Index sensor = 0; sensor < 5; ++sensor) {
    const std::vector<double> found = imported(column(before, sensor), options.band);
    const std::vector<double> wanted = column(after, sensor);
    // Within half the filter's length of an end import sees other things than the simulation.
    const std::size_t edge = 17 * 30, end = wanted.size() - edge;
    std::vector<double> difference;
    for (std::size_t k = 0; k < wanted.size(); ++k) difference.push_back(found[k] - wanted[k]);
    // What remains is noise of the sensors that leaks into the band, and the filter's lower
    // border, which the drawn sensor noise does not have.
    EXPECT_LT(deviation(difference, edge, end), 0.03 * deviation(wanted, edge, end))
        << "sensor " << sensor;
  }
}

TEST_F(RecordedSignals, DoNotDependOnHowTheyAreCut) {
  options.num_bad_sensors = 1;
  const Simulation simulation = simulate();
  const RecordedSignal signal = simulation.recorded(0, kRate_hz);
  const Eigen::MatrixXd all = whole(signal);
  const Eigen::MatrixXd far = signal.piece(0, signal.num_samples()).far;

  for (const auto& [first, count] :
       {std::pair<int64_t, int64_t>{0, 1}, {1199, 2}, {777, 5000}, {signal.num_samples() - 9, 9}}) {
    const RecordedPiece piece = signal.piece(first, count);
    // Products of matrices of another size may add in another order.
    EXPECT_LT((piece.sensors - all.middleRows(first, count)).cwiseAbs().maxCoeff(), 1e-24);
    EXPECT_EQ(piece.far, far.middleRows(first, count));
  }
}

TEST_F(RecordedSignals, HoldWhatImportTakesAway) {
  const Simulation simulation = simulate();
  const RecordedSignal signal = simulation.recorded(0, kRate_hz);
  const Eigen::MatrixXd all = whole(signal);

  // Power at a frequency over that a little beside it; and of the noise above the band.
  const auto power = [&](double hz) {
    const double turn = 2 * std::numbers::pi * hz / kRate_hz;
    double real = 0, imaginary = 0;
    for (Eigen::Index n = 0; n < all.rows(); ++n) {
      real += all(n, 0) * std::cos(turn * static_cast<double>(n));
      imaginary += all(n, 0) * std::sin(turn * static_cast<double>(n));
    }
    return real * real + imaginary * imaginary;
  };
  for (const double hz : {50.0, 100.0, 150.0}) EXPECT_GT(power(hz), 100 * power(hz + 1.7)) << hz;
  EXPECT_GT(power(431.7), 0);
  EXPECT_GT(std::abs(all.col(0).mean()), kBackground_t);
}

TEST_F(RecordedSignals, FollowOptionsAndSeed) {
  const Eigen::MatrixXd one = whole(simulate().recorded(0, 300));
  options.null = Null::kNoise;
  const Eigen::MatrixXd silent = whole(simulate().recorded(0, 300));
  options.seed = 5;
  const Eigen::MatrixXd other = whole(simulate().recorded(0, 300));

  EXPECT_EQ(one.rows(), silent.rows());
  EXPECT_GT((one - silent).cwiseAbs().maxCoeff(), kBackground_t / 10);
  EXPECT_GT((other - silent).cwiseAbs().maxCoeff(), kBackground_t / 10);
}

TEST_F(RecordedSignals, HaveNoiseAloneInBadSensors) {
  options.num_bad_sensors = 1;
  const Simulation simulation = simulate();
  const Eigen::MatrixXd all = whole(simulation.recorded(0, kRate_hz));

  for (Eigen::Index sensor = 0; sensor < 5; ++sensor) {
    const double found = deviation(column(all, sensor), 0, static_cast<std::size_t>(all.rows()));
    const bool is_bad = simulation.header().sensors[static_cast<std::size_t>(sensor)].bad;
    EXPECT_EQ(is_bad, found > 15 * kBackground_t) << "sensor " << sensor << ": " << found;
  }
}

}  // namespace
}  // namespace lockstep
