// X.res4, big-endian. Layout: CTF's "MEG file formats" (PN900-0088) as FieldTrip and MNE-Python
// read it.
//   0     char[8]   MEG41RS or MEG42RS
//   778   char[255] time, char[255] date (swapped in some files)
//   1288  i32 samples a trial, i16 channels, (2), f64 rate, f64 epoch, i16 trials, (2), i32 samples
//   before the trigger 1836  i32       length of the run description, which begins at 1844 then i16
//   number of filters; each f64 hertz, i32 class, i32 type (1 low-pass, 2 high-pass), i16 n, f64[n]
//   then  char[32] a channel: names; 1328 bytes a channel: records
//   then  i16 number of coefficient records, 1992 bytes each
#include "aligner/recordings/ctf_header.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "aligner/recordings/byte_reader.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kLargestHeader = 256 << 20;
constexpr std::size_t kChannelBytes = 1328;
constexpr std::size_t kCoilBytes = 80;
constexpr std::size_t kCoefficientBytes = 1992;
constexpr std::size_t kMostReferences = 50;
constexpr std::size_t kReferenceName = 31;

struct CtfChannelRecord {
  int16_t sensor_type = 0;
  double proper_gain = 0;
  double q_gain = 0;
  int16_t grade = 0;
  double first_coil_cm[3] = {0, 0, 0};
  double first_normal[3] = {0, 0, 0};
  double second_coil_cm[3] = {0, 0, 0};
};

struct CtfCoefficients {
  std::string sensor;
  int32_t kind = 0;
  std::vector<std::string> references;
  std::vector<double> values;
};

double squared(const double (&v)[3]) { return v[0] * v[0] + v[1] * v[1] + v[2] * v[2]; }

CtfChannelRecord read_channel(ByteReader& bytes) {
  const std::size_t begin = bytes.position();
  CtfChannelRecord record;
  record.sensor_type = bytes.i16("a channel record");
  bytes.skip(6, "a channel record");
  record.proper_gain = bytes.f64("a channel record");
  record.q_gain = bytes.f64("a channel record");
  bytes.skip(16 + 2, "a channel record");
  record.grade = bytes.i16("a channel record");
  bytes.skip(4, "a channel record");
  const std::size_t coils = bytes.position();
  for (double& x : record.first_coil_cm) x = bytes.f64("a channel record");
  bytes.skip(8, "a channel record");
  for (double& x : record.first_normal) x = bytes.f64("a channel record");
  bytes.move_to(coils + kCoilBytes, "a channel record");
  for (double& x : record.second_coil_cm) x = bytes.f64("a channel record");
  bytes.move_to(begin + kChannelBytes, "the end of a channel record");
  return record;
}

// A reference gradiometer whose coils lie side by side: its normal is at right angles to the line
// between them.
bool is_off_diagonal(const CtfChannelRecord& record) {
  double along = 0, length = 0;
  for (int axis = 0; axis < 3; ++axis) {
    const double step = record.first_coil_cm[axis] - record.second_coil_cm[axis];
    along += step * record.first_normal[axis];
    length += step * step;
  }
  return length > 0 && std::abs(along) / std::sqrt(length) < 1e-3;
}

// Kind, unit and coil of a sensor type; the coil types are FIF's.
void set_kind(RawChannel& channel, const CtfChannelRecord& record) {
  channel.unit = "V";
  switch (record.sensor_type) {
    case 0:
      channel.kind = ChannelKind::kMegReference;
      channel.coil_type = 5002;
      break;
    case 1:
      channel.kind = ChannelKind::kMegReference;
      channel.coil_type = is_off_diagonal(record) ? 5004 : 5003;
      break;
    case 5:
      channel.kind = ChannelKind::kMegAxialGradiometer;
      channel.coil_type = 5001;
      break;
    case 9:
      channel.kind = ChannelKind::kEeg;
      channel.coil_type = 1;
      break;
    case 11:
      channel.kind = ChannelKind::kStimulus;
      break;
    default:
      channel.kind = ChannelKind::kMisc;
  }
  const bool is_magnetic =
      record.sensor_type == 0 || record.sensor_type == 1 || record.sensor_type == 5;
  if (!is_magnetic) return;
  channel.unit = "T";
  channel.grade = record.grade;
  for (int axis = 0; axis < 3; ++axis) channel.position_m[axis] = record.first_coil_cm[axis] / 100;
  channel.has_position = true;
}

// MNE-Python takes a magnetic channel within 1 mm of the origin, or without a normal, for none.
bool lies_nowhere(const RawChannel& channel, const CtfChannelRecord& record) {
  return squared(channel.position_m) < 1e-6 || squared(record.first_normal) < 1e-6;
}

