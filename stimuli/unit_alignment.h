#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "stimuli/match_units.h"

namespace lockstep {

enum class LinkKind {
  kSame,            ///< equal keys
  kSpelling,        ///< keys that differ by few letters: "honour", "honor"
  kJoined,          ///< equal when written together: "cannot", "can not"
  kWrittenReading,  ///< the spoken units are a reading of the written one: "23", "twenty three"
  kSpokenReading,   ///< the other way round: a transcript with digits
  kUnlike,          ///< one unit stands for another that is not alike: "foo" was read as "bar"
};

/// Written units [written, written + num_written) belong to spoken units [spoken, spoken +
/// num_spoken).
struct UnitLink {
  LinkKind kind = LinkKind::kSame;
  std::size_t written = 0;
  std::size_t num_written = 1;
  std::size_t spoken = 0;
  std::size_t num_spoken = 1;
  std::size_t reading = 0;  ///< which of the written (or spoken) unit's readings
  bool operator==(const UnitLink&) const = default;
};

/// What an alignment costs: the sum over its links, plus kSkipUnit for each unit without a link and
/// kOpenGap for each stretch of such units. A lone chance match in the middle of a passage that is
/// on one side only saves two skips and opens one gap more, hence is not made; two words in a row
/// are.
inline constexpr float kSkipUnit = 1.0F;
inline constexpr float kOpenGap = 2.2F;
inline constexpr float kUnlikeUnits = 3.3F;
inline constexpr float kReadingCost = 0.05F;
inline constexpr float kJoinedCost = 0.1F;
inline constexpr float kSpellingBase = 0.2F;
inline constexpr float kSpellingSlope = 1.2F;  ///< times edit distance / length of the longer key
inline constexpr float kLargestDifference = 0.34F;   ///< of that ratio, for a spelling
inline constexpr std::size_t kShortestSpelling = 4;  ///< shorter words are equal or not
inline constexpr std::size_t kMostJoined = 3;        ///< units on either side

struct AlignmentOptions {
  /// Runs of equal units of the longest common subsequence that are taken for granted; between them
  /// the alignment is of least cost. A larger number than there are units: least cost over all.
  std::size_t anchor_run = 4;
  /// Cells (written x spoken units) of a stretch that is aligned at once; a larger one is cut at
  /// shorter runs.
  std::size_t max_cells = 1'000'000;
};

/// Aligns the units of a text with those spoken, as a global edit distance over units. Links ascend
/// on both sides.
std::vector<UnitLink> align_units(std::span<const MatchUnit> written,
                                  std::span<const MatchUnit> spoken,
                                  const AlignmentOptions& options = {});

/// The cost of links as defined above.
double alignment_cost(std::span<const MatchUnit> written,
                      std::span<const MatchUnit> spoken,
                      std::span<const UnitLink> links);

/// Insertions, deletions and substitutions that turn one key into the other (Levenshtein 1966).
std::size_t edit_distance(std::u32string_view left, std::u32string_view right);

}  // namespace lockstep
