// Block 101 of a FIF file. A channel (tag 203), 96 bytes: i32 scan number, logical number, kind;
// f32 range, cal; i32 coil type (grade of compensation in the upper 16 bits); f32 position[3],
// axes[9]; i32 unit, power of ten; char name[16].
#include "aligner/recordings/fif_header.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <map>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr int32_t kMeasurement = 101, kChannelNames = 113, kBadChannels = 359, kNamedMatrix = 357;
constexpr int32_t kCompensation = 371, kAnnotations = 3810;
constexpr int64_t kChannelBytes = 96;

struct FifChannel {
  RawChannel channel;
  double range = 1, cal = 1;
};

const FifTag& needed(const FifFile& file, const FifBlock& block, int32_t kind, const char* what) {
  if (const FifTag* tag = block.tag(kind)) return *tag;
  fail(Blame::kData,
       "{}: block {} has no tag {}; {} is wanted",
       file.path(),
       block.kind,
       kind,
       what);
}

ChannelKind meg_kind(int32_t coil, int32_t unit) {
  constexpr std::array kAxial{2001, 4, 4002, 5001, 6001, 7001, 7501, 9001, 9101, 9102};
  if (unit == 201) return ChannelKind::kMegPlanarGradiometer;
  return std::find(kAxial.begin(), kAxial.end(), coil) != kAxial.end()
             ? ChannelKind::kMegAxialGradiometer
             : ChannelKind::kMegMagnetometer;
}

ChannelKind kind_of(int32_t kind, int32_t coil, int32_t unit) {
  switch (kind) {
    case 1:
      return meg_kind(coil, unit);
    case 301:
      return ChannelKind::kMegReference;
    case 2:
      return ChannelKind::kEeg;
    case 802:
    case 803:
    case 902:
      return ChannelKind::kIntracranial;
    case 202:
      return ChannelKind::kEog;
    case 402:
      return ChannelKind::kEcg;
    case 302:
      return ChannelKind::kEmg;
    case 3:
      return ChannelKind::kStimulus;
    default:
      return ChannelKind::kMisc;
  }
}

std::string unit_of(int32_t unit) {
  if (unit == 112) return "T";
  if (unit == 201) return "T/m";
  if (unit == 107) return "V";
  return "";
}

FifChannel channel_of(const FifFile& file, const FifTag& tag, std::vector<std::string>& notes) {
  const std::vector<std::byte> record = file.record(tag, kChannelBytes);
  ByteReader bytes(record, file.where(tag));
  bytes.skip(8, "numbers");
  const int32_t kind = bytes.i32("the kind");
  FifChannel found;
  found.range = bytes.f32("the range");
  found.cal = bytes.f32("the calibration");
  const int32_t coil = bytes.i32("the coil type");
  found.channel.coil_type = coil & 0xffff;
  found.channel.grade = coil >> 16;
  for (double& x : found.channel.position_m) x = bytes.f32("the position");
  bytes.skip(36, "the axes");
  const int32_t unit = bytes.i32("the unit");
  const int32_t power = bytes.i32("the power of ten");
  found.channel.name = bytes.text(16, "the name");
  found.channel.kind = kind_of(kind, found.channel.coil_type, unit);
  found.channel.unit = unit_of(unit);
  found.channel.has_position =
      (is_meg_sensor(found.channel.kind) || found.channel.kind == ChannelKind::kMegReference ||
       found.channel.kind == ChannelKind::kEeg) &&
      std::any_of(std::begin(found.channel.position_m),
                  std::end(found.channel.position_m),
                  [](double x) { return x != 0 && std::isfinite(x); });
  if (power != 0) {
    notes.push_back(text("channel {}: its unit is 10^{} {}; the values are as in the file",
                         found.channel.name,
                         power,
                         found.channel.unit));
  }
  return found;
}

// Blocks 113, one a channel, hold names of more than 15 letters. Returns the short names' long
// ones.
std::map<std::string, std::string> lengthen_names(const FifFile& file,
                                                  const FifBlock& info,
                                                  std::vector<FifChannel>& channels) {
  std::map<std::string, std::string> long_name;
  const auto blocks = info.all(kChannelNames);
  if (blocks.empty()) return long_name;
  if (blocks.size() != channels.size()) {
    fail(Blame::kData,
         "{}: {} blocks {} for {} channels; one each is wanted",
         file.path(),
         blocks.size(),
         kChannelNames,
         channels.size());
  }
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    if (const FifTag* tag = blocks[i]->tag(253)) channels[i].range = file.real(*tag);
    if (const FifTag* tag = blocks[i]->tag(254)) channels[i].cal = file.real(*tag);
    if (const FifTag* tag = blocks[i]->tag(258)) {
      std::string name = file.text(*tag);
      long_name[channels[i].channel.name] = name;
      channels[i].channel.name = std::move(name);
    }
  }
  return long_name;
}

