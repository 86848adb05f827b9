#include "aligner/recordings/recording_description.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "base/inspection/file_facts.h"
#include "base/text.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int64_t kPieceSamples = 1 << 16;
constexpr std::size_t kMostValues = 64;
constexpr std::size_t kMostLines = 20;  // in words, of each kind

TriggerSummary triggers_of(const RawRecording& recording, std::size_t channel) {
  TriggerSummary summary;
  summary.channel = recording.header().channels[channel].name;
  const std::array channels{channel};
  for (const SampleRange& segment : recording.header().segments) {
    double before = INFINITY;
    for (int64_t first = segment.first; first < segment.end; first += kPieceSamples) {
      for (const double value :
           recording.read(channels, {first, std::min(segment.end, first + kPieceSamples)})) {
        const double now = std::nearbyint(value);
        if (now > before && std::abs(now) < 9e15) {
          ++summary.num_onsets;
          const auto number = static_cast<int64_t>(now);
          if (summary.count_of_value.size() < kMostValues ||
              summary.count_of_value.contains(number)) {
            ++summary.count_of_value[number];
          } else {
            ++summary.num_other_values;
          }
        }
        before = now;
      }
    }
  }
  return summary;
}

void summarise_markers(RecordingDescription& description) {
  const RawHeader& header = description.header;
  std::map<std::string, std::size_t> row_of;
  std::set<int64_t> samples;
  double before = -INFINITY;
  for (const Marker& marker : header.markers) {
    const auto [row, is_new] = row_of.emplace(marker.text, description.markers.size());
    if (is_new) description.markers.push_back({marker.text, 0, marker.onset_s, marker.onset_s});
    MarkerSummary& summary = description.markers[row->second];
    ++summary.count;
    summary.first_s = std::min(summary.first_s, marker.onset_s);
    summary.last_s = std::max(summary.last_s, marker.onset_s);
    if (marker.onset_s < before) ++description.num_markers_out_of_order;
    before = marker.onset_s;
    const double sample = std::nearbyint(marker.onset_s * header.rate.hz());
    if (!(sample >= 0 && sample < static_cast<double>(header.num_samples))) {
      ++description.num_markers_outside;
    } else if (!samples.insert(static_cast<int64_t>(sample)).second) {
      ++description.num_same_onset;
    }
  }
}

std::string digits(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.6g", value);
  return buffer.data();
}

double seconds(const RawHeader& header, int64_t samples) {
  return static_cast<double>(samples) / header.rate.hz();
}

std::map<ChannelKind, std::vector<const RawChannel*>> by_kind(const RawHeader& header) {
  std::map<ChannelKind, std::vector<const RawChannel*>> channels;
  for (const RawChannel& channel : header.channels) channels[channel.kind].push_back(&channel);
  return channels;
}

int64_t count_bad(const std::vector<const RawChannel*>& channels) {
  return std::count_if(
      channels.begin(), channels.end(), [](const RawChannel* c) { return c->bad; });
}

std::vector<std::string> bad_names(const RawHeader& header) {
  std::vector<std::string> names;
  for (const RawChannel& channel : header.channels) {
    if (channel.bad) names.push_back(channel.name);
  }
  return names;
}

int64_t num_meg_sensors(const RawHeader& header) {
  return std::count_if(header.channels.begin(), header.channels.end(), [](const RawChannel& c) {
    return is_meg_sensor(c.kind);
  });
}

int64_t num_skipped(const RawHeader& header) {
  int64_t recorded = 0;
  for (const SampleRange& segment : header.segments) recorded += segment.end - segment.first;
  return header.num_samples - recorded;
}

