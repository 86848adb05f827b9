#include "models/weights/huggingface_folder.h"

#include <array>

#include "base/error.h"
#include "base/json_file.h"
#include "base/sha256.h"
#include "models/families/config_json.h"
#include "models/weights/pytorch_file.h"
#include "models/weights/safetensors_file.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

/// Endings of names that transformers renames on loading (conversion_mapping.py, "legacy").
struct Renaming {
  std::string_view from;
  std::string_view to;
};
constexpr Renaming kEndings[] = {
    {"LayerNorm.gamma", "LayerNorm.weight"},
    {"LayerNorm.beta", "LayerNorm.bias"},
    {".weight_g", ".parametrizations.weight.original0"},
    {".weight_v", ".parametrizations.weight.original1"},
};
constexpr Renaming kBeginnings[] = {{"backbone.embedding.", "backbone.embeddings."}};

std::string current_name(std::string name) {
  for (const auto& [from, to] : kEndings) {
    if (name.ends_with(from)) name.replace(name.size() - from.size(), from.size(), to);
  }
  for (const auto& [from, to] : kBeginnings) {
    if (name.starts_with(from)) name.replace(0, from.size(), to);
  }
  return name;
}

/// The forms that weights come in, best first.
struct Form {
  std::string_view whole;
  std::string_view index;
  std::unique_ptr<WeightFile> (*open)(const fs::path& path);
};

template <class File>
std::unique_ptr<WeightFile> open_file(const fs::path& path) {
  return std::make_unique<File>(path);
}

constexpr std::array kForms{
    Form{"model.safetensors", "model.safetensors.index.json", open_file<SafetensorsFile>},
    Form{"pytorch_model.bin", "pytorch_model.bin.index.json", open_file<PytorchFile>},
};

/// The file of a form that the folder has: the whole, else the index, else an empty name.
std::string_view first_file(const fs::path& folder, const Form& form) {
  for (const std::string_view name : {form.whole, form.index}) {
    if (fs::exists(folder / name)) return name;
  }
  return {};
}

class HuggingFaceFolder : public Checkpoint {
 public:
  explicit HuggingFaceFolder(const fs::path& folder)
      : folder_(folder), config_(read_folder_config(folder)) {
    refuse_quantised();
    std::vector<std::string_view> found;
    for (const Form& form : kForms) {
      const std::string_view name = first_file(folder, form);
      if (!name.empty() && found.empty()) open_files(form, name);
      if (!name.empty()) found.push_back(name);
    }
    if (found.empty()) {
      fail(Blame::kData,
           "{}: holds no model.safetensors, pytorch_model.bin, index of either, or .gguf file",
           folder);
    }
    if (found.size() > 1) {
      warnings_.push_back(text("{} is read, {} is not", found[0], found[1]));
    }
    for (const auto& file : files_) add_tensors(*file);
  }

  const nlohmann::json& config() const override { return config_; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }

  std::string sha256() const override {
    if (files_.size() == 1) return sha256_of_file(files_.front()->path());
    std::string digests;
    for (const auto& file : files_) digests += sha256_of_file(file->path());
    return sha256_of(digests);
  }

  std::string name() const override { return folder_name(folder_); }
  std::vector<std::string> warnings() const override { return warnings_; }

 private:
  void refuse_quantised() const {
    if (!config_.is_object() || !config_.contains("quantization_config")) return;
    const JsonAt quantised(config_["quantization_config"],
                           text("{}: quantization_config", folder_ / "config.json"));
    if (!quantised.is_null()) quantised.refuse("a checkpoint with plain weights, or a .gguf file,");
  }

  void open_files(const Form& form, std::string_view name) {
    if (name == form.whole) {
      files_.push_back(form.open(folder_ / name));
    } else {
      open_shards(folder_ / name, form);
    }
  }

  /// The files of the index, in the order of their names.
  void open_shards(const fs::path& index, const Form& form) {
    const nlohmann::json json = read_json_file(index);
    const JsonAt map = JsonAt(json, index.string() + ": ")["weight_map"];
    if (!map.value().is_object()) map.refuse("an object");
    std::map<std::string, std::map<std::string, bool>> is_found_by_file;
    for (const auto& [name, file] : map.value().items()) {
      const std::string shard = map[name].text();
      const bool is_plain =
          !shard.empty() && shard.front() != '.' && shard.find('/') == std::string::npos;
      if (!is_plain) map[name].refuse("a file of the same folder");
      is_found_by_file[shard][name] = false;
    }
    for (auto& [shard, is_found] : is_found_by_file) {
      const WeightFile& file = *files_.emplace_back(form.open(folder_ / shard));
      for (const auto& [name, tensor] : file.tensors()) {
        const auto found = is_found.find(name);
        if (found == is_found.end()) {
          fail(Blame::kData, "{}: tensor \"{}\" is not in {}", file.path(), name, index.filename());
        }
        found->second = true;
      }
      for (const auto& [name, is_there] : is_found) {
        if (!is_there) fail(Blame::kData, "{}: {} lacks its tensor \"{}\"", index, shard, name);
      }
    }
  }

  void add_tensors(const WeightFile& file) {
    for (const auto& [name, tensor] : file.tensors()) {
      StoredTensor renamed = tensor;
      renamed.name = current_name(name);
      if (!tensors_.emplace(renamed.name, renamed).second) {
        fail(Blame::kData,
             "{}: tensor \"{}\" is the second \"{}\"",
             file.path(),
             name,
             renamed.name);
      }
    }
  }

  fs::path folder_;
  nlohmann::json config_;
  std::vector<std::unique_ptr<WeightFile>> files_;
  std::vector<std::string> warnings_;
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace

nlohmann::json read_folder_config(const fs::path& folder) {
  return read_config(folder / "config.json");
}

std::string folder_name(const fs::path& folder) {
  const fs::path plain =
      fs::absolute(folder).lexically_normal();  // "." has no name, "m/" an empty one
  return (plain.has_filename() ? plain : plain.parent_path()).filename().string();
}

std::unique_ptr<Checkpoint> open_huggingface_folder(const fs::path& folder) {
  return std::make_unique<HuggingFaceFolder>(folder);
}

}  // namespace lockstep
