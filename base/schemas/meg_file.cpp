// meg.h5: axis `sensor` at the root serves all recordings; recordings/<name>/ has axes time,
// segment, bound, event.
#include "base/schemas/meg_file.h"

#include <limits>
#include <numeric>

#include "base/error.h"
#include "base/hdf5_writer.h"
#include "base/schemas/file_kind.h"
#include "base/schemas/planted_truth.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep meg 1";
constexpr uint8_t kNumReasons = static_cast<uint8_t>(EventReason::kDropped) + 1;
constexpr uint8_t kNumEventKinds = static_cast<uint8_t>(EventKind::kRepeat) + 1;

void write_sensors(Hdf5Writer& file, const std::vector<Sensor>& sensors) {
  std::vector<std::string> names, kinds, units;
  std::vector<float> positions;
  std::vector<uint8_t> bad;
  for (const auto& sensor : sensors) {
    names.push_back(sensor.name);
    kinds.push_back(sensor.kind);
    units.push_back(sensor.unit);
    positions.insert(positions.end(), sensor.position_m, sensor.position_m + 3);
    bad.push_back(sensor.bad);
  }
  file.define_axis("sensor", names);
  file.define_axis("axis", std::vector<std::string>{"x", "y", "z"});
  file.write("kind", kinds, {"sensor"});
  file.write("unit", units, {"sensor"});
  file.write("position", positions, {"sensor", "axis"}, "m");
  file.write("bad", bad, {"sensor"});
}

/// What the values of an enumeration mean, as the CF conventions say it.
void write_flags(Hdf5Writer& file,
                 const std::string& variable,
                 const char* meanings,
                 uint8_t num_values) {
  std::vector<uint8_t> values(num_values);
  std::iota(values.begin(), values.end(), uint8_t{0});
  file.attribute(variable, "flag_values", values);
  file.attribute(variable, "flag_meanings", meanings);
}

void write_events(Hdf5Writer& file, const std::string& group, const RecordingInfo& recording) {
  std::vector<int64_t> word, repeat;
  std::vector<double> onset, duration;
  std::vector<uint8_t> reason, kind, near_edge;
  std::vector<std::string> heard;
  std::vector<int32_t> run;
  std::vector<int64_t> source_row;
  for (const auto& event : recording.events) {
    word.push_back(event.word);
    repeat.push_back(event.repeat);
    onset.push_back(event.onset_s);
    duration.push_back(event.duration_s);
    reason.push_back(static_cast<uint8_t>(event.reason));
    kind.push_back(static_cast<uint8_t>(event.kind));
    heard.push_back(event.text);
    run.push_back(static_cast<int32_t>(event.run));
    source_row.push_back(event.source_row);
    near_edge.push_back(event.near_edge);
  }
  file.define_axis(group + "event", static_cast<int64_t>(word.size()));
  file.write(group + "event_word", word, {"event"});
  file.attribute(group + "event_word", "long_name", "row of words.tsv, from 0; -1: no word");
  file.write(group + "event_repeat", repeat, {"event"});
  file.write(group + "event_onset", onset, {"event"}, "s");
  file.write(group + "event_duration", duration, {"event"}, "s");
  file.write(group + "event_reason", reason, {"event"});
  write_flags(file, group + "event_reason", "valid outside edge bad_segment dropped", kNumReasons);
  file.write(group + "event_kind", kind, {"event"});
  write_flags(
      file, group + "event_kind", "word phoneme silence sound trigger repeat", kNumEventKinds);
  file.write(group + "event_text", heard, {"event"});
  file.write(group + "event_run", run, {"event"});
  file.attribute(group + "event_run", "long_name", "run inside the recording; -1: not told");
  file.write(group + "event_source_row", source_row, {"event"});
  file.attribute(group + "event_source_row",
                 "long_name",
                 "row of the table of events, from 0; -1: there is none");
  file.write(group + "event_near_edge", near_edge, {"event"});
}

