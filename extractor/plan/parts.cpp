#include "extractor/plan/parts.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "base/error.h"

namespace lockstep {
namespace {

/// The token ids of a window as bytes, to be looked up.
std::string_view key_of(const WindowPlan& plan, const PlannedWindow& window) {
  const auto* ids = plan.ids.data() + window.begin;
  return {reinterpret_cast<const char*>(ids),
          static_cast<std::size_t>(window.end - window.begin) * sizeof(int32_t)};
}

/// A part under construction.
class OpenPart {
 public:
  OpenPart(const WindowPlan& plan, int64_t first_cell) : plan_(&plan) {
    part_.cells_begin = part_.cells_end = first_cell;
  }

  int64_t num_cells() const { return part_.cells_end - part_.cells_begin; }

  /// Tokens that the windows of cells [cells_end, `end`) would add.
  int64_t new_tokens(int64_t end) const {
    int64_t tokens = 0;
    std::unordered_map<std::string_view, int> added;
    for (int64_t cell = part_.cells_end; cell < end; ++cell) {
      const int64_t window = plan_->cells[static_cast<std::size_t>(cell)].window;
      if (window < 0) continue;
      const auto& planned = plan_->windows[static_cast<std::size_t>(window)];
      const auto key = key_of(*plan_, planned);
      if (!place_from_key_.contains(key) && added.emplace(key, 0).second)
        tokens += plan_->num_tokens(planned);
    }
    return tokens;
  }

  void add(int64_t end) {
    for (; part_.cells_end < end; ++part_.cells_end) {
      const int64_t window = plan_->cells[static_cast<std::size_t>(part_.cells_end)].window;
      part_.place.push_back(window < 0 ? -1 : place_of(window));
    }
  }

  int64_t num_tokens() const { return part_.num_tokens; }

  PlannedPart close() && {
    const auto count = static_cast<std::size_t>(num_cells());
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto cell = [&](std::size_t i) -> const PlannedCell& {
      return plan_->cells[static_cast<std::size_t>(part_.cells_begin) + i];
    };
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
      return std::pair(cell(left).context, cell(left).word) <
             std::pair(cell(right).context, cell(right).word);
    });
    part_.value.resize(count);
    for (std::size_t value = 0; value < count; ++value) {
      const PlannedCell& next = cell(order[value]);
      part_.value[order[value]] = static_cast<int64_t>(value);
      if (!part_.runs.empty()) {
        WordRun& run = part_.runs.back();
        if (run.context == next.context && run.first_word + run.count == next.word) {
          ++run.count;
          continue;
        }
      }
      part_.runs.push_back({next.context, next.word, 1, static_cast<int64_t>(value)});
    }
    return std::move(part_);
  }

 private:
  int32_t place_of(int64_t window) {
    const auto& planned = plan_->windows[static_cast<std::size_t>(window)];
    const auto [found, is_new] = place_from_key_.emplace(
        key_of(*plan_, planned), static_cast<int32_t>(part_.windows.size()));
    if (is_new) {
      part_.windows.push_back(window);
      part_.num_tokens += plan_->num_tokens(planned);
    }
    return found->second;
  }

  const WindowPlan* plan_;
  PlannedPart part_;
  std::unordered_map<std::string_view, int32_t> place_from_key_;
};

}  // namespace

std::vector<PlannedPart> pack_parts(const WindowPlan& plan, const PartOptions& options) {
  if (options.batch_tokens < 1 || options.max_values < 1) {
    fail(Blame::kProgram,
         "parts: {} tokens and {} values at most; 1 or more are wanted",
         options.batch_tokens,
         options.max_values);
  }
  std::vector<PlannedPart> parts;
  OpenPart open(plan, 0);
  for (std::size_t start = 1; start < plan.start_offsets.size(); ++start) {
    const int64_t end = plan.start_offsets[start];
    const bool full = open.num_tokens() + open.new_tokens(end) > options.batch_tokens ||
                      end - plan.start_offsets[start - 1] + open.num_cells() > options.max_values;
    if (full && open.num_cells() > 0) {
      parts.push_back(std::move(open).close());
      open = OpenPart(plan, plan.start_offsets[start - 1]);
    }
    open.add(end);
  }
  parts.push_back(std::move(open).close());
  return parts;
}

}  // namespace lockstep
