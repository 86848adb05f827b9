// The text files beside the data of a .ds folder. A section of MarkerFile.mrk and ClassFile.cls is
// a line "KEYWORD:" and its values on the lines below.
#include "aligner/recordings/ctf_side_files.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "aligner/recordings/byte_reader.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kLargestText = 64 << 20;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(" \t\r"); at < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = line.find_first_not_of(" \t\r", end);
  }
  return words;
}

// The lines of a text file; none if it does not exist.
class TextLines {
 public:
  explicit TextLines(const std::filesystem::path& file) : file_(file) {
    if (!std::filesystem::exists(file)) return;
    content_ = read_small_file(file, kLargestText);
    for (std::size_t at = 0; at < content_.size();) {
      const std::size_t end = std::min(content_.find('\n', at), content_.size());
      lines_.push_back(std::string_view(content_).substr(at, end - at));
      at = end + 1;
    }
  }

  bool at_end() const { return next_ == lines_.size(); }
  bool empty() const { return lines_.empty(); }
  std::string_view next(std::string_view what) {
    if (at_end()) fail(Blame::kData, "{}: ends after line {}; {} is wanted", file_, next_, what);
    return lines_[next_++];
  }
  // Moves behind the line that begins with `keyword`.
  void find(std::string_view keyword) {
    while (!trimmed(next(text("a line \"{}\"", keyword))).starts_with(keyword)) {
    }
  }
  [[noreturn]] void refuse(std::string_view found, std::string_view wanted) const {
    fail(Blame::kData, "{}:{}: \"{}\"; {} is wanted", file_, next_, found.substr(0, 60), wanted);
  }
  double number(std::string_view word, std::string_view wanted) const {
    const std::string_view digits = word.starts_with('+') ? word.substr(1) : word;
    double value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(value)) {
      refuse(word, wanted);
    }
    return value;
  }
  int64_t integer(std::string_view word, std::string_view wanted) const {
    const double value = number(word, wanted);
    if (value != std::floor(value) || std::abs(value) > 2147483647) refuse(word, wanted);
    return static_cast<int64_t>(value);
  }
  // A count of lines to come: never more than there are.
  std::size_t count(std::string_view wanted) {
    const std::string_view line = trimmed(next(wanted));
    const int64_t value = integer(line, wanted);
    if (value < 0 || static_cast<std::size_t>(value) > lines_.size() - next_) {
      refuse(line, text("{} of what the {} lines of the file can hold", wanted, lines_.size()));
    }
    return static_cast<std::size_t>(value);
  }

 private:
  std::filesystem::path file_;
  std::string content_;
  std::vector<std::string_view> lines_;
  std::size_t next_ = 0;
};

}  // namespace

std::vector<CtfMarker> read_ctf_markers(const std::filesystem::path& file) {
  TextLines lines(file);
  std::vector<CtfMarker> markers;
  if (lines.empty()) return markers;
  lines.find("NUMBER OF MARKERS:");
  const std::size_t num_markers = lines.count("the number of markers");
  for (std::size_t i = 0; i < num_markers; ++i) {
    CtfMarker marker;
    lines.find("NAME:");
    marker.name = trimmed(lines.next("a marker's name"));
    lines.find("NUMBER OF SAMPLES:");
    const std::size_t num_times = lines.count("the number of samples");
    lines.find("LIST OF SAMPLES:");
    lines.next("the heading of the samples");
    for (std::size_t j = 0; j < num_times; ++j) {
      const std::string_view line = lines.next("trial and time of a marker");
      const auto words = words_of(line);
      if (words.size() < 2) lines.refuse(line, "trial and time of a marker");
      marker.times.push_back({lines.integer(words[0], "a trial's number"),
                              lines.number(words[1], "a time in seconds")});
    }
    markers.push_back(std::move(marker));
  }
  return markers;
}

std::vector<CtfBadSegment> read_ctf_bad_segments(const std::filesystem::path& file) {
  TextLines lines(file);
  std::vector<CtfBadSegment> segments;
  while (!lines.at_end()) {
    const std::string_view line = lines.next("a bad segment");
    const auto words = words_of(line);
    if (words.empty()) continue;
    if (words.size() < 3) lines.refuse(line, "\"trial start stop\"");
    const CtfBadSegment segment{std::string(words[0]),
                                lines.number(words[1], "a start in seconds"),
                                lines.number(words[2], "a stop in seconds")};
    if (segment.stop_s < segment.start_s) lines.refuse(line, "a stop after the start");
    segments.push_back(segment);
  }
  return segments;
}

std::vector<CtfTrialClass> read_ctf_classes(const std::filesystem::path& file) {
  TextLines lines(file);
  std::vector<CtfTrialClass> classes;
  if (lines.empty()) return classes;
  lines.find("NUMBER OF CLASSES:");
  const std::size_t num_classes = lines.count("the number of classes");
  for (std::size_t i = 0; i < num_classes; ++i) {
    CtfTrialClass trial_class;
    lines.find("NAME:");
    trial_class.name = trimmed(lines.next("a class's name"));
    lines.find("NUMBER OF TRIALS:");
    const std::size_t num_trials = lines.count("the number of trials");
    lines.find("LIST OF TRIALS:");
    if (num_trials > 0) lines.next("the heading of the trials");
    for (std::size_t j = 0; j < num_trials; ++j) {
      trial_class.trials.push_back(
          lines.integer(trimmed(lines.next("a trial's number")), "a trial's number"));
    }
    classes.push_back(std::move(trial_class));
  }
  return classes;
}

std::vector<std::string> read_ctf_bad_channels(const std::filesystem::path& file) {
  TextLines lines(file);
  std::vector<std::string> names;
  while (!lines.at_end()) {
    const std::string_view name = trimmed(lines.next("a channel's name"));
    if (!name.empty()) names.emplace_back(name);
  }
  return names;
}

std::vector<CtfHeadCoil> read_ctf_head_coils(const std::filesystem::path& file) {
  TextLines lines(file);
  std::vector<CtfHeadCoil> coils;
  while (!lines.at_end()) {
    std::string title(trimmed(lines.next("a coil")));
    if (title.empty() || title.front() == '#') continue;
    std::transform(title.begin(), title.end(), title.begin(), [](unsigned char c) {
      return static_cast<char>(std::tolower(c));
    });
    CtfHeadCoil coil;
    for (double& coordinate : coil.position_m) {
      const std::string_view line = lines.next("x, y and z of a coil");
      const auto words = words_of(line);
      if (words.size() != 3 || words[1] != "=") lines.refuse(line, "\"x = centimetres\"");
      coordinate = lines.number(words[2], "a coordinate in centimetres") / 100;
    }
    const std::size_t dewar = title.find(" coil position relative to dewar");
    if (!title.starts_with("measured ") || dewar == std::string::npos) continue;
    coil.name = title.substr(9, dewar - 9);
    coils.push_back(coil);
  }
  return coils;
}

}  // namespace lockstep