/// What import finds out while it reads is left open; of simulated sensors it is known.
void write_sensor_facts(Hdf5Writer& file,
                        const std::string& group,
                        const RecordingInfo& recording,
                        const std::vector<Sensor>& sensors) {
  if (recording.raw_rate_hz > 0) {
    file.reserve(group + "sensor_finding", Hdf5Writer::Storage::kUint8, {"sensor"});
    file.reserve(group + "sensor_centre", Hdf5Writer::Storage::kFloat64, {"sensor"});
    file.reserve(group + "sensor_scale", Hdf5Writer::Storage::kFloat64, {"sensor"});
  } else {
    std::vector<uint8_t> finding;
    for (const Sensor& sensor : sensors) finding.push_back(sensor.bad ? kSensorBad : 0);
    file.write(group + "sensor_finding", finding, {"sensor"});
    file.write(group + "sensor_centre", std::vector<double>(sensors.size(), 0), {"sensor"});
    file.write(group + "sensor_scale", std::vector<double>(sensors.size(), 1), {"sensor"});
  }
  file.attribute(group + "sensor_finding", "flag_meanings", "bad constant duplicate not_finite");
  file.attribute(group + "sensor_centre",
                 "long_name",
                 "data is (value - centre) / scale, with both in the sensor's unit");
}

void write_recording(Hdf5Writer& file,
                     const RecordingInfo& recording,
                     const std::vector<Sensor>& sensors) {
  const std::string group = "recordings/" + recording.name + "/";
  const std::string own = "recordings/" + recording.name;
  std::vector<double> time(static_cast<std::size_t>(recording.num_samples));
  for (std::size_t row = 0; row < time.size(); ++row) {
    time[row] = recording.start_s + static_cast<double>(row) *
                                        static_cast<double>(recording.rate_denominator) /
                                        static_cast<double>(recording.rate_numerator);
  }
  file.define_axis(group + "time", time, "s");
  std::vector<int64_t> bounds;
  for (const auto& [begin, end] : recording.segments) bounds.insert(bounds.end(), {begin, end});
  file.define_axis(group + "segment", static_cast<int64_t>(recording.segments.size()));
  file.define_axis(group + "bound", std::vector<std::string>{"begin", "end"});
  file.write(group + "segments", bounds, {"segment", "bound"});
  write_events(file, group, recording);
  file.attribute(own, "subject", recording.subject);
  file.attribute(own, "session", recording.session);
  file.attribute(own, "rate_numerator", recording.rate_numerator);
  file.attribute(own, "rate_denominator", recording.rate_denominator);
  file.attribute(own, "start_s", recording.start_s);
  file.attribute(own, "band_low_hz", recording.band_low_hz);
  file.attribute(own, "band_high_hz", recording.band_high_hz);
  file.attribute(own, "time_error_ms", recording.time_error_ms);
  file.attribute(own, "preset", recording.preset);
  file.attribute(own, "raw_rate_hz", recording.raw_rate_hz);
  file.attribute(own, "compensation_grade", recording.compensation_grade);
  file.attribute(own, "filter_half_length_s", recording.filter_half_length_s);
  file.attribute(own, "scaling", recording.scaling);
  file.attribute(own, "clamp", recording.clamp);
  write_sensor_facts(file, group, recording, sensors);
  file.reserve(group + "data", Hdf5Writer::Storage::kFloat32, {"time", "sensor"});
}

/// A column of the events of a recording: as many values as there are events.
template <class Value>
std::vector<Value> event_column(const Hdf5Reader& file,
                                const std::string& name,
                                std::vector<Value> values,
                                std::size_t num_events) {
  if (values.size() != num_events) {
    fail(Blame::kData,
         "{}: {}: {} values; {} are wanted, as of event_word",
         file.path(),
         name,
         values.size(),
         num_events);
  }
  return values;
}

void expect_flag(const Hdf5Reader& file,
                 const std::string& name,
                 std::size_t row,
                 int64_t value,
                 int num_values) {
  if (value < 0 || value >= num_values) {
    fail(Blame::kData,
         "{}: {}[{}]: {}; 0 to {} is wanted",
         file.path(),
         name,
         row,
         value,
         num_values - 1);
  }
}

