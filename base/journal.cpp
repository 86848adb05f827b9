// The journal of an output under way: a line "lockstep-journal 1 <key>", then one line "<part>
// <sha256>" for each part that is durable. Lines are short and appended with one write each; only
// the last can be torn.
#include "base/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <charconv>
#include <vector>

#include "base/error.h"

namespace lockstep {
namespace {

constexpr std::string_view kMark = "lockstep-journal 1 ";

struct Content {
  std::string key;
  std::map<int64_t, std::string> parts;
  std::size_t whole_bytes = 0;  ///< up to the end of the last line that is whole
};

/// What a journal's bytes say; a last line without its line break, or one that is no entry, ends
/// the reading.
Content parse(std::string_view bytes) {
  Content content;
  bool first = true;
  for (std::size_t at = 0;;) {
    const std::size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) return content;
    const std::string_view line = bytes.substr(at, end - at);
    if (first) {
      if (!line.starts_with(kMark)) return content;
      content.key = line.substr(kMark.size());
      first = false;
    } else {
      int64_t part = 0;
      const auto [rest, status] = std::from_chars(line.data(), line.data() + line.size(), part);
      const auto digest = line.substr(static_cast<std::size_t>(rest - line.data()));
      if (status != std::errc() || digest.size() != 65 || digest[0] != ' ') return content;
      content.parts[part] = digest.substr(1);
    }
    at = end + 1;
    content.whole_bytes = at;
  }
}

void append(const FileHandle& file, const std::filesystem::path& path, const std::string& line) {
  if (write(file.descriptor(), line.data(), line.size()) != static_cast<ssize_t>(line.size()) ||
      fdatasync(file.descriptor()) != 0) {
    fail(Blame::kData, "{}: cannot append; is the disk full?", path);
  }
}

/// `<output>.journal` and every `<output>.<i>of<n>.journal`.
std::vector<std::filesystem::path> all_journals(const std::filesystem::path& output) {
  std::vector<std::filesystem::path> found;
  const auto folder = output.has_parent_path() ? output.parent_path() : std::filesystem::path(".");
  const std::string begin = output.filename().string() + ".";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(begin) || !name.ends_with(".journal")) continue;
    // What stands between: nothing, or "<i>of<n>.".
    const std::string middle = name.substr(
        begin.size() - 1, name.size() - begin.size() + 1 - std::string(".journal").size());
    if (middle.find_first_not_of("0123456789of.") == std::string::npos)
      found.push_back(entry.path());
  }
  return found;
}

}  // namespace

Shard Shard::parse(const std::string& given) {
  Shard shard;
  const char* end = given.data() + given.size();
  const auto [slash, first] = std::from_chars(given.data(), end, shard.index);
  if (first == std::errc() && slash != end && *slash == '/') {
    const auto [rest, second] = std::from_chars(slash + 1, end, shard.count);
    if (second == std::errc() && rest == end && shard.index >= 1 && shard.index <= shard.count)
      return shard;
  }
  fail(Blame::kCommandLine, "--shard: \"{}\"; i/n with 1 <= i <= n is wanted", given);
}

Journal::Journal(const std::filesystem::path& output, const std::string& key, const Shard& shard)
    : path_(output) {
  path_ += shard.count == 1 ? ".journal" : text(".{}of{}.journal", shard.index, shard.count);
  file_ = FileHandle(path_, O_RDWR | O_CREAT | O_APPEND);
  if (flock(file_.descriptor(), LOCK_EX | LOCK_NB) != 0) {
    fail(Blame::kData, "{}: another process is writing this output; wait for it", path_);
  }
  const std::string bytes = read_file(path_);
  Content content = parse(bytes);
  if (content.key.empty()) {  // new, or torn before its first line was whole
    if (ftruncate(file_.descriptor(), 0) != 0) fail(Blame::kData, "{}: cannot truncate", path_);
    append(file_, path_, std::string(kMark) + key + "\n");
    return;
  }
  if (content.key != key) {
    fail(Blame::kData,
         "{}: begun with other settings or inputs (key {}, now {}); remove it and {}.partial, or "
         "choose another output",
         path_,
         content.key.substr(0, 12),
         key.substr(0, 12),
         output);
  }
  if (content.whole_bytes < bytes.size() &&
      ftruncate(file_.descriptor(), static_cast<off_t>(content.whole_bytes)) != 0) {
    fail(Blame::kData, "{}: cannot truncate", path_);
  }
  parts_ = std::move(content.parts);
}

bool Journal::has(int64_t part) const {
  const std::lock_guard lock(mutex_);
  return parts_.contains(part);
}

void Journal::add(int64_t part, const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  append(file_, path_, text("{} {}\n", part, sha256));
  parts_[part] = sha256;
}

std::map<int64_t, std::string> Journal::all_parts(const std::filesystem::path& output,
                                                  const std::string& key) {
  std::map<int64_t, std::string> parts;
  for (const auto& path : all_journals(output)) {
    const Content content = parse(read_file(path));
    if (content.key.empty()) continue;  // torn before its first line was whole
    if (content.key != key) {
      fail(Blame::kData,
           "{}: begun with other settings or inputs (key {}, now {}); remove it",
           path,
           content.key.substr(0, 12),
           key.substr(0, 12));
    }
    parts.insert(content.parts.begin(), content.parts.end());
  }
  return parts;
}

void Journal::merge_all(const std::filesystem::path& output, const std::string& key) {
  const auto journals = all_journals(output);
  if (journals.size() < 2) return;
  std::string bytes = std::string(kMark) + key + "\n";
  for (const auto& [part, sha256] : all_parts(output, key)) bytes += text("{} {}\n", part, sha256);
  auto merged = output;
  merged += ".journal";
  write_file_whole(merged, bytes);
  for (const auto& path : journals) {
    if (path.filename() != merged.filename()) std::filesystem::remove(path);
  }
}

bool Journal::any(const std::filesystem::path& output) { return !all_journals(output).empty(); }

void Journal::remove_all(const std::filesystem::path& output) {
  for (const auto& path : all_journals(output)) std::filesystem::remove(path);
}

}  // namespace lockstep
