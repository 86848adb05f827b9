#include "aligner/recordings/raw_recording.h"

#include "base/error.h"

namespace lockstep {

std::string name_of(ChannelKind kind) {
  switch (kind) {
    case ChannelKind::kMegAxialGradiometer:
      return "meg_axial_gradiometer";
    case ChannelKind::kMegPlanarGradiometer:
      return "meg_planar_gradiometer";
    case ChannelKind::kMegMagnetometer:
      return "meg_magnetometer";
    case ChannelKind::kMegReference:
      return "meg_reference";
    case ChannelKind::kEeg:
      return "eeg";
    case ChannelKind::kIntracranial:
      return "intracranial";
    case ChannelKind::kEog:
      return "eog";
    case ChannelKind::kEcg:
      return "ecg";
    case ChannelKind::kEmg:
      return "emg";
    case ChannelKind::kStimulus:
      return "stimulus";
    case ChannelKind::kMisc:
      return "misc";
  }
  return "";
}

bool is_meg_sensor(ChannelKind kind) {
  return kind == ChannelKind::kMegAxialGradiometer || kind == ChannelKind::kMegPlanarGradiometer ||
         kind == ChannelKind::kMegMagnetometer;
}

std::string clean_name(std::string_view name) {
  return std::string(name.substr(0, name.find('-')));
}

std::optional<int32_t> grade_of(const RawHeader& header) {
  for (const RawChannel& channel : header.channels) {
    if (is_meg_sensor(channel.kind)) return channel.grade;
  }
  return std::nullopt;
}

std::vector<double> RawRecording::read(std::span<const std::size_t> channels,
                                       SampleRange samples) const {
  if (samples.first < 0 || samples.end < samples.first || samples.end > header_.num_samples) {
    fail(Blame::kProgram,
         "samples {} to {} of a recording of {}; a range inside is wanted",
         samples.first,
         samples.end,
         header_.num_samples);
  }
  for (const std::size_t channel : channels) {
    if (channel < header_.channels.size()) continue;
    fail(Blame::kProgram,
         "channel {} of a recording of {}; one of these is wanted",
         channel,
         header_.channels.size());
  }
  std::vector<double> values(channels.size() *
                             static_cast<std::size_t>(samples.end - samples.first));
  if (!values.empty()) read_into(channels, samples, values);
  return values;
}

}  // namespace lockstep
