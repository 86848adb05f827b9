// activations.h5, targets.h5, meg.h5, scores.h5: each reader against its writer, and against files
// that are not what they claim.
#include <gtest/gtest.h>
#include <hdf5.h>

#include <array>
#include <cmath>
#include <cstring>
#include <limits>

#include "base/hdf5_writer.h"
#include "base/schemas/activations_file.h"
#include "base/schemas/meg_file.h"
#include "base/schemas/scores_file.h"
#include "base/schemas/targets_file.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::TemporaryFolder;

const std::vector<ContextInfo> kContexts = {{"1", 1}, {"50", 50}};
const std::vector<TapInfo> kTaps = {
    {"embedding", 0, std::nan(""), 0}, {"block 3", 3, 0.1, 0.1}, {"final_norm", 31, 1, 1}};
const ModelInfo kModel = {"tiny", "llama", 1234, 30, true};

/// Puts 0, 1, 2, ... into a reserved dataset.
template <class T>
void count_into(const std::filesystem::path& path, const std::string& dataset, std::size_t count) {
  std::vector<T> values(count);
  for (std::size_t k = 0; k < count; ++k) values[k] = static_cast<T>(k);
  std::string bytes = testing::read_bytes(path);
  std::memcpy(bytes.data() + dataset_offset(path, dataset), values.data(), count * sizeof(T));
  testing::write_bytes(path, bytes);
}

ActivationsHeader activations_header() {
  ActivationsHeader header;
  header.model = kModel;
  header.contexts = kContexts;
  header.taps = kTaps;
  header.words = {3, 5, 9, 10};
  header.text = {"a", "b", "caf\xC3\xA9", ""};
  header.num_units = 5;
  header.tokens = {1, 1, 2, 0, 1, 1, 2, 0};
  header.shared = {0, 0, 1, 0};
  header.words_sha256 = "w";
  header.provenance.what = "lockstep extract";
  return header;
}

TEST(ActivationsFile, RoundTrips) {
  const TemporaryFolder folder;
  lay_out_activations(folder / "a.h5", activations_header());
  count_into<float>(folder / "a.h5", "activations", 2 * 3 * 4 * 5);

  const ActivationsFile file(folder / "a.h5");

  EXPECT_EQ(file.header().model, kModel);
  EXPECT_EQ(file.header().contexts, kContexts);
  EXPECT_EQ(file.header().taps[1], kTaps[1]);
  EXPECT_TRUE(std::isnan(file.header().taps[0].depth_requested));
  EXPECT_EQ(file.header().words, activations_header().words);
  EXPECT_EQ(file.header().text, activations_header().text);
  EXPECT_EQ(file.header().tokens, activations_header().tokens);
  EXPECT_EQ(file.header().shared, activations_header().shared);
  EXPECT_EQ(file.header().provenance.what, "lockstep extract");
  const auto values = file.read(1, 2);
  ASSERT_EQ(values.size(), 20u);
  EXPECT_EQ(values.front(), 100);
  EXPECT_EQ(values.back(), 119);
}

TEST(ActivationsFile, HalfPrecisionIsHalfTheSize) {
  const TemporaryFolder folder;
  ActivationsHeader header = activations_header();
  header.num_units = 4096;
  lay_out_activations(folder / "32.h5", header);
  header.storage = FloatStorage::kFloat16;
  lay_out_activations(folder / "16.h5", header);
  EXPECT_EQ(
      std::filesystem::file_size(folder / "32.h5") - std::filesystem::file_size(folder / "16.h5"),
      2u * 2 * 3 * 4 * 4096);
  EXPECT_EQ(ActivationsFile(folder / "32.h5").header().storage, FloatStorage::kFloat32);
  EXPECT_EQ(ActivationsFile(folder / "16.h5").header().storage, FloatStorage::kFloat16);
}

