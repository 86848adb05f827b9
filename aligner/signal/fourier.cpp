// The one place that knows which library transforms: Eigen's copy of kissfft.
#include "aligner/signal/fourier.h"

#include <unsupported/Eigen/FFT>

#include "base/error.h"

namespace lockstep {

struct Fourier::Plans {
  Eigen::FFT<double> fft{Eigen::default_fft_impl<double>(), Eigen::FFT<double>::HalfSpectrum};
  std::vector<std::complex<double>> whole;  // where a complex transform goes
};

Fourier::Fourier() : plans_(std::make_unique<Plans>()) {}
Fourier::~Fourier() = default;

std::vector<std::complex<double>> Fourier::spectrum(std::span<const double> signal) {
  std::vector<std::complex<double>> half(signal.empty() ? 0 : signal.size() / 2 + 1);
  if (signal.size() == 1) half[0] = signal[0];
  if (signal.size() < 2) return half;
  plans_->fft.fwd(half.data(), signal.data(), static_cast<Eigen::Index>(signal.size()));
  return half;
}

std::vector<double> Fourier::signal(std::span<const std::complex<double>> half, int64_t length) {
  const auto wanted = static_cast<std::size_t>(length == 0 ? 0 : length / 2 + 1);
  if (length < 0 || half.size() != wanted) {
    fail(Blame::kProgram,
         "Fourier: {} coefficients for a signal of {} samples; {} are wanted",
         half.size(),
         length,
         wanted);
  }
  std::vector<double> signal(static_cast<std::size_t>(length));
  if (length == 1) signal[0] = half[0].real();
  if (length < 2) return signal;
  // kissfft's packed inverse mixes the imaginary part at 0 into its result.
  std::vector<std::complex<double>> clean(half.begin(), half.end());
  clean.front().imag(0);
  if (length % 2 == 0) clean.back().imag(0);
  plans_->fft.inv(signal.data(), clean.data(), static_cast<Eigen::Index>(length));
  return signal;
}

void Fourier::forward(std::vector<std::complex<double>>& signal) {
  if (signal.size() < 2) return;
  plans_->whole.resize(signal.size());
  plans_->fft.fwd(plans_->whole.data(), signal.data(), static_cast<Eigen::Index>(signal.size()));
  signal.swap(plans_->whole);
}

void Fourier::backward(std::vector<std::complex<double>>& coefficients) {
  if (coefficients.size() < 2) return;
  plans_->whole.resize(coefficients.size());
  plans_->fft.inv(
      plans_->whole.data(), coefficients.data(), static_cast<Eigen::Index>(coefficients.size()));
  coefficients.swap(plans_->whole);
}

int64_t smooth_length(int64_t length) {
  for (int64_t candidate = length < 2 ? 2 : length + length % 2;; candidate += 2) {
    int64_t rest = candidate;
    for (const int64_t prime : {2, 3, 5}) {
      while (rest % prime == 0) rest /= prime;
    }
    if (rest == 1) return candidate;
  }
}

}  // namespace lockstep
