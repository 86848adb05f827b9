#include "aligner/score_parts.h"

#include <algorithm>
#include <cstring>

#include "base/hdf5_writer.h"

namespace lockstep {

ScoreParts::ScoreParts(const ScoresHeader& header)
    : num_subjects_(std::ssize(header.subjects)), num_times_(std::ssize(header.times_s)) {
  const int64_t taps = std::ssize(header.contexts) * std::ssize(header.taps);
  const int64_t columns = taps * header.num_components;
  using Which = ScoreVariable;
  variables_ = {{Which::kSums,
                 "sums",
                 columns * std::ssize(header.block_fold),
                 static_cast<int64_t>(kNumScoreSums),
                 static_cast<int64_t>(sizeof(double))},
                {Which::kAlpha, "alpha", columns * header.num_folds},
                {Which::kScore, "score", taps},
                {Which::kScoreComponent, "score_component", columns}};
  if (header.num_null_draws > 0) {
    variables_.push_back({Which::kNullScore, "null_score", taps * header.num_null_draws});
  }
  if (header.generalises) {
    variables_.push_back({Which::kGeneralisation, "generalisation", taps, num_times_});
  }
  if (const int64_t bands = std::ssize(header.bands); bands > 0) {
    const int64_t banded = std::ssize(header.contexts) * bands * header.num_components;
    variables_.push_back({Which::kR2, "r2", columns});
    variables_.push_back({Which::kR2Unique, "r2_unique", banded});
    variables_.push_back({Which::kBandPenalty, "band_penalty", banded * header.num_folds});
  }
}

ScorePart ScoreParts::part(int64_t number) const {
  const int64_t first = number % parts_a_subject() * kTimesInAPart;
  return {number / parts_a_subject(), first, std::min(kTimesInAPart, num_times_ - first)};
}

std::vector<std::pair<int64_t, int64_t>> ScoreParts::pieces(
    int64_t number, const std::filesystem::path& file) const {
  {
    const std::lock_guard lock(mutex_);
    if (offsets_.empty()) {
      for (const auto& variable : variables_) {
        offsets_.push_back(dataset_offset(file, variable.name));
      }
    }
  }
  const ScorePart part = this->part(number);
  std::vector<std::pair<int64_t, int64_t>> pieces;
  for (std::size_t v = 0; v < variables_.size(); ++v) {
    const auto& variable = variables_[v];
    const int64_t time_bytes = variable.inner * variable.value_bytes;
    for (int64_t outer = 0; outer < variable.outer; ++outer) {
      const int64_t time = (part.subject * variable.outer + outer) * num_times_ + part.first_time;
      pieces.emplace_back(offsets_[v] + time * time_bytes, part.num_times * time_bytes);
    }
  }
  return pieces;
}

int64_t ScoreParts::bytes(int64_t num_times) const {
  int64_t size = 0;
  for (const auto& variable : variables_) {
    size += variable.outer * num_times * variable.inner * variable.value_bytes;
  }
  return size;
}

PartValues::PartValues(const ScoreParts& parts, int64_t num_times) : num_times_(num_times) {
  int64_t size = 0;
  for (const auto& variable : parts.variables()) {
    const auto v = static_cast<std::size_t>(variable.which);
    begin_[v] = size;
    variable_[v] = &variable;
    size += variable.outer * num_times * variable.inner * variable.value_bytes;
  }
  bytes_.resize(static_cast<std::size_t>(parts.bytes(num_times)));
}

void PartValues::set(
    ScoreVariable which, int64_t outer, int64_t time, double value, int64_t inner) {
  const auto v = static_cast<std::size_t>(which);
  const auto& variable = *variable_[v];
  const int64_t index = (outer * num_times_ + time) * variable.inner + inner;
  std::byte* place = bytes_.data() + begin_[v] + index * variable.value_bytes;
  if (variable.value_bytes == sizeof(double)) {
    std::memcpy(place, &value, sizeof(value));
  } else {
    const auto single = static_cast<float>(value);
    std::memcpy(place, &single, sizeof(single));
  }
}

}  // namespace lockstep
