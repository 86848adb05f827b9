// Every instruction set that this processor has, against the formulas in float64.
#include "models/layers/kernels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "tests/oracles/naive_attention.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

// float32 sums of some hundred terms
constexpr double kTolerance = 2e-6;

using Floats = std::vector<float>;

Floats random_floats(std::size_t n, unsigned seed, float size = 1) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0, size);
  Floats values(n);
  for (float& value : values) value = normal(generator);
  return values;
}

/// |a - b| / |b|
double distance(const Floats& a, const std::vector<double>& b) {
  double error = 0, size = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    error += (a[k] - b[k]) * (a[k] - b[k]);
    size += b[k] * b[k];
  }
  return std::sqrt(error / size);
}

std::vector<double> each(const Floats& a,
                         const Floats& b,
                         const std::function<double(double, double)>& formula) {
  std::vector<double> result;
  for (std::size_t k = 0; k < a.size(); ++k) result.push_back(formula(a[k], b[k]));
  return result;
}

class KernelsTest : public ::testing::TestWithParam<const Kernels*> {
 protected:
  const Kernels& kernels() const { return *GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(InstructionSets,
                         KernelsTest,
                         ::testing::ValuesIn(available_kernels()),
                         [](const auto& set) {
                           std::string name = set.param->name;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

// Longer and shorter than a vector, and with a rest of each length.
constexpr std::array kSizes = {1, 3, 4, 7, 8, 15, 16, 17, 31, 64, 100, 577};

TEST_P(KernelsTest, AddsRows) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats a = random_floats(n, 1), b = random_floats(n, 2);
    Floats sum = a;

    kernels().add(sum.data(), b.data(), sum.data(), size);

    for (std::size_t k = 0; k < n; ++k) EXPECT_EQ(sum[k], a[k] + b[k]) << size;
  }
}

TEST_P(KernelsTest, NormalisesByRootMeanSquare) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats x = random_floats(n, 1, 3), weight = random_floats(n, 2);
    double squares = 0;
    for (const float v : x) squares += static_cast<double>(v) * v;
    const double factor = 1 / std::sqrt(squares / size + 1e-3);
    for (const float shift : {0.0f, 1.0f}) {
      Floats out(n);

      kernels().rms_norm(x.data(), weight.data(), shift, 1e-3f, out.data(), size);

      const auto formula = [&](double v, double w) { return v * factor * (shift + w); };
      EXPECT_LT(distance(out, each(x, weight, formula)), kTolerance) << size << " shift " << shift;
    }
  }
}

TEST_P(KernelsTest, NormalisesByMeanAndVariance) {
  for (const int size : kSizes) {
    if (size == 1) continue;  // a single number less its mean is nothing
    const auto n = static_cast<std::size_t>(size);
    Floats x = random_floats(n, 1, 3);
    for (float& v : x) v += 20;
    const Floats weight = random_floats(n, 2), bias = random_floats(n, 3);
    double mean = 0, variance = 0;
    for (const float v : x) mean += v / static_cast<double>(n);
    for (const float v : x) variance += (v - mean) * (v - mean) / static_cast<double>(n);
    const double factor = 1 / std::sqrt(variance + 1e-5);
    const auto plain = each(x, weight, [&](double v, double w) { return (v - mean) * factor * w; });
    std::vector<double> shifted = plain;
    for (std::size_t k = 0; k < n; ++k) shifted[k] += bias[k];
    Floats without(n), with(n);

    kernels().layer_norm(x.data(), weight.data(), nullptr, 1e-5f, without.data(), size);
    kernels().layer_norm(x.data(), weight.data(), bias.data(), 1e-5f, with.data(), size);

    // the mean of 20 is taken off numbers with 24 bits
    EXPECT_LT(distance(without, plain), 10 * kTolerance) << size;
    EXPECT_LT(distance(with, shifted), 10 * kTolerance) << size;
  }
}

