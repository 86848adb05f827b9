#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A stretch of bytes of a text: one match of a pattern, or what lies between two.
struct Section {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_match = false;
};

/// Something that is found in text.
class Pattern {
 public:
  virtual ~Pattern() = default;
  /// Matches and the stretches between them, in order. Together they cover `text`; matches may be
  /// empty, the stretches between never are.
  virtual std::vector<Section> sections(std::string_view text) const = 0;
};

/// A regular expression as Hugging Face's tokenizers compile it: Oniguruma, Ruby syntax, UTF-8, no
/// options. `where` names the expression in errors; one that does not compile throws Error(kData).
/// A search that gives up (retry or stack limit of Oniguruma) throws Error(kData) too.
std::unique_ptr<Pattern> regex_pattern(const std::string& expression, const std::string& where);

/// The characters of `literal`, taken as they are. An empty one matches between all characters.
std::unique_ptr<Pattern> literal_pattern(const std::string& literal);

/// Each single character of a class.
std::unique_ptr<Pattern> character_pattern(bool (*is_member)(char32_t));

/// What becomes of the matches when text is split at them (`behavior` in tokenizer.json):
/// "a--b" split at "-" gives "a b", "a - - b", "a- - b", "a - -b", "a -- b" in this order.
enum class SplitBehavior { kRemoved, kIsolated, kMergedWithPrevious, kMergedWithNext, kContiguous };

/// The pieces that are left of sections, none of them empty.
std::vector<Section> split_at_matches(const std::vector<Section>& sections, SplitBehavior behavior);

}  // namespace lockstep