TEST(TargetsFile, RoundTripsWithAndWithoutFolds) {
  for (const int64_t folds : {0, 2}) {
    const TemporaryFolder folder;
    TargetsHeader header;
    header.model = kModel;
    header.contexts = kContexts;
    header.taps = kTaps;
    header.words = {3, 5, 9, 10};
    header.num_components = 2;
    header.num_units = 5;
    header.num_folds = folds;
    header.fit = folds > 0 ? "train" : "all";
    header.fit_word.assign(4 * static_cast<std::size_t>(std::max<int64_t>(folds, 1)), 1);
    std::vector<TargetsFit> fits(6 * static_cast<std::size_t>(std::max<int64_t>(folds, 1)));
    for (std::size_t k = 0; k < fits.size(); ++k) {
      fits[k] = {std::vector<float>(8, static_cast<float>(k)),
                 std::vector<float>(5, 0),
                 std::vector<float>(10, 0),
                 {0.5, 0.25}};
    }
    write_targets(folder / "t.h5", header, fits);

    const TargetsFile file(folder / "t.h5");

    EXPECT_EQ(file.header().num_folds, folds);
    EXPECT_EQ(file.header().num_components, 2);
    EXPECT_EQ(file.header().num_units, 5);
    EXPECT_EQ(file.read(0, 1, 2), std::vector<float>(8, 5));
    if (folds > 0) {
      EXPECT_EQ(file.read(1, 1, 2), std::vector<float>(8, 11));
    }
    EXPECT_EQ(file.explained_variance(0, 0, 0), (std::vector<double>{0.5, 0.25}));
    EXPECT_FALSE(std::filesystem::exists(folder / "t.h5.partial"));
  }
}

MegHeader meg_header() {
  MegHeader header;
  header.sensors = {{.name = "A",
                     .kind = "meg_axial_gradiometer",
                     .unit = "T",
                     .position_m = {0.1f, 0, 0},
                     .bad = false},
                    {.name = "B",
                     .kind = "meg_axial_gradiometer",
                     .unit = "T",
                     .position_m = {0, 0.1f, 0},
                     .bad = true}};
  RecordingInfo recording;
  recording.name = "sub-001_ses-1";
  recording.subject = "sub-001";
  recording.session = "1";
  recording.num_samples = 6;
  recording.segments = {{0, 2}, {3, 6}};
  recording.events = {
      {.word = 0, .repeat = 0, .onset_s = 0.05, .duration_s = 0.1, .reason = EventReason::kValid},
      {.word = 1, .repeat = 0, .onset_s = 0.1, .duration_s = 0.1, .reason = EventReason::kEdge},
      {.word = -1,
       .repeat = 0,
       .onset_s = 0.15,
       .duration_s = 0,
       .near_edge = true,
       .kind = EventKind::kTrigger,
       .text = "na\xC3\xAFve 10",
       .run = 3,
       .source_row = 5'000'000'000}};
  header.recordings = {recording};
  header.words_sha256 = "w";
  header.truth = std::make_unique<PlantedTruth>();
  *header.truth = {{"block 3"}, {0.1}, {0.19}, {0.2}, 0.06, 0.05, 0.0499, "", 7, "50"};
  return header;
}

TEST(MegFile, RoundTrips) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());
  count_into<float>(folder / "m.h5", "recordings/sub-001_ses-1/data", 12);

  const MegFile file(folder / "m.h5");

  ASSERT_EQ(file.header().recordings.size(), 1u);
  const RecordingInfo& recording = file.header().recordings[0];
  EXPECT_EQ(recording.segments, meg_header().recordings[0].segments);
  EXPECT_EQ(recording.events[1].reason, EventReason::kEdge);
  EXPECT_EQ(recording.events[1].onset_s, 0.1);
  EXPECT_FALSE(recording.events[1].near_edge);
  EXPECT_TRUE(recording.events[2].near_edge);
  EXPECT_TRUE(file.header().sensors[1].bad);
  EXPECT_EQ(file.read(0)[7], 7);
  ASSERT_TRUE(file.header().truth);
  EXPECT_EQ(file.header().truth->reference_s, std::vector<double>{0.2});
  EXPECT_EQ(file.header().truth->context, "50");
}

TEST(MegFile, KeepsWhatEventsWereMadeFrom) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());

  const MegFile file(folder / "m.h5");

  const std::vector<WordEvent>& events = file.header().recordings[0].events;
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0].kind, EventKind::kWord);
  EXPECT_EQ(events[0].run, -1);
  EXPECT_EQ(events[2].kind, EventKind::kTrigger);
  EXPECT_EQ(events[2].text, "na\xC3\xAFve 10");
  EXPECT_EQ(events[2].run, 3);
  EXPECT_EQ(events[2].source_row, 5'000'000'000);
}

TEST(MegFile, KeepsARecordingWithoutEvents) {
  const TemporaryFolder folder;
  MegHeader header = meg_header();
  header.recordings[0].events.clear();
  lay_out_meg(folder / "m.h5", header);

  EXPECT_TRUE(MegFile(folder / "m.h5").header().recordings[0].events.empty());
}

