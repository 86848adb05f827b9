#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/schemas/scores_file.h"

namespace lockstep {

/// Times in a part. A constant, since the parts' borders are part of the file's history, not of its
/// contents.
inline constexpr int64_t kTimesInAPart = 4;

/// A part of scores.h5: some neighbouring times of one subject.
struct ScorePart {
  int64_t subject = 0;
  int64_t first_time = 0;
  int64_t num_times = 0;
};

/// The variables of scores.h5 that are filled in, in the order in which a part holds them.
enum class ScoreVariable {
  kSums,
  kAlpha,
  kScore,
  kScoreComponent,
  kNullScore,
  kGeneralisation,
  kR2,
  kR2Unique,
  kBandPenalty
};

inline constexpr std::size_t kNumScoreVariables = 9;

/// How scores.h5 is cut into parts. Every variable is seen as subject x outer x time x inner; a
/// part holds, variable after variable, outer x its times x inner.
class ScoreParts {
 public:
  explicit ScoreParts(const ScoresHeader& header);

  int64_t count() const { return num_subjects_ * parts_a_subject(); }
  ScorePart part(int64_t number) const;
  /// (offset, length) in the file of each stretch of a part, in the order of PartValues::bytes().
  /// Thread-safe.
  std::vector<std::pair<int64_t, int64_t>> pieces(int64_t number,
                                                  const std::filesystem::path& file) const;

  struct Variable {
    ScoreVariable which;
    std::string name;
    int64_t outer = 0;  ///< values of a subject before the axis `time`
    int64_t inner = 1;  ///< values behind it
    int64_t value_bytes = 4;
  };
  const std::vector<Variable>& variables() const { return variables_; }
  /// What so many times take.
  int64_t bytes(int64_t num_times) const;

 private:
  int64_t parts_a_subject() const { return (num_times_ + kTimesInAPart - 1) / kTimesInAPart; }

  int64_t num_subjects_;
  int64_t num_times_;
  std::vector<Variable> variables_;
  mutable std::mutex mutex_;
  mutable std::vector<int64_t> offsets_;  // of the variables in the file, once known
};

/// The values of a part, filled time by time. `parts` must outlive it.
class PartValues {
 public:
  PartValues(const ScoreParts& parts, int64_t num_times);

  /// The place of one value: `outer` and `inner` as ScoreParts::Variable counts them. The variable
  /// must be in the file.
  void set(ScoreVariable variable, int64_t outer, int64_t time, double value, int64_t inner = 0);
  /// All variables one after the other.
  const std::vector<std::byte>& bytes() const { return bytes_; }

 private:
  int64_t num_times_;
  std::array<int64_t, kNumScoreVariables> begin_ = {};  // of each variable in bytes_
  std::array<const ScoreParts::Variable*, kNumScoreVariables> variable_ = {};  // null if absent
  std::vector<std::byte> bytes_;
};

}  // namespace lockstep