TEST_P(KernelsTest, ActivatesGates) {
  for (const int size : kSizes) {
    const auto n = static_cast<std::size_t>(size);
    const Floats gate = random_floats(n, 1, 4), up = random_floats(n, 2);
    Floats silu(n), gelu(n);

    kernels().silu_times(gate.data(), up.data(), silu.data(), size);
    kernels().gelu_tanh_times(gate.data(), up.data(), gelu.data(), size);

    const auto silu_formula = [](double g, double u) { return g / (1 + std::exp(-g)) * u; };
    const auto gelu_formula = [](double g, double u) {
      return 0.5 * g * (1 + std::tanh(std::sqrt(2 / M_PI) * (g + 0.044715 * g * g * g))) * u;
    };
    EXPECT_LT(distance(silu, each(gate, up, silu_formula)), kTolerance) << size;
    EXPECT_LT(distance(gelu, each(gate, up, gelu_formula)), kTolerance) << size;
  }
}

TEST_P(KernelsTest, ActivatesTheLargestNumbersWithoutInfinities) {
  const Floats gate = {-1e30f, -1000, -90, 0, 90, 1000, 1e30f, -88.5f}, up(8, 1.0f);
  Floats out(8);

  kernels().silu_times(gate.data(), up.data(), out.data(), 8);

  for (const int k : {1, 2, 3, 7}) EXPECT_NEAR(out[static_cast<std::size_t>(k)], 0, 1e-30) << k;
  for (const int k : {4, 5, 6}) {
    EXPECT_EQ(out[static_cast<std::size_t>(k)], gate[static_cast<std::size_t>(k)]) << k;
  }
}

TEST_P(KernelsTest, KeepsNotANumber) {
  const Floats gate = {std::numeric_limits<float>::quiet_NaN()}, up = {1};
  Floats out(1);

  kernels().silu_times(gate.data(), up.data(), out.data(), 1);

  EXPECT_TRUE(std::isnan(out[0]));
}

TEST_P(KernelsTest, CapsSoftlyNearAndFarFromZero) {
  for (const float size : {1e-3f, 0.5f, 5.0f, 200.0f}) {
    const Floats x = random_floats(100, 1, size);
    Floats out(100);

    kernels().softcap(x.data(), 7.0f, out.data(), 100);

    const auto formula = [](double v, double) { return 7 * std::tanh(v / 7); };
    EXPECT_LT(distance(out, each(x, x, formula)), kTolerance) << size;
  }
}

// ---- attention ----

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

TEST_P(KernelsTest, AttendsAsTheFormulaSays) {
  for (const Case& c : cases()) {
    const auto window = random_window(c, all_positions(c.num_keys));

    const Floats result = run(kernels(), c.shape, window);

    EXPECT_LT(distance(result, naive_attention(c.shape, window)), kTolerance)
        << c.name << ", " << c.num_keys << " keys, window " << c.shape.window;
  }
}

TEST_P(KernelsTest, AddsTheBiasOfAKeyOrOfItsDistance) {
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

TEST_P(KernelsTest, TurnsAHeadByItsAngles) {
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

TEST_P(KernelsTest, AttendsFromSomeRowsExactlyAsFromAll) {
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

TEST_P(KernelsTest, AttendsWithScoresOfThousands) {
  const Case c{"", {.heads = 2, .kv_heads = 1, .qk_dim = 16, .v_dim = 16, .scale = 40}, 50};
  const auto window = random_window(c, all_positions(50));

  const Floats result = run(kernels(), c.shape, window);

  // A score of 2,000 has a last place of 1e-4, and that is the error of its exponential.
  EXPECT_LT(distance(result, naive_attention(c.shape, window)), 5e-4);
}

TEST(Kernels, AreListedBestFirstAndEndWithTheBaseline) {
  const auto available = available_kernels();

  ASSERT_FALSE(available.empty());
  EXPECT_STREQ(available.back()->name, "baseline");
  EXPECT_EQ(&choose_kernels(""), available.front());
  EXPECT_EQ(&choose_kernels("baseline"), available.back());
}

TEST(Kernels, RefuseAnInstructionSetThatIsNotThere) {
  const std::string message =
      testing::message_of(Blame::kCommandLine, [] { choose_kernels("x86-64-v9"); });

  EXPECT_TRUE(
      testing::holds(message, "LOCKSTEP_ISA: \"x86-64-v9\"; this processor and build have"));
  EXPECT_TRUE(testing::holds(message, "baseline"));
}

}  // namespace
}  // namespace lockstep