void remove_from(const std::filesystem::path& path, const std::vector<std::string>& names) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  for (const std::string& name : names) {
    ASSERT_GE(H5Ldelete(file, ("recordings/sub-001_ses-1/" + name).c_str(), H5P_DEFAULT), 0);
  }
  H5Fclose(file);
}

TEST(MegFile, ReadsFilesOfWordsAlone) {
  const TemporaryFolder folder;
  MegHeader header = meg_header();
  header.recordings[0].events.pop_back();
  lay_out_meg(folder / "m.h5", header);
  remove_from(folder / "m.h5", {"event_kind", "event_text", "event_run", "event_source_row"});

  const MegFile file(folder / "m.h5");

  const std::vector<WordEvent>& events = file.header().recordings[0].events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[1].kind, EventKind::kWord);
  EXPECT_EQ(events[1].text, "");
  EXPECT_EQ(events[1].source_row, -1);
}

TEST(MegFile, RefusesAKindThatItDoesNotKnow) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());
  const hid_t file = H5Fopen((folder / "m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t kinds = H5Dopen2(file, "recordings/sub-001_ses-1/event_kind", H5P_DEFAULT);
  const std::array<uint8_t, 3> values = {0, 6, 0};
  H5Dwrite(kinds, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(kinds);
  H5Fclose(file);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { MegFile f(folder / "m.h5"); }),
                    "recordings/sub-001_ses-1/event_kind[1]: 6; 0 to 5 is wanted"));
}

TEST(MegFile, RefusesEventColumnsOfUnequalLength) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());
  remove_from(folder / "m.h5", {"event_repeat"});
  const hid_t file = H5Fopen((folder / "m.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hsize_t length = 2;
  const hid_t space = H5Screate_simple(1, &length, nullptr);
  const hid_t repeats = H5Dcreate2(file,
                                   "recordings/sub-001_ses-1/event_repeat",
                                   H5T_STD_I64LE,
                                   space,
                                   H5P_DEFAULT,
                                   H5P_DEFAULT,
                                   H5P_DEFAULT);
  const std::array<int64_t, 2> values = {0, 1};
  H5Dwrite(repeats, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
  H5Dclose(repeats);
  H5Sclose(space);
  H5Fclose(file);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { MegFile f(folder / "m.h5"); }),
                    "event_repeat: 2 values; 3 are wanted, as of event_word"));
}

TEST(MegFile, KnowsTheSensorsOfASimulation) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());

  const SensorFacts facts = MegFile(folder / "m.h5").sensor_facts(0);

  EXPECT_EQ(facts.finding, (std::vector<uint8_t>{0, kSensorBad}));
  EXPECT_EQ(facts.centre, (std::vector<double>{0, 0}));
  EXPECT_EQ(facts.scale, (std::vector<double>{1, 1}));
}

TEST(MegFile, LeavesTheSensorsOfARealRecordingOpen) {
  const TemporaryFolder folder;
  MegHeader header = meg_header();
  RecordingInfo& recording = header.recordings[0];
  recording.raw_rate_hz = 1200;
  recording.compensation_grade = 3;
  recording.filter_half_length_s = 16.5;
  recording.scaling = "robust";
  recording.clamp = 5;
  lay_out_meg(folder / "m.h5", header);
  const MegPieces places = meg_pieces(folder / "m.h5", "sub-001_ses-1");
  std::string bytes = testing::read_bytes(folder / "m.h5");
  const double scales[] = {2.5e-13, 7};
  bytes[static_cast<std::size_t>(places.finding) + 1] = kSensorBad | kSensorConstant;
  std::memcpy(bytes.data() + places.centre, scales, sizeof scales);
  std::memcpy(bytes.data() + places.scale, scales, sizeof scales);
  testing::write_bytes(folder / "m.h5", bytes);

  const MegFile file(folder / "m.h5");

  const SensorFacts facts = file.sensor_facts(0);
  EXPECT_EQ(facts.finding[1], 3);
  EXPECT_EQ(facts.scale, (std::vector<double>{2.5e-13, 7}));
  EXPECT_EQ(facts.centre, (std::vector<double>{2.5e-13, 7}));
  EXPECT_EQ(places.data, meg_data_offset(folder / "m.h5", "sub-001_ses-1"));
  const RecordingInfo& read = file.header().recordings[0];
  EXPECT_EQ(read.raw_rate_hz, 1200);
  EXPECT_EQ(read.compensation_grade, 3);
  EXPECT_EQ(read.filter_half_length_s, 16.5);
  EXPECT_EQ(read.scaling, "robust");
  EXPECT_EQ(read.clamp, 5);
}

