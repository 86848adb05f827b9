#include "base/workers.h"

#include <sched.h>

#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace lockstep {

int num_processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

void for_each_item(int64_t num_items,
                   int num_workers,
                   const std::function<void(int64_t item, int worker)>& work) {
  if (num_workers <= 1) {
    for (int64_t item = 0; item < num_items; ++item) work(item, 0);
    return;
  }
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> lowest_failed{num_items};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto take_items = [&](int worker) {
    // Items below a failed one are done all the same: they may fail too, and theirs is thrown.
    for (int64_t item = next++; item < lowest_failed; item = next++) {
      try {
        work(item, worker);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (item >= lowest_failed) continue;
        lowest_failed = item;
        failure = std::current_exception();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int worker = 0; worker < num_workers; ++worker) threads.emplace_back(take_items, worker);
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lockstep
