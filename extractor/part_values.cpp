#include "extractor/part_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.h"
#include "extractor/predictions.h"
#include "extractor/token_pooling.h"

namespace lockstep {
namespace {

/// A part as the model takes it, and where each value's rows are among the rows that come back.
struct PartBatch {
  PackedBatch packed;
  std::vector<std::vector<int64_t>> rows_of_cell;  // empty where there is no value
  std::vector<PredictedWord> words;                // of the cells with a value; empty if not wanted
};

/// All rows of a cell's tokens, and those before them, numbered in the batch.
PredictedWord predicted_word(const WindowPlan& plan,
                             const PlannedCell& cell,
                             int64_t window_begin,
                             const std::vector<int32_t>& ids) {
  PredictedWord word;
  for (int64_t k = cell.own_begin; k < cell.own_end; ++k) {
    const int64_t row = window_begin + static_cast<int64_t>(plan.prefix.size()) +
                        plan.own_rows[static_cast<std::size_t>(k)];
    word.ids.push_back(ids[static_cast<std::size_t>(row)]);
    word.rows.push_back(row > window_begin ? row - 1 : -1);
    word.last_row = row;
  }
  return word;
}

/// Numbers rows of the batch anew: as places among the wanted ones.
class WantedRows {
 public:
  void add(const std::vector<int64_t>& rows) {
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  }
  void add(const PredictedWord& word) {
    for (const int64_t row : word.rows) {
      if (row >= 0) rows_.push_back(row);
    }
    rows_.push_back(word.last_row);
  }
  const std::vector<int64_t>& sort() {
    std::sort(rows_.begin(), rows_.end());
    rows_.erase(std::unique(rows_.begin(), rows_.end()), rows_.end());
    return rows_;
  }
  int64_t place(int64_t row) const {
    return row < 0 ? row : std::lower_bound(rows_.begin(), rows_.end(), row) - rows_.begin();
  }

