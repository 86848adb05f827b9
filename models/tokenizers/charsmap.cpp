// A precompiled charsmap is: u32 size of the trie in bytes, the trie as little-endian u32 units of
// Darts-clone (github.com/s-yata/darts-clone), zero-terminated UTF-8 strings that values point at.
#include "models/tokenizers/charsmap.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/utf8.h"
#include "models/tokenizers/code_points.h"

namespace lockstep {
namespace {

/// Unicode's own longest, NFKD of U+FDFA, has 18 characters.
constexpr std::size_t kLongestReplacement = 256;

uint32_t little_endian(std::string_view bytes, std::size_t at) {
  const auto byte = [&](std::size_t k) {
    return uint32_t{static_cast<unsigned char>(bytes[at + k])};
  };
  return byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24;
}

// The units of a double-array trie.
class DoubleArray {
 public:
  explicit DoubleArray(std::vector<uint32_t> units) : units_(std::move(units)) {}

  // The value of the shortest key that `text` begins with.
  std::optional<std::size_t> shortest_prefix(std::string_view text) const {
    std::size_t node = offset(0);
    for (const char byte : text) {
      const auto label = static_cast<unsigned char>(byte);
      node ^= label;
      if (label == 0 || node >= units_.size()) return std::nullopt;
      if ((units_[node] & 0x800000FF) != label) return std::nullopt;
      const bool has_value = ((units_[node] >> 8) & 1) != 0;
      node ^= offset(node);
      if (has_value) {
        if (node >= units_.size()) return std::nullopt;
        return units_[node] & 0x7FFFFFFF;
      }
    }
    return std::nullopt;
  }

  // Whether no search leaves the array or ends in a value that is not below `num_values`.
  bool is_closed(std::size_t num_values) const {
    std::vector<bool> is_seen(units_.size());
    std::vector<std::size_t> nodes = {0};
    while (!nodes.empty()) {
      const std::size_t node = nodes.back();
      nodes.pop_back();
      const std::size_t base = node ^ offset(node);
      for (std::size_t label = 0; label < 256; ++label) {
        if ((base ^ label) >= units_.size()) return false;
      }
      if (((units_[node] >> 8) & 1) != 0 && (units_[base] & 0x7FFFFFFF) >= num_values) return false;
      for (std::size_t label = 1; label < 256; ++label) {
        const std::size_t child = base ^ label;
        if ((units_[child] & 0x800000FF) != label || is_seen[child]) continue;
        is_seen[child] = true;
        nodes.push_back(child);
      }
    }
    return true;
  }

 private:
  std::size_t offset(std::size_t node) const {
    const uint32_t unit = units_[node];
    return std::size_t{unit >> 10} << ((unit & 0x200) >> 6);
  }

  std::vector<uint32_t> units_;
};

class Charsmap : public Normalizer {
 public:
  Charsmap(DoubleArray keys, std::string values)
      : keys_(std::move(keys)), values_(std::move(values)) {}

  AlignedText apply(AlignedText text) const override {
    std::vector<Change> changes;
    changes.reserve(text.size());
    std::size_t num_dropped = 0;
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = grapheme_end(text.text(), begin);
      const std::string_view grapheme = std::string_view(text.text()).substr(begin, end - begin);
      const auto whole = grapheme.size() < 6 ? replacement(grapheme) : std::nullopt;
      if (whole) {
        num_dropped += add_replacement(changes, grapheme, *whole);
      } else {
        num_dropped += add_characters(changes, grapheme);
      }
      begin = end;
    }
    text.transform(changes, num_dropped);
    return text;
  }

 private:
  static std::size_t grapheme_end(std::string_view text, std::size_t begin) {
    CodePoint previous = code_point_at(text, begin);
    std::size_t end = begin + previous.size;
    utf8proc_int32_t state = 0;
    while (end < text.size()) {
      const CodePoint next = code_point_at(text, end);
      if (utf8proc_grapheme_break_stateful(static_cast<utf8proc_int32_t>(previous.value),
                                           static_cast<utf8proc_int32_t>(next.value),
                                           &state)) {
        break;
      }
      previous = next;
      end += next.size;
    }
    return end;
  }

