#include "aligner/datasets/find_recordings.h"

#include <algorithm>
#include <array>
#include <set>

#include "aligner/datasets/known_datasets.h"
#include "aligner/datasets/loose_table.h"
#include "aligner/datasets/recording_name.h"
#include "aligner/datasets/recording_sidecars.h"
#include "aligner/recordings/open_recording.h"
#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

struct RecordingKind {
  const char* format;
  const char* extension;
  /// Whether the ending alone says that it is a recording; else a search asks its content.
  bool tells_by_name;
};
constexpr std::array kKinds = {RecordingKind{"ctf", ".ds", true},
                               RecordingKind{"fif", ".fif", true},
                               RecordingKind{"h5", ".h5", false},
                               RecordingKind{"npy", ".npy", true}};

const RecordingKind* kind_of(const fs::path& path) {
  const std::string extension = parse_recording_name(path).extension;
  for (const RecordingKind& kind : kKinds) {
    if (extension == kind.extension) return &kind;
  }
  return nullptr;
}

void check_format(const std::string& format) {
  std::vector<std::string> names;
  for (const RecordingKind& kind : kKinds) {
    if (format.empty() || format == kind.format) return;
    names.emplace_back(kind.format);
  }
  fail(Blame::kCommandLine, "--format {}: not known; {} are", format, join(names, ", "));
}

/// FIF files that are no continuous recording, by MNE's rules for names.
bool is_other_fif(const std::string& stem) {
  static constexpr std::array kEndings = {"-eve",
                                          "-epo",
                                          "_epo",
                                          "-ave",
                                          "_ave",
                                          "-cov",
                                          "_cov",
                                          "-trans",
                                          "_trans",
                                          "-fwd",
                                          "_fwd",
                                          "-ica",
                                          "_ica",
                                          "_headshape",
                                          "_crosstalk",
                                          "_eve",
                                          "-proj",
                                          "_proj"};
  const std::string small = in_small_letters(stem);
  return small.find("acq-crosstalk") != std::string::npos ||
         std::any_of(kEndings.begin(), kEndings.end(), [&](const char* ending) {
           return small.ends_with(ending);
         });
}

bool says_empty_room(const RecordingName& name) {
  const auto is_empty = [](const std::string& label) {
    const std::string small = in_small_letters(label);
    return small.find("empty") != std::string::npos || small == "noise";
  };
  const auto task = name.entities.find("task");
  const auto subject = name.entities.find("sub");
  return (task != name.entities.end() && is_empty(task->second)) ||
         (subject != name.entities.end() && is_empty(subject->second)) ||
         in_small_letters(name.suffix).find("emptyroom") != std::string::npos;
}

/// "raw" of "raw-1", which continues it; empty if the name is of no continuation.
std::string begun_by(const std::string& stem) {
  const auto dash = stem.rfind('-');
  if (dash == std::string::npos || dash + 1 == stem.size()) return {};
  const std::string number = stem.substr(dash + 1);
  const bool counts = number.find_first_not_of("0123456789") == std::string::npos;
  return counts && number.front() != '0' ? stem.substr(0, dash) : "";
}

class Search {
 public:
  explicit Search(const RecordingSearch& search) : search_(search) {
    check_format(search.format);
    if (!search.dataset.empty()) dataset_ = &find_dataset(search.dataset);
    for (const std::string& fault : search.faults_off) find_fault(fault);
  }

  void take(const fs::path& path) {
    if (!fs::exists(path)) {
      fail(Blame::kCommandLine, "{}: there is no such file or folder; a recording is wanted", path);
    }
    const fs::path clean = path.has_filename() ? path : path.parent_path();
    const bool is_recording = kind_of(clean) != nullptr || !fs::is_directory(clean);
    if (is_recording) {
      if (is_wanted(clean)) add(clean);
    } else {
      walk(clean);
    }
  }

  std::vector<RecordingFiles> finish() {
    if (found_.empty()) fail_for_nothing();
    std::sort(
        found_.begin(), found_.end(), [](const RecordingFiles& left, const RecordingFiles& right) {
          return in_natural_order(left.name, right.name);
        });
    name_apart();
    hand_out_notes();
    return std::move(found_);
  }

 private:
  struct LeftOut {
    std::string subject;
    std::string note;
  };

