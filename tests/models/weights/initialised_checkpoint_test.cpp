// Untrained models: the laws that transformers draws by (tests/golden/weights/init.json), and the
// draws themselves.
#include "models/weights/initialised_checkpoint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/json_file.h"
#include "models/weights/open_model.h"
#include "models/weights/safetensors_file.h"
#include "models/weights/selection.h"
#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kGolden = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden";

std::vector<float> values_of(const StoredTensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(num_elements(tensor.shape)));
  read_selection(tensor, select(tensor, {}, tensor.name), values);
  return values;
}

struct Moments {
  double mean = 0;
  double sd = 0;
};

Moments moments_of(const std::vector<float>& values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const float value : values) sum += static_cast<double>(value);
  for (const float value : values) squares += std::pow(static_cast<double>(value) - sum / n, 2);
  return {sum / n, std::sqrt(squares / n)};
}

/// Largest distance of the values' distribution from a normal one, in units of 1 / sqrt(n).
double kolmogorov_smirnov(std::vector<float> values, double sd) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double largest = 0;
  for (std::size_t k = 0; k < values.size(); ++k) {
    const double cdf = 0.5 * std::erfc(-static_cast<double>(values[k]) / sd / std::sqrt(2.0));
    largest = std::max({largest,
                        std::abs(cdf - static_cast<double>(k) / n),
                        std::abs(cdf - static_cast<double>(k + 1) / n)});
  }
  return largest * std::sqrt(n);
}

OpenedModel untrained(const fs::path& path, uint64_t seed) {
  return open_model(path, {}, {.kind = WeightsChoice::Kind::kInitialised, .seed = seed});
}

// ---- every family against transformers ----------------------------------------------------------

class InitialisedFamily : public ::testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return kGolden / "layers" / GetParam(); }
};

