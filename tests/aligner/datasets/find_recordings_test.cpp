#include "aligner/datasets/find_recordings.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "aligner/datasets/recording_name.h"
#include "base/text.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;
using testing::write_bytes;

/// A folder in which files appear with the folders above them.
class Tree {
 public:
  void file(const std::string& name, const std::string& bytes = "") const {
    fs::create_directories((folder_ / name).parent_path());
    write_bytes(folder_ / name, bytes);
  }
  void folder(const std::string& name) const { fs::create_directories(folder_ / name); }
  fs::path operator/(const std::string& name) const { return folder_ / name; }
  const fs::path& path() const { return folder_.path(); }

  std::vector<RecordingFiles> find(const RecordingSearch& search = {}) const {
    return find_at({folder_.path()}, search);
  }
  static std::vector<RecordingFiles> find_at(const std::vector<fs::path>& paths,
                                             const RecordingSearch& search = {}) {
    return find_recordings(paths, search);
  }

 private:
  TemporaryFolder folder_;
};

std::string names_of(const std::vector<RecordingFiles>& found) {
  std::vector<std::string> names;
  for (const RecordingFiles& files : found) names.push_back(files.name);
  return join(names, " ");
}

std::string notes_of(const std::vector<RecordingFiles>& found) {
  std::string notes;
  for (const RecordingFiles& files : found) notes += join(files.notes, "\n") + "\n";
  return notes;
}

std::string refusal(const Tree& tree, Blame blame, const RecordingSearch& search = {}) {
  return message_of(blame, [&] { tree.find(search); });
}

TEST(FindRecordings, TakesASessionAsArmeniHasIt) {
  const Tree tree;
  const std::string meg = "sub-001/ses-002/meg/";
  tree.file("participants.tsv", "participant_id\nsub-001\n");
  tree.folder(meg + "sub-001_ses-002_task-compr_meg.ds");
  tree.folder(meg + "sub-001_ses-002_task-emptyroom_meg.ds");
  tree.file(meg + "sub-001_ses-002_task-compr_events.tsv", "onset\n");
  tree.file(meg + "sub-001_ses-002_task-compr_channels.tsv",
            "name\ttype\tstatus\nMLC11-4304\tMEGGRADAXIAL\tgood\nMRT12-4304\tMEGGRADAXIAL\tbad\n"
            "MRT13-4304\tMEGGRADAXIAL\tBAD\nX\tMISC\tn/a\n");
  tree.file(meg + "sub-001_ses-002_task-compr_meg.json", "{\"RecordingType\": \"continuous\"}");
  tree.file("sub-001/ses-002/sub-001_ses-002_scans.tsv", "filename\tacq_time\nmeg/x\tn/a\n");

  for (const fs::path& at : {tree.path(),
                             tree / "sub-001",
                             tree / "sub-001/ses-002",
                             tree / (meg + "sub-001_ses-002_task-compr_meg.ds"),
                             tree / (meg + "sub-001_ses-002_task-compr_meg.ds/")}) {
    const auto found = Tree::find_at({at});
    ASSERT_EQ(found.size(), 1u) << at;
    EXPECT_EQ(found[0].name, "sub-001_ses-002_task-compr");
    EXPECT_EQ(found[0].subject, "sub-001");
    EXPECT_EQ(found[0].session, "ses-002");
    EXPECT_EQ(found[0].task, "compr");
    EXPECT_EQ(found[0].run, "");
    EXPECT_EQ(found[0].events.filename(), "sub-001_ses-002_task-compr_events.tsv");
    EXPECT_EQ(found[0].bad_sensors, (std::vector<std::string>{"MRT12", "MRT13"}));
  }
  EXPECT_EQ(
      tree.find()[0].notes,
      std::vector<std::string>{"left out: sub-001_ses-002_task-emptyroom_meg.ds: an empty room"});
}

