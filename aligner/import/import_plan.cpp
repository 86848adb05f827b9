// Reads headers and events, and settles everything that stands in meg.h5 beside the samples.
#include "aligner/import/import_plan.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "aligner/datasets/bad_channels.h"
#include "aligner/import/flat_sensors.h"
#include "aligner/import/row_grid.h"
#include "aligner/import/sensor_choice.h"
#include "aligner/import/signal_warnings.h"
#include "aligner/import/simulated_truth.h"
#include "aligner/import/source_files.h"
#include "base/error.h"

namespace lockstep {
namespace {

/// A recording while the plan is made.
struct OpenedRecording {
  std::unique_ptr<RawRecording> raw;
  RecordingSensors sensors;
  nlohmann::json record;  // for provenance
};

std::vector<Stretch> as_stretches(const std::vector<SampleRange>& ranges) {
  std::vector<Stretch> stretches;
  for (const SampleRange& range : ranges) {
    if (range.end > range.first) stretches.push_back({range.first, range.end});
  }
  return stretches;
}

SamplingRate new_rate(const RawHeader& header, const ImportSettings& settings) {
  return settings.rate.value_or(header.rate);
}

SignalSteps steps_for(const RawHeader& header, const ImportSettings& settings) {
  SignalSteps steps;
  steps.num_samples = header.num_samples;
  steps.rate_hz = header.rate.hz();
  if (!settings.notch_hz.empty()) steps.filters.push_back(notch(settings.notch_hz, steps.rate_hz));
  if (settings.band.low_hz > 0 || std::isfinite(settings.band.high_hz)) {
    steps.filters.push_back(band_pass(settings.band, steps.rate_hz));
  }
  steps.stretches = as_stretches(header.segments);
  steps.ratio = ratio_of(header.rate, new_rate(header, settings));
  steps.ends = settings.ends;
  if (settings.ends == ResamplingEnds::kMne) {
    std::vector<SampleRange> parts;
    for (const RecordingPart& part : header.parts) parts.push_back(part.samples);
    steps.parts = as_stretches(parts);
  } else {
    steps.parts = {{0, header.num_samples}};
  }
  return steps;
}

RecordingInfo info_of(const OpenedRecording& opened,
                      const RecordingFiles& files,
                      const ImportSettings& settings,
                      const SignalSteps& steps) {
  const RawHeader& header = opened.raw->header();
  const SamplingRate rate = new_rate(header, settings);
  RecordingInfo info;
  info.name = files.name;
  info.subject = files.subject.empty() ? "unknown" : files.subject;
  info.session = files.session;
  info.rate_numerator = rate.numerator;
  info.rate_denominator = rate.denominator;
  info.num_samples = num_rows(steps);
  info.band_low_hz = settings.band.low_hz;
  info.band_high_hz = remaining_high(settings.band.high_hz, header.rate.hz(), rate.hz());
  info.time_error_ms = 1000 * time_error_s(steps);
  info.preset = settings.preset;
  info.raw_rate_hz = header.rate.hz();
  info.compensation_grade = grade_of(header).value_or(-1);
  info.filter_half_length_s = filter_half_length_s(steps);
  info.scaling = settings.scaling == SensorScaling::kRobust ? "robust" : "none";
  info.clamp = settings.clamp;
  info.segments = usable_rows(header.segments, header.bad_stretches, steps.ratio, info.num_samples);
  return info;
}

nlohmann::json as_json(const EventAudit& audit) {
  return {{"rows", audit.rows},
          {"word_events", audit.word_events},
          {"matched", audit.matched},
          {"unmatched", audit.unmatched},
          {"words_unheard", audit.words_unheard},
          {"dropped", audit.dropped},
          {"outside", audit.outside},
          {"in_bad_stretch", audit.in_bad_stretch},
          {"drift_ms", audit.drift_ms}};
}

void take_events(const ImportInputs& inputs,
                 const RecordingFiles& files,
                 OpenedRecording& opened,
                 RecordingInfo& info,
                 ImportPlan& plan) {
  if (!inputs.read_events) return;
  RecordingEvents found = inputs.read_events(files, *opened.raw);
  info.events = std::move(found.events);
  std::stable_sort(info.events.begin(), info.events.end(), [](const auto& a, const auto& b) {
    return a.onset_s < b.onset_s;
  });
  std::vector<std::pair<double, double>> stretches_s;
  const double rate_hz = opened.raw->header().rate.hz();
  for (const SampleRange& range : opened.raw->header().segments) {
    stretches_s.emplace_back(static_cast<double>(range.first) / rate_hz,
                             static_cast<double>(range.end - 1) / rate_hz);
  }
  const EventPlaces places = place_events(info, stretches_s);
  for (const std::string& note : found.notes) plan.notes.push_back(files.name + ": " + note);
  int64_t words = 0;
  int64_t usable = 0;
  for (const WordEvent& event : info.events) {
    if (event.kind != EventKind::kWord || event.word < 0) continue;
    ++words;
    if (event.reason == EventReason::kValid) ++usable;
  }
  plan.notes.push_back(
      text("{}: {} events, {} of them words of words.tsv, {} of these usable; {} events are beyond "
           "the rows, {} in bad or skipped stretches, {} within {} s of an edge (used, flagged)",
           files.name,
           with_thousands(static_cast<long long>(info.events.size())),
           with_thousands(words),
           with_thousands(usable),
           places.beyond_rows,
           places.outside_segments,
           places.near_edge,
           rounded(info.filter_half_length_s)));
  opened.record["events"] = as_json(found.audit);
  opened.record["events"]["beyond_rows"] = places.beyond_rows;
  opened.record["events"]["outside_segments"] = places.outside_segments;
  opened.record["events"]["near_edge"] = places.near_edge;
}

/// "sub-001: CTF, 273 of 310 channels, 1200 to 30 samples a second, grade 0, ..."
std::string in_words(const RecordingInfo& info, const RawHeader& header, std::size_t num_sensors) {
  int64_t usable = 0;
  for (const auto& [begin, end] : info.segments) usable += end - begin;
  return text(
      "{}: {}, {} of {} channels, grade {}, {} to {} samples a second, {} to {} Hz, {} rows "
      "in {} segments ({} usable)",
      info.name,
      header.format,
      num_sensors,
      header.channels.size(),
      info.compensation_grade < 0 ? "none" : to_text(info.compensation_grade),
      rounded(info.raw_rate_hz),
      rounded(info.rate_hz()),
      rounded(info.band_low_hz),
      rounded(info.band_high_hz),
      with_thousands(info.num_samples),
      info.segments.size(),
      with_thousands(usable));
}

OpenedRecording open_for_plan(const RecordingFiles& files,
                              const ImportSettings& settings,
                              const ImportInputs& inputs,
                              ImportPlan& plan) {
  OpenedRecording opened;
  opened.raw = open_planned(files, settings, inputs.open);
  const RawHeader& header = opened.raw->header();
  if (header.num_samples == 0) {
    fail(Blame::kData, "{}: no samples; a recording with some is wanted", files.name);
  }
  const BadChannels bad = find_bad_channels(files, header);
  opened.sensors = choose_sensors(files.name, header, settings.sensors, bad.channels);
  opened.record = {{"name", files.name},
                   {"format", header.format},
                   {"device", header.device},
                   {"rate", {header.rate.numerator, header.rate.denominator}},
                   {"samples", header.num_samples},
                   {"files", source_files(files.recording, header)}};
  std::vector<std::string> notes = files.notes;
  notes.insert(notes.end(), header.notes.begin(), header.notes.end());
  notes.insert(notes.end(), bad.notes.begin(), bad.notes.end());
  for (const std::string& note : notes) plan.notes.push_back(files.name + ": " + note);
  opened.record["notes"] = notes;
  return opened;
}

/// Dead sensors become bad; the warnings say which.
std::vector<std::string> mark_flat_sensors(OpenedRecording& opened) {
  std::vector<Sensor>& sensors = opened.sensors.sensors;
  const FlatSensors flat = find_flat_sensors(*opened.raw, opened.sensors.channels);
  std::vector<std::string> constant;
  std::vector<std::string> copied;
  for (const std::size_t place : flat.constant) {
    constant.push_back(sensors[place].name);
    sensors[place].bad = true;
  }
  for (const CopiedChannel& copy : flat.copies) {
    copied.push_back(text("{} (as {})", sensors[copy.place].name, sensors[copy.original].name));
    sensors[copy.place].bad = true;
  }
  std::vector<std::string> warnings;
  if (!constant.empty()) {
    warnings.push_back(text("{}: {} constant sensors count as bad: {}",
                            opened.sensors.recording,
                            constant.size(),
                            join(constant, ", ")));
  }
  if (!copied.empty()) {
    warnings.push_back(text("{}: {} sensors that copy another count as bad: {}",
                            opened.sensors.recording,
                            copied.size(),
                            join(copied, ", ")));
  }
  return warnings;
}

void check_names(const std::vector<RecordingFiles>& recordings) {
  if (recordings.empty()) fail(Blame::kData, "no recording to import; at least one is wanted");
  std::set<std::string> names;
  for (const RecordingFiles& files : recordings) {
    if (names.insert(files.name).second) continue;
    fail(Blame::kData,
         "{}: a second recording of the name {}; names that differ are wanted",
         files.recording,
         files.name);
  }
}

Provenance provenance_of(const ImportInputs& inputs,
                         const ImportPlan& plan,
                         const std::vector<OpenedRecording>& opened) {
  Provenance provenance;
  provenance.label = "meg.h5";
  provenance.what =
      text("lockstep import --preset {} --sensors {}", plan.settings.preset, plan.settings.sensors);
  provenance.options = as_json(plan.settings);
  provenance.options["inputs"] = inputs.options;
  provenance.options["recordings"] = nlohmann::json::array();
  for (const OpenedRecording& recording : opened) {
    provenance.options["recordings"].push_back(recording.record);
  }
  provenance.options["notes"] = plan.notes;
  provenance.options["warnings"] = plan.warnings;
  provenance.versions = {{"lockstep", LOCKSTEP_VERSION}};
  provenance.parents = inputs.parents;
  return provenance;
}

}  // namespace

std::unique_ptr<RawRecording> open_planned(const RecordingFiles& files,
                                           const ImportSettings& settings,
                                           const OpenOptions& open) {
  auto raw = open_recording(files.recording, open);
  if (!settings.grade) return raw;
  if (settings.grade_where_possible) {
    const bool possible =
        grade_of(raw->header()) &&
        std::any_of(raw->header().compensations.begin(),
                    raw->header().compensations.end(),
                    [&](const auto& matrix) { return matrix.grade == *settings.grade; });
    if (!possible) return raw;
  }
  return compensated(std::move(raw), *settings.grade);
}

ImportPlan plan_import(const ImportInputs& inputs, const ImportSettings& settings) {
  check_names(inputs.recordings);
  ImportPlan plan;
  plan.settings = settings;
  plan.open = inputs.open;
  plan.header.words_sha256 = inputs.words_sha256;
  std::vector<OpenedRecording> opened;
  std::vector<RecordingSensors> sensors;
  for (const RecordingFiles& files : inputs.recordings) {
    opened.push_back(open_for_plan(files, settings, inputs, plan));
    for (const std::string& warning : mark_flat_sensors(opened.back())) {
      plan.warnings.push_back(warning);
    }
    sensors.push_back(opened.back().sensors);
  }
  const CommonSensors common = common_sensors(sensors);
  plan.header.sensors = common.sensors;
  plan.notes.insert(plan.notes.end(), common.notes.begin(), common.notes.end());
  for (std::size_t r = 0; r < opened.size(); ++r) {
    const RecordingFiles& files = inputs.recordings[r];
    const RawHeader& header = opened[r].raw->header();
    PlannedRecording planned{.files = files,
                             .channels = common.channels[r],
                             .bad = bad_sensors_of(common.sensors, sensors[r]),
                             .steps = steps_for(header, settings)};
    RecordingInfo info = info_of(opened[r], files, settings, planned.steps);
    plan.notes.push_back(in_words(info, header, common.sensors.size()));
    for (const std::string& warning : signal_warnings(info, settings.band, planned.steps)) {
      plan.warnings.push_back(warning);
    }
    take_events(inputs, files, opened[r], info, plan);
    opened[r].record["grade"] = info.compensation_grade;
    opened[r].record["time_error_ms"] = info.time_error_ms;
    nlohmann::json lengths = nlohmann::json::array();
    for (const auto& filter : planned.steps.filters) lengths.push_back(filter.size());
    opened[r].record["filter_lengths"] = lengths;
    plan.header.recordings.push_back(std::move(info));
    plan.recordings.push_back(std::move(planned));
  }
  SimulatedTruth simulated = simulated_truth(inputs.recordings, settings, inputs.words_sha256);
  plan.header.truth = std::move(simulated.truth);
  plan.notes.insert(plan.notes.end(), simulated.notes.begin(), simulated.notes.end());
  plan.header.provenance = provenance_of(inputs, plan, opened);
  for (Provenance& parent : simulated.parents)
    plan.header.provenance.parents.push_back(std::move(parent));
  return plan;
}

}  // namespace lockstep
