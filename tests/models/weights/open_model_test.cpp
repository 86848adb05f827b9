#include "models/weights/open_model.h"

#include <gtest/gtest.h>

#include "tests/models/weights/tiny_llama.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

TEST(WeightsChoice, ReadsSeeds) {
  EXPECT_TRUE(parse_untrained("").is_trained());
  EXPECT_EQ(parse_untrained("17").kind, WeightsChoice::Kind::kInitialised);
  EXPECT_EQ(parse_untrained("17").seed, 17u);
  EXPECT_EQ(parse_untrained("shuffle:0").kind, WeightsChoice::Kind::kShuffled);
  for (const std::string text : {"", "17", "shuffle:18446744073709551615"}) {
    EXPECT_EQ(to_text(parse_untrained(text)), text);
  }
}

TEST(WeightsChoice, RefusesWhatIsNoSeed) {
  for (const std::string wrong :
       {"x", "-1", "1.5", "shuffle:", "shuffle", "18446744073709551616", "1 "}) {
    EXPECT_EQ(message_of(Blame::kCommandLine, [&] { parse_untrained(wrong); }),
              "--untrained: " + wrong + "; a seed, such as 17, or shuffle: and a seed is wanted");
  }
}

TEST(OpenModel, NeedsNoWeightsForAnUntrainedModel) {
  TemporaryFolder folder;
  const TinyLlama tiny;
  tiny.write(folder.path());
  const OpenedModel trained = open_model(folder.path(), {}, {});
  std::filesystem::remove(folder / "model.safetensors");

  const OpenedModel untrained = open_model(folder.path(), {}, parse_untrained("1"));

  EXPECT_EQ(untrained.binding.num_parameters, trained.binding.num_parameters);
  EXPECT_EQ(untrained.spec.sha256, trained.spec.sha256);
  EXPECT_TRUE(
      holds(message_of(Blame::kData,
                       [&] { open_model(folder.path(), {}, parse_untrained("shuffle:1")); }),
            "holds no model.safetensors"));
}

TEST(OpenModel, TakesAGgufFilesMetadataForAnUntrainedModel) {
  TemporaryFolder folder;
  write_bytes(folder / "m.gguf", tiny_gguf().bytes());

  const OpenedModel model = open_model(folder / "m.gguf", {}, parse_untrained("1"));

  EXPECT_EQ(model.checkpoint->name(), "m");
  EXPECT_TRUE(model.checkpoint->tensors().contains("model.layers.0.self_attn.q_proj.weight"));
}

}  // namespace
}  // namespace lockstep::testing
