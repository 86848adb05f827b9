// Canonical ordering and composition (UAX #15) over (character, change) pairs, so that the spans
// of the original text survive. utf8proc has the tables but no alignment.
#include "models/tokenizers/unicode_forms.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/error.h"
#include "models/tokenizers/code_points.h"
#include "models/tokenizers/library_gaps.h"

namespace lockstep {
namespace {

int combining_class(char32_t character) {
  if (character >= 0x300 && is_in(LibraryGap::kCombiningClass, character)) return 0;
  return utf8proc_get_property(static_cast<utf8proc_int32_t>(character))->combining_class;
}

bool is_compatibility(UnicodeForm form) {
  return form == UnicodeForm::kNfkc || form == UnicodeForm::kNfkd;
}

bool is_composed(UnicodeForm form) {
  return form == UnicodeForm::kNfc || form == UnicodeForm::kNfkc;
}

// The first character that any normalisation form of this kind may change, alone or together with
// what follows it.
char32_t first_unstable(UnicodeForm form) {
  if (is_compatibility(form)) return 0xA0;
  return is_composed(form) ? 0x300 : 0xC0;
}

bool is_stable(const std::string& text, UnicodeForm form) {
  const char32_t limit = first_unstable(form);
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    if (character.value >= limit) return false;
    at += character.size;
  }
  return true;
}

void sort_marks(std::vector<Change>& changes, std::size_t begin) {
  std::stable_sort(changes.begin() + static_cast<std::ptrdiff_t>(begin),
                   changes.end(),
                   [](const Change& a, const Change& b) {
                     return combining_class(a.character) < combining_class(b.character);
                   });
}

// What a character decomposes into; itself if into nothing else.
struct Parts {
  std::array<utf8proc_int32_t, 32> characters{};  // U+FDFA, the longest, has 18
  std::size_t count = 1;
};

Parts parts_of(char32_t character, utf8proc_option_t options) {
  Parts parts;
  parts.characters[0] = static_cast<utf8proc_int32_t>(character);
  if (is_in(LibraryGap::kDecomposition, character)) return parts;
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(parts.characters[0], parts.characters.data(), 32, options, nullptr);
  if (count < 0 || count > 32) {
    fail(Blame::kProgram, "utf8proc: decomposing gave {}", static_cast<long long>(count));
  }
  parts.count = static_cast<std::size_t>(count);
  return parts;
}

std::vector<Change> decomposed(const std::string& text, UnicodeForm form) {
  const auto options = static_cast<utf8proc_option_t>(
      UTF8PROC_DECOMPOSE | (is_compatibility(form) ? UTF8PROC_COMPAT : 0));
  std::vector<Change> changes;
  changes.reserve(text.size());
  std::size_t pending = 0;  // marks from here on are not sorted yet
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint character = code_point_at(text, at);
    at += character.size;
    const Parts parts = parts_of(character.value, options);
    for (std::size_t i = 0; i < parts.count; ++i) {
      const auto part = static_cast<char32_t>(parts.characters[i]);
      if (combining_class(part) == 0) {
        sort_marks(changes, pending);
        changes.push_back({part, i == 0 ? 0 : 1});
        pending = changes.size();
      } else {
        changes.push_back({part, i == 0 ? 0 : 1});
      }
    }
  }
  sort_marks(changes, pending);
  return changes;
}

std::optional<char32_t> composition(char32_t first, char32_t second) {
  if (second < 0x300) return std::nullopt;  // no primary composite ends in such a character
  std::array<utf8proc_int32_t, 2> pair{static_cast<utf8proc_int32_t>(first),
                                       static_cast<utf8proc_int32_t>(second)};
  const auto options = static_cast<utf8proc_option_t>(UTF8PROC_COMPOSE | UTF8PROC_STABLE);
  if (utf8proc_normalize_utf32(pair.data(), 2, options) != 1) return std::nullopt;
  const auto composed = static_cast<char32_t>(pair[0]);
  if (is_in(LibraryGap::kDecomposition, composed)) return std::nullopt;
  return composed;
}

// Canonical composition. A starter waits until no mark can join it any more; marks that did not
// join it wait behind it.
std::vector<Change> composed(const std::vector<Change>& changes) {
  std::vector<Change> result;
  result.reserve(changes.size());
  std::optional<Change> starter;
  std::vector<Change> marks;
  const auto flush = [&] {
    if (starter) result.push_back(*starter);
    result.insert(result.end(), marks.begin(), marks.end());
    marks.clear();
  };
  for (const Change& change : changes) {
    const int order = combining_class(change.character);
    if (!starter) {
      if (order == 0) {
        starter = change;
      } else {
        result.push_back(change);
      }
      continue;
    }
    const bool is_blocked = !marks.empty() && combining_class(marks.back().character) >= order;
    const std::optional<char32_t> joined =
        is_blocked ? std::nullopt : composition(starter->character, change.character);
    if (joined) {
      starter = Change{*joined, starter->kind + change.kind - 1};
    } else if (order == 0) {
      flush();
      starter = change;
    } else {
      marks.push_back(change);
    }
  }
  flush();
  return result;
}

}  // namespace

AlignedText normalized(AlignedText text, UnicodeForm form) {
  if (is_stable(text.text(), form)) return text;
  const std::vector<Change> changes = decomposed(text.text(), form);
  text.transform(is_composed(form) ? composed(changes) : changes, 0);
  return text;
}

}  // namespace lockstep