RawChannel channel_of(const std::string& name,
                      const CtfChannelRecord& record,
                      std::vector<std::string>& notes) {
  RawChannel channel;
  channel.name = name;
  set_kind(channel, record);
  if (channel.has_position && lies_nowhere(channel, record)) {
    notes.push_back(text("channel {} has no position: taken as misc, as MNE-Python does", name));
    channel = {};
    channel.name = name;
    channel.unit = "V";
  }
  if (!std::isfinite(1.0 / (record.proper_gain * record.q_gain))) {
    notes.push_back(text(
        "channel {} has gains {} and {}: taken as bad", name, record.proper_gain, record.q_gain));
    channel.bad = true;
  }
  return channel;
}

void read_filters(ByteReader& bytes, CtfHeader& header) {
  const int16_t count = bytes.i16("the number of filters");
  if (count < 0) fail(Blame::kData, "{}: {} filters; 0 or more are wanted", bytes.where(), count);
  for (int16_t i = 0; i < count; ++i) {
    const double hz = bytes.f64("a filter");
    bytes.skip(4, "a filter");
    const int32_t type = bytes.i32("a filter");
    const int16_t parameters = bytes.i16("a filter");
    if (parameters < 0) {
      fail(Blame::kData,
           "{}: filter {} has {} parameters; 0 or more are wanted",
           bytes.where(),
           i,
           parameters);
    }
    bytes.skip(8 * static_cast<std::size_t>(parameters), "a filter's parameters");
    if (type == 1) header.high_hz = header.high_hz > 0 ? std::min(header.high_hz, hz) : hz;
    if (type == 2) header.low_hz = std::max(header.low_hz, hz);
  }
}

void check_grades(const ByteReader& bytes, const CtfHeader& header) {
  const RawChannel* first = nullptr;
  for (const RawChannel& channel : header.channels) {
    if (!is_meg_sensor(channel.kind)) continue;
    if (channel.grade < 0 || channel.grade > 3) {
      fail(Blame::kData,
           "{}: channel {} has gradient grade {}; 0 to 3 are wanted",
           bytes.where(),
           channel.name,
           channel.grade);
    }
    if (first == nullptr) first = &channel;
    if (channel.grade != first->grade) {
      fail(Blame::kData,
           "{}: channel {} has gradient grade {} and {} has {}; one grade for all is wanted",
           bytes.where(),
           first->name,
           first->grade,
           channel.name,
           channel.grade);
    }
  }
}

CtfCoefficients read_coefficients(ByteReader& bytes) {
  const std::size_t begin = bytes.position();
  CtfCoefficients record;
  record.sensor = bytes.text(32, "a coefficient record");
  record.kind = bytes.i32("a coefficient record");
  bytes.skip(4, "a coefficient record");
  const int16_t count = bytes.i16("a coefficient record");
  if (count < 0 || static_cast<std::size_t>(count) > kMostReferences) {
    fail(Blame::kData,
         "{}: {} compensation coefficients for {}; 0 to {} are wanted",
         bytes.where(),
         count,
         record.sensor,
         kMostReferences);
  }
  const std::size_t names = bytes.position();
  for (int16_t i = 0; i < count; ++i) {
    record.references.push_back(bytes.text(kReferenceName, "a reference's name"));
  }
  bytes.move_to(names + kReferenceName * kMostReferences, "coefficients");
  for (int16_t i = 0; i < count; ++i) record.values.push_back(bytes.f64("a coefficient"));
  bytes.move_to(begin + kCoefficientBytes, "the end of a coefficient record");
  return record;
}

std::map<std::string, std::size_t> channels_by_name(const CtfHeader& header) {
  std::map<std::string, std::size_t> channel_of_name;
  for (std::size_t i = 0; i < header.channels.size(); ++i) {
    channel_of_name.emplace(header.channels[i].name, i);
  }
  return channel_of_name;
}

