#include "aligner/signal/padding.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(PadByReflection, TurnsTheEndsRoundTheirPoints) {
  const std::vector<double> signal = {1, 2, 4, 8};

  EXPECT_EQ(pad_by_reflection(signal, 2, 3), (std::vector<double>{-2, 0, 1, 2, 4, 8, 12, 14, 15}));
}

TEST(PadByReflection, FillsUpWithZerosWhereTheSignalIsTooShort) {
  const std::vector<double> signal = {1, 3};

  EXPECT_EQ(pad_by_reflection(signal, 3, 2), (std::vector<double>{0, 0, -1, 1, 3, 5, 0}));
}

TEST(PadByReflection, OfNothingIsZeros) {
  EXPECT_EQ(pad_by_reflection({}, 1, 2), (std::vector<double>{0, 0, 0}));
}

}  // namespace
}  // namespace lockstep
