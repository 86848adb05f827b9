#include "aligner/datasets/loose_table.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using Notes = std::vector<std::string>;

LooseTable parse(std::string_view bytes) { return LooseTable::parse(bytes, "t.tsv"); }

TEST(LooseTable, ReadsTabsAndCommas) {
  const LooseTable tabs = parse("a\tb\n1\t\"x, y\"\n");
  EXPECT_EQ(tabs.columns(), (Notes{"a", "b"}));
  EXPECT_EQ(tabs.cell(0, 1), "x, y");
  EXPECT_TRUE(tabs.notes().empty());
  const LooseTable commas = parse("a,b\n\"x, \"\"y\"\"\nz\",2\n3,4");
  EXPECT_EQ(commas.cell(0, 0), "x, \"y\"\nz");
  EXPECT_EQ(commas.number_if_any(1, 1), 4);
}

TEST(LooseTable, AcceptsWhatOthersWriteAndCountsIt) {
  const LooseTable table = parse(
      "\xEF\xBB\xBF# made by hand\r\n\r\nName \tstatus\tname\r\n  A\tgood\t\r\n\r\nB\r\n"
      "Name\tstatus\tname\r\nC\tbad\tx\t\t\r\n");
  EXPECT_EQ(table.num_rows(), 3);
  EXPECT_EQ(table.cell(0, 0), "A");
  EXPECT_EQ(table.cell(1, 1), "");
  EXPECT_EQ(table.find("NAME"), std::optional<std::size_t>(0));
  EXPECT_EQ(table.find("kind"), std::nullopt);
  EXPECT_EQ(table.notes(),
            (Notes{"a byte order mark",
                   "lines end with carriage returns",
                   "column \"name\" is there more than once: the first is taken",
                   "1 rows have fewer cells than the header: the rest is taken as n/a",
                   "1 rows have more cells than the header: the others are empty",
                   "1 rows repeat the header: left out",
                   "2 empty lines left out"}));
}

TEST(LooseTable, ReadsLinesThatEndWithCarriageReturnsAlone) {
  const LooseTable table = parse("a\tb\r1\t2\r3\t4\r");
  EXPECT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.cell(1, 1), "4");
}

TEST(LooseTable, KnowsWhatIsMissing) {
  const LooseTable table = parse("a\n\"n/a\"\nNaN\nna\n 1.5 \n+2\n-0\n");
  for (int64_t row : {0, 1, 2}) {
    EXPECT_TRUE(table.is_missing(row, 0));
    EXPECT_EQ(table.number_if_any(row, 0), std::nullopt);
  }
  EXPECT_EQ(table.number_if_any(3, 0), 1.5);
  EXPECT_EQ(table.number_if_any(4, 0), 2);
  EXPECT_EQ(table.number_if_any(5, 0), 0);
}

TEST(LooseTable, RefusesByFileLineAndColumn) {
  const auto refusal = [](std::string_view bytes) {
    return message_of(Blame::kData, [&] {
      const LooseTable table = parse(bytes);
      for (int64_t row = 0; row < table.num_rows(); ++row) table.number_if_any(row, 0);
    });
  };
  EXPECT_EQ(refusal("\n\n"), "t.tsv: empty; a header line is wanted");
  EXPECT_EQ(refusal("# a\n"), "t.tsv: empty; a header line is wanted");
  EXPECT_EQ(refusal("a,b\n\n\"1\n2\",3\n"), "t.tsv:3: a: \"1\n2\"; a finite number is wanted");
  EXPECT_EQ(refusal("a\tb\n1\t2\n\n1\t2\t3\n"), "t.tsv:4: 3 cells; 2 are wanted, as in the header");
  EXPECT_EQ(refusal("a,b\n0x1,2\n"), "t.tsv:2: a: \"0x1\"; a finite number is wanted");
  EXPECT_EQ(refusal("a,b\n\"1\n2\",3\n4,5\nx,1\n"),
            "t.tsv:2: a: \"1\n2\"; a finite number is wanted");
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [] { LooseTable::read("/no/such.tsv"); }), "/no/such.tsv"));
}

}  // namespace
}  // namespace lockstep
