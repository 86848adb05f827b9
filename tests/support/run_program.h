#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// How a program ended and what it said.
struct Outcome {
  int status = -1;       ///< exit status; -1 if a signal ended it
  std::string output;    ///< stdout
  std::string messages;  ///< stderr
};

/// The program of this build: "lockstep" or "lockstep-models".
inline std::string program(const std::string& name) {
  return (std::filesystem::path(LOCKSTEP_BUILD_DIR) / name).string();
}

/// A program under way; its output goes to files of a folder of its own.
class RunningProgram {
 public:
  /// `settings` are "NAME=value", added to the environment.
  explicit RunningProgram(std::vector<std::string> command,
                          const std::string& input = {},
                          const std::vector<std::string>& settings = {}) {
    write_bytes(folder_ / "in", input);
    std::vector<char*> arguments;
    for (auto& word : command) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = fork();
    if (process_ < 0) throw std::runtime_error("cannot fork");
    if (process_ > 0) return;
    const int in = open((folder_ / "in").c_str(), O_RDONLY);
    const int out = open((folder_ / "out").c_str(), O_WRONLY | O_CREAT, 0600);
    const int err = open((folder_ / "err").c_str(), O_WRONLY | O_CREAT, 0600);
    dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    for (const auto& setting : settings) putenv(const_cast<char*>(setting.c_str()));
    execv(arguments[0], arguments.data());
    _exit(127);
  }

  ~RunningProgram() {
    if (process_ > 0) {
      kill();
      wait();
    }
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t process() const { return process_; }
  void kill() const { ::kill(process_, SIGKILL); }

  Outcome wait() {
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = -1;
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
            read_bytes(folder_ / "out"),
            read_bytes(folder_ / "err")};
  }

 private:
  TemporaryFolder folder_;
  pid_t process_ = -1;
};

/// Runs a program to its end.
inline Outcome run_program(std::vector<std::string> command,
                           const std::string& input = {},
                           const std::vector<std::string>& settings = {}) {
  return RunningProgram(std::move(command), input, settings).wait();
}

}  // namespace lockstep::testing
