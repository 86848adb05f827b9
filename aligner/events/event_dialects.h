#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aligner/datasets/loose_table.h"

namespace lockstep {

/// How the rows of a table say what they are.
enum class RowStyle : uint8_t {
  kArmeni,   ///< type word_onset_NN, ...; NN is the run
  kTypes,    ///< a column of types: word, phoneme, silence, sound, Beg, End
  kLiteral,  ///< a column of Python dictionaries
  kWords     ///< every row is a word, or a pause
};

/// A way in which tables of events are written. Columns are named by what they may be called, the
/// first that is there being taken; capitals do not matter.
struct EventDialect {
  std::string name;
  std::string recognised;  ///< in words
  std::string source;
  RowStyle style = RowStyle::kWords;
  std::vector<std::string> onset{};
  std::vector<std::string> duration{};
  std::vector<std::string> end{};
  std::vector<std::string> kind{};
  std::vector<std::string> word{};
  std::vector<std::string> run{};
  bool takes_next_onset = false;  ///< a word's onset is that of the next row, its first phoneme
  bool (*fits)(const LooseTable& table) = nullptr;  ///< null: never recognised, only asked for
};

/// All that are known, in the order in which they are tried.
const std::vector<EventDialect>& event_dialects();
/// Throws Error(kCommandLine) naming those there are.
const EventDialect& find_dialect(std::string_view name);
/// The first that fits. Throws Error(kData) naming the columns and the dialects.
const EventDialect& recognise_dialect(const LooseTable& table);
/// Every dialect, for `lockstep import --list-datasets`.
std::string list_dialects();

}  // namespace lockstep