 private:
  std::vector<int64_t> rows_;
};

PartBatch batch_of(const WindowPlan& plan, const PlannedPart& part, bool predicts) {
  PartBatch batch;
  batch.packed.offsets.push_back(0);
  for (const int64_t number : part.windows) {
    const PlannedWindow& window = plan.windows[static_cast<std::size_t>(number)];
    auto& ids = batch.packed.ids;
    ids.insert(ids.end(), plan.prefix.begin(), plan.prefix.end());
    ids.insert(ids.end(), plan.ids.begin() + window.begin, plan.ids.begin() + window.end);
    batch.packed.offsets.push_back(static_cast<int64_t>(ids.size()));
  }

  const auto prefix = static_cast<int64_t>(plan.prefix.size());
  WantedRows wanted;
  batch.rows_of_cell.resize(part.place.size());
  for (std::size_t i = 0; i < part.place.size(); ++i) {
    if (part.place[i] < 0) continue;
    const PlannedCell& cell = plan.cells[static_cast<std::size_t>(part.cells_begin) + i];
    const int64_t begin = batch.packed.offsets[static_cast<std::size_t>(part.place[i])];
    for (int64_t row = cell.rows_begin; row < cell.rows_end; ++row) {
      batch.rows_of_cell[i].push_back(begin + prefix + plan.rows[static_cast<std::size_t>(row)]);
    }
    wanted.add(batch.rows_of_cell[i]);
    if (!predicts) continue;
    batch.words.push_back(predicted_word(plan, cell, begin, batch.packed.ids));
    wanted.add(batch.words.back());
  }
  batch.packed.rows = wanted.sort();
  for (auto& rows : batch.rows_of_cell) {
    for (int64_t& row : rows) row = wanted.place(row);
  }
  for (PredictedWord& word : batch.words) {
    for (int64_t& row : word.rows) row = wanted.place(row);
    word.last_row = wanted.place(word.last_row);
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

PartValues PartReader::values_of(const PlannedPart& part) const {
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  const std::size_t num_values = part.place.size();
  PartValues values;
  values.activations.assign(num_values * taps.size() * static_cast<std::size_t>(model.spec().width),
                            kNone);
  if (predicts) values.predictions.assign(num_values * prediction_names().size(), kNone);
  if (part.windows.empty()) return values;

  const PartBatch batch = batch_of(plan, part, predicts);
  std::vector<Tap> read = taps;
  const Tap final_norm{.kind = Tap::Kind::kFinalNorm};
  if (predicts && std::find(read.begin(), read.end(), final_norm) == read.end()) {
    read.push_back(final_norm);
  }
  const at::Tensor states = model.hidden_states(batch.packed, read);
  pool(part, batch.rows_of_cell, states, values.activations);
  if (!predicts) return values;

  const auto at = std::find(read.begin(), read.end(), final_norm) - read.begin();
  const auto predictions = predict_words(model, states.select(0, at), batch.words, boundaries);
  std::size_t next = 0;
  for (std::size_t i = 0; i < num_values; ++i) {
    if (part.place[i] < 0) continue;
    const WordPrediction& found = predictions[next++];
    const auto value = static_cast<std::size_t>(part.value[i]);
    values.predictions[value] = found.surprisal;
    values.predictions[num_values + value] = found.corrected;
    values.predictions[2 * num_values + value] = found.entropy;
    values.predictions[3 * num_values + value] = found.rank;
  }
  return values;
}

void PartReader::pool(const PlannedPart& part,
                      const std::vector<std::vector<int64_t>>& rows_of_cell,
                      const at::Tensor& states,
                      std::vector<float>& values) const {
  const auto num_taps = static_cast<int64_t>(taps.size());
  const int64_t width = model.spec().width;
  for (int64_t tap = 0; tap < num_taps; ++tap) {
    const at::Tensor at_tap = states.select(0, tap);
    for (std::size_t i = 0; i < part.place.size(); ++i) {
      if (part.place[i] < 0) continue;
      const WordRun& run = run_of(part, part.value[i]);
      const int64_t begin =
          (run.first_value * num_taps + tap * run.count + part.value[i] - run.first_value) * width;
      const auto into = std::span(values).subspan(static_cast<std::size_t>(begin),
                                                  static_cast<std::size_t>(width));
      pool_tokens(at_tap, rows_of_cell[i], pooling, into);
      if (std::all_of(into.begin(), into.end(), [](float value) { return std::isfinite(value); })) {
        check_storage(into, part, i, tap);
        continue;
      }
      const PlannedCell& cell = plan.cells[static_cast<std::size_t>(part.cells_begin) + i];
      fail(Blame::kData,
           "{}: row {} of the words has a value that is not finite; finite weights are wanted",
           name_of(taps[static_cast<std::size_t>(tap)]),
           plan.words[static_cast<std::size_t>(cell.word)]);
    }
  }
}

void PartReader::check_storage(std::span<const float> values,
                               const PlannedPart& part,
                               std::size_t cell,
                               int64_t tap) const {
  if (storage == FloatStorage::kFloat32) return;
  for (const float value : values) {
    if (std::isfinite(static_cast<float>(c10::Half(value)))) continue;
    const PlannedCell& planned = plan.cells[static_cast<std::size_t>(part.cells_begin) + cell];
    fail(Blame::kData,
         "{}: row {} of the words has the value {}; float16 holds 65504 at most: --store float32 "
         "is wanted",
         name_of(taps[static_cast<std::size_t>(tap)]),
         plan.words[static_cast<std::size_t>(planned.word)],
         value);
  }
}

std::vector<std::byte> stored_bytes(const PartValues& values, FloatStorage storage) {
  std::vector<std::byte> bytes;
  const auto add = [&](std::span<const std::byte> more) {
    bytes.insert(bytes.end(), more.begin(), more.end());
  };
  if (storage == FloatStorage::kFloat32) {
    add(std::as_bytes(std::span(values.activations)));
  } else {
    const std::vector<c10::Half> halves(values.activations.begin(), values.activations.end());
    add(std::as_bytes(std::span(halves)));
  }
  add(std::as_bytes(std::span(values.predictions)));
  return bytes;
}

std::vector<std::pair<int64_t, int64_t>> stretches_of(const PlannedPart& part,
                                                      const ActivationsShape& shape,
                                                      const ValueOffsets& offsets) {
  std::vector<std::pair<int64_t, int64_t>> stretches;
  for (const WordRun& run : part.runs) {
    for (int64_t tap = 0; tap < shape.taps; ++tap) {
      const int64_t first =
          ((run.context * shape.taps + tap) * shape.words + run.first_word) * shape.units;
      stretches.emplace_back(offsets.activations + first * shape.value_bytes,
                             run.count * shape.units * shape.value_bytes);
    }
  }
  constexpr int64_t kFloat = sizeof(float);
  for (const int64_t offset : offsets.predictions) {
    for (const WordRun& run : part.runs) {
      stretches.emplace_back(offset + (run.context * shape.words + run.first_word) * kFloat,
                             run.count * kFloat);
    }
  }
  return stretches;
}

}  // namespace lockstep
