#include "aligner/datasets/recording_kinds.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "aligner/datasets/loose_table.h"
#include "base/error.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::array kKinds = {RecordingKind{"ctf", ".ds", true},
                               RecordingKind{"fif", ".fif", true},
                               RecordingKind{"h5", ".h5", false},
                               RecordingKind{"npy", ".npy", true}};

}  // namespace

const RecordingKind* kind_of_recording(const fs::path& path) {
  const std::string extension = parse_recording_name(path).extension;
  for (const RecordingKind& kind : kKinds) {
    if (extension == kind.extension) return &kind;
  }
  return nullptr;
}

void check_recording_format(const std::string& format) {
  std::vector<std::string> names;
  for (const RecordingKind& kind : kKinds) {
    if (format.empty() || format == kind.format) return;
    names.emplace_back(kind.format);
  }
  fail(Blame::kCommandLine, "--format {}: not known; {} are", format, join(names, ", "));
}

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

std::string begun_by(const std::string& stem) {
  const auto dash = stem.rfind('-');
  if (dash == std::string::npos || dash + 1 == stem.size()) return {};
  const std::string number = stem.substr(dash + 1);
  const bool counts = number.find_first_not_of("0123456789") == std::string::npos;
  return counts && number.front() != '0' ? stem.substr(0, dash) : "";
}

}  // namespace lockstep