/// What files of words alone do not have: kind, text, run, row of the table.
void read_event_sources(const Hdf5Reader& file,
                        const std::string& group,
                        std::vector<WordEvent>& events) {
  if (!file.has(group + "event_kind")) return;
  const auto integers = [&](const char* name) {
    return event_column(file, group + name, file.integers(group + name), events.size());
  };
  const auto kind = integers("event_kind");
  const auto run = integers("event_run");
  const auto source_row = integers("event_source_row");
  const auto heard =
      event_column(file, group + "event_text", file.strings(group + "event_text"), events.size());
  for (std::size_t k = 0; k < events.size(); ++k) {
    expect_flag(file, group + "event_kind", k, kind[k], kNumEventKinds);
    events[k].kind = static_cast<EventKind>(kind[k]);
    events[k].text = heard[k];
    events[k].run = run[k];
    events[k].source_row = source_row[k];
  }
}

std::vector<WordEvent> read_events(const Hdf5Reader& file, const std::string& group) {
  const auto word = file.integers(group + "event_word");
  const auto integers = [&](const char* name) {
    return event_column(file, group + name, file.integers(group + name), word.size());
  };
  const auto doubles = [&](const char* name) {
    return event_column(file, group + name, file.doubles(group + name), word.size());
  };
  const auto repeat = integers("event_repeat");
  const auto onset = doubles("event_onset");
  const auto duration = doubles("event_duration");
  const auto reason = integers("event_reason");
  const auto near_edge = integers("event_near_edge");
  std::vector<WordEvent> events(word.size());
  for (std::size_t k = 0; k < word.size(); ++k) {
    expect_flag(file, group + "event_reason", k, reason[k], kNumReasons);
    events[k].word = word[k];
    events[k].repeat = repeat[k];
    events[k].onset_s = onset[k];
    events[k].duration_s = duration[k];
    events[k].reason = static_cast<EventReason>(reason[k]);
    events[k].near_edge = near_edge[k] != 0;
  }
  read_event_sources(file, group, events);
  return events;
}

RecordingInfo read_recording(const Hdf5Reader& file, const std::string& name) {
  const std::string own = "recordings/" + name;
  RecordingInfo recording;
  recording.name = name;
  recording.subject = file.text_attribute(own, "subject");
  recording.session = file.text_attribute(own, "session");
  recording.rate_numerator = file.integer_attribute(own, "rate_numerator");
  recording.rate_denominator = file.integer_attribute(own, "rate_denominator");
  if (recording.rate_numerator <= 0 || recording.rate_denominator <= 0) {
    fail(Blame::kData,
         "{}: {}: rate {}/{}; a positive rate is wanted",
         file.path(),
         own,
         recording.rate_numerator,
         recording.rate_denominator);
  }
  recording.start_s = file.number_attribute(own, "start_s");
  recording.band_low_hz = file.number_attribute(own, "band_low_hz");
  recording.band_high_hz = file.number_attribute(own, "band_high_hz");
  recording.time_error_ms = file.number_attribute(own, "time_error_ms");
  recording.preset = file.text_attribute(own, "preset");
  recording.raw_rate_hz = file.number_attribute(own, "raw_rate_hz");
  recording.compensation_grade = file.integer_attribute(own, "compensation_grade");
  recording.filter_half_length_s = file.number_attribute(own, "filter_half_length_s");
  recording.scaling = file.text_attribute(own, "scaling");
  recording.clamp = file.number_attribute(own, "clamp");
  file.expect_axes(own + "/data", {"time", "sensor"});
  recording.num_samples = file.shape(own + "/data").at(0);
  const auto bounds = file.integers(own + "/segments");
  for (std::size_t k = 0; k + 1 < bounds.size(); k += 2) {
    if (bounds[k] < 0 || bounds[k] > bounds[k + 1] || bounds[k + 1] > recording.num_samples) {
      fail(Blame::kData,
           "{}: {}/segments[{}]: {} to {}; rows of 0 to {} are wanted",
           file.path(),
           own,
           k / 2,
           bounds[k],
           bounds[k + 1],
           recording.num_samples);
    }
    recording.segments.emplace_back(bounds[k], bounds[k + 1]);
  }
  recording.events = read_events(file, own + "/");
  return recording;
}

}  // namespace

