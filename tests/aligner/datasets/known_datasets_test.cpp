#include "aligner/datasets/known_datasets.h"

#include <gtest/gtest.h>

#include <numeric>
#include <set>

#include "aligner/datasets/bad_channels.h"
#include "aligner/datasets/find_recordings.h"
#include "aligner/events/event_dialects.h"
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

TEST(KnownDatasets, HaveNamesSourcesAndDialects) {
  std::set<std::string> names, faults;
  for (const KnownDataset& dataset : known_datasets()) {
    EXPECT_TRUE(names.insert(dataset.name).second) << dataset.name;
    EXPECT_FALSE(dataset.source.empty());
    if (dataset.dialect != "auto") {
      EXPECT_EQ(find_dialect(dataset.dialect).name, dataset.dialect);
    }
    for (const KnownFault& fault : dataset.faults) {
      EXPECT_TRUE(faults.insert(fault.name).second) << fault.name;
      EXPECT_FALSE(fault.source.empty()) << fault.name;
      EXPECT_FALSE(fault.what.empty()) << fault.name;
      EXPECT_TRUE(fault.name.starts_with(dataset.name + "-")) << fault.name;
      EXPECT_EQ(fault.action == FaultAction::kSay, !fault.advice.empty()) << fault.name;
      EXPECT_TRUE(holds(list_datasets(), fault.name));
    }
  }
  EXPECT_EQ(
      names,
      (std::set<std::string>{"armeni2022", "libribrain", "littleprince", "mous", "smn4lang"}));
}

TEST(KnownDatasets, AreFoundByName) {
  EXPECT_EQ(find_dataset("mous").name, "mous");
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [] { find_dataset("moos"); }),
            "--dataset moos: not known; armeni2022, mous, smn4lang, littleprince, libribrain"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { find_fault("x"); }),
                    "fault x: not known; armeni2022-sub-003-ses-004-sensors, "));
}

TEST(KnownDatasets, ArmeniHas66RunsOf85719Words) {
  int64_t runs = 0, words = 0;
  for (const SessionSize& size : find_dataset("armeni2022").sizes) {
    runs += size.num_runs;
    words += size.num_words;
  }
  EXPECT_EQ(runs, 66);
  EXPECT_EQ(words, 85'719);
}

TEST(IsLabel, TakesNumbersAsNumbers) {
  EXPECT_TRUE(is_label("003", "3"));
  EXPECT_TRUE(is_label("A2002", "A2002"));
  EXPECT_FALSE(is_label("30", "3"));
  EXPECT_FALSE(is_label("", "0"));
  EXPECT_FALSE(is_label("x3", "3"));
}

// ---- every fault, in a data set made for it ----------------------------------------------------

/// A recording of the fault's subject, session and run, and a sound one beside it.
class DatasetWithFault {
 public:
  DatasetWithFault(const KnownDataset& dataset, const KnownFault& fault) : dataset_(dataset) {
    faulty_ = add(fault.subject,
                  fault.session.empty() ? "01" : fault.session,
                  fault.run.empty() ? "5" : fault.run);
    add("99", "01", "1");
  }

  /// The faulty recording; nothing if it was left out.
  std::optional<RecordingFiles> find(const std::vector<std::string>& faults_off) {
    const std::vector<fs::path> paths = {folder_.path()};
    found_ =
        find_recordings(paths, {.dataset = dataset_.name, .format = "", .faults_off = faults_off});
    for (const RecordingFiles& files : found_) {
      if (files.recording.filename() == faulty_) return files;
    }
    return std::nullopt;
  }
  std::string notes() const {
    std::string all;
    for (const RecordingFiles& files : found_) all += join(files.notes, "\n") + "\n";
    return all;
  }
  fs::path session_folder(const KnownFault& fault) const {
    return folder_ / ("sub-" + fault.subject) / ("ses-" + fault.session);
  }

 private:
  std::string add(const std::string& subject, const std::string& session, const std::string& run) {
    const std::string task = dataset_.tasks.empty() ? "x" : dataset_.tasks.front();
    const std::string start = "sub-" + subject + "_ses-" + session;
    const fs::path meg = folder_ / ("sub-" + subject) / ("ses-" + session) / "meg";
    const bool has_runs = dataset_.name == "littleprince";
    const std::string name = start + "_task-" + task + (has_runs ? "_run-" + run : "") + "_meg.ds";
    fs::create_directories(meg / name);
    return name;
  }

  TemporaryFolder folder_;
  const KnownDataset& dataset_;
  std::string faulty_;
  std::vector<RecordingFiles> found_;
};

TEST(KnownFaults, AreDealtWithUnlessSwitchedOff) {
  for (const KnownDataset& dataset : known_datasets()) {
    for (const KnownFault& fault : dataset.faults) {
      DatasetWithFault made(dataset, fault);
      std::vector<std::string> others;
      for (const KnownFault& other : dataset.faults) {
        if (other.name != fault.name) others.push_back(other.name);
      }

      const auto found = made.find(others);

      EXPECT_TRUE(holds(made.notes(), "known fault " + fault.name + ": " + fault.what));
      EXPECT_EQ(found.has_value(), fault.action != FaultAction::kSkipRecording) << fault.name;
      if (found) {
        EXPECT_EQ(found->known_faults, std::vector<std::string>{fault.name});
        EXPECT_EQ(found->bad_sensors, fault.sensors);
      }

      others.push_back(fault.name);
      const auto kept = made.find(others);
      ASSERT_TRUE(kept) << fault.name;
      EXPECT_TRUE(kept->known_faults.empty());
      EXPECT_TRUE(kept->bad_sensors.empty());
      EXPECT_TRUE(holds(join(kept->notes, "\n"), "known fault " + fault.name + ": switched off"));
    }
  }
}

TEST(KnownFaults, DoNotConcernOtherRecordings) {
  const KnownDataset& dataset = find_dataset("armeni2022");
  const KnownFault& fault = find_fault("armeni2022-sub-003-ses-008-crash");
  DatasetWithFault made(dataset, fault);
  made.find({});
  const TemporaryFolder folder;
  fs::create_directories(folder / "sub-002_ses-008_task-compr_meg.ds");
  const std::vector<fs::path> paths = {folder.path()};
  const auto found =
      find_recordings(paths, {.dataset = "armeni2022", .format = "", .faults_off = {}});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].known_faults.empty());
}

