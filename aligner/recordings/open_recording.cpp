// The one list of recording formats.
#include "aligner/recordings/open_recording.h"

#include <array>

#include "aligner/recordings/ctf_recording.h"
#include "aligner/recordings/fif_recording.h"
#include "aligner/recordings/libribrain_recording.h"
#include "aligner/recordings/meg_file_recording.h"
#include "aligner/recordings/npy_recording.h"
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
    RecordingFormat{"meg.h5 of lockstep", looks_like_meg_file, open_meg_file},
    RecordingFormat{"LibriBrain's HDF5", looks_like_libribrain, open_libribrain},
    RecordingFormat{".npy with a .tsv beside it", looks_like_npy, open_npy},
};

const RecordingFormat* format_of(const std::filesystem::path& path) {
  for (const RecordingFormat& format : kFormats) {
    if (format.looks_like(path)) return &format;
  }
  return nullptr;
}

}  // namespace

std::string recording_formats() {
  std::string all;
  for (std::size_t k = 0; k < kFormats.size(); ++k) {
    if (k > 0) all += k + 1 == kFormats.size() ? " or " : ", ";
    all += kFormats[k].name;
  }
  return all;
}

bool looks_like_recording(const std::filesystem::path& path) { return format_of(path) != nullptr; }

std::unique_ptr<RawRecording> open_recording(const std::filesystem::path& path,
                                             const OpenOptions& options) {
  const RecordingFormat* format = format_of(path);
  if (format == nullptr && !std::filesystem::exists(path)) {
    fail(Blame::kData, "{}: there is no such file or folder", path);
  }
  if (format == nullptr) {
    fail(Blame::kData, "{}: no recording that is known; {} is wanted", path, recording_formats());
  }
  return format->open(path, options);
}

}  // namespace lockstep
