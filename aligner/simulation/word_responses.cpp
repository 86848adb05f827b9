// A stretch of times at once: the words in reach make a dense matrix of kernel values, which meets
// the features in a matrix product. Stretches are cut by the times alone, so the sums do not depend
// on who asks for how many.
#include "aligner/simulation/word_responses.h"

#include <cblas.h>

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::size_t kMostTimes = 512;  // of a stretch
constexpr double kLongestStretch_s = 20;

std::size_t end_of_stretch(std::span<const double> times_s, std::size_t first) {
  std::size_t end = first;
  while (end < times_s.size() && end - first < kMostTimes &&
         times_s[end] - times_s[first] <= kLongestStretch_s)
    ++end;
  return end;
}

}  // namespace

WordResponses::WordResponses(std::vector<HeardWord> words,
                             std::vector<ResponseKernel> kernels,
                             const Eigen::MatrixXd& features)
    : words_(std::move(words)), kernels_(std::move(kernels)), features_(features) {
  if (kernels_.empty() || features_.cols() % static_cast<Eigen::Index>(kernels_.size()) != 0) {
    fail(Blame::kProgram,
         "word responses: {} features for {} kernels; a multiple is wanted",
         features_.cols(),
         kernels_.size());
  }
}

Eigen::MatrixXd WordResponses::at(std::span<const double> times_s) const {
  const Eigen::Index width = features_.cols() / static_cast<Eigen::Index>(kernels_.size());
  Eigen::MatrixXd activity =
      Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(times_s.size()), features_.cols());
  const auto earlier = [](const HeardWord& word, double time_s) { return word.time_s < time_s; };
  for (std::size_t first = 0; first < times_s.size();) {
    const std::size_t end = end_of_stretch(times_s, first);
    const auto count = static_cast<Eigen::Index>(end - first);
    for (std::size_t tap = 0; tap < kernels_.size(); ++tap) {
      const ResponseKernel& kernel = kernels_[tap];
      const auto begin_word =
          std::lower_bound(words_.begin(), words_.end(), times_s[first] - kernel.end_s(), earlier);
      const auto end_word = std::lower_bound(
          words_.begin(), words_.end(), times_s[end - 1] - kernel.begin_s(), earlier);
      const auto in_reach = static_cast<Eigen::Index>(end_word - begin_word);
      if (in_reach == 0) continue;
      Eigen::MatrixXd strength(count, in_reach);
      Eigen::MatrixXd words(in_reach, width);
      for (Eigen::Index k = 0; k < in_reach; ++k) {
        const HeardWord& word = *(begin_word + k);
        words.row(k) =
            features_.row(word.row).segment(static_cast<Eigen::Index>(tap) * width, width);
        for (Eigen::Index n = 0; n < count; ++n)
          strength(n, k) = kernel.at(times_s[first + static_cast<std::size_t>(n)] - word.time_s);
      }
      double* into = activity.data() + static_cast<Eigen::Index>(tap) * width * activity.rows() +
                     static_cast<Eigen::Index>(first);
      cblas_dgemm(CblasColMajor,
                  CblasNoTrans,
                  CblasNoTrans,
                  static_cast<int>(count),
                  static_cast<int>(width),
                  static_cast<int>(in_reach),
                  1.0,
                  strength.data(),
                  static_cast<int>(count),
                  words.data(),
                  static_cast<int>(in_reach),
                  0.0,
                  into,
                  static_cast<int>(activity.rows()));
    }
    first = end;
  }
  return activity;
}

}  // namespace lockstep
