#include "aligner/simulation/ctf_simulation.h"

#include <cmath>

#include "aligner/simulation/ctf_array.h"
#include "aligner/simulation/session_plan.h"
#include "aligner/simulation/session_tables.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "base/schemas/simulation_record.h"
#include "base/sha256.h"
#include "base/workers.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr double kVoltGain = 3276800;    // units a volt
constexpr double kReferenceNoise = 0.1;  // SD, in units of the background
constexpr const char* kKeyFile = "simulation.key";

struct Session {
  const Simulation& simulation;
  const Words& words;
  const SimulationOptions& options;
  std::size_t recording;
  SessionPlan plan;
  CtfArray array;
  CtfContents contents;
};

CtfContents contents_of(const Session& session, const CtfSimulationOptions& ctf) {
  CtfContents contents;
  contents.rate_hz = static_cast<double>(ctf.rate_hz);
  contents.samples_a_trial = static_cast<int64_t>(kTrial_s) * ctf.rate_hz;
  contents.largest_file = ctf.largest_file;
  contents.description = "lockstep simulate";
  contents.channels.push_back({.name = "UPPT001", .type = CtfSensorType::kTrigger});
  contents.channels.push_back({.name = "SCLK01-177", .type = CtfSensorType::kClock});
  for (const CtfChannel& channel : session.array.references()) contents.channels.push_back(channel);
  const auto& sensors = session.simulation.header().sensors;
  for (std::size_t k = 0; k < sensors.size(); ++k) {
    const CtfChannel& channel = session.array.sensors()[k];
    contents.channels.push_back(channel);
    if (sensors[k].bad)
      contents.bad_channels.push_back(channel.name.substr(0, channel.name.find('-')));
  }
  contents.channels.push_back(
      {.name = "UADC003-2901", .type = CtfSensorType::kAdc, .q_gain = kVoltGain});
  contents.coefficients = session.array.coefficients();
  CtfWrittenMarker starts{"run", {}}, ends{"run_end", {}};
  for (const Trigger& trigger : session.plan.triggers) {
    if (trigger.value % 10 == 0 && trigger.value < 100) starts.samples.push_back(trigger.sample);
    if (trigger.value % 10 == 5) ends.samples.push_back(trigger.sample);
  }
  contents.markers = {starts, ends};
  return contents;
}

// Integers of a trial, channel by channel.
class TrialSamples {
 public:
  explicit TrialSamples(const CtfContents& contents) : contents_(contents) {
    samples_.reserve(contents.channels.size() * static_cast<std::size_t>(contents.samples_a_trial));
  }

  void add(std::span<const int32_t> values) {
    samples_.insert(samples_.end(), values.begin(), values.end());
    ++channel_;
  }
  void add(std::span<const double> values) {
    const CtfChannel& channel = contents_.channels[channel_];
    const double per_unit = channel.proper_gain * channel.q_gain;
    for (const double value : values) {
      const double units = std::nearbyint(value * per_unit);
      if (!(std::abs(units) < 2147483648.0)) {
        // No option that is allowed comes near: 32 bits hold millions of times the background.
        fail(Blame::kProgram, "{} records {}, beyond 32 bits at its gain", channel.name, value);
      }
      samples_.push_back(static_cast<int32_t>(units));
    }
    ++channel_;
  }
  const std::vector<int32_t>& samples() const { return samples_; }

 private:
  const CtfContents& contents_;
  std::size_t channel_ = 0;
  std::vector<int32_t> samples_;
};

std::vector<int32_t> trial_of(const Session& session, const RecordedSignal& signal, int64_t trial) {
  const int64_t count = session.contents.samples_a_trial;
  const int64_t first = trial * count;
  const double rate_hz = session.contents.rate_hz;
  const RecordedPiece piece = signal.piece(first, count);
  const auto column = [count](const Eigen::MatrixXd& values, Eigen::Index k) {
    return std::span<const double>(values.col(k).data(), static_cast<std::size_t>(count));
  };

  TrialSamples samples(session.contents);
  samples.add(pulses_of(session.plan, rate_hz, first, count));
  std::vector<int32_t> clock;
  for (int64_t n = 0; n < count; ++n) clock.push_back(static_cast<int32_t>(first + n + 1));
  samples.add(clock);
  const std::string& name = session.simulation.header().recordings[session.recording].name;
  for (std::size_t k = 0; k < session.array.references().size(); ++k) {
    RandomStream stream(session.options.seed,
                        "reference noise in " + name,
                        (static_cast<uint64_t>(k) << 32) + static_cast<uint64_t>(trial));
    std::vector<double> reference;
    for (int64_t n = 0; n < count; ++n) {
      reference.push_back(piece.far.row(n).dot(session.array.share(k)) +
                          kBackground_t * kReferenceNoise * stream.normal());
    }
    samples.add(reference);
  }
  for (Eigen::Index k = 0; k < piece.sensors.cols(); ++k) samples.add(column(piece.sensors, k));
  samples.add(audio_of(session.plan, rate_hz, first, count));
  return samples.samples();
}

