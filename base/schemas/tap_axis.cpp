#include "base/schemas/tap_axis.h"

#include <algorithm>

#include "base/error.h"

namespace lockstep {

void write_context_axis(Hdf5Writer& file, const std::vector<ContextInfo>& contexts) {
  std::vector<int64_t> words;
  std::vector<std::string> names;
  for (const auto& context : contexts) {
    words.push_back(context.words > 0 ? context.words : -context.tokens);
    names.push_back(context.name);
  }
  file.define_axis("context", words, "words");
  file.attribute(
      "context",
      "long_name",
      "words of context, the target included; below 0: tokens; 0: all of the story so far");
  file.write("context_name", names, {"context"});
}

void write_tap_axis(Hdf5Writer& file, const std::vector<TapInfo>& taps) {
  std::vector<int64_t> number;
  std::vector<int64_t> block;
  std::vector<double> requested;
  std::vector<double> depth;
  std::vector<std::string> names;
  for (const auto& tap : taps) {
    number.push_back(static_cast<int64_t>(number.size()));
    block.push_back(tap.block);
    requested.push_back(tap.depth_requested);
    depth.push_back(tap.depth);
    names.push_back(tap.name);
  }
  file.define_axis("tap", number, {});
  file.write("tap_name", names, {"tap"});
  file.write("block_number", block, {"tap"});
  file.write("depth_requested", requested, {"tap"}, "1");
  file.write("depth", depth, {"tap"}, "1");
}

std::vector<ContextInfo> read_context_axis(const Hdf5Reader& file) {
  const auto words = file.integers("context");
  const auto names = file.strings("context_name");
  if (names.size() != words.size()) {
    fail(Blame::kData,
         "{}: context_name has {} entries, context {}",
         file.path(),
         names.size(),
         words.size());
  }
  std::vector<ContextInfo> contexts;
  for (std::size_t k = 0; k < words.size(); ++k) {
    contexts.push_back({.name = names[k],
                        .words = std::max<int64_t>(words[k], 0),
                        .tokens = std::max<int64_t>(-words[k], 0)});
  }
  return contexts;
}

std::vector<TapInfo> read_tap_axis(const Hdf5Reader& file) {
  const auto names = file.strings("tap_name");
  const auto block = file.integers("block_number");
  const auto requested = file.doubles("depth_requested");
  const auto depth = file.doubles("depth");
  if (block.size() != names.size() || requested.size() != names.size() ||
      depth.size() != names.size()) {
    fail(Blame::kData,
         "{}: tap_name, block_number, depth_requested and depth have {}, {}, {} and {} entries; "
         "equal numbers are wanted",
         file.path(),
         names.size(),
         block.size(),
         requested.size(),
         depth.size());
  }
  std::vector<TapInfo> taps;
  for (std::size_t k = 0; k < names.size(); ++k)
    taps.push_back({names[k], block[k], requested[k], depth[k]});
  return taps;
}

void write_model_info(Hdf5Writer& file, const ModelInfo& model) {
  file.attribute("", "model", model.name);
  file.attribute("", "family", model.family);
  file.attribute("", "parameters", model.parameters);
  file.attribute("", "n_layers", model.num_blocks);
  file.attribute("", "trained", int64_t{model.trained});
  if (!model.untrained.empty()) file.attribute("", "untrained", model.untrained);
}

ModelInfo read_model_info(const Hdf5Reader& file) {
  ModelInfo model;
  model.name = file.text_attribute("", "model");
  model.family = file.text_attribute("", "family");
  model.parameters = file.integer_attribute("", "parameters");
  model.num_blocks = file.integer_attribute("", "n_layers");
  model.trained = file.integer_attribute("", "trained") != 0;
  if (file.has_attribute("", "untrained")) model.untrained = file.text_attribute("", "untrained");
  return model;
}

}  // namespace lockstep
