// The one list of recording formats.
#include "aligner/recordings/open_recording.h"

#include <array>

#include "aligner/recordings/ctf_recording.h"
#include "aligner/recordings/fif_recording.h"
#include "base/error.h"

namespace lockstep {
namespace {

struct RecordingFormat {
  const char* name;
  bool (*looks_like)(const std::filesystem::path&);
  std::unique_ptr<RawRecording> (*open)(const std::filesystem::path&, const OpenOptions&);
};

constexpr std::array kFormats{
    RecordingFormat{"a CTF folder (.ds)", looks_like_ctf, open_ctf},
    RecordingFormat{"FIF", looks_like_fif, open_fif},
};

const RecordingFormat* format_of(const std::filesystem::path& path) {
  for (const RecordingFormat& format : kFormats) {
    if (format.looks_like(path)) return &format;
  }
  return nullptr;
}

}  // namespace

bool looks_like_recording(const std::filesystem::path& path) { return format_of(path) != nullptr; }

std::unique_ptr<RawRecording> open_recording(const std::filesystem::path& path,
                                             const OpenOptions& options) {
  if (!std::filesystem::exists(path)) {
    fail(Blame::kData, "{}: there is no such file or folder", path);
  }
  const RecordingFormat* format = format_of(path);
  if (format == nullptr) {
    std::vector<std::string> names;
    for (const RecordingFormat& known : kFormats) names.emplace_back(known.name);
    fail(Blame::kData, "{}: no recording that is known; {} is wanted", path, join(names, " or "));
  }
  return format->open(path, options);
}

}  // namespace lockstep
