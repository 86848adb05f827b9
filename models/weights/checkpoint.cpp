#include "models/weights/checkpoint.h"

#include <set>

#include "base/error.h"
#include "models/weights/gguf_checkpoint.h"
#include "models/weights/gguf_parts.h"
#include "models/weights/huggingface_folder.h"

namespace lockstep {
namespace fs = std::filesystem;

std::optional<fs::path> find_gguf(const fs::path& path) {
  if (!fs::exists(path)) fail(Blame::kData, "{}: no such file or folder", path);
  if (fs::is_regular_file(path)) {
    if (path.extension() != ".gguf")
      fail(Blame::kData, "{}: a folder or a .gguf file is wanted", path);
    return first_gguf_part(path);
  }
  if (fs::exists(path / "config.json")) return {};
  std::set<fs::path> files;
  for (const auto& file : fs::directory_iterator(path)) {
    if (file.path().extension() == ".gguf") files.insert(first_gguf_part(file.path()));
  }
  if (files.size() != 1) {
    fail(Blame::kData,
         "{}: {} .gguf files and no config.json; one of either is wanted",
         path,
         files.size());
  }
  return *files.begin();
}

std::unique_ptr<Checkpoint> open_checkpoint(const fs::path& path,
                                            const std::vector<fs::path>& folders) {
  const std::optional<fs::path> gguf = find_gguf(path);
  return gguf ? open_gguf(*gguf, folders) : open_huggingface_folder(path);
}

}  // namespace lockstep