std::vector<std::string> cases() {
  std::vector<std::string> names;
  const json golden = read_json_file(kGolden / "weights/init.json");
  for (const auto& [name, laws] : golden.items()) names.push_back(name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Families,
                         InitialisedFamily,
                         ::testing::ValuesIn(cases()),
                         [](const auto& family) { return family.param; });

TEST_P(InitialisedFamily, HasTheTensorsOfACheckpointAndNoOthers) {
  const OpenedModel model = untrained(folder(), 1);
  const SafetensorsFile saved(folder() / "model.safetensors");

  for (const auto& [name, tensor] : saved.tensors()) {
    ASSERT_TRUE(model.checkpoint->tensors().contains(name)) << name;
    EXPECT_EQ(model.checkpoint->tensors().at(name).shape, tensor.shape) << name;
  }
  EXPECT_EQ(model.checkpoint->tensors().size(), saved.tensors().size());
}

TEST_P(InitialisedFamily, BeginsEveryTensorAsTransformersDoes) {
  const OpenedModel model = untrained(folder(), 1);
  const json laws = read_json_file(kGolden / "weights/init.json").at(GetParam());

  for (const auto& [name, law] : laws.items()) {
    const StoredTensor& tensor = model.checkpoint->tensors().at(name);
    std::vector<float> values = values_of(tensor);
    if (law.contains("value")) {
      EXPECT_EQ(values, std::vector<float>(values.size(), law["value"].get<float>())) << name;
      continue;
    }
    const auto width = static_cast<std::size_t>(tensor.shape[1]);
    const auto zero_rows = law.value("zero_rows", std::vector<std::size_t>());
    for (auto row = zero_rows.rbegin(); row != zero_rows.rend(); ++row) {
      const auto begin = values.begin() + static_cast<std::ptrdiff_t>(*row * width);
      EXPECT_TRUE(std::all_of(begin, begin + static_cast<std::ptrdiff_t>(width), [](float value) {
        return value == 0;
      })) << name;
      values.erase(begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    const double std = law["std"], n = static_cast<double>(values.size());
    EXPECT_EQ(std::count(values.begin(), values.end(), 0.0f), 0) << name;
    EXPECT_NEAR(moments_of(values).sd / std, 1, 5 / std::sqrt(2 * n)) << name;
    EXPECT_NEAR(moments_of(values).mean / std, 0, 5 / std::sqrt(n)) << name;
  }
}

// ---- the draws
// ------------------------------------------------------------------------------------

class InitialisedCheckpointTest : public ::testing::Test {
 protected:
  InitialisedCheckpointTest() {
    TinyLlama tiny;
    tiny.config["vocab_size"] = 3000;
    tiny.config["hidden_size"] = 100;
    tiny.config["initializer_range"] = 0.5;
    write_bytes(folder_ / "config.json", tiny.config.dump());
  }

  std::vector<float> draw(const std::string& name, uint64_t seed) {
    return values_of(untrained(folder_.path(), seed).checkpoint->tensors().at(name));
  }

  static constexpr const char* kTable = "model.embed_tokens.weight";
  TemporaryFolder folder_;  // config.json and nothing else
};

TEST_F(InitialisedCheckpointTest, DrawsNormalNumbers) {
  const std::vector<float> values = draw(kTable, 7);
  const auto n = static_cast<double>(values.size());

  const Moments moments = moments_of(values);

  EXPECT_NEAR(moments.mean, 0, 0.5 * 4 / std::sqrt(n));
  EXPECT_NEAR(moments.sd, 0.5, 0.5 * 4 / std::sqrt(2 * n));
  EXPECT_LT(kolmogorov_smirnov(values, 0.5), 1.95);  // p = 0.001
  EXPECT_GT(kolmogorov_smirnov(values, 0.52), 1.95);
}

TEST_F(InitialisedCheckpointTest, DrawsTheSameForTheSameSeedAndNoOther) {
  const std::vector<float> values = draw(kTable, 7);

  EXPECT_EQ(values, draw(kTable, 7));
  EXPECT_NE(values, draw(kTable, 8));
}

TEST_F(InitialisedCheckpointTest, DrawsEachTensorByItself) {
  const std::vector<float> first = draw("model.layers.0.mlp.up_proj.weight", 7);
  const std::vector<float> second = draw("model.layers.1.mlp.up_proj.weight", 7);

  double product = 0;
  for (std::size_t k = 0; k < first.size(); ++k)
    product += static_cast<double>(first[k] * second[k]);
  const auto n = static_cast<double>(first.size());
  EXPECT_LT(std::abs(product / n / 0.25), 4 / std::sqrt(n));

  // A larger model has the same numbers at the same places of the tensors that did not change.
  json config = read_json_file(folder_ / "config.json");
  config["num_hidden_layers"] = 3;
  write_bytes(folder_ / "config.json", config.dump());
  EXPECT_EQ(draw("model.layers.1.mlp.up_proj.weight", 7), second);
}

TEST_F(InitialisedCheckpointTest, GivesAnyPartWithoutTheRest) {
  const OpenedModel model = untrained(folder_.path(), 7);
  const StoredTensor& table = model.checkpoint->tensors().at(kTable);
  const std::vector<float> whole = values_of(table);

  for (const int64_t first : {0, 1, 4095, 4096, 123457}) {
    std::vector<float> part(5000);
    table.computed->read(first, part);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + first)) << first;
  }
}

TEST_F(InitialisedCheckpointTest, TellsWhatItIs) {
  const OpenedModel model = untrained(folder_.path(), 7);

  EXPECT_EQ(model.checkpoint->name(), folder_.path().filename());
  EXPECT_EQ(model.checkpoint->config(), read_json_file(folder_ / "config.json"));
  EXPECT_EQ(model.checkpoint->sha256(), untrained(folder_.path(), 7).checkpoint->sha256());
  EXPECT_NE(model.checkpoint->sha256(), untrained(folder_.path(), 8).checkpoint->sha256());
  EXPECT_TRUE(model.binding.warnings.empty());
}

TEST_F(InitialisedCheckpointTest, RefusesShapesThatNoNumberGives) {
  const OpenedModel model = untrained(folder_.path(), 7);
  json spec = json::parse(model.spec.canonical_json);
  spec["embed"][0]["write"] = "e";
  spec["embed"].push_back(
      {{"op", "linear"}, {"role", "embed.project"}, {"read", "e"}, {"write", "x"}});
  spec["tensors"]["embed.project"] = "project_in";
  const ModelSpec projected = compile_spec(spec, "llama", "");

  EXPECT_EQ(message_of(Blame::kData,
                       [&] {
                         initialise(projected, {"m", {}}, 7);
                       }),
            "m: role embed.token: the spec gives no shape (embed[0]); a checkpoint's weights are "
            "wanted");
}

TEST_F(InitialisedCheckpointTest, TakesRotaryDivisorsFromAGgufFile) {
  const GgufBuilder file = tiny_gguf().floats("rope_freqs.weight", {2}, 1);
  write_bytes(folder_ / "m.gguf", file.bytes());

  const OpenedModel model = untrained(folder_ / "m.gguf", 7);

  EXPECT_EQ(values_of(model.checkpoint->tensors().at("rope_freqs.weight")),
            (std::vector<float>{1, 2}));
  EXPECT_TRUE(model.binding.outside.contains("rope_freqs"));
  EXPECT_EQ(message_of(Blame::kData,
                       [&] {
                         initialise(model.spec, {"m", {}}, 7);
                       }),
            "m: no tensor rope_freqs.weight of rotary divisors");
}

}  // namespace
}  // namespace lockstep::testing
