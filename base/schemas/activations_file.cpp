#include "base/schemas/activations_file.h"

#include "base/error.h"
#include "base/hdf5_writer.h"
#include "base/schemas/file_kind.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep activations 1";

}  // namespace

const std::vector<std::string>& prediction_names() {
  static const std::vector<std::string> kNames = {
      "surprisal", "surprisal_corrected", "entropy", "rank"};
  return kNames;
}

void lay_out_activations(const std::filesystem::path& path, const ActivationsHeader& header) {
  Hdf5Writer file(path);
  write_file_kind(file, kLayout, header.provenance);
  write_model_info(file, header.model);
  file.attribute("", "words_sha256", header.words_sha256);
  file.attribute("", "weights_sha256", header.weights_sha256);
  file.attribute("", "tokenizer_sha256", header.tokenizer_sha256);
  file.attribute("", "spec", header.spec_json);
  file.attribute("", "spec_sha256", header.spec_sha256);
  file.attribute("", "dtype", header.dtype);
  file.attribute("", "device", header.device);
  file.attribute("", "pooling", header.pooling);
  file.attribute("", "windows", header.windows);
  file.attribute("", "bos", header.bos);
  file.attribute("", "audit", header.audit_json);
  write_context_axis(file, header.contexts);
  write_tap_axis(file, header.taps);
  file.define_axis("word", header.words, {});
  file.attribute("word", "long_name", "row of words.tsv, from 0");
  file.define_axis("unit", header.num_units);
  file.write("text", header.text, {"word"});
  file.write("tokens", header.tokens, {"context", "word"}, "1");
  file.write("shared", header.shared, {"word"});
  using Storage = Hdf5Writer::Storage;
  const auto storage =
      header.storage == FloatStorage::kFloat16 ? Storage::kFloat16 : Storage::kFloat32;
  file.reserve("activations", storage, {"context", "tap", "word", "unit"});
  file.attribute("activations",
                 "coordinates",
                 "context_name tap_name block_number depth_requested depth text");
  if (header.has_predictions) {
    for (const std::string& name : prediction_names()) {
      file.reserve(name, Storage::kFloat32, {"context", "word"}, name == "rank" ? "1" : "bit");
      file.attribute(name, "coordinates", "context_name text");
    }
  }
  file.close();
}

ActivationsFile::ActivationsFile(const std::filesystem::path& path) : file_(path) {
  header_.provenance = read_file_kind(file_, kLayout);
  header_.model = read_model_info(file_);
  header_.words_sha256 = file_.text_attribute("", "words_sha256");
  header_.weights_sha256 = file_.text_attribute("", "weights_sha256");
  header_.tokenizer_sha256 = file_.text_attribute("", "tokenizer_sha256");
  header_.spec_json = file_.text_attribute("", "spec");
  header_.spec_sha256 = file_.text_attribute("", "spec_sha256");
  header_.dtype = file_.text_attribute("", "dtype");
  header_.device = file_.text_attribute("", "device");
  header_.pooling = file_.text_attribute("", "pooling");
  header_.windows = file_.text_attribute("", "windows");
  header_.bos = file_.text_attribute("", "bos");
  header_.audit_json = file_.text_attribute("", "audit");
  header_.contexts = read_context_axis(file_);
  header_.taps = read_tap_axis(file_);
  header_.words = file_.integers("word");
  header_.text = file_.strings("text");
  for (const int64_t count : file_.integers("tokens"))
    header_.tokens.push_back(static_cast<int32_t>(count));
  for (const int64_t flag : file_.integers("shared")) header_.shared.push_back(flag != 0);
  file_.expect_axes("activations", {"context", "tap", "word", "unit"});
  const auto shape = file_.shape("activations");
  header_.num_units = shape[3];
  header_.has_predictions = file_.has(prediction_names().front());
  if (header_.has_predictions) {
    for (const std::string& name : prediction_names()) file_.expect_axes(name, {"context", "word"});
  }
  if (file_.value_bytes("activations") == 2) header_.storage = FloatStorage::kFloat16;
  const std::vector<int64_t> wanted = {static_cast<int64_t>(header_.contexts.size()),
                                       static_cast<int64_t>(header_.taps.size()),
                                       static_cast<int64_t>(header_.words.size()),
                                       header_.num_units};
  if (shape != wanted || header_.text.size() != header_.words.size()) {
    fail(Blame::kData,
         "{}: activations is ({}); its axes are ({})",
         path,
         join(shape, ", "),
         join(wanted, ", "));
  }
}

std::vector<float> ActivationsFile::read(std::size_t context, std::size_t tap) const {
  const auto num_words = static_cast<int64_t>(header_.words.size());
  std::vector<float> values(static_cast<std::size_t>(num_words * header_.num_units));
  file_.read_block("activations",
                   {static_cast<int64_t>(context), static_cast<int64_t>(tap), 0, 0},
                   {1, 1, num_words, header_.num_units},
                   values);
  return values;
}

std::vector<float> ActivationsFile::read_predictions(const std::string& name) const {
  return file_.floats(name);
}

}  // namespace lockstep