TEST(FindRecordings, PutsRunsInNaturalOrder) {
  const Tree tree;
  for (const char* run : {"10", "2", "1", "11"}) {
    tree.file(text("sub-2/meg/sub-2_task-a_run-{}_meg.fif", run));
    tree.file(text("sub-10/meg/sub-10_task-a_run-{}_meg.fif", run));
  }
  EXPECT_EQ(names_of(tree.find()),
            "sub-2_task-a_run-1 sub-2_task-a_run-2 sub-2_task-a_run-10 sub-2_task-a_run-11 "
            "sub-10_task-a_run-1 sub-10_task-a_run-2 sub-10_task-a_run-10 sub-10_task-a_run-11");
  EXPECT_EQ(tree.find()[3].run, "11");
}

TEST(FindRecordings, TakesTheFirstOfSplitFiles) {
  const Tree tree;
  tree.file("sub-1/sub-1_task-a_split-01_meg.fif");
  tree.file("sub-1/sub-1_task-a_split-02_meg.fif");
  tree.file("other_raw.fif");
  tree.file("other_raw-1.fif");
  tree.file("other_raw-2.fif");

  const auto found = tree.find();

  EXPECT_EQ(names_of(found), "other_raw sub-1_task-a");
  EXPECT_EQ(found[1].recording.filename(), "sub-1_task-a_split-01_meg.fif");
}

TEST(FindRecordings, RefusesASplitWithoutItsFirst) {
  const Tree tree;
  tree.file("sub-1/sub-1_task-a_split-02_meg.fif");
  EXPECT_TRUE(holds(refusal(tree, Blame::kData),
                    "split 02 of a recording whose split 1 is not there; all are wanted"));
}

TEST(FindRecordings, SaysThatAContinuationStandsAlone) {
  const Tree tree;
  tree.file("x_raw-1.fif");
  EXPECT_TRUE(holds(notes_of(tree.find()), "x_raw-1.fif looks like a continuation of x_raw.fif"));
}

TEST(FindRecordings, InheritsSidecarsFromHigherFolders) {
  const Tree tree;
  tree.file("dataset_description.json", "{}");
  tree.file("task-a_events.tsv", "onset\n");
  tree.file("sub-1/ses-1/meg/sub-1_ses-1_task-a_run-1_meg.fif");
  tree.file("sub-1/ses-1/meg/sub-1_ses-1_task-a_run-2_meg.fif");
  tree.file("sub-1/ses-1/meg/sub-1_ses-1_task-a_run-2_events.tsv", "onset\n");
  tree.file("sub-1/ses-1/sub-1_ses-1_channels.tsv", "name\tstatus\nMEG 0113\tbad\n");
  tree.file("sub-1/ses-1/sub-1_ses-1_run-2_channels.tsv", "name\tstatus\nMEG 0112\tbad\n");
  tree.file("task-b_events.tsv", "onset\n");

  const auto found = tree.find();

  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].events.filename(), "task-a_events.tsv");
  EXPECT_EQ(found[1].events.filename(), "sub-1_ses-1_task-a_run-2_events.tsv");
  EXPECT_EQ(found[0].bad_sensors, std::vector<std::string>{"MEG 0113"});
  EXPECT_EQ(found[1].bad_sensors, std::vector<std::string>{"MEG 0112"});
}

TEST(FindRecordings, InheritsNothingFromOutside) {
  const Tree tree;
  tree.file("task-a_events.tsv", "onset\n");
  tree.file("deep/folder/task-a_run-1_meg.fif");
  EXPECT_TRUE(tree.find()[0].events.empty());
}

