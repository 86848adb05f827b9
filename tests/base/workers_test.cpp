#include "base/workers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
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

}  // namespace
}  // namespace lockstep
