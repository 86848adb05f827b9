#include "base/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lockstep {
namespace {

TEST(Workers, DoEachItemOnce) {
  for (const int workers : {1, 3}) {
    std::vector<std::atomic<int>> done(100);
    for_each_item(100, workers, [&](int64_t item, int worker) {
      EXPECT_LT(worker, workers);
      ++done[static_cast<std::size_t>(item)];
    });
    for (const auto& count : done) EXPECT_EQ(count, 1);
  }
  EXPECT_GE(num_processors(), 1);
}

TEST(Workers, ThrowTheFirstErrorAgain) {
  for (const int workers : {1, 4}) {
    EXPECT_THROW(for_each_item(50,
                               workers,
                               [](int64_t item, int) {
                                 if (item == 7) throw std::runtime_error("seven");
                               }),
                 std::runtime_error);
  }
}

/// Later items fail while the lowest one still works.
TEST(Workers, ThrowWhatTheLowestItemThrewWhateverTheThreads) {
  for (int repeat = 0; repeat < 20; ++repeat) {
    try {
      for_each_item(40, 4, [](int64_t item, int) {
        if (item == 3) std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (item >= 3) throw std::runtime_error(std::to_string(item));
      });
      FAIL() << "no error";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "3");
    }
  }
}

}  // namespace
}  // namespace lockstep