ScoresHeader scores_header() {
  ScoresHeader header;
  header.model = kModel;
  header.subjects = {"sub-001", "sub-002"};
  header.contexts = kContexts;
  header.taps = kTaps;
  header.block_fold = {0, 1, 1};
  header.num_folds = 2;
  header.num_components = 2;
  header.times_s = {-1.0 / 30, 0, 1.0 / 30};
  header.time_first = -1;
  header.num_null_draws = 4;
  header.alphas = {0.1, 1};
  header.n_train = {1, 2, 3, 4};
  header.n_test = {1, 2, 3, 4};
  header.word_steps = {{"function words", 10}};
  header.notices = {"Only 3 blocks."};
  header.explained.assign(6, 0.5);
  return header;
}

TEST(ScoresFile, RoundTrips) {
  const TemporaryFolder folder;
  lay_out_scores(folder / "s.h5", scores_header());
  count_into<double>(folder / "s.h5", "sums", 2 * 2 * 3 * 3 * 2 * 3 * 6);
  count_into<float>(folder / "s.h5", "null_score", 2 * 2 * 4 * 3 * 3);
  count_into<float>(folder / "s.h5", "score", 2 * 2 * 3 * 3);

  const ScoresFile file(folder / "s.h5");

  EXPECT_EQ(file.header().word_steps[0].count, 10);
  EXPECT_EQ(file.header().notices, scores_header().notices);
  EXPECT_EQ(file.header().times_s, scores_header().times_s);
  EXPECT_EQ(file.header().num_null_draws, 4);
  // subject 1, context 0, block 2, tap 1: the strides of (subject, context, block, tap) are 648,
  // 324, 108, 36
  EXPECT_EQ(file.sums(1, 0, 1)[2 * 36], 648 + 2 * 108 + 36);
  EXPECT_EQ(file.score(1, 1).front(), 27);
  EXPECT_EQ(file.null_score(0, 1).front(), 36);
  EXPECT_EQ(file.alpha(1, 1).size(), 2u * 3 * 2 * 3);
  EXPECT_FALSE(file.header().truth);
}

TEST(ScoresFile, WithoutDrawsThereIsNoNull) {
  const TemporaryFolder folder;
  ScoresHeader header = scores_header();
  header.num_null_draws = 0;
  lay_out_scores(folder / "s.h5", header);
  EXPECT_TRUE(ScoresFile(folder / "s.h5").null_score(0, 0).empty());
}

TEST(H5Files, EachRefusesTheOthers) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());
  lay_out_scores(folder / "s.h5", scores_header());
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { ActivationsFile f(folder / "m.h5"); }),
                    "layout \"lockstep meg 1\"; \"lockstep activations 1\" is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { MegFile f(folder / "s.h5"); }),
                    "\"lockstep meg 1\" is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { TargetsFile f(folder / "s.h5"); }),
                    "\"lockstep targets 1\" is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { ScoresFile f(folder / "m.h5"); }),
                    "\"lockstep scores 1\" is wanted"));
  Hdf5Writer plain(folder / "plain.h5");
  plain.close();
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { ScoresFile f(folder / "plain.h5"); }), "layout \"\""));
}

/// Whether a byte lies in a heap of texts. libhdf5 1.10.8 believes what such a heap says of its
/// objects' sizes (H5HG_read) and may read beyond it: no caller can help that.
bool is_in_a_heap(const std::string& whole, std::size_t at) {
  const std::size_t heap = whole.rfind("GCOL", at);
  return heap != std::string::npos && at < heap + 4096;
}

TEST(H5Files, SurviveDamage) {
  const TemporaryFolder folder;
  lay_out_meg(folder / "m.h5", meg_header());
  const std::string whole = testing::read_bytes(folder / "m.h5");
  int refused = 0;
  // Not every byte: HDF5 1.10 itself reads past the end of a heap whose object sizes are damaged.
  for (std::size_t at = 0; at < whole.size(); at += 67) {
    std::string changed = whole;
    if (at % 2 == 0) {
      changed.resize(at);
    } else if (!is_in_a_heap(whole, at)) {
      changed[at] = static_cast<char>(changed[at] ^ 0x5A);
    }
    testing::write_bytes(folder / "broken.h5", changed);
    try {
      const MegFile file(folder / "broken.h5");
      if (file.header().recordings.size() == 1) file.read(0);
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

}  // namespace
}  // namespace lockstep