// Lines of a label and a value.
class Lines {
 public:
  void add(const std::string& label, const std::string& value) {
    if (!value.empty()) lines_.push_back({label, value});
  }
  std::string aligned() const {
    std::size_t width = 0;
    for (const auto& [label, value] : lines_) width = std::max(width, label.size());
    std::string all;
    for (const auto& [label, value] : lines_) {
      all += "  " + label + std::string(width - label.size() + 2, ' ') + value + "\n";
    }
    return all;
  }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

std::string rate_in_words(const SamplingRate& rate) {
  const std::string hz = digits(rate.hz()) + " Hz";
  return rate.denominator == 1 ? hz
                               : hz + text(", exactly {}/{}", rate.numerator, rate.denominator);
}

std::string length_in_words(const RawHeader& header) {
  std::string length = with_thousands(header.num_samples) + " samples, " +
                       digits(seconds(header, header.num_samples)) + " s";
  if (header.samples_a_trial > 0) {
    length += text(" in trials of {}", with_thousands(header.samples_a_trial));
  }
  if (header.first_sample > 0) length += text("; the first is number {}", header.first_sample);
  return length;
}

std::string band_in_words(const RawHeader& header) {
  if (header.low_hz <= 0 && header.high_hz <= 0) return "";
  const std::string high = header.high_hz > 0 ? " to " + digits(header.high_hz) : " and up";
  std::string band = digits(header.low_hz) + high + " Hz as the file tells";
  if (header.high_hz > header.rate.hz() / 2) band += ": beyond half the rate";
  return band;
}

std::string compensation_in_words(const RawHeader& header) {
  const auto grade = grade_of(header);
  if (!grade) return "";
  std::vector<std::string> names;
  for (const CompensationMatrix& matrix : header.compensations) names.push_back(matrix.name);
  return text("grade {}; ", *grade) +
         (names.empty() ? "no coefficients" : "coefficients of " + join(names, ", "));
}

void add_channels(const RawHeader& header, Lines& lines) {
  for (const auto& [kind, channels] : by_kind(header)) {
    std::set<std::string> units;
    for (const RawChannel* channel : channels) units.insert(channel->unit);
    units.erase("");
    std::string value = text("{}", channels.size());
    if (!units.empty()) value += " [" + join(units, ", ") + "]";
    if (const int64_t bad = count_bad(channels); bad > 0) value += text(", {} bad", bad);
    lines.add(name_of(kind), value);
  }
}

void add_bad_stretches(const RawHeader& header, Lines& lines) {
  const std::vector<BadStretch>& bad = header.bad_stretches;
  for (std::size_t i = 0; i < std::min(bad.size(), kMostLines); ++i) {
    lines.add("bad stretch",
              text("{} to {} s: {}",
                   digits(seconds(header, bad[i].samples.first)),
                   digits(seconds(header, bad[i].samples.end)),
                   bad[i].reason));
  }
  if (bad.size() > kMostLines) {
    int64_t samples = 0;
    for (std::size_t i = kMostLines; i < bad.size(); ++i) {
      samples += bad[i].samples.end - bad[i].samples.first;
    }
    lines.add(
        "other bad stretches",
        text("{} of {} s together", bad.size() - kMostLines, digits(seconds(header, samples))));
  }
}

void add_events(const RecordingDescription& description, Lines& lines) {
  const std::vector<MarkerSummary>& markers = description.markers;
  for (std::size_t i = 0; i < std::min(markers.size(), kMostLines); ++i) {
    lines.add("marker " + markers[i].text,
              text("{} from {} to {} s",
                   markers[i].count,
                   digits(markers[i].first_s),
                   digits(markers[i].last_s)));
  }
  if (markers.size() > kMostLines) {
    int64_t count = 0;
    for (std::size_t i = kMostLines; i < markers.size(); ++i) count += markers[i].count;
    lines.add("other markers", text("{} of {} texts", count, markers.size() - kMostLines));
  }
  if (!markers.empty()) {
    lines.add(
        "order of markers",
        text("{} before the one before, {} outside the recording, {} at the sample of another",
             description.num_markers_out_of_order,
             description.num_markers_outside,
             description.num_same_onset));
  }
  for (const TriggerSummary& trigger : description.triggers) {
    std::vector<std::string> values;
    for (const auto& [value, count] : trigger.count_of_value) {
      values.push_back(text("{} x {}", count, value));
    }
    std::string line = text("{} onsets", trigger.num_onsets);
    if (!values.empty()) line += ": " + shortened(values);
    if (trigger.num_other_values > 0) line += text(", {} of others", trigger.num_other_values);
    lines.add("triggers on " + trigger.channel, line);
  }
}

Json ranges_as_json(const RawHeader& header) {
  Json segments = Json::array(), bad = Json::array(), parts = Json::array();
  for (const SampleRange& range : header.segments) segments.push_back({range.first, range.end});
  for (const BadStretch& stretch : header.bad_stretches) {
    bad.push_back({{"first", stretch.samples.first},
                   {"end", stretch.samples.end},
                   {"reason", stretch.reason}});
  }
  for (const RecordingPart& part : header.parts) {
    parts.push_back({{"file", part.file.filename().string()},
                     {"first", part.samples.first},
                     {"end", part.samples.end}});
  }
  return {{"segments", segments}, {"bad_stretches", bad}, {"files", parts}};
}

Json events_as_json(const RecordingDescription& description) {
  Json markers = Json::array(), triggers = Json::array();
  for (const MarkerSummary& marker : description.markers) {
    markers.push_back({{"text", marker.text},
                       {"count", marker.count},
                       {"first_s", marker.first_s},
                       {"last_s", marker.last_s}});
  }
  for (const TriggerSummary& trigger : description.triggers) {
    Json values = Json::object();
    for (const auto& [value, count] : trigger.count_of_value) values[to_text(value)] = count;
    triggers.push_back({{"channel", trigger.channel},
                        {"onsets", trigger.num_onsets},
                        {"count_of_value", values},
                        {"onsets_of_other_values", trigger.num_other_values}});
  }
  return {{"markers", markers},
          {"markers_out_of_order", description.num_markers_out_of_order},
          {"markers_outside", description.num_markers_outside},
          {"markers_at_same_sample", description.num_same_onset},
          {"triggers", triggers}};
}

}  // namespace

