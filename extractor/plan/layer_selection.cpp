#include "extractor/plan/layer_selection.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "extractor/plan/number_list.h"

namespace lockstep {
namespace {

constexpr double kNoDepth = std::numeric_limits<double>::quiet_NaN();

TapInfo tap_of(int64_t block, int64_t num_blocks, double depth_requested) {
  if (block > num_blocks) return {"final_norm", num_blocks + 1, depth_requested, 1.0};
  const std::string name = block == 0 ? "embedding" : text("block {}", block);
  return {
      name, block, depth_requested, static_cast<double>(block) / static_cast<double>(num_blocks)};
}

std::vector<TapInfo> spread_over_depth(int64_t count, int64_t num_blocks) {
  // The k-th of N depths is numerator / denominator; for N = 9 it is k / 10 and the block is (2 k L
  // + 10) div 20.
  std::vector<TapInfo> taps;
  for (int64_t k = 1; k <= count; ++k) {
    const int64_t numerator = count == 1 ? 1 : (count - 1) + 8 * (k - 1);
    const int64_t denominator = count == 1 ? 2 : 10 * (count - 1);
    const int64_t block =
        std::max<int64_t>(1, (2 * numerator * num_blocks + denominator) / (2 * denominator));
    if (!taps.empty() && taps.back().block == block) continue;
    taps.push_back(tap_of(
        block, num_blocks, static_cast<double>(numerator) / static_cast<double>(denominator)));
  }
  return taps;
}

/// 0 for the embedding, num_blocks + 1 for the final norm; nothing if it is no name of a tap.
std::optional<int64_t> block_of_name(std::string_view name, int64_t num_blocks) {
  if (name == "embedding") return 0;
  if (name == "last") return num_blocks;
  if (name == "final_norm") return num_blocks + 1;
  if (name.starts_with("block ")) name.remove_prefix(6);
  return parse_count(name);
}

int64_t block_of_item(const std::string& item,
                      int64_t num_blocks,
                      std::span<const std::string> hf_states) {
  if (item.starts_with("hf:")) {
    const auto entry = parse_count(item.substr(3));
    if (!entry || *entry >= static_cast<int64_t>(hf_states.size())) {
      fail(Blame::kCommandLine,
           "--layers: \"{}\"; the model has hidden_states hf:0 to hf:{}",
           item,
           static_cast<int64_t>(hf_states.size()) - 1);
    }
    const auto& name = hf_states[static_cast<std::size_t>(*entry)];
    const auto block = block_of_name(name, num_blocks);
    if (!block)
      fail(Blame::kData,
           "--layers: \"{}\" is \"{}\" in the family's hf_states; a tap is wanted",
           item,
           name);
    return *block;
  }
  const auto block = block_of_name(item, num_blocks);
  const bool by_name = item == "final_norm";
  if (!block || (*block > num_blocks && !by_name)) {
    fail(Blame::kCommandLine,
         "--layers: \"{}\"; embedding (0), a block from 1 to {}, last, final_norm or hf:0 to hf:{} "
         "is wanted",
         item,
         num_blocks,
         static_cast<int64_t>(hf_states.size()) - 1);
  }
  return *block;
}

}  // namespace

std::vector<TapInfo> select_layers(const std::string& layers,
                                   int64_t num_blocks,
                                   std::span<const std::string> hf_states) {
  if (num_blocks < 1) fail(Blame::kProgram, "layer selection: a model of {} blocks", num_blocks);
  std::vector<int64_t> blocks;
  if (layers == "all") {
    for (int64_t block = 0; block <= num_blocks + 1; ++block) blocks.push_back(block);
  } else if (const auto count = parse_count(layers)) {
    if (*count < 1 || *count > 100000) {
      fail(Blame::kCommandLine,
           "--layers: {} layers; 1 or more are wanted (a list of one ends in a comma: \"{},\")",
           *count,
           *count);
    }
    return spread_over_depth(*count, num_blocks);
  } else {
    for (const auto& item : split_list(layers))
      blocks.push_back(block_of_item(item, num_blocks, hf_states));
  }
  if (blocks.empty())
    fail(Blame::kCommandLine,
         "--layers: nothing; a count, a list such as 0,6,last, or all is wanted");

  std::sort(blocks.begin(), blocks.end());
  blocks.erase(std::unique(blocks.begin(), blocks.end()), blocks.end());
  std::vector<TapInfo> taps;
  for (const int64_t block : blocks) taps.push_back(tap_of(block, num_blocks, kNoDepth));
  return taps;
}

}  // namespace lockstep
