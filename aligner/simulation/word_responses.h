#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <span>
#include <vector>

#include "aligner/simulation/response_kernel.h"

namespace lockstep {

/// A word that the brain responds to: a row of the features, and the time in the recording from
/// which latencies count.
struct HeardWord {
  int64_t row = 0;
  double time_s = 0;
};

/// Source activity that words cause: at time t, source (tap, component) has the sum over words of
/// feature(word, tap, component) * kernel(tap, t - time of the word).
class WordResponses {
 public:
  /// `words` in ascending order of time; one kernel a tap; `features` is word x (tap, component),
  /// kept by reference.
  WordResponses(std::vector<HeardWord> words,
                std::vector<ResponseKernel> kernels,
                const Eigen::MatrixXd& features);

  /// times x (tap, component). `times_s` ascending.
  Eigen::MatrixXd at(std::span<const double> times_s) const;

 private:
  std::vector<HeardWord> words_;
  std::vector<ResponseKernel> kernels_;
  const Eigen::MatrixXd& features_;
};

}  // namespace lockstep
