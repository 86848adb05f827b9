#include "base/table_file.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(TableFile, ReadsTabsCommentsMarksAndCarriageReturns) {
  const auto table = TableFile::parse(
      "\xEF\xBB\xBF# made by hand\r\nword\tonset\r\n\"THE\"\t0.5\r\nend\tn/a\r\n", "a.tsv");

  EXPECT_EQ(table.comments(), std::vector<std::string>{"made by hand"});
  ASSERT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.cell(0, 0), "\"THE\"");
  EXPECT_EQ(table.number(0, table.column("onset")), 0.5);
  EXPECT_FALSE(table.number_if_any(1, 1).has_value());
}

TEST(TableFile, ReadsCommasWithQuotes) {
  const auto table = TableFile::parse("word,start\n\"a, \"\"b\"\"\nc\",1\nd,2", "a.csv");

  ASSERT_EQ(table.num_rows(), 2);
  EXPECT_EQ(table.cell(0, 0), "a, \"b\"\nc");
  EXPECT_EQ(table.integer(1, 1), 2);
}

TEST(TableFile, NamesFileLineAndColumn) {
  const auto table = TableFile::parse("# c\nword\tonset\nthe\tsoon\nend\t1e999\n", "a.tsv");

  EXPECT_EQ(message_of(Blame::kData, [&] { table.number(0, 1); }),
            "a.tsv:3: onset: \"soon\"; a number is wanted");
  EXPECT_EQ(message_of(Blame::kData, [&] { table.number(1, 1); }),
            "a.tsv:4: onset: \"1e999\"; a number is wanted");
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { table.integer(0, 1); }), "an integer is wanted"));
  EXPECT_EQ(message_of(Blame::kData, [&] { table.column("pos"); }),
            "a.tsv: no column \"pos\"; there are word, onset");
  EXPECT_EQ(message_of(Blame::kData, [&] { TableFile::parse("a\tb\n1\n", "b.tsv"); }),
            "b.tsv:2: 1 cells; 2 are wanted, as in the header");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { TableFile::parse("# only\n", "c.tsv"); }),
                    "a header line is wanted"));
}

TEST(TableWriter, RoundTripsAndRefusesWhatATableCannotHold) {
  TableWriter writer({"a", "b"}, {"note"});
  writer.add_row({"1", "x y"});

  const auto table = TableFile::parse(writer.bytes(), "w.tsv");

  EXPECT_EQ(table.cell(0, 1), "x y");
  EXPECT_EQ(table.comments().at(0), "note");
  EXPECT_TRUE(holds(message_of(Blame::kProgram,
                               [&] {
                                 writer.add_row({"1", "x\ty"});
                               }),
                    "holds a tab"));
  EXPECT_TRUE(
      holds(message_of(Blame::kProgram, [&] { writer.add_row({"1"}); }), "1 cells in a row of 2"));
}

}  // namespace
}  // namespace lockstep
