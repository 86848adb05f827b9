// An architecture that nobody compiled: one Jsonnet file in a folder of the user's, a checkpoint
// with names of its own, and the values of a reference in numpy (tests/golden/invented).
#include <gtest/gtest.h>

#include <filesystem>

#include "models/model.h"
#include "tests/models/layers/golden_windows.h"
#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::read_bytes;
using testing::TemporaryFolder;
using testing::write_bytes;

const std::filesystem::path kSource = LOCKSTEP_SOURCE_DIR;
const std::filesystem::path kGolden = kSource / "tests/golden/invented";

/// The family that models/README.md teaches with: its only block of Jsonnet.
std::string example_of_readme() {
  const std::string readme = read_bytes(kSource / "models/README.md");
  const std::string fence = "```jsonnet\n";
  const std::size_t begin = readme.find(fence);
  if (begin == std::string::npos) return {};
  EXPECT_EQ(readme.find(fence, begin + 1), std::string::npos);
  return readme.substr(begin + fence.size(),
                       readme.find("```\n", begin + 1) - begin - fence.size());
}

class InventedFamily : public ::testing::Test {
 protected:
  void write_family(const std::string& jsonnet) const {
    write_bytes(folder_ / "heron.jsonnet", jsonnet);
  }
  std::unique_ptr<LanguageModel> load() const {
    return load_model(kGolden, {.families = {folder_.path()}, .batch_tokens = 64});
  }
  /// What loading says of the example with `old` replaced.
  std::string message_with(const std::string& old, const std::string& replacement) const {
    std::string jsonnet = example_of_readme();
    const std::size_t at = jsonnet.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    write_family(jsonnet.replace(at, old.size(), replacement));
    const std::string message = message_of(Blame::kData, [&] { load(); });
    const std::string file = (folder_ / "heron.jsonnet").string() + ": ";
    return message.starts_with(file) ? message.substr(file.size()) : message;
  }

  TemporaryFolder folder_;
};

TEST_F(InventedFamily, OfTheReadmeIsTheOneThatIsTested) {
  EXPECT_EQ(example_of_readme(), read_bytes(kGolden / "heron.jsonnet"));
}

TEST_F(InventedFamily, HasTheValuesOfItsReference) {
  write_family(example_of_readme());

  const auto model = load();

  EXPECT_EQ(model->spec().unknown_keys, std::vector<std::string>{});
  EXPECT_EQ(model->spec().layers,
            (std::vector<std::string>{
                "serial", "serial_near", "parallel", "serial_near", "serial", "parallel_near"}));
  expect_windows_alone(*model, kGolden);
  expect_windows_packed(*model, kGolden);
}

TEST_F(InventedFamily, IsUnknownWithoutItsFile) {
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { load(); }),
                    "or put heron.jsonnet into a folder given by --families"));
}

TEST_F(InventedFamily, TellsWhatItsAuthorForgot) {
  EXPECT_EQ(message_with("      mixer_norm: 'floor.{i}.listen',\n", ""),
            "blocks.parallel.program[1]: blocks.parallel.tensors has no \"mixer_norm\"");
  EXPECT_EQ(message_with("  ignore: ['*.clock'],", "  ignore: [],"),
            "invented: nothing uses 6 tensors: heron.floor.0.clock, heron.floor.1.clock, "
            "heron.floor.2.clock, heron.floor.3.clock, heron.floor.4.clock, ...; family heron must "
            "bind or ignore every one");
  EXPECT_EQ(message_with("'floor.{i}.ponder'", "'floor.{i}.wonder'"),
            "invented: no tensor for role ffn_norm of layer 0; tried heron.floor.0.wonder.weight");
  EXPECT_EQ(message_with("form: 'plain'", "form: 'gated'"),
            "blocks.parallel.program[3]: blocks.parallel.tensors has no \"ffn.gate\"");
  EXPECT_EQ(message_with("tensors.transposed('floor.{i}.think.wide')", "'floor.{i}.think.wide'"),
            "invented: layer 0: role ffn.up: tensor heron.floor.0.think.wide.weight has shape [32, "
            "40]; [40, 32] is wanted (blocks.serial.program[5])");
  EXPECT_EQ(
      message_with("steps.norm('ffn_norm', 'x', 'n', s.norm)",
                   "steps.norm('ffn_norm', 'y', 'n', s.norm)"),
      "blocks.serial.program[4].read: nothing has written \"y\" (there are: a, embedding, n, x)");
  EXPECT_TRUE(holds(message_with("kind: 'rms_1p'", "kind: 'rms_2p'"),
                    "final_norm[0]: norm of kind \"rms_2p\" is not supported; one of "));
}

}  // namespace
}  // namespace lockstep