TEST(KnownFaults, MalformedScansAreReadOver) {
  for (const auto& [name, scans] :
       {std::pair("armeni2022-sub-002-ses-003-scans",
                  "filename\tacq_time\nmeg/a_meg.ds\tn/a\nt\nmeg/b_meg.ds\tn/a\n"),
        std::pair("armeni2022-sub-003-ses-009-scans",
                  "filename\tacq_time\nmeg/a_meg.ds n/a\nmeg/b_meg.ds\tn/a\n")}) {
    const KnownFault& fault = find_fault(name);
    DatasetWithFault made(find_dataset("armeni2022"), fault);
    write_bytes(made.session_folder(fault) /
                    ("sub-" + fault.subject + "_ses-" + fault.session + "_scans.tsv"),
                scans);

    const auto found = made.find({});

    ASSERT_TRUE(found);
    EXPECT_TRUE(holds(join(found->notes, "\n"), "1 lines do not have the header's 2 cells"));
  }
}

TEST(KnownFaults, BeginningsOfSensorNamesAreFoundInTheRecording) {
  RecordingFiles files;
  files.bad_sensors = find_fault("armeni2022-sub-003-ses-004-sensors").sensors;
  files.bad_sensors.push_back("meg 0113");
  RawHeader header;
  for (const char* name : {"MLC23-4304",
                           "MRC23-4304",
                           "MRP51-4304",
                           "MRP57-4304",
                           "MRP4-4304",
                           "MEG0113",
                           "MLC11-4304"}) {
    header.channels.emplace_back();
    header.channels.back().name = name;
  }
  header.channels[6].bad = true;

  const BadChannels bad = find_bad_channels(files, header);

  EXPECT_EQ(bad.channels, (std::vector<std::size_t>{0, 1, 2, 3, 5, 6}));
  EXPECT_EQ(bad.notes,
            (std::vector<std::string>{"bad sensor MLO22 is no channel of the recording",
                                      "bad sensor MRP5* is taken for MRP51, MRP57"}));
}

}  // namespace
}  // namespace lockstep