TEST(FindRecordings, BearsTheFaultsOfPublishedFolders) {
  const Tree tree;
  tree.file("sub-1/meg/sub-1_task-a_run-1_meg.FIF");
  tree.file("sub-1/meg/sub-1_task-a_run-1_EVENTS.TSV", "onset\n");
  tree.file("sub-1/meg/sub-1_task-a_run-1_channels.tsv",
            "\xEF\xBB\xBFName\tStatus\tname\r\nMLC11\tbad\r\n\r\n");
  tree.file("sub-1/meg/sub-1_task-a_run-2_meg.fif");
  tree.file("sub-1/meg/sub-1_task-a_run-2_channels.tsv", "name\ttype\nMLC11\tMEG\n");
  tree.file("sub-1/meg/sub-1_task-a_run-2_meg.json", "{broken");
  tree.file("sub-1/meg/sub-1_task-a_run-3_meg.fif");
  tree.file("sub-1/meg/sub-1_task-a_run-3_meg.json", "{\"RecordingType\": \"epoched\"}");
  tree.file("sub-1/meg/sub-1_task-a_run-4_meg.fif");
  tree.file("sub-1/meg/sub-1_task-a_run-4_meg.json", "[1]");

  const auto found = tree.find();

  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].events.filename(), "sub-1_task-a_run-1_EVENTS.TSV");
  EXPECT_EQ(found[0].bad_sensors, std::vector<std::string>{"MLC11"});
  EXPECT_TRUE(holds(join(found[0].notes, "\n"), "run-1_channels.tsv: a byte order mark"));
  EXPECT_TRUE(holds(join(found[0].notes, "\n"), "lines end with carriage returns"));
  EXPECT_TRUE(holds(join(found[1].notes, "\n"), "no column status: no sensor is bad by it"));
  EXPECT_TRUE(holds(join(found[1].notes, "\n"), "meg.json cannot be read and is not used"));
  EXPECT_TRUE(holds(join(found[1].notes, "\n"), "no table of events beside it"));
  EXPECT_TRUE(holds(join(found[2].notes, "\n"), "RecordingType epoched"));
  EXPECT_TRUE(holds(join(found[2].notes, "\n"), "no channels.tsv beside it"));
  EXPECT_TRUE(holds(join(found[3].notes, "\n"), "is no object and is not used"));
}

TEST(FindRecordings, LeavesOtherFilesAlone) {
  const Tree tree;
  for (const char* name : {"a_raw.fif",
                           "a-eve.fif",
                           "a-epo.fif",
                           "a_trans.fif",
                           "a-ave.fif",
                           ".hidden_meg.fif",
                           "sub-1_acq-crosstalk_meg.fif",
                           "meg.h5",
                           "code/x_meg.fif",
                           "derivatives/x_meg.fif",
                           "sourcedata/x_meg.fif",
                           "notes.txt",
                           "b_meg.h5",
                           "c.npy"}) {
    tree.file(name, "x");
  }
  tree.folder("empty");
  EXPECT_EQ(names_of(tree.find()), "a_raw b_meg c");
  EXPECT_EQ(names_of(tree.find({.dataset = "", .format = "npy", .faults_off = {}})), "c");
  // What is named is taken.
  EXPECT_EQ(names_of(Tree::find_at({tree / "derivatives/x_meg.fif", tree / "meg.h5"})),
            "meg x_meg");
}

TEST(FindRecordings, FindsTablesOfTheRecordingsOwnName) {
  const Tree tree;
  tree.file("x.npy");
  tree.file("x.tsv", "word,start\n");
  tree.file("y.npy");
  tree.file("y_events.csv", "word,start\n");
  const auto found = tree.find();
  EXPECT_EQ(found[0].events.filename(), "x.tsv");
  EXPECT_EQ(found[1].events.filename(), "y_events.csv");
}

TEST(FindRecordings, KnowsTheFoldersOfLibriBrain) {
  const Tree tree;
  const std::string name = "sub-0_ses-11_task-Sherlock1_run-1";
  tree.file("Sherlock1/derivatives/serialised/" + name + "_proc-bads+headpos+sss_meg.h5");
  tree.file("Sherlock1/derivatives/events/" + name + "_events.tsv", "kind\n");

  const auto found = tree.find({.dataset = "libribrain", .format = "h5", .faults_off = {}});

  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].events.filename(), name + "_events.tsv");
  EXPECT_TRUE(holds(refusal(tree, Blame::kData), "no recording was found"));
}

TEST(FindRecordings, TakesEachOnceAndNamesThemApart) {
  const Tree tree;
  tree.file("a/x_raw.fif");
  tree.file("b/x_raw.fif");
  const auto found = Tree::find_at({tree / "a", tree / "a/x_raw.fif", tree / "b/../b/x_raw.fif"});
  EXPECT_EQ(names_of(found), "x_raw x_raw_2");
  EXPECT_TRUE(holds(notes_of(found), "called x_raw_2: x_raw is another recording's name"));
}

