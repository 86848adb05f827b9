#include "base/progress.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <iostream>

#include "base/text.h"

namespace lockstep {
namespace {

std::atomic<Verbosity> current{Verbosity::kNormal};

std::string minutes(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  const std::string s = to_text(whole % 60);
  return text("{}:{}{}", whole / 60, s.size() == 1 ? "0" : "", s);
}

}  // namespace

void set_verbosity(Verbosity verbosity) { current = verbosity; }
Verbosity verbosity() { return current; }

void say(const std::string& line) {
  if (current != Verbosity::kQuiet) std::cerr << line + "\n";
}

void say_verbose(const std::string& line) {
  if (current == Verbosity::kVerbose) std::cerr << line + "\n";
}

void warn(const std::string& line) { std::cerr << "warning: " + line + "\n"; }

Progress::Progress(std::string what, int64_t total, std::string unit)
    : what_(std::move(what)),
      unit_(std::move(unit)),
      total_(total),
      terminal_(isatty(STDERR_FILENO) != 0 && current != Verbosity::kQuiet),
      start_(std::chrono::steady_clock::now()),
      drawn_(start_) {}

Progress::~Progress() {
  if (shown_) std::cerr << "\r\033[K";
}

void Progress::advance(int64_t done, const std::string& remark) {
  const std::lock_guard lock(mutex_);
  done_ += done;
  if (!terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now - drawn_ < std::chrono::milliseconds(200) && done_ < total_) return;
  drawn_ = now;
  draw(remark);
}

void Progress::draw(const std::string& remark) {
  const double elapsed = std::chrono::duration<double>(drawn_ - start_).count();
  const double rate = elapsed > 0 ? static_cast<double>(done_) / elapsed : 0;
  char shown_rate[32];
  std::snprintf(shown_rate, sizeof shown_rate, rate < 100 ? "%.1f" : "%.0f", rate);
  std::string line = text("{}  {} of {} {}  {} {}/s",
                          what_,
                          with_thousands(done_),
                          with_thousands(total_),
                          unit_,
                          shown_rate,
                          unit_);
  if (!remark.empty()) line += "  " + remark;
  if (rate > 0 && done_ < total_)
    line += "  " + minutes(static_cast<double>(total_ - done_) / rate) + " left";
  std::cerr << "\r\033[K" << line << std::flush;
  shown_ = true;
}

}  // namespace lockstep
