#include "tests/fuzz/recordings/recording_case.h"

#include <algorithm>
#include <stdexcept>
#include <string>

#include "aligner/recordings/compensation.h"
#include "aligner/recordings/open_recording.h"
#include "base/error.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostSamples = 64;

void read_ends(const RawRecording& recording) {
  const int64_t end = recording.header().num_samples;
  const int64_t some = std::min(end, kMostSamples);
  const std::vector<std::size_t> channels{0, recording.header().channels.size() - 1};
  (void)recording.read(channels, {0, some});
  (void)recording.read(channels, {end - some, end});
}

void read_all(const fs::path& path) {
  const auto recording = open_recording(path);
  read_ends(*recording);
  for (const CompensationMatrix& matrix : recording->header().compensations) {
    if (matrix.grade < 1 || matrix.grade > 3) continue;
    try {
      read_ends(*compensated(open_recording(path), matrix.grade));
    } catch (const Error& error) {
      if (error.blame() == Blame::kProgram) throw;
    }
  }
}

fs::path lay_out(const fs::path& folder, std::string_view format, std::string_view bytes) {
  if (format == "fif") {
    write_bytes(folder / "x_raw.fif", bytes);
    return folder / "x_raw.fif";
  }
  std::size_t length = 0;
  for (std::size_t k = 0; k < 4 && k < bytes.size(); ++k)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[k])) << (8 * k);
  const std::string_view rest = bytes.substr(std::min<std::size_t>(4, bytes.size()));
  length = std::min(length, rest.size());
  const bool is_ctf = format == "ctf";
  const fs::path at = is_ctf ? folder / "x.ds" : folder;
  fs::create_directories(at);
  write_bytes(at / (is_ctf ? "x.res4" : "x.tsv"), rest.substr(0, length));
  write_bytes(at / (is_ctf ? "x.meg4" : "x.npy"), rest.substr(length));
  return is_ctf ? at : at / "x.npy";
}

}  // namespace

bool read_recording_case(std::string_view format, std::span<const std::byte> bytes) {
  static const TemporaryFolder folder;
  const std::string_view letters(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const fs::path path = lay_out(folder.path(), format, letters);
  try {
    read_all(path);
    return true;
  } catch (const Error& error) {
    if (error.blame() != Blame::kData) throw std::logic_error(error.what());
    if (std::string_view(error.what()).find('\n') != std::string_view::npos)
      throw std::logic_error("a message of several lines");
    return false;
  } catch (const std::exception& error) {
    throw std::logic_error(std::string("no Error: ") + error.what());
  }
}

}  // namespace lockstep::testing