// Trials are made side by side and written in order.
int64_t write_samples(const Session& session, const fs::path& folder, int num_threads) {
  const RecordedSignal signal =
      session.simulation.recorded(session.recording, session.contents.rate_hz);
  CtfWriter writer(folder, session.contents);
  const int64_t num_trials = signal.num_samples() / session.contents.samples_a_trial;
  Progress progress("simulate", num_trials, "trials");
  for (int64_t first = 0; first < num_trials; first += num_threads) {
    const int64_t count = std::min<int64_t>(num_threads, num_trials - first);
    std::vector<std::vector<int32_t>> trials(static_cast<std::size_t>(count));
    for_each_item(count, num_threads, [&](int64_t item, int) {
      trials[static_cast<std::size_t>(item)] = trial_of(session, signal, first + item);
    });
    for (const std::vector<int32_t>& trial : trials) writer.append_trial(trial);
    progress.advance(count);
  }
  writer.finish();
  return num_trials;
}

void write_session(Session session,
                   const CtfSimulationOptions& ctf,
                   const fs::path& dataset,
                   int num_threads) {
  const RecordingInfo& info = session.simulation.header().recordings[session.recording];
  const std::string stem = info.name + "_task-compr";
  const fs::path folder = dataset / info.subject / info.session;
  const fs::path last = folder / (info.name + "_scans.tsv");
  if (fs::exists(last)) return;  // of a simulation that was cut off later
  fs::remove_all(folder);
  fs::create_directories(folder / "meg");
  session.plan =
      plan_session(info, session.words, static_cast<double>(ctf.rate_hz), session.options.seed);
  session.contents = contents_of(session, ctf);
  const int64_t num_trials =
      write_samples(session, folder / "meg" / (stem + "_meg.ds"), num_threads);
  const auto put = [&](const char* ending, const std::string& content) {
    write_file_whole(folder / "meg" / (stem + ending), content);
  };
  put("_events.tsv", events_table(session.plan, session.words, session.contents, num_trials));
  put("_channels.tsv", channels_table(session.contents));
  put("_meg.json", meg_sidecar(session.contents, num_trials));
  write_file_whole(last, text("filename\nmeg/{}_meg.ds\n", stem));
}

// A partial folder holds the key of the simulation that it is of.
void open_partial(const fs::path& partial, const std::string& key) {
  if (!fs::exists(partial)) {
    fs::create_directory(partial);
    write_file_whole(partial / kKeyFile, key);
    return;
  }
  if (!fs::is_regular_file(partial / kKeyFile) || read_file(partial / kKeyFile) != key) {
    fail(Blame::kCommandLine,
         "{}: what another simulation left; remove it, or simulate to another place",
         partial);
  }
}

}  // namespace

void CtfSimulationOptions::check() const {
  if (rate_hz < 100 || rate_hz > 20000) {
    fail(Blame::kCommandLine,
         "simulate: --rate: {}; 100 to 20000 samples a second are wanted for ctf",
         rate_hz);
  }
}

void lay_out_for_ctf(SimulationOptions& options) {
  options.lead_s = 25;
  options.pause_s = 12;
  options.multiple_s = kTrial_s;
}

void write_ctf_simulation(const Simulation& simulation,
                          const Words& words,
                          const SimulationOptions& options,
                          const CtfSimulationOptions& ctf,
                          const Provenance& provenance,
                          const fs::path& output,
                          int num_threads) {
  ctf.check();
  if (fs::exists(output)) {
    fail(Blame::kCommandLine, "{}: exists; the name of a new folder is wanted", output);
  }
  fs::path partial = output.has_filename() ? output : output.parent_path();
  const fs::path whole = partial;
  partial += ".partial";
  open_partial(partial, sha256_of(provenance.to_json().dump()));
  const MegHeader& header = simulation.header();
  std::string participants = "participant_id\n";
  std::string subject;
  for (std::size_t recording = 0; recording < header.recordings.size(); ++recording) {
    const RecordingInfo& info = header.recordings[recording];
    if (info.subject != subject) participants += info.subject + "\n";
    subject = info.subject;
    write_session(
        {simulation, words, options, recording, {}, CtfArray(helmet(options.num_sensors)), {}},
        ctf,
        partial,
        num_threads);
  }
  write_file_whole(partial / "participants.tsv", participants);
  write_file_whole(partial / "dataset_description.json",
                   "{\n  \"Name\": \"lockstep simulate\",\n  \"BIDSVersion\": \"1.9.0\"\n}\n");
  write_simulation_record(partial / kSimulationRecord,
                          {*header.truth,
                           static_cast<double>(options.rate_hz),
                           options.band.low_hz,
                           options.band.high_hz,
                           words.sha256,
                           provenance});
  fs::remove(partial / kKeyFile);
  rename_durably(partial, whole);
}

}  // namespace lockstep