// The records hold what is subtracted from integers; scaled here to physical units.
std::vector<CompensationMatrix> matrices_of(const std::vector<CtfCoefficients>& records,
                                            const CtfHeader& header,
                                            const ByteReader& bytes) {
  const auto channel_of_name = channels_by_name(header);
  std::map<int32_t, CompensationMatrix> by_kind;
  std::map<int32_t, const CtfCoefficients*> first;
  for (const CtfCoefficients& record : records) {
    const auto sensor = channel_of_name.find(record.sensor);
    if (sensor == channel_of_name.end()) {
      fail(Blame::kData,
           "{}: compensation coefficients for {}; a channel's name is wanted",
           bytes.where(),
           record.sensor);
    }
    const CtfCoefficients* others = first.emplace(record.kind, &record).first->second;
    if (others->references != record.references) {
      fail(Blame::kData,
           "{}: coefficients of {} and {} use other references; the same are wanted in {}",
           bytes.where(),
           others->sensor,
           record.sensor,
           named_compensation(record.kind).name);
    }
    const auto matrix = by_kind.emplace(record.kind, named_compensation(record.kind)).first;
    const bool is_first = matrix->second.rows.empty();
    matrix->second.rows.push_back(record.sensor);
    for (std::size_t j = 0; j < record.references.size(); ++j) {
      const auto reference = channel_of_name.find(record.references[j]);
      if (reference == channel_of_name.end()) continue;  // not recorded: left out, as in MNE-Python
      if (is_first) matrix->second.columns.push_back(record.references[j]);
      matrix->second.coefficients.push_back(header.scale[sensor->second] * record.values[j] /
                                            header.scale[reference->second]);
    }
  }
  std::vector<CompensationMatrix> matrices;
  for (auto& [kind, matrix] : by_kind) matrices.push_back(std::move(matrix));
  return matrices;
}

void note_duplicates(CtfHeader& header) {
  std::map<std::string, int> count;
  for (const RawChannel& channel : header.channels) ++count[channel.name];
  for (const auto& [name, times] : count) {
    if (times > 1) header.notes.push_back(text("{} channels are called {}", times, name));
  }
}

void read_channels(ByteReader& bytes, std::size_t num_channels, CtfHeader& header) {
  if (bytes.remaining() / (32 + kChannelBytes) < num_channels) {
    fail(Blame::kData,
         "{}: {} bytes left for {} channels; {} each are wanted",
         bytes.where(),
         bytes.remaining(),
         num_channels,
         32 + kChannelBytes);
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < num_channels; ++i) names.push_back(bytes.text(32, "channel names"));
  for (const std::string& name : names) {
    const CtfChannelRecord record = read_channel(bytes);
    header.channels.push_back(channel_of(name, record, header.notes));
    header.scale.push_back(1.0 / (record.proper_gain * record.q_gain));
  }
}

std::string date_and_time_of(ByteReader& bytes, std::vector<std::string>& notes) {
  bytes.move_to(778, "the time");
  std::string time = bytes.text(255, "the time");
  std::string date = bytes.text(255, "the date");
  if (time.find('/') != std::string::npos && date.find(':') != std::string::npos) {
    std::swap(time, date);
    notes.push_back("date and time of the header are swapped: put right");
  }
  return date.empty() || time.empty() ? date + time : date + " " + time;
}

}  // namespace

CtfHeader read_ctf_header(const std::filesystem::path& res4) {
  const std::string content = read_small_file(res4, kLargestHeader);
  ByteReader bytes(std::as_bytes(std::span(content)), res4.string());
  const std::string mark = bytes.text(8, "the mark MEG41RS or MEG42RS");
  if (mark != "MEG41RS" && mark != "MEG42RS") {
    fail(Blame::kData, "{}: begins with \"{}\"; MEG41RS or MEG42RS is wanted", res4, mark);
  }
  CtfHeader header;
  header.date_and_time = date_and_time_of(bytes, header.notes);
  bytes.move_to(1288, "the number of samples");
  header.samples_a_trial = bytes.i32("the number of samples");
  const int16_t num_channels = bytes.i16("the number of channels");
  if (header.samples_a_trial < 1 || num_channels < 1) {
    fail(Blame::kData,
         "{}: {} samples a trial of {} channels; at least 1 of each is wanted",
         res4,
         header.samples_a_trial,
         num_channels);
  }
  bytes.move_to(1296, "the sampling rate");
  header.rate_hz = bytes.f64("the sampling rate");
  bytes.move_to(1316, "the samples before the trigger");
  header.pre_trigger_samples = bytes.i32("the samples before the trigger");
  bytes.move_to(1836, "the length of the run description");
  const int32_t description = bytes.i32("the length of the run description");
  bytes.move_to(1844 + static_cast<std::size_t>(std::max(description, 0)), "the filters");
  read_filters(bytes, header);
  read_channels(bytes, static_cast<std::size_t>(num_channels), header);
  note_duplicates(header);
  check_grades(bytes, header);
  const int16_t num_records = bytes.i16("the number of coefficient records");
  std::vector<CtfCoefficients> records;
  for (int16_t i = 0; i < num_records; ++i) records.push_back(read_coefficients(bytes));
  header.compensations = matrices_of(records, header, bytes);
  return header;
}

}  // namespace lockstep