TEST(FindRecordings, LeavesOutOtherTasksOfADataset) {
  const Tree tree;
  tree.folder("sub-001/ses-001/meg/sub-001_ses-001_task-compr_meg.ds");
  tree.folder("sub-001/ses-001/meg/sub-001_ses-001_task-rest_meg.ds");
  const auto found = tree.find({.dataset = "armeni2022", .format = "", .faults_off = {}});
  EXPECT_EQ(names_of(found), "sub-001_ses-001_task-compr");
  EXPECT_TRUE(holds(notes_of(found), "task-rest_meg.ds: not the data set's task"));
}

TEST(FindRecordings, SaysOfLittlePrinceThatItIsOfMaxShield) {
  const Tree tree;
  tree.file("sub-1/ses-01/meg/sub-1_ses-01_task-listen_run-01_meg.fif");
  EXPECT_TRUE(
      holds(notes_of(tree.find({.dataset = "littleprince", .format = "", .faults_off = {}})),
            "the data set was recorded with MaxShield"));
}

TEST(FindRecordings, RefusesWhatCannotBe) {
  const Tree tree;
  tree.folder("sub-1/ses-1/meg/sub-1_ses-1_task-noise_meg.ds");
  EXPECT_TRUE(holds(refusal(tree, Blame::kData),
                    "no recording was found (left out: sub-1_ses-1_task-noise_meg.ds: an empty "
                    "room); a .ds folder, or a .fif, .h5 or .npy file is wanted"));
  EXPECT_TRUE(holds(refusal(tree, Blame::kData, {.dataset = "", .format = "fif", .faults_off = {}}),
                    "one of format fif is wanted"));
  EXPECT_TRUE(
      holds(refusal(tree, Blame::kCommandLine, {.dataset = "", .format = "edf", .faults_off = {}}),
            "--format edf: not known; ctf, fif, h5, npy are"));
  EXPECT_TRUE(
      holds(refusal(tree, Blame::kCommandLine, {.dataset = "x", .format = "", .faults_off = {}}),
            "--dataset x: not known"));
  EXPECT_TRUE(
      holds(refusal(tree, Blame::kCommandLine, {.dataset = "", .format = "", .faults_off = {"x"}}),
            "fault x: not known"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { Tree::find_at({tree / "none"}); }),
                    "none: there is no such file or folder; a recording is wanted"));
}

TEST(RecordingName, ReadsEntitiesOfFileAndFolders) {
  const RecordingName name =
      parse_recording_name("/d/sub-A2/ses-x/meg/sub-A2_TASK-b_run-3_meg.DS/");
  EXPECT_EQ(name.name(), "sub-A2_ses-x_task-b_run-3");
  EXPECT_EQ(name.extension, ".ds");
  EXPECT_EQ(name.suffix, "meg");
  EXPECT_EQ(parse_recording_name("/d/sub-1/plain_raw.fif").name(), "sub-1_plain_raw");
  EXPECT_EQ(parse_recording_name("a-_-b_c.fif").name(), "a-_-b_c");
}

TEST(NaturalOrder, CountsNumbersInside) {
  const std::vector<std::string> wanted = {
      "", "a", "a1", "a01", "a2", "a2b", "a10", "a10b2", "a10b10", "b"};
  std::vector<std::string> names = wanted;
  std::reverse(names.begin(), names.end());
  std::sort(names.begin(), names.end(), in_natural_order);
  EXPECT_EQ(join(names, " ").size(), join(wanted, " ").size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_FALSE(in_natural_order(names[i], names[i]));
    for (std::size_t j = i + 1; j < names.size(); ++j) {
      EXPECT_TRUE(in_natural_order(names[i], names[j])) << names[i] << " " << names[j];
      EXPECT_FALSE(in_natural_order(names[j], names[i])) << names[i] << " " << names[j];
    }
  }
  EXPECT_TRUE(in_natural_order("run-2", "run-10"));
}

}  // namespace
}  // namespace lockstep
