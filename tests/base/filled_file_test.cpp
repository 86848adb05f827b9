#include "base/filled_file.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <functional>

#include "base/files.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;

constexpr int64_t kParts = 12;
constexpr int64_t kHead = 16;

/// A file of a head and kParts parts, each of two pieces of 4 bytes that interleave with the
/// others'.
FilledFile open_example(const std::filesystem::path& output,
                        const Shard& shard = {},
                        const std::string& key = "key") {
  return FilledFile(
      output,
      key,
      shard,
      kParts,
      [](const std::filesystem::path& partial) {
        testing::write_bytes(partial, std::string(kHead, 'h') + std::string(8 * kParts, '.'));
      },
      [](int64_t part, const std::filesystem::path&) {
        return std::vector<std::pair<int64_t, int64_t>>{{kHead + 4 * part, 4},
                                                        {kHead + 4 * (kParts + part), 4}};
      });
}

std::string content_of(int64_t part) {
  return std::string(4, static_cast<char>('a' + part)) +
         std::string(4, static_cast<char>('A' + part));
}

void fill(FilledFile& file, int64_t part) {
  const std::string content = content_of(part);
  file.write_part(part, std::as_bytes(std::span(content)));
}

std::string whole() {
  std::string bytes(kHead, 'h');
  for (int64_t part = 0; part < kParts; ++part) bytes += content_of(part).substr(0, 4);
  for (int64_t part = 0; part < kParts; ++part) bytes += content_of(part).substr(4);
  return bytes;
}

int count_files(const TemporaryFolder& folder) {
  return static_cast<int>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

TEST(FilledFile, AppearsUnderItsNameOnlyWhenWhole) {
  const TemporaryFolder folder;
  {
    auto file = open_example(folder / "out");
    for (int64_t part = kParts - 1; part > 0; --part) fill(file, part);
    EXPECT_FALSE(file.finish());
    EXPECT_FALSE(std::filesystem::exists(folder / "out"));
    EXPECT_EQ(file.parts_left(), std::vector<int64_t>{0});
    fill(file, 0);
    EXPECT_TRUE(file.finish());
  }
  EXPECT_EQ(read_bytes(folder / "out"), whole());
  EXPECT_EQ(count_files(folder), 1);
}

TEST(FilledFile, SurvivesKillsAtAnyMoment) {
  for (int after = 0; after <= kParts; ++after) {
    const TemporaryFolder folder;
    const pid_t child = fork();
    if (child == 0) {  // fills `after` parts, then dies as if pulled from the wall
      auto file = open_example(folder / "out");
      for (int64_t part = 0; part < after; ++part) fill(file, part);
      kill(getpid(), SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));

    auto file = open_example(folder / "out");
    EXPECT_EQ(file.parts_left().size(), static_cast<std::size_t>(kParts - after));
    for (const int64_t part : file.parts_left()) fill(file, part);

    EXPECT_TRUE(file.finish());
    EXPECT_EQ(read_bytes(folder / "out"), whole()) << "killed after " << after;
    EXPECT_EQ(count_files(folder), 1);
  }
}

TEST(FilledFile, ATornLastLineIsDroppedAndItsPartRedone) {
  const std::string digest(64, 'f');
  for (const std::string& torn :
       {std::string("3"), std::string("3 ab"), "3 " + digest, std::string("x y z\n")}) {
    const TemporaryFolder folder;
    {
      auto file = open_example(folder / "out");
      fill(file, 0);
    }
    const std::string journal = read_bytes(folder / "out.journal");
    testing::write_bytes(folder / "out.journal", journal + torn);

    auto file = open_example(folder / "out");

    EXPECT_TRUE(file.is_done(0));
    EXPECT_FALSE(file.is_done(3)) << torn;
    EXPECT_EQ(read_bytes(folder / "out.journal"), journal);
  }
}

TEST(FilledFile, ATornFirstLineStartsAgain) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "out.journal", "lockstep-jou");
  auto file = open_example(folder / "out");
  EXPECT_EQ(file.parts_left().size(), static_cast<std::size_t>(kParts));
}

TEST(FilledFile, ShardsShareOneFileAndTheLastFinishes) {
  const TemporaryFolder folder;
  for (const int index : {2, 3, 1}) {
    auto file = open_example(folder / "out", {index, 3});
    for (const int64_t part : file.parts_left()) fill(file, part);
    EXPECT_EQ(file.finish(), index == 1);
  }
  EXPECT_EQ(read_bytes(folder / "out"), whole());
  EXPECT_EQ(count_files(folder), 1);
}

