#include "base/installed.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::message_of;
using testing::TemporaryFolder;

/// Sets LOCKSTEP_HOME as long as it lives.
struct Home {
  explicit Home(const std::filesystem::path& path) { setenv("LOCKSTEP_HOME", path.c_str(), 1); }
  ~Home() { unsetenv("LOCKSTEP_HOME"); }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
};

TEST(InstalledFolder, IsThatOfTheVariableFirst) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "example");
  const Home home(folder.path());

  EXPECT_EQ(installed_folder("example", "elsewhere"), folder / "example");
  EXPECT_EQ(message_of(Blame::kCommandLine, [] { installed_folder("families", "elsewhere"); }),
            "LOCKSTEP_HOME=" + folder.path().string() + ": holds no folder \"families\"");
}

TEST(InstalledFolder, IsThatOfTheSourceTreeLast) {
  const TemporaryFolder folder;

  EXPECT_EQ(installed_folder("nothing of this name", folder.path()), folder.path());
  EXPECT_EQ(
      message_of(Blame::kProgram,
                 [&] { installed_folder("nothing of this name", folder / "gone"); }),
      "\"nothing of this name\" is not installed; set LOCKSTEP_HOME to the folder that holds it");
}

}  // namespace
}  // namespace lockstep
