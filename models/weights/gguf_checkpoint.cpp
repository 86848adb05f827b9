#include "models/weights/gguf_checkpoint.h"

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/json_file.h"
#include "base/jsonnet_file.h"
#include "base/sha256.h"
#include "models/families/family_folders.h"
#include "models/families/spec_fields.h"
#include "models/families/tensor_sources.h"
#include "models/weights/dequantise.h"
#include "models/weights/element_type.h"
#include "models/weights/gguf_parts.h"

namespace lockstep {
namespace fs = std::filesystem;
namespace {

/// Arrays up to this length go to Jsonnet: one value a layer, yes; a vocabulary, no.
constexpr uint64_t kLongestArray = 1024;

/// A tensor's name taken apart: "blk.3.attn_q.weight" is module "blk.{i}.attn_q", layer "3", part
/// ".weight".
struct TensorName {
  std::string module;
  std::string layer;
  std::string part;
};

TensorName parse_name(const std::string& name) {
  TensorName parsed;
  const std::size_t dot = name.rfind('.');
  parsed.module = name.substr(0, dot);
  parsed.part = dot == std::string::npos ? "" : name.substr(dot);
  std::size_t begin = 0;
  while (begin < parsed.module.size()) {
    const std::size_t end = std::min(parsed.module.find('.', begin), parsed.module.size());
    const std::string piece = parsed.module.substr(begin, end - begin);
    if (!piece.empty() && piece.find_first_not_of("0123456789") == std::string::npos) {
      parsed.layer = piece;
      parsed.module.replace(begin, piece.size(), "{i}");
      break;
    }
    begin = end + 1;
  }
  return parsed;
}

/// The entry of the architecture's table that a tensor has: Hugging Face's module, operations.
struct Translation {
  std::string to;
  std::vector<TensorOp> ops;
};

std::map<std::string, Translation> read_translations(const JsonAt& table) {
  std::map<std::string, Translation> translations;
  for (const auto& [module, rule] : table.value().items()) {
    const JsonAt at = entry(table, module);
    if (!rule.is_object()) at.refuse("an object");
    std::vector<WantedField> wanted{{"to", "a string"}};
    Translation& translation = translations[module];
    if (at.has("ops")) {
      wanted.push_back({"ops", "a list of operations"});
      translation.ops = read_ops(at["ops"]);
    }
    check_fields(at, wanted, "a tensor");
    translation.to = at["to"].text();
  }
  return translations;
}

class GgufCheckpoint : public Checkpoint {
 public:
  GgufCheckpoint(const fs::path& path, const std::vector<fs::path>& folders)
      : parts_(open_gguf_parts(path)), file_(*parts_.front()) {
    const std::vector<fs::path> search_path = gguf_folders(folders);
    const std::string architecture(file_.text("general.architecture"));
    const std::optional<fs::path> family = find_family(search_path, architecture);
    if (!family) {
      fail(Blame::kData,
           "{}: general.architecture {} is not supported; supported are {}; or put gguf/{}.jsonnet "
           "into a folder given "
           "by --families",
           path,
           nlohmann::json(architecture)
               .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace),
           join(family_names(search_path), ", "),
           architecture);
    }
    nlohmann::json shapes = nlohmann::json::object();
    for (const auto& part : parts_) {
      for (const GgufTensor& tensor : part->tensors()) shapes[tensor.name] = tensor.shape;
    }
    std::vector<fs::path> imports = family_search_path(folders);
    const nlohmann::json result = evaluate_jsonnet(
        *family, imports, {{"metadata", file_.short_metadata(kLongestArray)}, {"tensors", shapes}});
    const JsonAt at(result, family->string() + ": ");
    check_fields(at, {{"config", "an object"}, {"tensors", "an object"}}, "an architecture");
    config_ = with_values(result["config"]);
    const auto translations = read_translations(at["tensors"]);
    for (const auto& part : parts_) translate(*part, translations, *family);
  }