  bool is_wanted(const fs::path& path) const {
    const RecordingKind* kind = kind_of(path);
    return search_.format.empty() || (kind != nullptr && search_.format == kind->format);
  }

  void walk(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
      entries.push_back(entry->path());
    }
    if (error) fail(Blame::kData, "{}: cannot be searched: {}", folder, error.message());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const std::string name = entry.filename().string();
      if (name.starts_with('.')) continue;
      const RecordingKind* kind = kind_of(entry);
      if (kind != nullptr) {
        if (is_wanted(entry) && is_recording(entry, *kind)) add(entry);
      } else if (fs::is_directory(entry) && !fs::is_symlink(entry) && is_searched(name)) {
        walk(entry);
      }
    }
  }

  bool is_searched(const std::string& folder) const {
    if (folder == "derivatives") return dataset_ != nullptr && dataset_->lies_in_derivatives;
    return folder != "sourcedata" && folder != "code" && folder != "stimuli";
  }

  static bool is_recording(const fs::path& path, const RecordingKind& kind) {
    const bool is_folder = std::string_view(kind.extension) == ".ds";
    if (fs::is_directory(path) != is_folder) return false;
    if (std::string_view(kind.extension) == ".fif" && is_other_fif(path.stem().string())) {
      return false;
    }
    if (kind.tells_by_name) return true;
    return in_small_letters(path.stem().string()).ends_with("_meg") || looks_like_recording(path);
  }

  void add(const fs::path& path) {
    const fs::path whole = fs::weakly_canonical(path);
    if (!seen_.insert(whole.string()).second) return;
    const RecordingName name = parse_recording_name(path);
    RecordingFiles files;
    files.name = name.name();
    files.subject = name.labelled("sub");
    files.session = name.labelled("ses");
    const auto label = [&](const char* entity) {
      const auto found = name.entities.find(entity);
      return found == name.entities.end() ? std::string() : found->second;
    };
    files.task = label("task");
    files.run = label("run");
    files.recording = path;
    if (continues_another(path, name, files)) return;
    if (says_empty_room(name)) return leave_out(files, "an empty room");
    if (is_other_task(files)) return leave_out(files, "not the data set's task");
    if (is_ruled_out(files, label("sub"), label("ses"))) return;
    add_sidecars(name, files);
    found_.push_back(std::move(files));
  }

  /// Whether it is a further file of a split recording, whose first is taken for all.
  bool continues_another(const fs::path& path, const RecordingName& name, RecordingFiles& files) {
    const auto split = name.entities.find("split");
    if (split != name.entities.end() && !is_label(split->second, "1")) {
      const std::string first = first_split_of(path, split->second);
      if (first.empty()) {
        fail(Blame::kData,
             "{}: split {} of a recording whose split 1 is not there; all are wanted",
             path,
             split->second);
      }
      return true;
    }
    if (name.extension != ".fif") return false;
    const std::string first = begun_by(path.stem().string());
    if (first.empty()) return false;
    if (!fs::exists(path.parent_path() / (first + path.extension().string()))) {
      files.notes.push_back(text("{} looks like a continuation of {}{}, which is not there",
                                 path.filename().string(),
                                 first,
                                 path.extension().string()));
      return false;
    }
    return true;
  }

  static std::string first_split_of(const fs::path& path, const std::string& split) {
    const std::string file = path.filename().string();
    for (const char* one : {"1", "01", "001"}) {
      std::string first = file;
      const std::string part = "_split-" + split;
      const auto at = first.find(part);
      if (at == std::string::npos) return {};
      first.replace(at, part.size(), std::string("_split-") + one);
      if (fs::exists(path.parent_path() / first)) return first;
    }
    return {};
  }

  bool is_other_task(const RecordingFiles& files) const {
    if (dataset_ == nullptr || dataset_->tasks.empty() || files.task.empty()) return false;
    const auto& tasks = dataset_->tasks;
    return std::find(tasks.begin(), tasks.end(), files.task) == tasks.end();
  }

  /// Notes the known faults of a recording; true if one of them rules it out.
  bool is_ruled_out(RecordingFiles& files, const std::string& subject, const std::string& session) {
    if (dataset_ == nullptr) return false;
    if (dataset_->has_max_shield) {
      files.notes.push_back("the data set was recorded with MaxShield");
    }
    for (const KnownFault& fault : dataset_->faults) {
      const bool holds = is_label(subject, fault.subject) &&
                         (fault.session.empty() || is_label(session, fault.session)) &&
                         (fault.run.empty() || is_label(files.run, fault.run));
      if (!holds) continue;
      const auto& off = search_.faults_off;
      if (std::find(off.begin(), off.end(), fault.name) != off.end()) {
        files.notes.push_back(text("known fault {}: switched off", fault.name));
        continue;
      }
      const std::string note =
          text("known fault {}: {} ({})", fault.name, fault.what, fault.source);
      if (fault.action == FaultAction::kSkipRecording) {
        leave_out(files, note);
        return true;
      }
      files.known_faults.push_back(fault.name);
      files.notes.push_back(fault.advice.empty() ? note : note + "; " + fault.advice);
      if (fault.action == FaultAction::kBadSensors) {
        files.bad_sensors.insert(
            files.bad_sensors.end(), fault.sensors.begin(), fault.sensors.end());
      }
    }
    return false;
  }

  void add_sidecars(const RecordingName& name, RecordingFiles& files) {
    files.events = find_events(files.recording, name);
    if (files.events.empty()) files.notes.push_back("no table of events beside it");
    const std::vector<std::string> table = {".tsv"};
    const bool is_bids = !name.entities.empty() && name.suffix == "meg";
    const fs::path channels = find_sidecar(files.recording, name, "channels", table);
    if (!channels.empty()) {
      ChannelStatus status = read_channel_status(channels);
      for (std::string& sensor : status.bad_sensors) files.bad_sensors.push_back(std::move(sensor));
      for (std::string& note : status.notes) files.notes.push_back(std::move(note));
    } else if (is_bids) {
      files.notes.push_back("no channels.tsv beside it: bad sensors by the recording alone");
    }
    const fs::path json = find_sidecar(files.recording, name, "meg", {".json"});
    if (!json.empty()) add_notes(notes_of_meg_json(json), files);
    const fs::path scans = find_sidecar(files.recording, name, "scans", table);
    if (!scans.empty()) add_notes(notes_of_scans(scans), files);
  }

  static void add_notes(std::vector<std::string> notes, RecordingFiles& files) {
    for (std::string& note : notes) files.notes.push_back(std::move(note));
  }

  void leave_out(const RecordingFiles& files, const std::string& why) {
    left_out_.push_back(
        {files.subject, text("left out: {}: {}", files.recording.filename().string(), why)});
  }

  [[noreturn]] void fail_for_nothing() const {
    std::vector<std::string> notes;
    for (const LeftOut& left : left_out_) notes.push_back(left.note);
    fail(Blame::kData,
         "no recording was found{}; {} is wanted",
         notes.empty() ? "" : " (" + join(notes, "; ") + ")",
         search_.format.empty() ? "a .ds folder, or a .fif, .h5 or .npy file"
                                : "one of format " + search_.format);
  }

  /// Recordings of the same name in different folders get numbers.
  void name_apart() {
    std::set<std::string> taken;
    for (RecordingFiles& found : found_) {
      const std::string name = found.name;
      for (int number = 2; !taken.insert(found.name).second; ++number) {
        found.name = text("{}_{}", name, number);
      }
      if (found.name != name) {
        found.notes.push_back(text("called {}: {} is another recording's name", found.name, name));
      }
    }
  }

  void hand_out_notes() {
    for (const LeftOut& left : left_out_) {
      const auto own = std::find_if(found_.begin(), found_.end(), [&](const RecordingFiles& found) {
        return found.subject == left.subject;
      });
      (own == found_.end() ? found_.front() : *own).notes.push_back(left.note);
    }
  }

  const RecordingSearch& search_;
  const KnownDataset* dataset_ = nullptr;
  std::set<std::string> seen_;
  std::vector<RecordingFiles> found_;
  std::vector<LeftOut> left_out_;
};

}  // namespace

std::vector<RecordingFiles> find_recordings(std::span<const fs::path> paths,
                                            const RecordingSearch& search) {
  Search all(search);
  for (const fs::path& path : paths) all.take(path);
  return all.finish();
}

}  // namespace lockstep