RecordingDescription describe_recording(const std::string& name, const RawRecording& recording) {
  RecordingDescription description;
  description.name = name;
  description.header = recording.header();
  for (std::size_t i = 0; i < description.header.channels.size(); ++i) {
    if (description.header.channels[i].kind == ChannelKind::kStimulus) {
      description.triggers.push_back(triggers_of(recording, i));
    }
  }
  summarise_markers(description);
  return description;
}

std::string in_words(const RecordingDescription& description) {
  const RawHeader& header = description.header;
  Lines lines;
  lines.add("device", header.device);
  lines.add("begun", header.start_clock);
  lines.add("rate", rate_in_words(header.rate));
  lines.add("length", length_in_words(header));
  lines.add("band", band_in_words(header));
  std::vector<std::string> files;
  for (const RecordingPart& part : header.parts) {
    files.push_back(text(
        "{} ({})", part.file.filename(), with_thousands(part.samples.end - part.samples.first)));
  }
  lines.add("files (samples)", shortened(files));
  if (const int64_t skipped = num_skipped(header); skipped > 0) {
    lines.add(
        "skipped",
        text("{} samples between {} segments", with_thousands(skipped), header.segments.size()));
  }
  add_channels(header, lines);
  lines.add("bad channels", join(bad_names(header), ", "));
  lines.add("compensation", compensation_in_words(header));
  lines.add("head coils", join(header.head_coils, ", "));
  add_bad_stretches(header, lines);
  add_events(description, lines);
  for (const std::string& note : header.notes) lines.add("note", note);
  return description.name +
         text(": {} recording of {} MEG sensors, {} channels, {} s\n",
              header.format,
              num_meg_sensors(header),
              header.channels.size(),
              digits(seconds(header, header.num_samples))) +
         lines.aligned();
}

Json as_json(const RecordingDescription& description) {
  const RawHeader& header = description.header;
  Json kinds = Json::object();
  for (const auto& [kind, channels] : by_kind(header)) kinds[name_of(kind)] = channels.size();
  Json channels = Json::array();
  for (const RawChannel& channel : header.channels) {
    Json entry = {{"name", channel.name},
                  {"kind", name_of(channel.kind)},
                  {"unit", channel.unit},
                  {"coil_type", channel.coil_type},
                  {"bad", channel.bad}};
    if (channel.has_position) entry["position_m"] = channel.position_m;
    channels.push_back(std::move(entry));
  }
  Json compensations = Json::array();
  for (const CompensationMatrix& matrix : header.compensations)
    compensations.push_back(matrix.name);
  const auto grade = grade_of(header);
  Json json = {{"name", description.name},
               {"kind", "recording"},
               {"format", header.format},
               {"device", header.device},
               {"start_clock", header.start_clock},
               {"rate_num", header.rate.numerator},
               {"rate_den", header.rate.denominator},
               {"samples", header.num_samples},
               {"first_sample", header.first_sample},
               {"samples_a_trial", header.samples_a_trial},
               {"seconds", seconds(header, header.num_samples)},
               {"band_low_hz", header.low_hz},
               {"band_high_hz", header.high_hz},
               {"meg_sensors", num_meg_sensors(header)},
               {"channels_of_kind", kinds},
               {"bad_channels", bad_names(header)},
               {"compensation_grade", grade ? Json(*grade) : Json()},
               {"compensations", compensations},
               {"head_coils", header.head_coils},
               {"notes", header.notes}};
  json.update(ranges_as_json(header));
  json.update(events_as_json(description));
  json["channels"] = channels;
  return json;
}

}  // namespace lockstep