  const nlohmann::json& config() const override { return config_; }
  const std::map<std::string, StoredTensor>& tensors() const override { return tensors_; }
  std::string sha256() const override {
    if (parts_.size() == 1) return sha256_of_file(file_.path());
    std::string digests;
    for (const auto& part : parts_) digests += sha256_of_file(part->path());
    return sha256_of(digests);
  }
  std::string name() const override {
    const std::optional<GgufPartName> part = gguf_part_name(file_.path());
    return part ? part->stem : file_.path().stem().string();
  }

 private:
  static std::vector<fs::path> gguf_folders(const std::vector<fs::path>& folders) {
    std::vector<fs::path> all = family_search_path(folders);
    for (fs::path& folder : all) folder /= "gguf";
    return all;
  }

  /// The configuration with the values of tensors in the place of { tensor: NAME }.
  nlohmann::json with_values(nlohmann::json config) {
    if (config.is_object() && config.size() == 1 && config.contains("tensor") &&
        config["tensor"].is_string()) {
      return values_of(config["tensor"].get<std::string>());
    }
    if (config.is_structured()) {
      for (auto& member : config) member = with_values(member);
    }
    return config;
  }

  const GgufTensor* find(const std::string& name) const {
    for (const auto& part : parts_) {
      for (const GgufTensor& tensor : part->tensors()) {
        if (tensor.name == name) return &tensor;
      }
    }
    return nullptr;
  }

  nlohmann::json values_of(const std::string& name) {
    const GgufTensor* tensor = find(name);
    const auto type = tensor == nullptr ? std::nullopt : element_type(tensor->type);
    const bool is_short = type && is_real(*type) && tensor->shape.size() == 1 &&
                          static_cast<uint64_t>(tensor->shape[0]) <= kLongestArray;
    if (is_short) {
      std::vector<float> values(static_cast<std::size_t>(tensor->shape[0]));
      to_float32(*type, tensor->bytes, values);
      config_tensors_.insert(name);
      return values;
    }
    fail(Blame::kData,
         "{}: no tensor {} of at most {} real numbers along one axis",
         file_.path(),
         name,
         kLongestArray);
  }

  void translate(const GgufFile& file,
                 const std::map<std::string, Translation>& translations,
                 const fs::path& family) {
    for (const GgufTensor& tensor : file.tensors()) {
      if (config_tensors_.contains(tensor.name)) continue;
      const TensorName name = parse_name(tensor.name);
      const auto found = translations.find(name.module);
      if (found == translations.end()) {
        fail(Blame::kData,
             "{}: tensor {}: {} has no \"{}\"",
             file.path(),
             tensor.name,
             family,
             name.module);
      }
      const std::optional<ElementType> type = element_type(tensor.type);
      if (!type) {
        fail(Blame::kData,
             "{}: tensor {} has type {}, which is not supported",
             file.path(),
             tensor.name,
             tensor.type);
      }
      std::string to = found->second.to;
      if (const auto at = to.find("{i}"); at != std::string::npos) to.replace(at, 3, name.layer);
      to += name.part;
      const StoredTensor stored{.name = to,
                                .type = *type,
                                .shape = tensor.shape,
                                .bytes = tensor.bytes,
                                .ops = found->second.ops,
                                .computed = {},
                                .file = file.file()};
      if (!tensors_.emplace(to, stored).second) {
        fail(Blame::kData, "{}: tensor {} is the second \"{}\"", file.path(), tensor.name, to);
      }
    }
  }

  std::vector<std::unique_ptr<GgufFile>> parts_;
  const GgufFile& file_;  // the first, whose metadata are the model's
  nlohmann::json config_;
  std::set<std::string> config_tensors_;  // part of the configuration, no weights
  std::map<std::string, StoredTensor> tensors_;
};

}  // namespace

std::unique_ptr<Checkpoint> open_gguf(const fs::path& file, const std::vector<fs::path>& folders) {
  return std::make_unique<GgufCheckpoint>(file, folders);
}

}  // namespace lockstep
