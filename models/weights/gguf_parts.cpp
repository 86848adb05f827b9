#include "models/weights/gguf_parts.h"

#include <regex>

#include "base/error.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

/// llama_split_path of llama.cpp (src/llama.cpp): "%s-%05d-of-%05d.gguf", counted from 1.
fs::path part_path(const fs::path& folder, const GgufPartName& name) {
  const auto digits = [](int64_t number) {
    const std::string all = std::to_string(number);
    return std::string(all.size() < 5 ? 5 - all.size() : 0, '0') + all;
  };
  return folder / (name.stem + "-" + digits(name.number) + "-of-" + digits(name.count) + ".gguf");
}

/// Parts count from 0 in split.no.
void check_part(const GgufFile& file, const GgufPartName& name) {
  const int64_t number = file.integer("split.no"), count = file.integer("split.count");
  if (number == name.number - 1 && count == name.count) return;
  fail(Blame::kData,
       "{}: split.no {} of split.count {}; {} of {}, as its name says, are wanted",
       file.path(),
       number,
       count,
       name.number - 1,
       name.count);
}

void check_tensors(const std::vector<std::unique_ptr<GgufFile>>& parts) {
  const GgufFile& first = *parts.front();
  const std::optional<int64_t> announced = first.find_integer("split.tensors.count");
  int64_t found = 0;
  for (const auto& part : parts) found += std::ssize(part->tensors());
  if (!announced || *announced == found) return;
  fail(Blame::kData,
       "{}: {} tensors in {} parts; split.tensors.count says {}",
       first.path(),
       found,
       parts.size(),
       *announced);
}

}  // namespace

std::optional<GgufPartName> gguf_part_name(const fs::path& file) {
  static const std::regex kPattern("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");
  const std::string name = file.filename().string();
  std::smatch found;
  if (!std::regex_match(name, found, kPattern)) return {};
  return GgufPartName{found[1], std::stoll(found[2]), std::stoll(found[3])};
}

fs::path first_gguf_part(const fs::path& file) {
  std::optional<GgufPartName> name = gguf_part_name(file);
  if (!name) return file;
  name->number = 1;
  return part_path(file.parent_path(), *name);
}

std::vector<std::unique_ptr<GgufFile>> open_gguf_parts(const fs::path& first) {
  std::vector<std::unique_ptr<GgufFile>> parts;
  std::optional<GgufPartName> name = gguf_part_name(first);
  if (name && !fs::exists(first)) {
    fail(Blame::kData,
         "{}: no such file; all {} parts are wanted in one folder",
         first,
         name->count);
  }
  parts.push_back(std::make_unique<GgufFile>(first));
  const int64_t count = parts.front()->find_integer("split.count").value_or(1);
  if (count <= 1) return parts;
  if (!name) {
    fail(Blame::kData,
         "{}: one of {} parts (split.count); the names that gguf-split gives, such as {}, are "
         "wanted",
         first,
         count,
         part_path({}, {first.stem().string(), 1, count}));
  }
  check_part(*parts.front(), *name);
  while (name->number < count) {
    ++name->number;
    const fs::path path = part_path(first.parent_path(), *name);
    if (!fs::exists(path)) {
      fail(Blame::kData, "{}: no such file; all {} parts are wanted in one folder", path, count);
    }
    parts.push_back(std::make_unique<GgufFile>(path));
    check_part(*parts.back(), *name);
  }
  check_tensors(parts);
  return parts;
}

}  // namespace lockstep
