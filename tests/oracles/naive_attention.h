#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "models/layers/kernels.h"

namespace lockstep {

/// Inputs of attention in one window: rows of heads x dim, one row a token; queries only for
/// `positions`.
struct NaiveWindow {
  std::vector<double> queries;
  std::vector<int> positions;
  std::vector<double> keys;
  std::vector<double> values;
  double theta = 10000;
  /// Added to the score of a head, a query's position and a key's; nothing: none.
  std::function<double(int64_t head, int query, int key)> bias = {};
};

/// A head turned by the angles position / theta^(2j / dims), pair by pair (Su et al. 2021, eq. 34).
inline std::vector<double> naive_rotation(const AttentionShape& shape,
                                          double theta,
                                          int position,
                                          std::vector<double> head) {
  const auto dims = static_cast<std::size_t>(shape.rotary_dims);
  for (std::size_t j = 0; j < dims / 2; ++j) {
    const std::size_t left = shape.interleaved ? 2 * j : j;
    const std::size_t right = shape.interleaved ? 2 * j + 1 : j + dims / 2;
    const double angle =
        position * std::pow(theta, -2.0 * static_cast<double>(j) / static_cast<double>(dims));
    const double a = head[left], b = head[right];
    head[left] = a * std::cos(angle) - b * std::sin(angle);
    head[right] = b * std::cos(angle) + a * std::sin(angle);
  }
  return head;
}

/// softmax(cap(q k' scale) + bias) v for each query and head, in float64 and in the order of the
/// formula (Vaswani et al. 2017, eq. 1): slow and plain.
inline std::vector<double> naive_attention(const AttentionShape& shape, const NaiveWindow& w) {
  const auto head_of =
      [](const std::vector<double>& rows, int64_t row, int64_t heads, int64_t head, int64_t dim) {
        const auto begin = rows.begin() + (row * heads + head) * dim;
        return std::vector<double>(begin, begin + dim);
      };
  std::vector<double> result;
  for (std::size_t query = 0; query < w.positions.size(); ++query) {
    const int position = w.positions[query];
    for (int64_t head = 0; head < shape.heads; ++head) {
      const int64_t kv_head = head / (shape.heads / shape.kv_heads);
      const auto q = naive_rotation(
          shape,
          w.theta,
          position,
          head_of(w.queries, static_cast<int64_t>(query), shape.heads, head, shape.qk_dim));
      const int first =
          shape.window > 0 ? std::max(0, position - static_cast<int>(shape.window) + 1) : 0;
      std::vector<double> weights;
      double total = 0;
      for (int key = first; key <= position; ++key) {
        const auto k = naive_rotation(
            shape, w.theta, key, head_of(w.keys, key, shape.kv_heads, kv_head, shape.qk_dim));
        double score = 0;
        for (std::size_t d = 0; d < k.size(); ++d) score += q[d] * k[d];
        score *= static_cast<double>(shape.scale);
        if (shape.softcap > 0) score = shape.softcap * std::tanh(score / shape.softcap);
        if (w.bias) score += w.bias(head, position, key);
        weights.push_back(score);
      }
      const double largest = *std::max_element(weights.begin(), weights.end());
      for (double& weight : weights) total += weight = std::exp(weight - largest);
      std::vector<double> mean(static_cast<std::size_t>(shape.v_dim), 0.0);
      for (int key = first; key <= position; ++key) {
        const auto v = head_of(w.values, key, shape.kv_heads, kv_head, shape.v_dim);
        for (std::size_t d = 0; d < v.size(); ++d) {
          mean[d] += weights[static_cast<std::size_t>(key - first)] / total * v[d];
        }
      }
      result.insert(result.end(), mean.begin(), mean.end());
    }
  }
  return result;
}

}  // namespace lockstep
