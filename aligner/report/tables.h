#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "aligner/report/condition.h"

namespace lockstep {

/// A table of the report, as tab-separated text; times in seconds, "nan" where a number is missing.
struct NamedTable {
  std::string file;  ///< "layers.tsv"
  std::string bytes;
};

/// The numbers of the page, in full: layers.tsv (a row a condition, subject and tap), temporal.tsv
/// (a condition and subject), scores.tsv (a condition, subject, tap and time), controls.tsv (a
/// control and what it should and does give).
std::vector<NamedTable> report_tables(const std::vector<Condition>& conditions);

}  // namespace lockstep
