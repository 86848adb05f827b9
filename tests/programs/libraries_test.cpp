// No process may hold two BLAS libraries: libtorch exports MKL's names, and whoever is loaded first would serve both.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "tests/support/run_program.h"

namespace lockstep {
namespace {

using testing::program;
using testing::RunningProgram;
using testing::TemporaryFolder;

/// /proc/<pid>/maps of a program that waits to read `fifo`: by then everything it links is loaded.
std::string maps_of(const std::vector<std::string>& command, const std::filesystem::path& fifo) {
  mkfifo(fifo.c_str(), 0600);
  RunningProgram running(command);
  const std::string maps = "/proc/" + std::to_string(running.process()) + "/maps";
  std::string seen;
  for (int tries = 0; tries < 600; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    seen = testing::read_bytes(maps);
    // Blocked in open(): opening the other end without waiting succeeds only then.
    const int other = open(fifo.c_str(), O_WRONLY | O_NONBLOCK);
    if (other < 0) continue;
    seen = testing::read_bytes(maps);
    running.kill();
    close(other);
    return seen;
  }
  ADD_FAILURE() << command[0] << " did not come to read its input";
  return seen;
}

bool holds(const std::string& maps, const std::string& library) { return maps.find("/" + library) != std::string::npos; }

#ifdef LOCKSTEP_HAS_ALIGNER
TEST(Libraries, LockstepHoldsOpenBlasAndNoTorch) {
  const TemporaryFolder folder;
  const std::string maps = maps_of({program("lockstep"), "folds", folder / "fifo", "-o", folder / "f.tsv"}, folder / "fifo");
  EXPECT_TRUE(holds(maps, "libopenblas"));
  EXPECT_FALSE(holds(maps, "libtorch_cpu"));
  EXPECT_FALSE(holds(maps, "libc10"));
  EXPECT_FALSE(holds(maps, "libmkl"));
}
#endif

#ifdef LOCKSTEP_HAS_MODELS
TEST(Libraries, LockstepModelsHoldsTorchAndNoOpenBlas) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "model");
  const std::string maps = maps_of({program("lockstep"), "models", "tokenize", folder / "model"}, folder / "model/tokenizer.json");
  EXPECT_TRUE(holds(maps, "libtorch_cpu"));
  for (const char* library : {"libopenblas", "libblas", "liblapack", "liblapacke"}) EXPECT_FALSE(holds(maps, library)) << library;
}
#endif

}  // namespace
}  // namespace lockstep
