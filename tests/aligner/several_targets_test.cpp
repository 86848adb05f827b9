// Several target files in one call: what is shared must not show in what comes out.
#include <fcntl.h>

#include "aligner/align_memory.h"
#include "base/schemas/activations_file.h"
#include "tests/support/aligned_study.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TinyStudy;

/// a.h5 and b.h5 have the same words; c.h5 lacks some, so its fits have other inputs.
class SeveralTargets : public testing::AlignedStudy {
 protected:
  void make(TinyStudy& study) {
    study.make();
    study.write();
    write_targets(study.folder / "a.h5", study.targets, study.fits);
    auto fits = study.fits;
    for (auto& fit : fits) {
      for (auto& value : fit.targets) value = value * value + 0.5F * value;
    }
    write_targets(study.folder / "b.h5", study.targets, fits);
    for (auto& fit : fits) {
      for (int64_t row = 100; row < 120; ++row) {
        for (int64_t component = 0; component < study.num_components; ++component) {
          fit.targets[static_cast<std::size_t>(row * study.num_components + component)] = NAN;
        }
      }
    }
    write_targets(study.folder / "c.h5", study.targets, fits);
  }

  static AlignJob job_of(const TinyStudy& study,
                         const AlignSettings& settings,
                         const std::vector<std::string>& names,
                         const std::string& ending) {
    AlignJob made = job(study, settings);
    made.inputs.targets.clear();
    made.outputs.clear();
    for (const auto& name : names) {
      made.inputs.targets.push_back(study.folder / (name + ".h5"));
      made.outputs.push_back(study.folder / (name + ending));
    }
    return made;
  }

  static void expect_equal(const TinyStudy& study, const std::string& ending) {
    for (const std::string name : {"a", "b", "c"}) {
      EXPECT_EQ(read_bytes(study.folder / (name + ending)),
                read_bytes(study.folder / (name + ".alone")))
          << name;
    }
  }
};

TEST_F(SeveralTargets, EachFileIsThatOfACallOfItsOwn) {
  for (const std::string alpha_by : {"loo", "block"}) {
    TinyStudy study;
    make(study);
    AlignSettings settings = quick_settings();
    settings.alpha_by = alpha_by;
    settings.available = alpha_by == "loo" ? "common" : "each";
    for (const std::string name : {"a", "b", "c"}) {
      align(job_of(study, settings, {name}, ".alone"));
    }

    AlignJob together = job_of(study, settings, {"c", "a", "b"}, ".together");
    together.num_threads = 3;
    align(together);

    expect_equal(study, ".together");
  }
}

TEST_F(SeveralTargets, ShardsAndWhatASingleCallLeftAreTakenUp) {
  TinyStudy study;
  make(study);
  const AlignSettings settings = quick_settings();
  for (const std::string name : {"a", "b", "c"}) {
    align(job_of(study, settings, {name}, ".alone"));
  }
  AlignJob begun = job_of(study, settings, {"b"}, ".shards");
  begun.shard = {2, 2};
  align(begun);

  for (const int index : {2, 1}) {
    AlignJob sharded = job_of(study, settings, {"a", "b", "c"}, ".shards");
    sharded.shard = {index, 2};
    align(sharded);
  }

  expect_equal(study, ".shards");
}

TEST_F(SeveralTargets, ACapOfMemoryChangesTheOrderOfTheWorkAndNothingElse) {
  TinyStudy study;
  study.num_components = 300;
  study.num_subjects = 1;
  make(study);
  AlignSettings settings = quick_settings();
  settings.times = "0:0.1";
  settings.null_draws = 2;
  settings.alpha_by = "loo";
  for (const std::string name : {"a", "b", "c"}) {
    align(job_of(study, settings, {name}, ".alone"));
  }
  AlignJob capped = job_of(study, settings, {"a", "b", "c"}, ".capped");
  capped.num_threads = 4;
  capped.memory = "1M";
  const auto message = message_of(Blame::kCommandLine, [&] { align(capped); });
  ASSERT_TRUE(holds(message, "--memory: 1M; one worker and one target file need "));
  const auto need = message.find("need ") + 5;

  capped.memory = message.substr(need, message.size() - need);
  align(capped);

  expect_equal(study, ".capped");
}

