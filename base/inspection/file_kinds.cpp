#include "base/inspection/file_kinds.h"

#include <fstream>

#include "base/error.h"
#include "base/hdf5_reader.h"
#include "base/schemas/words_layout.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kHdf5Signature = "\x89HDF\r\n\x1a\n";
constexpr const char* kLookedFor =
    "looked for a folder with words.tsv, words.tsv, folds.tsv, and HDF5 with the layout of "
    "activations.h5, targets.h5, meg.h5 or scores.h5";

std::string first_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(4096, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

std::string looked_for(const std::string& others) {
  return others.empty() ? kLookedFor : text("{}; for {}", kLookedFor, others);
}

FileKind kind_of_hdf5(const fs::path& path, const std::string& others) {
  const Hdf5Reader file(path);
  const std::string layout =
      file.has_attribute("", "layout") ? file.text_attribute("", "layout") : "";
  for (const FileKind kind :
       {FileKind::kActivations, FileKind::kTargets, FileKind::kMeg, FileKind::kScores}) {
    if (layout.starts_with("lockstep " + name_of(kind) + " ")) return kind;
  }
  fail(Blame::kData, "{}: HDF5 with layout \"{}\"; {}", path, layout, looked_for(others));
}

}  // namespace

std::string name_of(FileKind kind) {
  switch (kind) {
    case FileKind::kWords:
      return "words";
    case FileKind::kFolds:
      return "folds";
    case FileKind::kActivations:
      return "activations";
    case FileKind::kTargets:
      return "targets";
    case FileKind::kMeg:
      return "meg";
    case FileKind::kScores:
      return "scores";
  }
  return "";
}

FileKind recognise_file(const fs::path& path, const std::string& others) {
  if (!fs::exists(path)) fail(Blame::kData, "{}: there is no such file or folder", path);
  if (fs::is_directory(path)) {
    if (fs::is_regular_file(path / "words.tsv")) return FileKind::kWords;
    fail(Blame::kData, "{}: a folder without words.tsv; {}", path, looked_for(others));
  }
  const std::string begin = first_bytes(path);
  if (begin.starts_with(kHdf5Signature)) return kind_of_hdf5(path, others);
  if (begin.starts_with(text("# {}", kWordsLayout))) return FileKind::kWords;
  if (begin.starts_with("# lockstep folds 1")) return FileKind::kFolds;
  // Tables that others wrote have our columns and none of our comments.
  const std::string header = begin.substr(0, begin.find_first_of("\r\n"));
  if (header.starts_with("story\tblock\tword\t")) return FileKind::kWords;
  if (header == "word\tblock\tfold") return FileKind::kFolds;
  fail(Blame::kData, "{}: begins with none of our marks; {}", path, looked_for(others));
}

}  // namespace lockstep
