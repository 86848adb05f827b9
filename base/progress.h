#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace lockstep {

enum class Verbosity { kQuiet, kNormal, kVerbose };

/// How much the program says on stderr; set once by cli/ before anything runs.
void set_verbosity(Verbosity verbosity);
Verbosity verbosity();

/// A line on stderr, unless --quiet.
void say(const std::string& line);
/// A line on stderr with --verbose only.
void say_verbose(const std::string& line);
/// "warning: ..." on stderr, --quiet or not. What matters later belongs in the output file too.
void warn(const std::string& line);

/// One line on stderr that rewrites itself: "extract  1,200 of 2,400 words  16.2 words/s  1:14
/// left". Silent when stderr is no terminal or with --quiet. Thread-safe.
class Progress {
 public:
  Progress(std::string what, int64_t total, std::string unit);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// `remark` is shown behind the rate, for example "182 GFLOP/s".
  void advance(int64_t done, const std::string& remark = {});

 private:
  void draw(const std::string& remark);

  std::string what_;
  std::string unit_;
  int64_t total_;
  int64_t done_ = 0;
  bool shown_ = false;
  bool terminal_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point drawn_;
  std::mutex mutex_;
};

}  // namespace lockstep
