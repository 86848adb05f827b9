// A global alignment in two steps. The longest common subsequence finds long runs of equal units,
// cheaply even for whole books; the short stretches between them are aligned at least cost, with
// links of several units.
#include "stimuli/unit_alignment.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

#include "stimuli/longest_common_subsequence.h"

namespace lockstep {
namespace {

constexpr std::size_t kTrimmedRun =
    4;  // runs of this size give up both ends, which may be chance matches

/// Half-open stretches of written and spoken units.
struct Stretch {
  std::size_t written_begin = 0;
  std::size_t written_end = 0;
  std::size_t spoken_begin = 0;
  std::size_t spoken_end = 0;

  std::size_t num_written() const { return written_end - written_begin; }
  std::size_t num_spoken() const { return spoken_end - spoken_begin; }
};

/// Whether `reading` is what `units` say from `at` on.
bool is_said(const Reading& reading, std::span<const MatchUnit> units, std::size_t at) {
  if (reading.size() > units.size() - at) return false;
  for (std::size_t k = 0; k < reading.size(); ++k) {
    if (reading[k].key != units[at + k].key) return false;
  }
  return true;
}

std::u32string joined(std::span<const MatchUnit> units) {
  std::u32string all;
  for (const MatchUnit& unit : units) all += unit.key;
  return all;
}

std::optional<float> spelling_cost(const std::u32string& left, const std::u32string& right) {
  const std::size_t longer = std::max(left.size(), right.size());
  const std::size_t shorter = std::min(left.size(), right.size());
  if (shorter < kShortestSpelling || (left.front() != right.front() && left.back() != right.back()))
    return {};
  const auto allowed = static_cast<std::size_t>(kLargestDifference * static_cast<float>(longer));
  if (longer - shorter > allowed) return {};
  const std::size_t distance = edit_distance(left, right);
  if (distance > allowed) return {};
  return kSpellingBase + kSpellingSlope * static_cast<float>(distance) / static_cast<float>(longer);
}

/// Calls take(link, cost) for each link that may start at written unit i and spoken unit j. What
/// gives the lower cost at equal coverage comes first: the first of equal alignments is kept.
template <class Take>
void for_each_link(std::span<const MatchUnit> written,
                   std::span<const MatchUnit> spoken,
                   std::size_t i,
                   std::size_t j,
                   const Take& take) {
  if (written[i].key == spoken[j].key) {
    take(UnitLink{LinkKind::kSame, i, 1, j, 1, 0}, 0.0F);
  } else {
    take(UnitLink{LinkKind::kUnlike, i, 1, j, 1, 0}, kUnlikeUnits);
    const auto spelling = spelling_cost(written[i].key, spoken[j].key);
    if (spelling) take(UnitLink{LinkKind::kSpelling, i, 1, j, 1, 0}, *spelling);
  }
  for (std::size_t reading = 0; reading < written[i].readings.size(); ++reading) {
    const Reading& words = written[i].readings[reading];
    if (is_said(words, spoken, j))
      take(UnitLink{LinkKind::kWrittenReading, i, 1, j, words.size(), reading}, kReadingCost);
  }
  for (std::size_t reading = 0; reading < spoken[j].readings.size(); ++reading) {
    const Reading& words = spoken[j].readings[reading];
    if (is_said(words, written, i))
      take(UnitLink{LinkKind::kSpokenReading, i, words.size(), j, 1, reading}, kReadingCost);
  }
  if (written[i].key.front() != spoken[j].key.front()) return;
  for (std::size_t a = 1; a <= std::min(kMostJoined, written.size() - i); ++a) {
    for (std::size_t b = 1; b <= std::min(kMostJoined, spoken.size() - j); ++b) {
      if (a == b || (a > 1 && b > 1)) continue;
      if (joined(written.subspan(i, a)) != joined(spoken.subspan(j, b))) continue;
      take(UnitLink{LinkKind::kJoined, i, a, j, b, 0}, kJoinedCost);
    }
  }
}

/// The alignment of least cost of a stretch: a table over (written, spoken, whether the last unit
/// was skipped).
class LeastCost {
 public:
  LeastCost(std::span<const MatchUnit> written, std::span<const MatchUnit> spoken)
      : written_(written), spoken_(spoken), cells_((written.size() + 1) * (spoken.size() + 1)) {}

