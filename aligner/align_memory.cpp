#include "aligner/align_memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kMega = 1024.0 * 1024.0;

int64_t machine_bytes() {
  return static_cast<int64_t>(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
}

}  // namespace

int64_t parse_memory(const std::string& text) {
  if (text == "auto") return machine_bytes() / 4 * 3;
  double size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const std::string unit(end, text.data() + text.size());
  if (error != std::errc() || !(size > 0) || size > 1e6 || (unit != "G" && unit != "M")) {
    fail(Blame::kCommandLine, "--memory {}: wanted auto, or a size such as 4G or 500M", text);
  }
  return static_cast<int64_t>(size * kMega * (unit == "G" ? 1024 : 1));
}

AlignBatches fit_into(int64_t cap_bytes, const AlignCost& cost, int num_workers) {
  const int64_t largest = *std::max_element(cost.a_file.begin(), cost.a_file.end());
  const int64_t left = cap_bytes - cost.shared - largest;
  if (left < cost.a_worker) {
    const auto least = static_cast<double>(cost.shared + largest + cost.a_worker) / kMega;
    fail(Blame::kCommandLine,
         "--memory: {}M; one worker and one target file need {}M",
         static_cast<int64_t>(static_cast<double>(cap_bytes) / kMega),
         static_cast<int64_t>(std::ceil(least)));
  }
  AlignBatches made;
  made.num_workers = static_cast<int>(std::min<int64_t>(num_workers, left / cost.a_worker));
  const int64_t for_files = cap_bytes - cost.shared - made.num_workers * cost.a_worker;
  int64_t held = 0;
  for (std::size_t file = 0; file < cost.a_file.size(); ++file) {
    if (made.files.empty() || held + cost.a_file[file] > for_files) {
      made.files.emplace_back();
      held = 0;
    }
    made.files.back().push_back(file);
    held += cost.a_file[file];
  }
  return made;
}

}  // namespace lockstep
