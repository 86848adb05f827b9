// Attention of every instruction set that this processor has, against the formula in float64.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "tests/models/layers/kernels_fixture.h"
#include "tests/oracles/naive_attention.h"

namespace lockstep {
namespace {

class AttentionKernel : public KernelsTest {};

INSTANTIATE_TEST_SUITE_P(InstructionSets,
                         AttentionKernel,
                         ::testing::ValuesIn(available_kernels()),
                         name_of_set);

struct Case {
  const char* name;
  AttentionShape shape;
  int num_keys;
};

std::vector<int> all_positions(int n) {
  std::vector<int> positions;
  for (int k = 0; k < n; ++k) positions.push_back(k);
  return positions;
}

NaiveWindow random_window(const Case& c, const std::vector<int>& positions) {
  const auto widen = [](const Floats& x) { return std::vector<double>(x.begin(), x.end()); };
  const auto n = static_cast<std::size_t>(c.num_keys);
  const auto& s = c.shape;
  const auto query_width = static_cast<std::size_t>(s.heads * s.qk_dim);
  const auto every = widen(random_floats(n * query_width, 1, 2));
  NaiveWindow window;
  window.positions = positions;
  for (const int position : positions) {
    const auto begin = every.begin() + position * static_cast<std::ptrdiff_t>(query_width);
    window.queries.insert(
        window.queries.end(), begin, begin + static_cast<std::ptrdiff_t>(query_width));
  }
  window.keys = widen(random_floats(n * static_cast<std::size_t>(s.kv_heads * s.qk_dim), 2, 2));
  window.values = widen(random_floats(n * static_cast<std::size_t>(s.kv_heads * s.v_dim), 3));
  return window;
}

/// A table of biases and how a query and a key find theirs in it.
struct Biases {
  Floats table;  // heads x stride
  int64_t stride = 0;
  int64_t origin = 0;
  int64_t step = 0;
};

/// The kernel on a window: keys and values as one matrix, with numbers around the result that must
/// stay.
Floats run(const Kernels& kernels,
           const AttentionShape& shape,
           const NaiveWindow& window,
           const Biases& biases = {}) {
  const auto narrow = [](const std::vector<double>& x) { return Floats(x.begin(), x.end()); };
  const int64_t key_width = shape.kv_heads * shape.qk_dim,
                value_width = shape.kv_heads * shape.v_dim;
  const auto n = static_cast<int64_t>(window.keys.size()) / key_width;
  Floats keys_values;
  for (int64_t row = 0; row < n; ++row) {
    const auto add = [&](const std::vector<double>& x, int64_t width) {
      for (int64_t k = 0; k < width; ++k) {
        keys_values.push_back(static_cast<float>(x[static_cast<std::size_t>(row * width + k)]));
      }
    };
    add(window.keys, key_width);
    add(window.values, value_width);
  }
  Floats cosines, sines;
  for (int64_t position = 0; position < n; ++position) {
    for (int64_t j = 0; j < shape.rotary_dims / 2; ++j) {
      const double angle =
          static_cast<double>(position) *
          std::pow(window.theta,
                   -2.0 * static_cast<double>(j) / static_cast<double>(shape.rotary_dims));
      cosines.push_back(static_cast<float>(std::cos(angle)));
      sines.push_back(static_cast<float>(std::sin(angle)));
    }
  }
  const Floats queries = narrow(window.queries);
  const std::vector<int32_t> positions(window.positions.begin(), window.positions.end());
  const auto num_floats = static_cast<std::size_t>(kernels.attention_scratch(shape, n));
  const auto memory = std::make_unique<std::byte[]>(4 * num_floats + 64);
  void* begin = memory.get();
  std::size_t space = 4 * num_floats + 64;
  auto* scratch = static_cast<float*>(std::align(64, 4 * num_floats, begin, space));
  for (std::size_t k = 0; k < num_floats; ++k) scratch[k] = std::numeric_limits<float>::quiet_NaN();
  const auto width = static_cast<std::size_t>(shape.heads * shape.v_dim);
  Floats result(positions.size() * width + 2, -7);
  kernels.attention(shape,
                    {.queries = queries.data(),
                     .query_stride = shape.heads * shape.qk_dim,
                     .positions = positions.data(),
                     .num_queries = static_cast<int64_t>(positions.size()),
                     .keys = keys_values.data(),
                     .values = keys_values.data() + key_width,
                     .key_value_stride = key_width + value_width,
                     .num_keys = n,
                     .cosines = cosines.data(),
                     .sines = sines.data(),
                     .biases = biases.table.empty() ? nullptr : biases.table.data(),
                     .bias_stride = biases.stride,
                     .bias_origin = biases.origin,
                     .bias_step = biases.step,
                     .result = result.data() + 1,
                     .result_stride = static_cast<int64_t>(width),
                     .scratch = scratch});
  EXPECT_EQ(result.front(), -7);
  EXPECT_EQ(result.back(), -7);
  return {result.begin() + 1, result.end() - 1};
}

std::vector<Case> cases() {
  const AttentionShape plain{.heads = 4, .kv_heads = 2, .qk_dim = 16, .v_dim = 16, .scale = 0.25f};
  std::vector<Case> all;
  const auto add = [&](const char* name, int num_keys, auto change) {
    AttentionShape shape = plain;
    change(shape);
    all.push_back({name, shape, num_keys});
  };
  for (const int n : {1, 2, 6, 7, 31, 32, 33, 65, 150}) add("plain", n, [](AttentionShape&) {});
  add("one head", 40, [](AttentionShape& s) { s.heads = s.kv_heads = 1; });
  add("nine heads, three groups of 64", 61, [](AttentionShape& s) {
    s = {.heads = 9, .kv_heads = 3, .qk_dim = 64, .v_dim = 64, .rotary_dims = 64, .scale = 0.125f};
  });
  add("odd dimensions", 40, [](AttentionShape& s) { s.qk_dim = 13, s.v_dim = 21; });
  add("wide values", 40, [](AttentionShape& s) { s.qk_dim = 96, s.v_dim = 80; });
  add("rotary", 40, [](AttentionShape& s) { s.rotary_dims = 16; });
  add("rotary, in part", 40, [](AttentionShape& s) { s.rotary_dims = 6; });
  add("rotary, interleaved", 40, [](AttentionShape& s) {
    s.rotary_dims = 8, s.interleaved = true;
  });
  for (const int window : {1, 2, 8, 39, 40, 41}) {
    add("sliding window", 40, [&](AttentionShape& s) { s.window = window, s.rotary_dims = 16; });
  }
  add("long with a window", 300, [](AttentionShape& s) { s.window = 50; });
  add("softcap", 40, [](AttentionShape& s) { s.softcap = 3; });
  return all;
}

TEST_P(AttentionKernel, AttendsAsTheFormulaSays) {
  for (const Case& c : cases()) {
    const auto window = random_window(c, all_positions(c.num_keys));

    const Floats result = run(kernels(), c.shape, window);

    EXPECT_LT(distance(result, naive_attention(c.shape, window)), kTolerance)
        << c.name << ", " << c.num_keys << " keys, window " << c.shape.window;
  }
}

TEST_P(AttentionKernel, AddsTheBiasOfAKeyOrOfItsDistance) {
  for (const Case& c : cases()) {
    const auto at = [&](const Floats& table, int64_t head, int64_t column) {
      return static_cast<double>(table[static_cast<std::size_t>(head * c.num_keys + column)]);
    };
    Biases biases{
        .table = random_floats(static_cast<std::size_t>(c.shape.heads * c.num_keys), 7, 2),
        .stride = c.num_keys};
    auto window = random_window(c, all_positions(c.num_keys));
    window.bias = [&](int64_t head, int, int key) { return at(biases.table, head, key); };

    EXPECT_LT(distance(run(kernels(), c.shape, window, biases), naive_attention(c.shape, window)),
              kTolerance)
        << c.name << ", by key, " << c.num_keys << " keys";

    biases.origin = c.num_keys - 1;
    biases.step = 1;
    window.bias = [&](int64_t head, int query, int key) {
      return at(biases.table, head, c.num_keys - 1 + key - query);
    };

    EXPECT_LT(distance(run(kernels(), c.shape, window, biases), naive_attention(c.shape, window)),
              kTolerance)
        << c.name << ", by distance, " << c.num_keys << " keys";

    const auto every = window;
    window = random_window(c, {0, c.num_keys / 3, c.num_keys - 1});
    window.bias = every.bias;

    EXPECT_LT(distance(run(kernels(), c.shape, window, biases), naive_attention(c.shape, window)),
              kTolerance)
        << c.name << ", for some queries, " << c.num_keys << " keys";
  }
}

TEST_P(AttentionKernel, TurnsAHeadByItsAngles) {
  for (const bool is_interleaved : {false, true}) {
    for (const int64_t dims : {2, 6, 16, 40}) {
      const AttentionShape shape{.qk_dim = 40, .rotary_dims = dims, .interleaved = is_interleaved};
      const Floats head = random_floats(40, 5);
      Floats cosines, sines, turned(41, -7);
      for (int64_t j = 0; j < dims / 2; ++j) {
        const double angle =
            11 * std::pow(10000.0, -2.0 * static_cast<double>(j) / static_cast<double>(dims));
        cosines.push_back(static_cast<float>(std::cos(angle)));
        sines.push_back(static_cast<float>(std::sin(angle)));
      }

      kernels().rotate(shape, cosines.data(), sines.data(), head.data(), turned.data());

      const std::vector<double> wide(head.begin(), head.end());
      EXPECT_LT(distance(turned, naive_rotation(shape, 10000, 11, wide)), kTolerance)
          << dims << (is_interleaved ? " interleaved" : "");
      EXPECT_EQ(turned.back(), -7);
    }
  }
}

TEST_P(AttentionKernel, AttendsFromSomeRowsExactlyAsFromAll) {
  for (const Case& c : cases()) {
    if (c.num_keys < 31) continue;
    const std::vector<int> some = {0, 3, 4, c.num_keys / 2, c.num_keys - 1};
    const auto width = static_cast<std::size_t>(c.shape.heads * c.shape.v_dim);

    const Floats all = run(kernels(), c.shape, random_window(c, all_positions(c.num_keys)));
    const Floats few = run(kernels(), c.shape, random_window(c, some));

    for (std::size_t k = 0; k < some.size(); ++k) {
      EXPECT_EQ(
          0,
          std::memcmp(&few[k * width], &all[static_cast<std::size_t>(some[k]) * width], width * 4))
          << c.name << ", position " << some[k];
    }
  }
}

TEST_P(AttentionKernel, AttendsWithScoresOfThousands) {
  const Case c{"", {.heads = 2, .kv_heads = 1, .qk_dim = 16, .v_dim = 16, .scale = 40}, 50};
  const auto window = random_window(c, all_positions(50));

  const Floats result = run(kernels(), c.shape, window);

  // A score of 2,000 has a last place of 1e-4, and that is the error of its exponential.
  EXPECT_LT(distance(result, naive_attention(c.shape, window)), 5e-4);
}

}  // namespace
}  // namespace lockstep
