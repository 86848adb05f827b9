#include "extractor/predictions.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace lockstep {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

/// No more than this in the logits of one product of states and head, in float64.
constexpr int64_t kMostLogitBytes = int64_t{32} << 20;

/// What is asked of a row: the tokens that came.
using Asked = std::map<int64_t, std::vector<int32_t>>;

/// A distribution over the vocabulary, as far as it was asked for.
struct Expectation {
  std::map<int32_t, double> log_probability;
  std::map<int32_t, int64_t> rank;
  double entropy = 0;       // nats
  double log_boundary = 0;  // of the tokens before which a word is over
};

Expectation expectation_of(const at::Tensor& logits,
                           const std::vector<int32_t>& ids,
                           const at::Tensor& boundaries) {
  const at::Tensor log_probabilities = at::log_softmax(logits.to(at::kDouble), 0);
  const at::Tensor probabilities = log_probabilities.exp();
  Expectation expectation;
  // 0 log 0 is 0.
  const at::Tensor terms =
      at::where(probabilities > 0, probabilities * log_probabilities, at::zeros({}, at::kDouble));
  expectation.entropy = -terms.sum().item<double>();
  if (boundaries.defined()) {
    expectation.log_boundary = std::log((probabilities * boundaries).sum().item<double>());
  }
  const auto* values = log_probabilities.const_data_ptr<double>();
  for (const int32_t id : ids) {
    const double own = values[id];
    expectation.log_probability[id] = own;
    expectation.rank[id] = 1 + std::count_if(values,
                                             values + log_probabilities.numel(),
                                             [own](double other) { return other > own; });
  }
  return expectation;
}

std::map<int64_t, Expectation> expectations_of(const LanguageModel& model,
                                               const at::Tensor& final_norm,
                                               const Asked& asked,
                                               const at::Tensor& boundaries) {
  const int64_t row_bytes = std::max<int64_t>(1, model.spec().vocabulary) * 8;
  const auto most_rows =
      static_cast<std::size_t>(std::max<int64_t>(1, kMostLogitBytes / row_bytes));
  std::map<int64_t, Expectation> expectations;
  auto next = asked.begin();
  while (next != asked.end()) {
    std::vector<int64_t> rows;
    for (auto row = next; row != asked.end() && rows.size() < most_rows; ++row) {
      rows.push_back(row->first);
    }
    const at::Tensor logits = model.head(final_norm.index_select(0, at::tensor(rows, at::kLong)));
    for (std::size_t k = 0; k < rows.size(); ++k, ++next) {
      expectations.emplace(
          rows[k], expectation_of(logits[static_cast<int64_t>(k)], next->second, boundaries));
    }
  }
  return expectations;
}

WordPrediction prediction_of(const PredictedWord& word,
                             const std::map<int64_t, Expectation>& expectations,
                             const std::optional<std::vector<uint8_t>>& boundaries) {
  if (word.rows.empty() || word.rows.front() < 0) return {kNone, kNone, kNone, kNone};
  double nats = 0;
  for (std::size_t k = 0; k < word.ids.size(); ++k) {
    nats -= expectations.at(word.rows[k]).log_probability.at(word.ids[k]);
  }
  const Expectation& before = expectations.at(word.rows.front());
  const int32_t first = word.ids.front();
  WordPrediction prediction;
  prediction.surprisal = static_cast<float>(nats / std::log(2.0));
  prediction.entropy = static_cast<float>(before.entropy / std::log(2.0));
  prediction.rank = static_cast<float>(before.rank.at(first));
  prediction.corrected = kNone;
  if (boundaries) {
    if ((*boundaries)[static_cast<std::size_t>(first)] != 0) nats += before.log_boundary;
    nats -= expectations.at(word.last_row).log_boundary;
    prediction.corrected = static_cast<float>(nats / std::log(2.0));
  }
  return prediction;
}

}  // namespace

std::vector<WordPrediction> predict_words(const LanguageModel& model,
                                          const at::Tensor& final_norm,
                                          std::span<const PredictedWord> words,
                                          const std::optional<std::vector<uint8_t>>& boundaries) {
  Asked asked;
  for (const PredictedWord& word : words) {
    for (std::size_t k = 0; k < word.rows.size(); ++k) {
      if (word.rows[k] >= 0) asked[word.rows[k]].push_back(word.ids[k]);
    }
    if (boundaries) asked[word.last_row];
  }
  at::Tensor mask;
  if (boundaries) {
    mask = at::tensor(std::vector<int64_t>(boundaries->begin(), boundaries->end()), at::kDouble);
  }
  const auto expectations = expectations_of(model, final_norm, asked, mask);
  std::vector<WordPrediction> predictions;
  predictions.reserve(words.size());
  for (const PredictedWord& word : words) {
    predictions.push_back(prediction_of(word, expectations, boundaries));
  }
  return predictions;
}

}  // namespace lockstep
