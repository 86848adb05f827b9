#include "extractor/token_pooling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using ::testing::ElementsAre;
using testing::message_of;

std::vector<float> pooled(const at::Tensor& states,
                          const std::vector<int64_t>& rows,
                          Pooling pooling) {
  std::vector<float> values(static_cast<std::size_t>(states.size(1)));
  pool_tokens(states, rows, pooling, values);
  return values;
}

at::Tensor three_rows() {
  return at::tensor({1.0F, 2.0F, 3.0F, 5.0F, 8.0F, 13.0F}).reshape({3, 2});
}

TEST(TokenPooling, TakesMeanSumOrTheChosenToken) {
  EXPECT_THAT(pooled(three_rows(), {0, 2}, Pooling::kMean), ElementsAre(4.5F, 7.5F));
  EXPECT_THAT(pooled(three_rows(), {0, 2}, Pooling::kSum), ElementsAre(9.0F, 15.0F));
  EXPECT_THAT(pooled(three_rows(), {1}, Pooling::kLast), ElementsAre(3.0F, 5.0F));
  EXPECT_THAT(pooled(three_rows(), {2}, Pooling::kFirst), ElementsAre(8.0F, 13.0F));
}

TEST(TokenPooling, AddsUpInDoublePrecision) {
  const at::Tensor states = at::tensor({1e8F, 1.0F, 1.0F, -1e8F}).reshape({4, 1});

  EXPECT_THAT(pooled(states, {0, 1, 2, 3}, Pooling::kSum), ElementsAre(2.0F));
}

TEST(TokenPooling, RefusesWhatThePlanCannotMean) {
  std::vector<float> values(2);
  const auto states = three_rows();
  const std::vector<int64_t> none;
  const std::vector<int64_t> two = {0, 1};

  EXPECT_EQ(message_of(Blame::kProgram, [&] { pool_tokens(states, none, Pooling::kMean, values); }),
            "pooling: 0 rows of width 2 into 2 values");
  EXPECT_EQ(message_of(Blame::kProgram, [&] { pool_tokens(states, two, Pooling::kLast, values); }),
            "pooling: 2 rows of width 2 into 2 values");
}

}  // namespace
}  // namespace lockstep
