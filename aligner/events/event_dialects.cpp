// The one list of dialects.
#include "aligner/events/event_dialects.h"

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

using Names = std::vector<std::string>;

constexpr int64_t kRowsLookedAt = 1000;

bool has(const LooseTable& table, std::string_view column) {
  return table.find(column).has_value();
}

/// Whether one of the first rows has a cell of that column for which `is_so`.
template <class IsSo>
bool some_cell(const LooseTable& table, std::string_view column, IsSo is_so) {
  const auto found = table.find(column);
  if (!found) return false;
  for (int64_t row = 0; row < std::min(table.num_rows(), kRowsLookedAt); ++row) {
    if (is_so(table.cell(row, *found))) return true;
  }
  return false;
}

bool is_armeni(const LooseTable& table) {
  return has(table, "onset") && has(table, "type") && has(table, "value");
}

bool is_literal(const LooseTable& table) {
  return has(table, "onset") && some_cell(table, "trial_type", [](const std::string& cell) {
           return cell.starts_with('{');
         });
}

bool is_libribrain(const LooseTable& table) {
  return (has(table, "timemeg") || has(table, "onset")) && has(table, "segment") &&
         (has(table, "kind") || has(table, "type"));
}

bool is_smn4lang(const LooseTable& table) {
  const auto only_starts = [](const std::string& cell) { return cell != "Beg" && cell != "End"; };
  return has(table, "onset") && has(table, "trial_type") && table.num_rows() > 0 &&
         !some_cell(table, "trial_type", only_starts);
}

bool is_transcript(const LooseTable& table) {
  return has(table, "word") && (has(table, "start") || has(table, "onset")) &&
         !has(table, "trial_type");
}

bool is_bids(const LooseTable& table) { return has(table, "onset") && has(table, "trial_type"); }

}  // namespace

const std::vector<EventDialect>& event_dialects() {
  static const std::vector<EventDialect> kDialects = {
      {.name = "armeni",
       .recognised = "columns onset, type and value; types word_onset_NN, phoneme_onset_NN, "
                     "wav_onset, UPPT001",
       .source = "Armeni et al. 2022",
       .style = RowStyle::kArmeni,
       .onset = {"onset"},
       .duration = {"duration"},
       .kind = {"type"},
       .word = {"value"},
       .fits = is_armeni},
      {.name = "meg-masc",
       .recognised = "trial_type is a Python dictionary: {'kind': 'word', 'word': 'tara', ...}",
       .source = "Gwilliams et al. 2023",
       .style = RowStyle::kLiteral,
       .onset = {"onset"},
       .duration = {"duration"},
       .kind = {"trial_type"},
       .fits = is_literal},
      {.name = "meg-masc-next-row",
       .recognised =
           "never by itself: as meg-masc, but a word's onset is that of the next row, its "
           "first phoneme, as its authors' code has it",
       .source = "kingjr/meg-masc",
       .style = RowStyle::kLiteral,
       .onset = {"onset"},
       .duration = {"duration"},
       .kind = {"trial_type"},
       .takes_next_onset = true},
      {.name = "libribrain",
       .recognised = "columns segment, kind or type, timemeg or onset",
       .source = "neural-processing-lab/pnpl; arXiv 2506.02098, table 7",
       .style = RowStyle::kTypes,
       .onset = {"timemeg", "onset"},
       .duration = {"duration"},
       .kind = {"kind", "type"},
       .word = {"segment"},
       .fits = is_libribrain},
      {.name = "smn4lang",
       .recognised = "trial_type is Beg or End in every row",
       .source = "OpenNeuroDatasets/ds004078",
       .style = RowStyle::kTypes,
       .onset = {"onset"},
       .duration = {"duration"},
       .kind = {"trial_type"},
       .fits = is_smn4lang},
      {.name = "transcript",
       .recognised = "columns word and start (or onset), no trial_type: every row is a word",
       .source = "hassonlab/podcast-ecog-tutorials, Brennan & Hale 2019",
       .style = RowStyle::kWords,
       .onset = {"onset", "start"},
       .duration = {"duration"},
       .end = {"end", "stop", "offset"},
       .word = {"word"},
       .run = {"run", "segment", "block"},
       .fits = is_transcript},
      {.name = "bids",
       .recognised = "columns onset and trial_type",
       .source = "BIDS specification, task events",
       .style = RowStyle::kTypes,
       .onset = {"onset"},
       .duration = {"duration"},
       .kind = {"trial_type"},
       .word = {"word", "stimulus", "text", "value"},
       .run = {"run"},
       .fits = is_bids}};
  return kDialects;
}

const EventDialect& find_dialect(std::string_view name) {
  Names names;
  for (const EventDialect& dialect : event_dialects()) {
    if (dialect.name == name) return dialect;
    names.push_back(dialect.name);
  }
  fail(
      Blame::kCommandLine, "--events-dialect {}: not known; auto, {} are", name, join(names, ", "));
}

const EventDialect& recognise_dialect(const LooseTable& table) {
  Names names;
  for (const EventDialect& dialect : event_dialects()) {
    if (dialect.fits != nullptr && dialect.fits(table)) return dialect;
    if (dialect.fits != nullptr) names.push_back(dialect.name + " (" + dialect.recognised + ")");
  }
  fail(Blame::kData,
       "{}: columns {}; those of {} are wanted, or the names of the columns",
       table.path(),
       join(table.columns(), ", "),
       join(names, ", "));
}

std::string list_dialects() {
  std::string list;
  for (const EventDialect& dialect : event_dialects()) {
    list += text("{}: {} [{}]\n", dialect.name, dialect.recognised, dialect.source);
  }
  return list;
}

}  // namespace lockstep
