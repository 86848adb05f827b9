#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/hdf5_reader.h"
#include "base/provenance.h"
#include "base/schemas/tap_axis.h"

namespace lockstep {

enum class FloatStorage { kFloat32, kFloat16 };

/// Everything in activations.h5 but the activations themselves.
struct ActivationsHeader {
  ModelInfo model;
  std::vector<ContextInfo> contexts;
  std::vector<TapInfo> taps;
  std::vector<int64_t> words;     ///< rows of words.tsv, ascending, only those extracted
  std::vector<std::string> text;  ///< the word, one for each of `words`
  int64_t num_units = 0;
  std::vector<int32_t>
      tokens;  ///< context x word: tokens pooled; 0 where the context is not available
  std::vector<uint8_t> shared;  ///< word: 1 if a pooled token belongs to an earlier word too
  FloatStorage storage = FloatStorage::kFloat32;
  bool has_predictions = false;  ///< the file holds prediction_names()
  std::string words_sha256;
  std::string weights_sha256;
  std::string tokenizer_sha256;
  std::string spec_json;  ///< canonical JSON of the resolved spec
  std::string spec_sha256;
  std::string dtype = "float32";
  std::string device = "cpu";
  std::string pooling = "mean";
  std::string windows = "slice";
  std::string bos = "off";
  std::string audit_json = "{}";  ///< word-to-token audit, as JSON
  Provenance provenance;
};

/// How the model expected each word: variables (context, word), float32, NaN where there is none:
/// surprisal and surprisal_corrected and entropy in bits, rank from 1.
const std::vector<std::string>& prediction_names();

/// Layout of activations(context, tap, word, unit).
/// Creates the file with every byte but the activations and the predictions: fill them at
/// dataset_offset(file, name), row-major.
void lay_out_activations(const std::filesystem::path& file, const ActivationsHeader& header);

/// Reads what lay_out_activations wrote; checks axes and sizes.
class ActivationsFile {
 public:
  explicit ActivationsFile(const std::filesystem::path& file);
  const ActivationsHeader& header() const { return header_; }
  /// All words of one context and tap: words x units. NaN where the context is not available.
  std::vector<float> read(std::size_t context, std::size_t tap) const;
  /// context x word; `name` is one of prediction_names().
  std::vector<float> read_predictions(const std::string& name) const;

 private:
  Hdf5Reader file_;
  ActivationsHeader header_;
};

}  // namespace lockstep