  std::vector<UnitLink> links() {
    cell(0, 0)[kLinked].cost = 0;
    for (std::size_t i = 0; i <= written_.size(); ++i) {
      for (std::size_t j = 0; j <= spoken_.size(); ++j) leave(i, j);
    }
    return trace();
  }

 private:
  enum State : std::size_t { kLinked = 0, kGap = 1 };
  struct Arrival {
    float cost = std::numeric_limits<float>::infinity();
    LinkKind kind = LinkKind::kSame;
    uint16_t num_written = 0;
    uint16_t num_spoken = 0;
    uint16_t reading = 0;
    uint8_t from = kLinked;
  };

  std::array<Arrival, 2>& cell(std::size_t i, std::size_t j) {
    return cells_[i * (spoken_.size() + 1) + j];
  }

  void leave(std::size_t i, std::size_t j) {
    const std::array<Arrival, 2> here = cell(i, j);
    const State best = here[kGap].cost < here[kLinked].cost ? kGap : kLinked;
    for (const State state : {kLinked, kGap}) {
      const float skipped = here[state].cost + kSkipUnit + (state == kLinked ? kOpenGap : 0.0F);
      if (i < written_.size())
        arrive(i + 1, j, kGap, {skipped, LinkKind::kSame, 1, 0, 0, static_cast<uint8_t>(state)});
      if (j < spoken_.size())
        arrive(i, j + 1, kGap, {skipped, LinkKind::kSame, 0, 1, 0, static_cast<uint8_t>(state)});
    }
    if (i == written_.size() || j == spoken_.size()) return;
    for_each_link(written_, spoken_, i, j, [&](const UnitLink& link, float cost) {
      arrive(i + link.num_written,
             j + link.num_spoken,
             kLinked,
             {here[best].cost + cost,
              link.kind,
              static_cast<uint16_t>(link.num_written),
              static_cast<uint16_t>(link.num_spoken),
              static_cast<uint16_t>(link.reading),
              static_cast<uint8_t>(best)});
    });
  }

  void arrive(std::size_t i, std::size_t j, State state, const Arrival& arrival) {
    Arrival& there = cell(i, j)[state];
    if (arrival.cost < there.cost) there = arrival;
  }

  std::vector<UnitLink> trace() {
    std::vector<UnitLink> links;
    std::size_t i = written_.size();
    std::size_t j = spoken_.size();
    std::size_t state = cell(i, j)[kGap].cost < cell(i, j)[kLinked].cost ? kGap : kLinked;
    while (i > 0 || j > 0) {
      const Arrival& arrival = cell(i, j)[state];
      i -= arrival.num_written;
      j -= arrival.num_spoken;
      if (state == kLinked)
        links.push_back(
            {arrival.kind, i, arrival.num_written, j, arrival.num_spoken, arrival.reading});
      state = arrival.from;
    }
    std::reverse(links.begin(), links.end());
    return links;
  }

  std::span<const MatchUnit> written_;
  std::span<const MatchUnit> spoken_;
  std::vector<std::array<Arrival, 2>> cells_;
};

/// The longest common subsequence of the keys.
std::vector<MatchedPair> common_pairs(std::span<const MatchUnit> written,
                                      std::span<const MatchUnit> spoken) {
  std::map<std::u32string_view, int32_t> symbol_from_key;
  const auto symbols = [&](std::span<const MatchUnit> units) {
    std::vector<int32_t> all;
    for (const MatchUnit& unit : units) {
      all.push_back(
          symbol_from_key.try_emplace(unit.key, static_cast<int32_t>(symbol_from_key.size()))
              .first->second);
    }
    return all;
  };
  const auto left = symbols(written);
  const auto right = symbols(spoken);
  return longest_common_subsequence(left, right);
}

class Alignment {
 public:
  Alignment(std::span<const MatchUnit> written,
            std::span<const MatchUnit> spoken,
            const AlignmentOptions& options)
      : written_(written),
        spoken_(spoken),
        options_(options),
        pairs_(common_pairs(written, spoken)) {}