  std::optional<std::string_view> replacement(std::string_view part) const {
    const auto at = keys_.shortest_prefix(part);
    if (!at || *at > values_.size()) return std::nullopt;
    const std::size_t end = std::min(values_.find('\0', *at), values_.size());
    return std::string_view(values_).substr(*at, end - *at);
  }

  std::size_t add_characters(std::vector<Change>& changes, std::string_view grapheme) const {
    std::size_t num_dropped = 0;
    for (std::size_t at = 0; at < grapheme.size();) {
      const CodePoint character = code_point_at(grapheme, at);
      const std::string_view part = grapheme.substr(at, character.size);
      if (const auto value = replacement(part)) {
        num_dropped += add_replacement(changes, part, *value);
      } else {
        changes.push_back({character.value, 0});
      }
      at += character.size;
    }
    return num_dropped;
  }

  // Old characters that go away with nothing to stand for them belong to the change before; the
  // number of those for which there is none, at the very start, is returned.
  static std::size_t add_replacement(std::vector<Change>& changes,
                                     std::string_view old_part,
                                     std::string_view new_part) {
    const auto num_old = static_cast<int32_t>(from_utf8(old_part, "text").size());
    const std::u32string added = from_utf8(new_part, "charsmap");
    if (added.size() > kLongestReplacement) {
      fail(Blame::kData,
           "charsmap: a replacement of {} characters; at most {} are wanted",
           added.size(),
           kLongestReplacement);
    }
    const auto num_new = static_cast<int32_t>(added.size());
    for (int32_t i = 0; i < num_new; ++i) {
      changes.push_back({added[static_cast<std::size_t>(i)], i < num_old ? 0 : 1});
    }
    if (num_new >= num_old) return 0;
    if (changes.empty()) return static_cast<std::size_t>(num_old - num_new);
    changes.back().kind -= num_old - num_new;
    return 0;
  }

  DoubleArray keys_;
  std::string values_;
};

struct Table {
  DoubleArray keys;
  std::string values;
};

Table read_table(std::string_view bytes, const std::string& where) {
  if (bytes.size() < 4)
    fail(Blame::kData, "{}: {} bytes; 4 or more are wanted", where, bytes.size());
  const std::size_t trie_size = little_endian(bytes, 0);
  if (trie_size % 4 != 0 || trie_size == 0 || trie_size > bytes.size() - 4) {
    fail(Blame::kData,
         "{}: a trie of {} bytes in {} bytes; a multiple of 4 that fits is wanted",
         where,
         trie_size,
         bytes.size());
  }
  std::vector<uint32_t> units(trie_size / 4);
  for (std::size_t i = 0; i < units.size(); ++i) units[i] = little_endian(bytes, 4 + 4 * i);
  return {DoubleArray(std::move(units)), std::string(bytes.substr(4 + trie_size))};
}

}  // namespace

std::unique_ptr<Normalizer> precompiled_charsmap(const std::string& bytes,
                                                 const std::string& where) {
  Table table = read_table(bytes, where);
  from_utf8(table.values, where);
  return std::make_unique<Charsmap>(std::move(table.keys), std::move(table.values));
}

void check_charsmap(std::string_view bytes, const std::string& where) {
  const Table table = read_table(bytes, where);
  if (table.values.empty() || table.values.back() != '\0' ||
      !table.keys.is_closed(table.values.size())) {
    fail(Blame::kData, "{}: a charsmap whose trie leads out of it; a whole one is wanted", where);
  }
}

std::string from_base64(std::string_view encoded, const std::string& where) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  uint32_t pending = 0;
  int num_bits = 0;
  const std::size_t size = std::min(encoded.find('='), encoded.size());
  if (encoded.size() % 4 != 0 || encoded.size() - size > 2) {
    fail(Blame::kData, "{}: {} characters; padded base64 is wanted", where, encoded.size());
  }
  for (std::size_t i = 0; i < size; ++i) {
    const std::size_t digit = kDigits.find(encoded[i]);
    if (digit == std::string_view::npos) {
      fail(Blame::kData, "{}: character {}: not base64", where, i);
    }
    pending = pending << 6 | static_cast<uint32_t>(digit);
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      bytes += static_cast<char>(pending >> num_bits & 0xFF);
    }
  }
  return bytes;
}

}  // namespace lockstep
