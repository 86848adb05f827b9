#include "extractor/plan/cost.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/error.h"

namespace lockstep {
namespace {

/// Weights of two and more axes multiply every token; gains and biases are left out, the embedding
/// is looked up.
int64_t matrix_parameters(const std::map<std::string, RoleWeights>& roles) {
  int64_t parameters = 0;
  for (const auto& [role, weights] : roles) {
    if (weights.weight.shape.size() >= 2) parameters += weights.weight.num_elements();
  }
  return parameters;
}

std::string scaled(double value, std::initializer_list<const char*> units, double step) {
  auto unit = units.begin();
  while (value >= step && unit + 1 != units.end()) {
    value /= step;
    ++unit;
  }
  char digits[32];
  std::snprintf(digits, sizeof digits, value < 10 ? "%.2g" : "%.0f", value);
  return text("{} {}", digits, *unit);
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::ceil(seconds));
  if (whole < 120) return text("{} s", whole);
  if (whole < 7200) return text("{} min", (whole + 59) / 60);
  return text("{} h", (whole + 3599) / 3600);
}

}  // namespace

std::string bytes_text(int64_t bytes) {
  return scaled(static_cast<double>(bytes), {"B", "kB", "MB", "GB", "TB"}, 1000);
}

std::vector<BlockCost> block_costs(const ModelSpec& spec, const Binding& binding, int64_t highest) {
  std::vector<BlockCost> costs;
  const auto count = std::min<int64_t>(highest, spec.num_blocks());
  for (int64_t block = 0; block < count; ++block) {
    const auto layer = static_cast<std::size_t>(block);
    BlockCost cost{.matrix_parameters = matrix_parameters(binding.layers.at(layer))};
    for (const Step& step : spec.blocks.at(spec.layers[layer]).program.steps) {
      if (const auto* attention = std::get_if<AttentionFields>(&step.fields)) {
        cost.attention_width += attention->heads * (attention->qk_dim + attention->v_dim);
      }
    }
    costs.push_back(cost);
  }
  return costs;
}

double window_flop(int64_t tokens, const std::vector<BlockCost>& blocks) {
  const auto count = static_cast<double>(tokens);
  double flop = 0;
  for (const BlockCost& block : blocks) {
    flop += 2 * static_cast<double>(block.matrix_parameters) * count;
    flop += 2 * static_cast<double>(block.attention_width) * count * (count + 1) / 2;
  }
  return flop;
}

ExtractionCost plan_cost(const WindowPlan& plan,
                         const std::vector<PlannedPart>& parts,
                         const ModelSpec& spec,
                         const Binding& binding,
                         const CostOptions& options) {
  const auto blocks = block_costs(spec, binding, options.highest_block);
  ExtractionCost cost;
  cost.words = static_cast<int64_t>(plan.words.size());
  cost.values = plan.plain_windows;
  cost.plain_windows = plan.plain_windows;
  cost.plain_tokens = plan.plain_tokens;
  int64_t widest = 0;
  int64_t most_values = 0;
  for (const PlannedPart& part : parts) {
    cost.windows += static_cast<int64_t>(part.windows.size());
    cost.tokens += part.num_tokens;
    widest = std::max(widest, part.num_tokens);
    most_values = std::max(most_values, part.cells_end - part.cells_begin);
    for (const int64_t window : part.windows) {
      cost.flop +=
          window_flop(plan.num_tokens(plan.windows[static_cast<std::size_t>(window)]), blocks);
    }
  }

  if (options.predicts) {
    const auto rows = static_cast<double>(plan.own_rows.size()) + static_cast<double>(cost.values);
    cost.flop += 2 * rows * static_cast<double>(spec.vocabulary * spec.width);
  }

  constexpr int64_t kFloat = sizeof(float);
  const int64_t value_bytes = options.num_taps * spec.width * kFloat;
  cost.file_bytes =
      options.num_contexts * cost.words * options.num_taps * spec.width * options.value_bytes;
  for (const BlockCost& block : blocks) cost.weight_bytes += block.matrix_parameters * kFloat;
  cost.weight_bytes += spec.vocabulary * spec.width * kFloat;
  // A pass holds the residual stream, its norm, queries, keys and values, and a feed-forward of
  // about four widths twice.
  constexpr int64_t kWidthsAToken = 16;
  cost.worker_bytes = widest * spec.width * kWidthsAToken * kFloat + 2 * most_values * value_bytes;
  return cost;
}

std::string describe(const ExtractionCost& cost, int workers, double flop_per_s) {
  std::string lines;
  lines += text("{} words, {} values\n", with_thousands(cost.words), with_thousands(cost.values));
  lines += text(
      "{} passes of {} tokens in all; one pass for each value would take {} passes of {} tokens: "
      "{} times as many\n",
      with_thousands(cost.windows),
      with_thousands(cost.tokens),
      with_thousands(cost.plain_windows),
      with_thousands(cost.plain_tokens),
      std::round(cost.saving() * 100) / 100);
  lines += scaled(cost.flop, {"FLOP", "kFLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP"}, 1000);
  if (flop_per_s > 0) {
    lines += text(", about {} at the {} that this machine's {} workers reach now",
                  duration_text(cost.flop / flop_per_s),
                  scaled(flop_per_s, {"FLOP/s", "kFLOP/s", "MFLOP/s", "GFLOP/s", "TFLOP/s"}, 1000),
                  workers);
  }
  lines += text("\nmemory: {} for weights, {} for each of {} workers\n",
                bytes_text(cost.weight_bytes),
                bytes_text(cost.worker_bytes),
                workers);
  lines += text("file: {}", bytes_text(cost.file_bytes));
  return lines;
}

}  // namespace lockstep
