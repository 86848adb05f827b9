#pragma once

#include <complex>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace lockstep {

/// The discrete Fourier transform of real signals in double precision, any length: X[k] = sum_n
/// x[n] exp(-2 pi i k n / N) for k = 0..N/2, the other half being its conjugate. Times O(N log N)
/// where the length is a product of small primes (smooth_length). Keeps its twiddle factors between
/// calls, so each thread needs an object of its own.
class Fourier {
 public:
  Fourier();
  ~Fourier();

  /// N/2 + 1 coefficients (rounded down). An empty signal gives none.
  std::vector<std::complex<double>> spectrum(std::span<const double> signal);
  /// The signal of `length` samples with this half spectrum, 1/N included; `half` must have
  /// length/2 + 1 coefficients, else Error(kProgram). The imaginary parts at 0 and, for even
  /// lengths, at N/2 do not count.
  std::vector<double> signal(std::span<const std::complex<double>> half, int64_t length);

  /// All N coefficients of a complex signal, in place; backward with 1/N included. Two real signals
  /// cost one complex one: the real and the imaginary part.
  void forward(std::vector<std::complex<double>>& signal);
  void backward(std::vector<std::complex<double>>& coefficients);

 private:
  struct Plans;
  std::unique_ptr<Plans> plans_;
};

/// The smallest even product of 2s, 3s and 5s that is `length` or more.
int64_t smooth_length(int64_t length);

}  // namespace lockstep
