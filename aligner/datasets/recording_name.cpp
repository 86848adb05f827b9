#include "aligner/datasets/recording_name.h"

#include <array>
#include <vector>

#include "aligner/datasets/loose_table.h"
#include "base/text.h"

namespace lockstep {
namespace {

// In the order in which BIDS writes them.
constexpr std::array kNaming = {"sub", "ses", "task", "acq", "run", "proc", "rec", "desc"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::vector<std::string> pieces_of(const std::string& stem) {
  std::vector<std::string> pieces(1);
  for (const char c : stem) {
    if (c == '_') {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  return pieces;
}

bool add_entity(const std::string& piece, std::map<std::string, std::string>& entities) {
  const auto dash = piece.find('-');
  if (dash == std::string::npos || dash == 0 || dash + 1 == piece.size()) return false;
  entities.emplace(in_small_letters(piece.substr(0, dash)), piece.substr(dash + 1));
  return true;
}

/// Digits from `at` on, without leading zeros; `at` moves behind them.
std::string_view take_number(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  while (at < text.size() && is_digit(text[at])) ++at;
  std::string_view number = text.substr(begin, at - begin);
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

}  // namespace

std::string RecordingName::labelled(const std::string& entity) const {
  const auto found = entities.find(entity);
  return found == entities.end() ? "" : entity + "-" + found->second;
}

std::string RecordingName::name() const {
  std::vector<std::string> parts;
  for (const char* entity : kNaming) {
    if (std::string part = labelled(entity); !part.empty()) parts.push_back(std::move(part));
  }
  const bool says_little = !entities.contains("task") && !entities.contains("run");
  if (parts.empty() || (says_little && suffix != "meg")) parts.push_back(suffix);
  return join(parts, "_");
}

RecordingName parse_recording_name(const std::filesystem::path& path) {
  const std::filesystem::path file = path.has_filename() ? path : path.parent_path();
  RecordingName name;
  name.extension = in_small_letters(file.extension().string());
  std::vector<std::string> rest;
  for (const std::string& piece : pieces_of(file.stem().string())) {
    if (!add_entity(piece, name.entities)) rest.push_back(piece);
  }
  name.suffix = join(rest, "_");
  for (std::filesystem::path folder = file.parent_path(); folder.has_filename();
       folder = folder.parent_path()) {
    const std::string piece = folder.filename().string();
    const std::string small = in_small_letters(piece);
    if (small.starts_with("sub-") || small.starts_with("ses-")) add_entity(piece, name.entities);
  }
  return name;
}

bool in_natural_order(std::string_view left, std::string_view right) {
  std::size_t l = 0, r = 0;
  while (l < left.size() && r < right.size()) {
    if (is_digit(left[l]) && is_digit(right[r])) {
      const std::string_view a = take_number(left, l);
      const std::string_view b = take_number(right, r);
      if (a.size() != b.size()) return a.size() < b.size();
      if (a != b) return a < b;
    } else {
      if (left[l] != right[r]) return left[l] < right[r];
      ++l;
      ++r;
    }
  }
  if (left.size() - l != right.size() - r) return left.size() - l < right.size() - r;
  return left < right;
}

}  // namespace lockstep
