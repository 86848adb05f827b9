#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "aligner/events/event_dialects.h"
#include "aligner/events/event_options.h"

namespace lockstep {

/// `column` holds one of `values`; a value that ends in a star is the beginning of one. For rows
/// that are literals `column` may be one of their keys.
struct RowCondition {
  std::string column;
  std::vector<std::string> values;
};

/// What times count in.
struct TimeUnit {
  std::string name = "s";  ///< s, ms, samples0, samples1: samples from 0 or from 1
  double seconds(double value, double rate_hz) const;
  double length_s(double value, double rate_hz) const;
};

/// Which column of a table is what.
struct EventMapping {
  std::string dialect;
  RowStyle style = RowStyle::kWords;
  bool takes_next_onset = false;
  std::size_t onset = 0;
  std::optional<std::size_t> duration, end, kind, word, run;
  TimeUnit unit;
  std::vector<RowCondition> where;  ///< all must hold of a word's row; none: as the dialect has it
};

/// The dialect that is asked for or recognised, with the user's own columns in place of its own.
/// Throws Error(kCommandLine) if an option cannot be read, Error(kData) if the table lacks a
/// column.
EventMapping map_events(const LooseTable& table, const EventOptions& options);

/// Whether the conditions hold of a row; `literal` are the items of its dictionary, if it has one.
bool holds_of(const std::vector<RowCondition>& conditions,
              const LooseTable& table,
              int64_t row,
              const std::map<std::string, std::string>& literal);

/// "a=1 and b=2|3*". Throws Error(kCommandLine).
std::vector<RowCondition> parse_conditions(const std::string& where);

}  // namespace lockstep
