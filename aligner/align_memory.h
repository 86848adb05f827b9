#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lockstep {

/// Bytes: "4G", "500M", or "auto", three quarters of the machine's memory. Throws
/// Error(kCommandLine).
int64_t parse_memory(const std::string& text);

/// What the alignment of one subject holds at a time, in bytes.
struct AlignCost {
  int64_t shared = 0;           ///< whatever is done at once: recordings, the program itself
  int64_t a_worker = 0;         ///< a part under way
  std::vector<int64_t> a_file;  ///< by target file: its targets, shared by all workers
};

/// How a subject's work is cut so that it stays under a cap: that many workers at a time, and one
/// batch of target files after the other.
struct AlignBatches {
  int num_workers = 1;
  std::vector<std::vector<std::size_t>> files;
};

/// As many workers as were asked for, then as many files at once, as fit: a further batch only
/// repeats what is made of the recordings. What is computed does not depend on either. Throws
/// Error(kCommandLine), with the least that would do, if one worker and the largest file do not
/// fit.
AlignBatches fit_into(int64_t cap_bytes, const AlignCost& cost, int num_workers);

}  // namespace lockstep
