#include "models/layers/linear_biases.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_file.h"

namespace lockstep {
namespace {

/// What is added to the score of a key, for the query at `query`.
double bias(const BiasTable& table, int64_t head, int64_t query, int64_t key) {
  return table.values[head][table.origin + key - table.step * query].item<double>();
}

/// Differences from the bias of the query itself, which are all that a softmax sees, against
/// transformers' (tests/golden/layers/biases.json, keys of a window of 300 tokens).
void expect_golden(const std::string& model, const AlibiFields& fields, double scale) {
  const auto golden = read_json_file(LOCKSTEP_SOURCE_DIR "/tests/golden/layers/biases.json");
  const auto keys = golden.at("keys").get<std::vector<int64_t>>();
  for (const auto& [heads, rows] : golden.at(model).items()) {
    const BiasTable table = LinearBiases(fields, std::stoll(heads), scale).table(300);
    ASSERT_EQ(table.values.size(0), std::stoll(heads));
    for (std::size_t head = 0; head < rows.size(); ++head) {
      const auto row = rows.at(head).get<std::vector<double>>();
      for (std::size_t k = 0; k < keys.size(); ++k) {
        const auto number = static_cast<int64_t>(head);
        const double wanted = (row[k] - row.back()) * scale;
        const double found = bias(table, number, 299, keys[k]) - bias(table, number, 299, 299);
        // slope * position has 24 bits there
        EXPECT_NEAR(found, wanted, 2e-7 * scale * (std::abs(row[k]) + std::abs(row.back())))
            << model << ", head " << head << " of " << heads << ", key " << keys[k];
      }
    }
  }
}

TEST(LinearBiases, AreThoseOfBloom) { expect_golden("bloom", {.slopes = "bloom", .round = {}}, 1); }

TEST(LinearBiases, AreThoseOfMpt) {
  expect_golden("mpt", {.slopes = "mpt", .round = {}}, 1);
  expect_golden("mpt_of_6", {.slopes = "mpt", .max_bias = 6, .round = {}}, 1);
}

TEST(LinearBiases, AreThoseOfFalconRoundedAndScaled) {
  expect_golden(
      "falcon", {.slopes = "bloom", .max_bias = 8, .is_scaled = true, .round = "bfloat16"}, 0.125);
}

TEST(LinearBiases, DependOnTheDistanceAlone) {
  const LinearBiases biases({.slopes = "bloom", .round = {}}, 6, 1);
  const BiasTable small = biases.table(8), large = biases.table(5000);

  for (int64_t head = 0; head < 6; ++head) {
    EXPECT_EQ(bias(small, head, 7, 7), 0);
    EXPECT_EQ(bias(large, head, 4999, 4999), 0);
    EXPECT_EQ(bias(small, head, 5, 2), bias(large, head, 4999, 4996));
    EXPECT_LT(bias(large, head, 4999, 0), bias(large, head, 4999, 1));
  }
}

}  // namespace
}  // namespace lockstep