std::vector<std::string> split(const std::string& names) {
  std::vector<std::string> parts;
  if (names.empty()) return parts;
  for (std::size_t at = 0; at <= names.size();) {
    const std::size_t end = std::min(names.find(':', at), names.size());
    parts.push_back(names.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::string with_colons(std::string name) {
  for (std::size_t at; (at = name.find("{COLON}")) != std::string::npos;) name.replace(at, 7, ":");
  return name;
}

std::string renamed(const std::map<std::string, std::string>& long_name, const std::string& name) {
  const auto found = long_name.find(name);
  return found == long_name.end() ? name : found->second;
}

void mark_bad_channels(const FifFile& file,
                       const std::map<std::string, std::string>& long_name,
                       RawHeader& header) {
  for (const FifBlock* block : file.root().all(kBadChannels)) {
    const FifTag* tag = block->tag(3507);
    if (tag == nullptr) continue;
    for (const std::string& part : split(file.text(*tag))) {
      const std::string name = renamed(long_name, with_colons(part));
      bool found = false;
      for (RawChannel& channel : header.channels) {
        if (channel.name == name) channel.bad = found = true;
      }
      if (!found)
        header.notes.push_back(
            text("the list of bad channels names {}, which is no channel", name));
    }
  }
}

double scale_of_only(const FifFile& file, const FifHeader& header, const std::string& name) {
  std::optional<double> scale;
  for (std::size_t i = 0; i < header.raw.channels.size(); ++i) {
    if (header.raw.channels[i].name != name) continue;
    if (scale)
      fail(Blame::kData, "{}: compensation of {}, which is there twice", file.path(), name);
    scale = header.scale[i];
  }
  if (!scale)
    fail(Blame::kData, "{}: compensation names {}; a channel is wanted", file.path(), name);
  return *scale;
}

CompensationMatrix compensation_of(const FifFile& file,
                                   const FifBlock& block,
                                   const std::map<std::string, std::string>& long_name,
                                   const FifHeader& header) {
  CompensationMatrix compensation =
      named_compensation(file.integer(needed(file, block, 3580, "the kind of a compensation")));
  const FifTag* calibrated = block.tag(3582);
  const auto matrices = block.all(kNamedMatrix);
  if (matrices.size() != 1) {
    fail(Blame::kData,
         "{}: compensation {} has {} matrices; one is wanted",
         file.path(),
         compensation.name,
         matrices.size());
  }
  for (const std::string& name :
       split(file.text(needed(file, *matrices[0], 3502, "the rows' names")))) {
    compensation.rows.push_back(renamed(long_name, name));
  }
  for (const std::string& name :
       split(file.text(needed(file, *matrices[0], 3503, "the columns' names")))) {
    compensation.columns.push_back(renamed(long_name, name));
  }
  FifMatrix matrix = file.matrix(needed(file, *matrices[0], 3581, "the coefficients"));
  if (matrix.rows != static_cast<int64_t>(compensation.rows.size()) ||
      matrix.columns != static_cast<int64_t>(compensation.columns.size())) {
    fail(Blame::kData,
         "{}: compensation {} is {} x {} and names {} rows and {} columns",
         file.path(),
         compensation.name,
         matrix.rows,
         matrix.columns,
         compensation.rows.size(),
         compensation.columns.size());
  }
  if (calibrated == nullptr || file.integer(*calibrated) == 0) {
    for (std::size_t i = 0; i < compensation.rows.size(); ++i) {
      const double row = scale_of_only(file, header, compensation.rows[i]);
      for (std::size_t j = 0; j < compensation.columns.size(); ++j) {
        matrix.values[i * compensation.columns.size() + j] *=
            row / scale_of_only(file, header, compensation.columns[j]);
      }
    }
  }
  compensation.coefficients = std::move(matrix.values);
  return compensation;
}

// "2013-11-13T16:14:03.794232Z" of (seconds since 1970, microseconds).
std::string clock_of(const std::vector<int32_t>& date) {
  if (date.empty() || (date.size() > 1 && (date[1] < 0 || date[1] > 999999))) return "";
  const std::time_t seconds = date[0];
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "";
  std::array<char, 64> whole{};
  if (std::strftime(whole.data(), whole.size(), "%Y-%m-%dT%H:%M:%S", &parts) == 0) return "";
  std::array<char, 16> rest{};
  std::snprintf(rest.data(), rest.size(), ".%06dZ", date.size() > 1 ? date[1] : 0);
  return std::string(whole.data()) + rest.data();
}

void check_grades(const FifFile& file, const RawHeader& header) {
  const auto grade = grade_of(header);
  for (const RawChannel& channel : header.channels) {
    if (!is_meg_sensor(channel.kind) || channel.grade == *grade) continue;
    fail(Blame::kData,
         "{}: MEG channels have gradient grades {} and {}; one grade for all is wanted",
         file.path(),
         *grade,
         channel.grade);
  }
}

std::string device_of(const RawHeader& header) {
  for (const RawChannel& channel : header.channels) {
    if (!is_meg_sensor(channel.kind)) continue;
    if (channel.coil_type >= 3011 && channel.coil_type <= 3025) return "MEGIN (Neuromag)";
    if (channel.coil_type / 10 == 500) return "CTF";
    if (channel.coil_type / 10 == 400) return "4D Magnes";
    if (channel.coil_type / 10 == 600) return "KIT";
    return lockstep::text("coil type {}", channel.coil_type);
  }
  return "";
}

// Seconds to add to an annotation's onset to count from sample 0.
double annotation_shift(const FifFile& file, const FifBlock& block, const RawHeader& header) {
  const double first_s = static_cast<double>(header.first_sample) / header.rate.hz();
  const auto info = file.root().all(kMeasurement);
  const FifTag* measured = info.empty() ? nullptr : info[0]->tag(204);
  const std::vector<int32_t> date = measured ? file.integers(*measured) : std::vector<int32_t>();
  if (clock_of(date).empty()) return -first_s;
  const FifTag* origin = block.tag(204);
  if (origin == nullptr) return 0;
  const auto seconds = [](const std::vector<double>& parts) {
    return parts.empty() ? 0.0 : parts[0] + (parts.size() > 1 ? parts[1] * 1e-6 : 0.0);
  };
  std::vector<double> origin_parts;
  if (origin->type == 3) {
    for (const int32_t part : file.integers(*origin)) origin_parts.push_back(part);
  } else {
    origin_parts = file.reals(*origin);
  }
  return seconds(origin_parts) - seconds({date.begin(), date.end()}) - first_s;
}

}  // namespace

FifHeader read_fif_header(const FifFile& file) {
  const auto infos = file.root().all(kMeasurement);
  if (infos.empty()) {
    fail(Blame::kData,
         "{}: no block {}; a FIF file with a measurement is wanted",
         file.path(),
         kMeasurement);
  }
  const FifBlock& info = *infos[0];
  FifHeader header;
  header.raw.format = "FIF";
  header.raw.rate =
      exact_rate(file.real(needed(file, info, 201, "the sampling rate")), file.path().string());
  if (const FifTag* tag = info.tag(223)) header.raw.low_hz = file.real(*tag);
  if (const FifTag* tag = info.tag(219)) header.raw.high_hz = file.real(*tag);
  if (const FifTag* tag = info.tag(204)) header.raw.start_clock = clock_of(file.integers(*tag));
  const int32_t num_channels = file.integer(needed(file, info, 200, "the number of channels"));
  std::vector<FifChannel> channels;
  for (const FifTag& tag : info.tags) {
    if (tag.kind == 203) channels.push_back(channel_of(file, tag, header.raw.notes));
  }
  if (num_channels < 1 || static_cast<std::size_t>(num_channels) != channels.size()) {
    fail(Blame::kData,
         "{}: {} channels and {} channel records; the same number, at least 1, is wanted",
         file.path(),
         num_channels,
         channels.size());
  }
  const auto long_name = lengthen_names(file, info, channels);
  for (FifChannel& channel : channels) {
    header.scale.push_back(channel.range * channel.cal);
    header.raw.channels.push_back(std::move(channel.channel));
  }
  check_grades(file, header.raw);
  header.raw.device = device_of(header.raw);
  mark_bad_channels(file, long_name, header.raw);
  for (const FifBlock* block : info.all(kCompensation)) {
    header.raw.compensations.push_back(compensation_of(file, *block, long_name, header));
  }
  return header;
}

void add_fif_annotations(const FifFile& file, RawHeader& header) {
  const auto blocks = file.root().all(kAnnotations);
  if (blocks.empty()) return;
  const FifTag& onset_tag = needed(file, *blocks[0], 3568, "the annotations' onsets");
  const std::vector<double> onsets = file.reals(onset_tag);
  const std::vector<double> ends =
      file.reals(needed(file, *blocks[0], 3569, "the annotations' ends"));
  const std::vector<std::string> texts =
      split(file.text(needed(file, *blocks[0], 206, "the annotations' texts")));
  if (ends.size() != onsets.size() || texts.size() != onsets.size()) {
    fail(Blame::kData,
         "{}: {} onsets, {} ends and {} texts of annotations; as many of each are wanted",
         file.where(onset_tag),
         onsets.size(),
         ends.size(),
         texts.size());
  }
  const double shift = annotation_shift(file, *blocks[0], header);
  const auto sample = [&](double s) {
    return static_cast<int64_t>(std::clamp(
        std::nearbyint(s * header.rate.hz()), 0.0, static_cast<double>(header.num_samples)));
  };
  for (std::size_t i = 0; i < onsets.size(); ++i) {
    const Marker marker{with_colons(texts[i]), onsets[i] + shift, ends[i] - onsets[i]};
    if (!std::isfinite(marker.onset_s) || !(marker.duration_s >= 0)) {
      fail(Blame::kData,
           "{}: annotation {} lasts from {} to {} s; finite times in order are wanted",
           file.where(onset_tag),
           i,
           onsets[i],
           ends[i]);
    }
    header.markers.push_back(marker);
    std::string begin = marker.text.substr(0, 3);
    std::transform(begin.begin(), begin.end(), begin.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    const SampleRange range{sample(marker.onset_s), sample(marker.onset_s + marker.duration_s)};
    if (begin == "bad" && range.first < range.end)
      header.bad_stretches.push_back({range, marker.text});
  }
}

}  // namespace lockstep
