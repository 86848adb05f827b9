#include "base/text.h"

#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <vector>

namespace lockstep {
namespace {

TEST(Text, FillsPlaceholdersInOrder) {
  EXPECT_EQ(text("{}: {} words, {} s", std::filesystem::path("a.tsv"), 3, 0.25),
            "a.tsv: 3 words, 0.25 s");
  EXPECT_EQ(text("none"), "none");
}

TEST(Text, CountsPlaceholdersAgainstValues) {
  EXPECT_THROW(text("{} {}", 1), std::logic_error);
  EXPECT_THROW(text("{}", 1, 2), std::logic_error);
}

TEST(Text, PrintsTheShortestNumberThatReadsBack) {
  EXPECT_EQ(to_text(0.1), "0.1");
  EXPECT_EQ(to_text(1e-5), "1e-05");
  EXPECT_EQ(to_text(0.1f), "0.1");
  EXPECT_EQ(to_text(-0.0), "-0");
  EXPECT_EQ(to_text(std::numeric_limits<double>::quiet_NaN()), "nan");
  EXPECT_EQ(to_text(uint8_t{200}), "200");
}

TEST(Text, JoinsAndGroups) {
  EXPECT_EQ(join(std::vector<int>{1, 2, 3}, ", "), "1, 2, 3");
  EXPECT_EQ(join(std::vector<int>{}, ", "), "");
  EXPECT_EQ(with_thousands(85719), "85,719");
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
  EXPECT_EQ(with_thousands(999), "999");
}

}  // namespace
}  // namespace lockstep
