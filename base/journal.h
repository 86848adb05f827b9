#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "base/files.h"

namespace lockstep {

/// Which share of the parts this process does: `--shard i/n`, i from 1.
struct Shard {
  int index = 1;
  int count = 1;

  bool has(int64_t part) const { return part % count == index - 1; }
  /// "2/4". Throws Error(kCommandLine).
  static Shard parse(const std::string& text);
};

/// What is already done of an output: `<output>.journal`, or `<output>.<i>of<n>.journal` for a
/// shard. The first line is the key of the work, then one line "part sha256" each. The file is
/// locked while open; a torn last line is dropped.
class Journal {
 public:
  /// Throws Error(kData) if another process holds the journal, or if it was begun with another key.
  Journal(const std::filesystem::path& output, const std::string& key, const Shard& shard);

  bool has(int64_t part) const;
  /// Appends and syncs. Thread-safe. The data of the part must be durable already.
  void add(int64_t part, const std::string& sha256);
  /// The parts of this journal and their checksums.
  const std::map<int64_t, std::string>& parts() const { return parts_; }
  /// The parts of all shards' journals of `output` that have this key.
  static std::map<int64_t, std::string> all_parts(const std::filesystem::path& output,
                                                  const std::string& key);
  /// Whether any journal of `output` exists.
  static bool any(const std::filesystem::path& output);
  /// Gathers the journals of all shards in `<output>.journal` and removes the others.
  static void merge_all(const std::filesystem::path& output, const std::string& key);
  /// Removes every journal of `output`.
  static void remove_all(const std::filesystem::path& output);

 private:
  std::filesystem::path path_;
  FileHandle file_;
  std::map<int64_t, std::string> parts_;
  mutable std::mutex mutex_;
};

}  // namespace lockstep
