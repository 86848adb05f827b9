#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace lockstep {

/// A symmetric low-pass of odd length and unit sum: gain 1 up to `pass`, 0 from `stop` on, both to
/// 1e-13 (Kaiser window, Kaiser & Schafer 1980: beta = 0.1102 (A - 8.7), A = 260 dB). Frequencies
/// in cycles a sample, 0 <= pass < stop <= 1/2.
std::vector<double> sharp_low_pass(double pass, double stop);

/// Keeps every down-th sample of a signal after a low-pass that leaves nothing to fold back: gain 1
/// up to `pass`, 0 from `stop` < 1/(2 down) on, to 1e-13. Works in one or two stages, whichever is
/// less work, as matrix products. Thread-safe.
class Decimator {
 public:
  Decimator(int64_t down, double pass, double stop);

  int64_t down() const { return down_; }
  /// The low-pass that all stages make together: symmetric, of odd length.
  const std::vector<double>& response() const { return response_; }
  /// Samples that it reaches to each side.
  int64_t reach() const { return static_cast<int64_t>(response_.size() / 2); }

  /// Samples first, first + down, ... of the filtered signal, `count` of them. signal[0] is sample
  /// `origin`; samples first - reach() to last + reach() must be there, else Error(kProgram).
  std::vector<double> decimate(std::span<const double> signal,
                               int64_t origin,
                               int64_t first,
                               int64_t count) const;

 private:
  struct Stage {
    int64_t down = 1;
    std::vector<double> response;
    std::vector<double> block;  // rows x outputs: response, shifted by `down` from column to column
    int64_t rows = 0;
  };
  static Stage make_stage(int64_t down, double pass, double stop);
  static std::vector<double> run(const Stage& stage, std::span<const double> signal, int64_t count);

  int64_t down_;
  std::vector<Stage> stages_;
  std::vector<double> response_;
};

}  // namespace lockstep
