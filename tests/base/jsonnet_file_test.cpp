#include "base/jsonnet_file.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::write_bytes;

TEST(JsonnetFile, BindsArgumentsAndFindsTheBestFolderFirst) {
  const testing::TemporaryFolder folder;
  for (const char* name : {"first", "second"}) std::filesystem::create_directory(folder / name);
  write_bytes(folder / "first/x.libsonnet", "'first'");
  write_bytes(folder / "second/x.libsonnet", "'second'");
  write_bytes(folder / "f.jsonnet",
              "function(config) { n: config.n + 1, from: import 'x.libsonnet' }");

  const auto value = evaluate_jsonnet(
      folder / "f.jsonnet", {folder / "first", folder / "second"}, {{"config", {{"n", 2}}}});

  EXPECT_EQ(value.at("n").get<double>(), 3);
  EXPECT_EQ(value.at("from"), "first");
}

TEST(JsonnetFile, TellsTheMessageAndTheFirstFrameOutsideLib) {
  const testing::TemporaryFolder folder;
  std::filesystem::create_directory(folder / "lib");
  write_bytes(folder / "lib/deep.libsonnet", "{ f(c):: c.hidden_size }");
  write_bytes(folder / "f.jsonnet",
              "local d = import 'lib/deep.libsonnet';\nfunction(config) { n: d.f(config) }");

  const auto message = message_of(Blame::kData, [&] {
    evaluate_jsonnet(folder / "f.jsonnet", {}, {{"config", nlohmann::json::object()}});
  });

  EXPECT_TRUE(holds(message, "field does not exist: hidden_size"));
  EXPECT_TRUE(holds(message, "f.jsonnet:2"));
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace lockstep
