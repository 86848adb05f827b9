#include "extractor/machine_rate.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <chrono>
#include <numeric>
#include <vector>

#include "base/workers.h"

namespace lockstep {

double machine_rate(const RateOptions& options) {
  std::vector<double> rates(static_cast<std::size_t>(options.workers), 0.0);
  for_each_item(options.workers, options.workers, [&](int64_t item, int) {
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    const at::Tensor x = at::ones({options.rows, options.width});
    const at::Tensor weight = at::ones({4 * options.width, options.width});
    at::linear(x, weight);
    const auto start = std::chrono::steady_clock::now();
    double seconds = 0;
    int64_t products = 0;
    for (; seconds < 0.5; ++products) {
      at::linear(x, weight);
      seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    const double flop =
        2.0 * static_cast<double>(options.rows) * static_cast<double>(weight.numel());
    rates[static_cast<std::size_t>(item)] = flop * static_cast<double>(products) / seconds;
  });
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

}  // namespace lockstep