  std::vector<UnitLink> links() {
    cut({0, written_.size(), 0, spoken_.size()}, options_.anchor_run);
    return std::move(links_);
  }

 private:
  /// Aligns a stretch, cut at the runs of at least `shortest` equal units that lie in it.
  void cut(Stretch stretch, std::size_t shortest) {
    auto pair =
        std::lower_bound(pairs_.begin(),
                         pairs_.end(),
                         stretch.written_begin,
                         [](const MatchedPair& p, std::size_t begin) { return p.left < begin; });
    while (pair != pairs_.end() && pair->left < stretch.written_end) {
      auto run_end = pair + 1;
      while (run_end != pairs_.end() && run_end->left == (run_end - 1)->left + 1 &&
             run_end->right == (run_end - 1)->right + 1 && run_end->left < stretch.written_end &&
             run_end->right < stretch.spoken_end) {
        ++run_end;
      }
      const auto length = static_cast<std::size_t>(run_end - pair);
      if (length >= shortest && pair->right >= stretch.spoken_begin &&
          pair->right < stretch.spoken_end) {
        const std::size_t trim = length >= kTrimmedRun ? 1 : 0;
        const std::size_t i = pair->left + trim;
        const std::size_t j = pair->right + trim;
        solve({stretch.written_begin, i, stretch.spoken_begin, j}, shortest);
        for (std::size_t k = 0; k + 2 * trim < length; ++k)
          links_.push_back({LinkKind::kSame, i + k, 1, j + k, 1, 0});
        stretch.written_begin = i + length - 2 * trim;
        stretch.spoken_begin = j + length - 2 * trim;
      }
      pair = run_end;
    }
    solve(stretch, shortest);
  }

  /// Aligns a stretch at least cost if it is small enough, else cuts it at shorter runs; one
  /// without any is skipped.
  void solve(const Stretch& stretch, std::size_t shortest) {
    if (stretch.num_written() == 0 || stretch.num_spoken() == 0) return;
    if (stretch.num_written() > options_.max_cells / stretch.num_spoken()) {
      if (shortest > 1) cut(stretch, std::min(shortest, kTrimmedRun) / 2);
      return;
    }
    LeastCost table(written_.subspan(stretch.written_begin, stretch.num_written()),
                    spoken_.subspan(stretch.spoken_begin, stretch.num_spoken()));
    for (UnitLink link : table.links()) {
      link.written += stretch.written_begin;
      link.spoken += stretch.spoken_begin;
      links_.push_back(link);
    }
  }

  std::span<const MatchUnit> written_;
  std::span<const MatchUnit> spoken_;
  AlignmentOptions options_;
  std::vector<MatchedPair> pairs_;
  std::vector<UnitLink> links_;
};

}  // namespace

std::vector<UnitLink> align_units(std::span<const MatchUnit> written,
                                  std::span<const MatchUnit> spoken,
                                  const AlignmentOptions& options) {
  return Alignment(written, spoken, options).links();
}

double alignment_cost(std::span<const MatchUnit> written,
                      std::span<const MatchUnit> spoken,
                      std::span<const UnitLink> links) {
  double cost = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  const auto skip_to = [&](std::size_t next_written, std::size_t next_spoken) {
    const std::size_t skipped = (next_written - i) + (next_spoken - j);
    if (skipped > 0)
      cost += static_cast<double>(kOpenGap) +
              static_cast<double>(kSkipUnit) * static_cast<double>(skipped);
  };
  for (const UnitLink& link : links) {
    skip_to(link.written, link.spoken);
    std::optional<double> least;
    for_each_link(
        written, spoken, link.written, link.spoken, [&](const UnitLink& possible, float its_cost) {
          if (possible == link) least = its_cost;
        });
    cost += least.value_or(std::numeric_limits<double>::infinity());
    i = link.written + link.num_written;
    j = link.spoken + link.num_spoken;
  }
  skip_to(written.size(), spoken.size());
  return cost;
}

std::size_t edit_distance(std::u32string_view left, std::u32string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t j = 0; j <= right.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[right.size()];
}

}  // namespace lockstep