TEST(FilledFile, AKilledEndIsAnEndAllTheSame) {
  const TemporaryFolder folder;
  {
    auto file = open_example(folder / "out");
    for (int64_t part = 0; part < kParts; ++part) fill(file, part);
    std::filesystem::rename(folder / "out.partial",
                            folder / "out");  // killed before the journal was removed
  }
  auto file = open_example(folder / "out");
  EXPECT_TRUE(file.parts_left().empty());
  EXPECT_TRUE(file.finish());
  EXPECT_EQ(count_files(folder), 1);
}

TEST(FilledFile, AnotherKeyAnotherWriterAndChangedBytesAreRefused) {
  const TemporaryFolder folder;
  auto file = open_example(folder / "out");
  for (int64_t part = 0; part < kParts; ++part) fill(file, part);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_example(folder / "out"); }),
                    "another process is writing"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_example(folder / "out", {}, "other"); }),
                    "begun with other settings or inputs (key key, now other)"));
  {
    const FileHandle partial(folder / "out.partial", 1 /* O_WRONLY */);
    ASSERT_EQ(pwrite(partial.descriptor(), "!", 1, kHead + 5), 1);
  }
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { file.finish(); }), "part 1 is not what was written"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(FilledFile, AMissingPartialFileWithAJournalIsRefused) {
  const TemporaryFolder folder;
  {
    auto file = open_example(folder / "out");
    fill(file, 0);
  }
  std::filesystem::remove(folder / "out.partial");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { open_example(folder / "out"); }),
                    "out.partial: is gone"));
}

TEST(FilledFile, AStrayPartialFileIsNotTrusted) {
  const TemporaryFolder folder;
  testing::write_bytes(folder / "out.partial", "rubbish");
  auto file = open_example(folder / "out");
  for (int64_t part = 0; part < kParts; ++part) fill(file, part);
  EXPECT_TRUE(file.finish());
  EXPECT_EQ(read_bytes(folder / "out"), whole());
}

TEST(FilledFile, AFailedLayoutLeavesNothing) {
  const TemporaryFolder folder;
  EXPECT_THROW(FilledFile(
                   folder / "out",
                   "key",
                   {},
                   1,
                   [](const std::filesystem::path& partial) {
                     testing::write_bytes(partial, "half");
                     fail(Blame::kData, "no space");
                   },
                   [](int64_t, const std::filesystem::path&) {
                     return std::vector<std::pair<int64_t, int64_t>>{};
                   }),
               Error);
  EXPECT_FALSE(std::filesystem::exists(folder / "out.partial"));
  EXPECT_FALSE(std::filesystem::exists(folder / "out"));
}

TEST(Shard, IsReadAndChecked) {
  EXPECT_EQ(Shard::parse("2/4").index, 2);
  EXPECT_TRUE(Shard::parse("2/4").has(5));
  EXPECT_FALSE(Shard::parse("2/4").has(4));
  for (const char* wrong : {"0/4", "5/4", "2", "a/b", "1/2/3", ""}) {
    EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { Shard::parse(wrong); }),
                      "1 <= i <= n is wanted"));
  }
}

TEST(FilledFile, TakesAPartInPiecesOfAnyOrder) {
  const testing::TemporaryFolder folder;
  FilledFile file = open_example(folder / "a");
  for (int64_t part = 0; part < kParts; ++part) {
    if (part != 3) fill(file, part);
  }
  const std::string content = content_of(3);
  const auto bytes = std::as_bytes(std::span(content));

  file.write_piece({kHead + 4 * (kParts + 3), bytes.subspan(4)});
  file.write_piece({kHead + 4 * 3 + 2, bytes.subspan(2, 2)});
  file.write_piece({kHead + 4 * 3, bytes.subspan(0, 2)});

  EXPECT_FALSE(file.finish());
  file.complete(3);
  EXPECT_TRUE(file.finish());
  EXPECT_EQ(read_bytes(folder / "a"), whole());
}

TEST(FilledFile, NotesAPartInPiecesAsOneThatWasWrittenWhole) {
  const testing::TemporaryFolder folder;
  const std::string content = content_of(0);
  {
    FilledFile file = open_example(folder / "whole");
    fill(file, 0);
  }

  {
    FilledFile file = open_example(folder / "pieces");
    file.write_piece({kHead, std::as_bytes(std::span(content)).first(4)});
    file.write_piece({kHead + 4 * kParts, std::as_bytes(std::span(content)).subspan(4)});
    file.complete(0);
  }

  EXPECT_EQ(read_bytes(folder / "pieces.journal"), read_bytes(folder / "whole.journal"));
}

}  // namespace
}  // namespace lockstep
