#include "base/files.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

TEST(Files, WholeWritesReplaceAndLeaveNothingElse) {
  const TemporaryFolder folder;

  write_file_whole(folder / "a", "first");
  write_file_whole(folder / "a", std::string("second\0", 7));

  EXPECT_EQ(read_file(folder / "a"), std::string("second\0", 7));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Files, MissingFilesAreNamedWithTheReason) {
  const TemporaryFolder folder;
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { read_file(folder / "no"); }),
                    "no: open failed: No such file"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { write_file_whole(folder / "x/y", ""); }),
                    "y.partial: open failed"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { rename_durably(folder / "no", folder / "b"); }),
                    "b: rename failed"));
}

TEST(Files, OutputsMustBeAbleToExist) {
  const TemporaryFolder folder;
  EXPECT_NO_THROW(check_output(folder / "new"));
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [&] { check_output(folder.path()); }), "is a folder"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { check_output(folder / "x/y"); }),
                    "there is no folder"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { check_output(""); }), "no name"));
}

TEST(Files, MapsWhatIsThere) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "a", "abc");
  testing::write_bytes(folder / "empty", "");

  const MappedFile mapped(folder / "a");

  ASSERT_EQ(mapped.bytes().size(), 3u);
  EXPECT_EQ(mapped.bytes()[2], std::byte{'c'});
  EXPECT_TRUE(MappedFile(folder / "empty").bytes().empty());
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { MappedFile file(folder.path()); }), "not a file"));
}

}  // namespace
}  // namespace lockstep
