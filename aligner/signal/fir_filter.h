#pragma once

#include <limits>
#include <span>
#include <vector>

namespace lockstep {

/// What a filter lets pass; `low_hz` 0 lets everything below pass, `high_hz` infinite everything
/// above.
struct Band {
  double low_hz = 0;
  double high_hz = std::numeric_limits<double>::infinity();
};

/// Widths of the stretches between what passes and what is stopped, outside the band; 0 where the
/// band has no border.
struct Transitions {
  double low_hz = 0;
  double high_hz = 0;
};
Transitions transitions_of(const Band& band, double rate_hz);

/// Impulse response of MNE's default band-pass (mne.filter.create_filter 1.13: firwin, Hamming,
/// zero phase, transitions min(max(f/4, 2), f) below and min(max(f/4, 2), rate/2 - f) above): odd
/// length, symmetric, its middle is time 0. The length is 3.3 / narrowest transition seconds: 33 s
/// for 0.1 Hz. Throws Error(kCommandLine) unless 0 <= low < high and high < rate/2 where it is
/// finite.
std::vector<double> band_pass(const Band& band, double rate_hz);

/// Impulse response that stops narrow bands about `frequencies_hz` (mne.filter.notch_filter 1.13,
/// method="fir": each 1/200 of its frequency wide, transitions of 0.5 Hz on both sides, 6.6 s
/// long). None: {1}. Throws Error(kCommandLine) if stop bands touch each other, 0 or rate/2.
std::vector<double> notch(std::span<const double> frequencies_hz, double rate_hz);

/// The signal convolved with a symmetric odd-length response, without delay; the ends are reflected
/// (pad_by_reflection, min(length, n) - 1 samples). Same as mne.filter.filter_data with
/// phase="zero".
std::vector<double> filter_zero_phase(std::span<const double> signal,
                                      std::span<const double> response);

/// Gain of a symmetric response at a frequency: its Fourier transform about its middle, which is
/// real.
double gain_at(std::span<const double> response, double frequency_hz, double rate_hz);

}  // namespace lockstep
