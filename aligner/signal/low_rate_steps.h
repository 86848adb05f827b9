#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "aligner/signal/fourier.h"
#include "aligner/signal/signal_steps.h"

namespace lockstep {

/// What take_steps() computes, to 1e-10 of the largest value, for a tenth of the work and with
/// little memory, where a recording goes to a much lower rate (has_low_rate). The recording is
/// decimated first, as far as the new rate allows and block by block as it is read; filters and
/// resampling follow at the low rate. Only near the ends of files, stretches and pads, where the
/// reflections need it, the filtered signal is computed at the full rate.
class LowRateSteps {
 public:
  explicit LowRateSteps(const SignalSteps& steps);
  ~LowRateSteps();

  /// What is kept of a channel while it is read.
  struct Channel {
    std::vector<double> low;   ///< decimated
    std::vector<double> kept;  ///< as they are: samples near ends
  };
  Channel channel() const;
  int64_t channel_bytes() const;

  int64_t num_blocks() const;
  /// The samples that a block needs; neighbouring blocks overlap.
  Stretch block_samples(int64_t block) const;
  /// Those that belong to it alone.
  Stretch own_samples(int64_t block) const;
  /// Takes the samples block_samples(block) of a channel, each block once. Different blocks or
  /// channels may be taken at the same time.
  void take(Channel& channel, int64_t block, std::span<const double> samples) const;

  struct RowsOfTwo {
    std::vector<double> first;
    std::vector<double> second;
  };
  /// The rows of two channels of which all blocks were taken: two cost what one does. `fourier`
  /// belongs to the thread.
  RowsOfTwo rows(const Channel& first, const Channel& second, Fourier& fourier) const;

 private:
  struct Prepared;
  std::unique_ptr<const Prepared> prepared_;
};

}  // namespace lockstep
