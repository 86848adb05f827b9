#include "base/provenance.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

TEST(Provenance, KeepsTheWholeAncestry) {
  const testing::TemporaryFolder folder;
  testing::write_bytes(folder / "words.tsv", "abc");
  Provenance words{.label = "",
                   .what = "lockstep words",
                   .options = {{"pos", "rules"}},
                   .versions = {},
                   .sha256 = "",
                   .parents = {}};
  Provenance scores{.label = "scores.h5",
                    .what = "lockstep align",
                    .options = {},
                    .versions = {{"HDF5", "1.10"}},
                    .sha256 = "",
                    .parents = {as_parent(words, folder / "words.tsv")}};

  const Provenance back = Provenance::from_json(scores.to_json(), "scores.h5");

  ASSERT_EQ(back.parents.size(), 1u);
  EXPECT_EQ(back.parents[0].label, "words.tsv");
  EXPECT_EQ(back.parents[0].sha256, sha256_of("abc"));
  EXPECT_EQ(back.to_json(), scores.to_json());
  EXPECT_FALSE(back.to_json().contains("sha256"));
}

TEST(Provenance, NamesWhatIsMissing) {
  const auto message = testing::message_of(Blame::kData, [] {
    Provenance::from_json({{"label", "x"}}, "a.h5: provenance");
  });
  EXPECT_EQ(message, "a.h5: provenance.what: missing");
}

}  // namespace
}  // namespace lockstep
