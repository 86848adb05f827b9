#include "aligner/heard_words.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

Unheard from_event(EventReason reason) {
  switch (reason) {
    case EventReason::kOutside:
      return Unheard::kOutside;
    case EventReason::kEdge:
      return Unheard::kEdge;
    case EventReason::kBadSegment:
      return Unheard::kBadSegment;
    case EventReason::kDropped:
      return Unheard::kDropped;
    case EventReason::kValid:
      break;
  }
  return Unheard::kUsable;
}

bool inside_a_segment(const RecordingInfo& recording, const RowRange& window) {
  const RowRange all{0, recording.num_samples};
  if (window.begin < all.begin || window.end > all.end) return false;
  return std::any_of(
      recording.segments.begin(), recording.segments.end(), [&](const auto& segment) {
        return window.begin >= segment.first && window.end <= segment.second;
      });
}

bool touches(const std::vector<RowRange>& ranges, const RowRange& window) {
  const auto next = std::upper_bound(
      ranges.begin(), ranges.end(), window.begin, [](int64_t at, const RowRange& range) {
        return at < range.end;
      });
  return next != ranges.end() && next->begin < window.end;
}

Unheard judge(const RecordingInfo& recording,
              const WordEvent& event,
              const RowRange& window,
              const std::vector<RowRange>& broken) {
  if (event.reason != EventReason::kValid) return from_event(event.reason);
  if (!inside_a_segment(recording, window)) return Unheard::kWindow;
  return touches(broken, window) ? Unheard::kNotFinite : Unheard::kUsable;
}

}  // namespace

const char* to_text(Unheard reason) {
  switch (reason) {
    case Unheard::kNoEvent:
      return "no event in the recording";
    case Unheard::kOutside:
      return "event outside the recording";
    case Unheard::kEdge:
      return "event at an edge of the recording";
    case Unheard::kBadSegment:
      return "event in a bad segment";
    case Unheard::kDropped:
      return "event dropped at import";
    case Unheard::kWindow:
      return "window leaves the valid segments";
    case Unheard::kNotFinite:
      return "samples that are no numbers in the window";
    case Unheard::kUsable:
      break;
  }
  return "usable";
}

std::vector<std::string> subjects_of(const MegHeader& header) {
  std::vector<std::string> subjects;
  for (const auto& recording : header.recordings) {
    if (std::find(subjects.begin(), subjects.end(), recording.subject) == subjects.end()) {
      subjects.push_back(recording.subject);
    }
  }
  return subjects;
}

std::vector<RowRange> broken_rows(const std::vector<float>& data,
                                  std::size_t num_sensors,
                                  const std::vector<int64_t>& used) {
  std::vector<RowRange> broken;
  const auto num_rows = static_cast<int64_t>(data.size() / num_sensors);
  for (int64_t row = 0; row < num_rows; ++row) {
    const float* sample = data.data() + static_cast<std::size_t>(row) * num_sensors;
    const bool finite = std::all_of(
        used.begin(), used.end(), [&](int64_t sensor) { return std::isfinite(sample[sensor]); });
    if (finite) continue;
    if (!broken.empty() && broken.back().end == row) {
      broken.back().end = row + 1;
    } else {
      broken.push_back({row, row + 1});
    }
  }
  return broken;
}

SubjectWords find_heard_words(const MegHeader& header,
                              const std::string& subject,
                              const TimeGrid& grid,
                              int64_t num_rows,
                              const std::vector<std::vector<RowRange>>& broken) {
  SubjectWords heard;
  heard.subject = subject;
  heard.words.resize(static_cast<std::size_t>(num_rows));
  heard.reason.assign(static_cast<std::size_t>(num_rows), Unheard::kNoEvent);
  std::vector<uint8_t> seen(static_cast<std::size_t>(num_rows), 0);
  for (std::size_t r = 0; r < header.recordings.size(); ++r) {
    const auto& recording = header.recordings[r];
    if (recording.subject != subject) continue;
    heard.recordings.push_back(r);
    for (const auto& event : recording.events) {
      if (event.kind != EventKind::kWord || event.word < 0) continue;
      if (event.word >= num_rows) {
        fail(Blame::kData,
             "recording {}: an event of word {}; the words have rows 0 to {}",
             recording.name,
             event.word,
             num_rows - 1);
      }
      const auto word = static_cast<std::size_t>(event.word);
      if (event.repeat != 0 || seen[word] != 0) {
        ++heard.num_repeats;
        continue;
      }
      seen[word] = 1;
      const int64_t sample = nearest_row(recording, event.onset_s);
      const RowRange window{sample + grid.first, sample + grid.last() + 1};
      heard.reason[word] = judge(recording, event, window, broken[r]);
      if (heard.reason[word] == Unheard::kUsable) {
        heard.words[word] = {event.word, r, sample, event.onset_s};
      }
    }
  }
  return heard;
}

}  // namespace lockstep