TEST_F(SeveralTargets, UnitsOfActivationsAreTargetsToo) {
  TinyStudy study;
  study.make();
  study.write();
  ActivationsHeader header;
  header.model = study.targets.model;
  header.contexts = study.targets.contexts;
  header.taps = study.targets.taps;
  header.words = study.targets.words;
  header.text.assign(header.words.size(), "w");
  header.num_units = study.num_components;
  header.tokens.assign(header.contexts.size() * header.words.size(), 1);
  header.shared.assign(header.words.size(), 0);
  header.words_sha256 = study.words.sha256;
  header.provenance.label = "activations.h5";
  const auto path = study.folder / "activations.h5";
  lay_out_activations(path, header);
  const FileHandle file(path, O_RDWR);
  auto offset = dataset_offset(path, "activations");
  for (const auto& fit : study.fits) {
    const auto size = static_cast<ssize_t>(fit.targets.size() * sizeof(float));
    ASSERT_EQ(pwrite(file.descriptor(), fit.targets.data(), static_cast<std::size_t>(size), offset),
              size);
    offset += size;
  }

  align(job_of(study, quick_settings(), {"activations", "targets"}, ".scores"));

  const ScoresFile units(study.folder / "activations.scores");
  const ScoresFile components(study.folder / "targets.scores");
  EXPECT_EQ(units.score(1, 0), components.score(1, 0));
  EXPECT_EQ(units.alpha(0, 1), components.alpha(0, 1));
  EXPECT_GT(testing::score_at(units, 0, 0, 0.1), 0.5);
  EXPECT_TRUE(std::isnan(units.header().explained[0]));
  EXPECT_EQ(units.header().provenance.parents.at(1).label, "activations.h5");
}

TEST(OutputPaths, AreThoseAskedForOrNamedAfterTheTargetsInAFolder) {
  const testing::TemporaryFolder folder;
  using Paths = std::vector<std::filesystem::path>;

  EXPECT_EQ(output_paths({"a.h5"}, {folder / "s.h5"}), (Paths{folder / "s.h5"}));
  EXPECT_EQ(output_paths({"a.h5", "b.h5"}, {folder / "s.h5", folder / "t.h5"}),
            (Paths{folder / "s.h5", folder / "t.h5"}));
  EXPECT_EQ(output_paths({"m/a.h5", "b.h5"}, {folder / "new"}),
            (Paths{folder / "new/a.scores.h5", folder / "new/b.scores.h5"}));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "new"));
  EXPECT_EQ(output_paths({"a.h5"}, {folder / "new"}), (Paths{folder / "new/a.scores.h5"}));
}

TEST(OutputPaths, RefuseWhatWouldCollide) {
  const testing::TemporaryFolder folder;

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [&] {
                                 output_paths({"a.h5", "b.h5", "c.h5"}, {"x.h5", "y.h5"});
                               }),
                    "3 target files and 2 outputs; wanted one -o a file, or one folder"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [&] {
                                 output_paths({"m/targets.h5", "n/targets.h5"}, {folder / "new"});
                               }),
                    "targets.scores.h5; wanted one -o a file"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine,
                               [&] {
                                 output_paths({"a.h5", "b.h5"}, {"x.h5", "x.h5"});
                               }),
                    "two target files would have their scores in x.h5"));
}

TEST(AlignMemory, ReadsSizes) {
  EXPECT_EQ(parse_memory("4G"), int64_t{4} << 30);
  EXPECT_EQ(parse_memory("1.5M"), 3 << 19);
  EXPECT_GT(parse_memory("auto"), int64_t{1} << 27);
  for (const std::string bad : {"", "4", "4T", "-1G", "G", "nanG", "4Gx"}) {
    EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { parse_memory(bad); }),
                      "--memory " + bad + ": wanted auto, or a size such as 4G or 500M"));
  }
}

TEST(AlignMemory, GivesUpBatchesBeforeWorkers) {
  const AlignCost cost{100, 50, {30, 30, 40}};
  using Files = std::vector<std::vector<std::size_t>>;

  const AlignBatches roomy = fit_into(1000, cost, 4);
  EXPECT_EQ(roomy.num_workers, 4);
  EXPECT_EQ(roomy.files, (Files{{0, 1, 2}}));

  const AlignBatches tight = fit_into(100 + 4 * 50 + 60, cost, 4);
  EXPECT_EQ(tight.num_workers, 4);
  EXPECT_EQ(tight.files, (Files{{0, 1}, {2}}));

  const AlignBatches least = fit_into(190, cost, 4);
  EXPECT_EQ(least.num_workers, 1);
  EXPECT_EQ(least.files, (Files{{0}, {1}, {2}}));
}

}  // namespace
}  // namespace lockstep