void lay_out_meg(const std::filesystem::path& path, const MegHeader& header) {
  Hdf5Writer file(path);
  write_file_kind(file, kLayout, header.provenance);
  file.attribute("", "words_sha256", header.words_sha256);
  write_sensors(file, header.sensors);
  for (const auto& recording : header.recordings) write_recording(file, recording, header.sensors);
  write_truth(file, header.truth.get());
  file.close();
}

int64_t meg_data_offset(const std::filesystem::path& file, const std::string& recording) {
  return dataset_offset(file, "recordings/" + recording + "/data");
}

MegPieces meg_pieces(const std::filesystem::path& file, const std::string& recording) {
  const std::string group = "recordings/" + recording + "/";
  return {dataset_offset(file, group + "data"),
          dataset_offset(file, group + "sensor_finding"),
          dataset_offset(file, group + "sensor_centre"),
          dataset_offset(file, group + "sensor_scale")};
}

MegFile::MegFile(const std::filesystem::path& path) : file_(path) {
  header_.provenance = read_file_kind(file_, kLayout);
  header_.words_sha256 = file_.text_attribute("", "words_sha256");
  const auto names = file_.strings("sensor");
  const auto kinds = file_.strings("kind");
  const auto units = file_.strings("unit");
  const auto positions = file_.floats("position");
  const auto bad = file_.integers("bad");
  if (kinds.size() != names.size() || units.size() != names.size() ||
      positions.size() != 3 * names.size() || bad.size() != names.size()) {
    fail(Blame::kData,
         "{}: kind, unit, position and bad have {}, {}, {} and {} values for {} sensors",
         path,
         kinds.size(),
         units.size(),
         positions.size(),
         bad.size(),
         names.size());
  }
  for (std::size_t k = 0; k < names.size(); ++k) {
    header_.sensors.push_back({names[k],
                               kinds[k],
                               units[k],
                               {positions[3 * k], positions[3 * k + 1], positions[3 * k + 2]},
                               bad[k] != 0});
  }
  for (const auto& name : file_.groups("recordings")) {
    header_.recordings.push_back(read_recording(file_, name));
    const auto shape = file_.shape("recordings/" + name + "/data");
    if (shape.at(1) != static_cast<int64_t>(names.size())) {
      fail(Blame::kData,
           "{}: recordings/{}/data has {} sensors; {} are wanted",
           path,
           name,
           shape.at(1),
           names.size());
    }
  }
  header_.truth = read_truth(file_);
}

std::vector<float> MegFile::read(std::size_t recording) const {
  const RecordingInfo& info = header_.recordings.at(recording);
  const auto num_sensors = static_cast<int64_t>(header_.sensors.size());
  std::vector<float> data(static_cast<std::size_t>(info.num_samples * num_sensors));
  file_.read_block("recordings/" + info.name + "/data",
                   {0, 0},
                   {info.num_samples, num_sensors},
                   std::span<float>(data));
  return data;
}

SensorFacts MegFile::sensor_facts(std::size_t recording) const {
  const std::string group = "recordings/" + header_.recordings.at(recording).name + "/";
  SensorFacts facts;
  for (const int64_t bits : file_.integers(group + "sensor_finding")) {
    facts.finding.push_back(static_cast<uint8_t>(bits));
  }
  facts.centre = file_.doubles(group + "sensor_centre");
  facts.scale = file_.doubles(group + "sensor_scale");
  if (facts.finding.size() != header_.sensors.size() ||
      facts.centre.size() != header_.sensors.size() ||
      facts.scale.size() != header_.sensors.size()) {
    fail(Blame::kData,
         "{}: {}: sensor_finding, sensor_centre and sensor_scale have {}, {} and {} values for {} "
         "sensors",
         file_.path(),
         group,
         facts.finding.size(),
         facts.centre.size(),
         facts.scale.size(),
         header_.sensors.size());
  }
  return facts;
}

}  // namespace lockstep
