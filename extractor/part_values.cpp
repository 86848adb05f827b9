#include "extractor/part_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "extractor/token_pooling.h"

namespace lockstep {
namespace {

/// A part as the model takes it, and where each value's rows are among the rows that come back.
struct PartBatch {
  PackedBatch packed;
  std::vector<std::vector<int64_t>> rows_of_cell;  // empty where there is no value
};

PartBatch batch_of(const WindowPlan& plan, const PlannedPart& part) {
  PartBatch batch;
  batch.packed.offsets.push_back(0);
  for (const int64_t number : part.windows) {
    const PlannedWindow& window = plan.windows[static_cast<std::size_t>(number)];
    auto& ids = batch.packed.ids;
    ids.insert(ids.end(), plan.prefix.begin(), plan.prefix.end());
    ids.insert(ids.end(), plan.ids.begin() + window.begin, plan.ids.begin() + window.end);
    batch.packed.offsets.push_back(static_cast<int64_t>(ids.size()));
  }

  // First the rows of the whole batch, then their places among the wanted ones.
  const auto prefix = static_cast<int64_t>(plan.prefix.size());
  auto& wanted = batch.packed.rows;
  batch.rows_of_cell.resize(part.place.size());
  for (std::size_t i = 0; i < part.place.size(); ++i) {
    if (part.place[i] < 0) continue;
    const PlannedCell& cell = plan.cells[static_cast<std::size_t>(part.cells_begin) + i];
    const int64_t first = batch.packed.offsets[static_cast<std::size_t>(part.place[i])] + prefix;
    for (int64_t row = cell.rows_begin; row < cell.rows_end; ++row) {
      batch.rows_of_cell[i].push_back(first + plan.rows[static_cast<std::size_t>(row)]);
    }
    wanted.insert(wanted.end(), batch.rows_of_cell[i].begin(), batch.rows_of_cell[i].end());
  }
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  for (auto& rows : batch.rows_of_cell) {
    for (int64_t& row : rows)
      row = std::lower_bound(wanted.begin(), wanted.end(), row) - wanted.begin();
  }
  return batch;
}

const WordRun& run_of(const PlannedPart& part, int64_t value) {
  const auto after =
      std::partition_point(part.runs.begin(), part.runs.end(), [&](const WordRun& run) {
        return run.first_value <= value;
      });
  return *(after - 1);
}

std::string name_of(const Tap& tap) {
  if (tap.kind == Tap::Kind::kEmbedding) return "embedding";
  return tap.kind == Tap::Kind::kFinalNorm ? "final_norm" : text("block {}", tap.block);
}

}  // namespace

Tap tap_of(const TapInfo& info, int64_t num_blocks) {
  if (info.block == 0) return {.kind = Tap::Kind::kEmbedding};
  if (info.block > num_blocks) return {.kind = Tap::Kind::kFinalNorm};
  return {.kind = Tap::Kind::kBlock, .block = static_cast<int>(info.block)};
}

std::vector<float> PartReader::values_of(const PlannedPart& part) const {
  const auto num_taps = static_cast<int64_t>(taps.size());
  const int64_t width = model.spec().width;
  std::vector<float> values(part.place.size() * static_cast<std::size_t>(num_taps * width),
                            std::numeric_limits<float>::quiet_NaN());
  if (part.windows.empty()) return values;

  const PartBatch batch = batch_of(plan, part);
  const at::Tensor states = model.hidden_states(batch.packed, taps);
  for (int64_t tap = 0; tap < num_taps; ++tap) {
    const at::Tensor at_tap = states.select(0, tap);
    for (std::size_t i = 0; i < part.place.size(); ++i) {
      if (part.place[i] < 0) continue;
      const WordRun& run = run_of(part, part.value[i]);
      const int64_t begin =
          (run.first_value * num_taps + tap * run.count + part.value[i] - run.first_value) * width;
      const auto into = std::span(values).subspan(static_cast<std::size_t>(begin),
                                                  static_cast<std::size_t>(width));
      pool_tokens(at_tap, batch.rows_of_cell[i], pooling, into);
      if (std::all_of(into.begin(), into.end(), [](float value) { return std::isfinite(value); }))
        continue;
      const PlannedCell& cell = plan.cells[static_cast<std::size_t>(part.cells_begin) + i];
      fail(Blame::kData,
           "{}: row {} of the words has a value that is not finite; finite weights are wanted",
           name_of(taps[static_cast<std::size_t>(tap)]),
           plan.words[static_cast<std::size_t>(cell.word)]);
    }
  }
  return values;
}

std::vector<std::pair<int64_t, int64_t>> stretches_of(const PlannedPart& part,
                                                      const ActivationsShape& shape,
                                                      int64_t base) {
  constexpr int64_t kFloat = sizeof(float);
  std::vector<std::pair<int64_t, int64_t>> stretches;
  for (const WordRun& run : part.runs) {
    for (int64_t tap = 0; tap < shape.taps; ++tap) {
      const int64_t first =
          ((run.context * shape.taps + tap) * shape.words + run.first_word) * shape.units;
      stretches.emplace_back(base + first * kFloat, run.count * shape.units * kFloat);
    }
  }
  return stretches;
}

}  // namespace lockstep
