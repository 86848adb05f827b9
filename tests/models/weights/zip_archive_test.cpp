#include "models/weights/zip_archive.h"

#include <gtest/gtest.h>

#include "tests/models/weights/pytorch_builder.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

class ZipArchiveTest : public ::testing::Test {
 protected:
  ZipArchive open(const std::string& bytes) {
    write_bytes(path_, bytes);
    return ZipArchive(path_);
  }
  std::string refusal(const std::string& bytes) {
    return message_of(Blame::kData, [&] { open(bytes); });
  }

  TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "a.zip";
};

std::string letters(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST_F(ZipArchiveTest, GivesRecordsAsTheyLie) {
  const std::string bytes = ZipBuilder().add("m/a", "alpha").add("m/b", "").bytes();

  const ZipArchive archive = open(bytes);

  EXPECT_EQ(archive.names(), (std::vector<std::string>{"m/a", "m/b"}));
  EXPECT_EQ(letters(archive.record("m/a")), "alpha");
  EXPECT_TRUE(archive.record("m/b").empty());
}

TEST_F(ZipArchiveTest, ReadsLongNumbersAndComments) {
  ZipBuilder builder;
  builder.has_long_numbers = true;
  builder.add("a", "alpha").add("b", "beta");

  EXPECT_EQ(letters(open(builder.bytes()).record("b")), "beta");
  EXPECT_EQ(letters(open(ZipBuilder().add("a", "x").bytes("PK\5\6 a comment")).record("a")), "x");
}

TEST_F(ZipArchiveTest, HoldsARecordAgainstItsChecksum) {
  ZipBuilder builder;
  builder.crc_change = 1;

  const ZipArchive archive = open(builder.add("a", "alpha").bytes());

  EXPECT_EQ(message_of(Blame::kData, [&] { archive.record("a"); }),
            path_.string() +
                ": record a has the CRC-32 3504355690; its directory says 3504355691: the file is "
                "damaged");
}

TEST_F(ZipArchiveTest, SumsALongRecordToItsEnd) {
  const std::string record(std::size_t{16} << 20, 'x');  // the length of the pieces that are summed
  std::string bytes = ZipBuilder().add("a", record + "end").bytes();
  EXPECT_EQ(open(bytes).record("a").size(), record.size() + 3);

  bytes[bytes.find("xend") + 2] = 'N';

  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { open(bytes).record("a"); }), "the file is damaged"));
}

TEST_F(ZipArchiveTest, NamesARecordThatIsNotThere) {
  const ZipArchive archive = open(ZipBuilder().add("a", "alpha").bytes());

  EXPECT_EQ(message_of(Blame::kData, [&] { archive.record("../\nb"); }),
            path_.string() + ": no record ../?b");
}

TEST_F(ZipArchiveTest, RefusesWhatIsNotStoredAsItIs) {
  ZipBuilder packed, encrypted;
  packed.method = 8;
  encrypted.flags = 1;

  EXPECT_TRUE(holds(refusal(packed.add("a", "alpha").bytes()),
                    "record a is compressed (method 8, 5 of 5 bytes); records as torch.save "
                    "stores them are wanted"));
  EXPECT_TRUE(holds(refusal(encrypted.add("a", "alpha").bytes()), "record a is encrypted"));
  EXPECT_TRUE(
      holds(refusal(ZipBuilder().add("a", "1").add("a", "2").bytes()), "record a occurs twice"));
  EXPECT_TRUE(holds(refusal(ZipBuilder().add("a", "1", "b").bytes()),
                    "record a has another local header, or none, at 0"));
}

TEST_F(ZipArchiveTest, RefusesNumbersThatLeadOutOfTheFile) {
  ZipBuilder large, away, far;
  large.size_change = 1000;
  away.offset_change = 1 << 20;
  far.has_long_numbers = true;
  far.size_change = INT64_MAX;

  EXPECT_TRUE(holds(refusal(large.add("a", "alpha").bytes()), "record a: the record at byte "));
  EXPECT_TRUE(holds(refusal(away.add("a", "alpha").bytes()),
                    "record a is at 1048576; the directory begins at 45"));
  EXPECT_TRUE(holds(refusal(far.add("a", "alpha").bytes()),
                    " takes 9223372036854775812 bytes; 5 are left"));
}

TEST_F(ZipArchiveTest, RefusesDirectoriesThatCannotBe) {
  const std::string whole = ZipBuilder().add("a", "alpha").bytes();
  const auto changed = [&](std::size_t from_end, const std::string& bytes) {
    std::string file = whole;
    return file.replace(file.size() - from_end, bytes.size(), bytes);
  };

  EXPECT_TRUE(holds(refusal(changed(6, bytes_of<uint32_t>(1 << 20))),
                    "a directory of 1 entries and 47 bytes at 1048576; 92 bytes precede"));
  EXPECT_TRUE(holds(refusal(changed(12, bytes_of<uint16_t>(9))), "a directory of 9 entries"));
  EXPECT_TRUE(holds(refusal(changed(18, bytes_of<uint16_t>(2))), "a part of a zip archive"));
  EXPECT_TRUE(holds(refusal(changed(22 + 47, "XX")), "the directory has no entry at its byte 0"));
}

TEST_F(ZipArchiveTest, RefusesEveryTruncation) {
  ZipBuilder longer;
  longer.has_long_numbers = true;
  for (const std::string& whole :
       {ZipBuilder().add("a", "alpha").bytes(), longer.add("a", "alpha").bytes()}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      EXPECT_TRUE(holds(refusal(whole.substr(0, size)),
                        "without the end record of a zip archive; the file is cut short"))
          << size;
    }
  }
}

TEST_F(ZipArchiveTest, ReadsOrRefusesEveryChangedByte) {
  ZipBuilder builder;
  builder.has_long_numbers = true;
  const std::string whole = builder.add("a", "alpha").bytes();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char change : {'\1', '\x40', '\x80', '\xff'}) {
      std::string file = whole;
      file[at] = static_cast<char>(file[at] ^ change);
      try {
        const ZipArchive archive = open(file);
        for (const std::string& name : archive.names()) archive.record(name);
      } catch (const Error& error) {
        EXPECT_EQ(error.blame(), Blame::kData) << "byte " << at;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep::testing
