#include "aligner/events/event_mapping.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace lockstep {
namespace {

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> pieces;
  std::size_t at = 0;
  for (auto next = text.find(separator); next != std::string::npos;
       next = text.find(separator, at)) {
    pieces.push_back(text.substr(at, next - at));
    at = next + separator.size();
  }
  pieces.push_back(text.substr(at));
  return pieces;
}

std::string without_blanks_around(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "a=b" as its two sides.
std::pair<std::string, std::string> sides(const std::string& option, const std::string& equation) {
  const auto equals = equation.find('=');
  const std::string left = without_blanks_around(equation.substr(0, equals));
  const std::string right =
      equals == std::string::npos ? "" : without_blanks_around(equation.substr(equals + 1));
  if (left.empty() || right.empty()) {
    fail(Blame::kCommandLine, "{}: \"{}\"; NAME=VALUE is wanted", option, equation);
  }
  return {left, right};
}

std::optional<std::size_t> first_of(const LooseTable& table,
                                    const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (const auto column = table.find(name)) return column;
  }
  return std::nullopt;
}

/// The user's columns: what each is -> its index.
std::map<std::string, std::size_t> own_columns(const LooseTable& table,
                                               const std::string& columns) {
  static constexpr std::array kThings = {"onset", "duration", "end", "kind", "word", "run"};
  std::map<std::string, std::size_t> own;
  if (columns.empty()) return own;
  for (const std::string& equation : split(columns, ",")) {
    const auto [thing, name] = sides("--events-columns", equation);
    if (std::find(kThings.begin(), kThings.end(), thing) == kThings.end()) {
      fail(Blame::kCommandLine,
           "--events-columns: \"{}\"; one of {} is wanted",
           thing,
           join(kThings, ", "));
    }
    const auto column = table.find(name);
    if (!column) {
      fail(Blame::kData,
           "{}: no column \"{}\"; there are {}",
           table.path(),
           name,
           join(table.columns(), ", "));
    }
    own[thing] = *column;
  }
  return own;
}

TimeUnit parse_unit(const std::string& name) {
  static constexpr std::array kUnits = {"s", "ms", "samples0", "samples1"};
  if (name.empty()) return {};
  if (std::find(kUnits.begin(), kUnits.end(), name) == kUnits.end()) {
    fail(Blame::kCommandLine, "--events-unit {}: not known; {} are", name, join(kUnits, ", "));
  }
  return {name};
}

/// A dialect for a table that none fits, of which the user names the columns.
EventDialect own_dialect(bool has_kind) {
  EventDialect dialect;
  dialect.name = "own columns";
  dialect.style = has_kind ? RowStyle::kTypes : RowStyle::kWords;
  return dialect;
}

EventDialect choose_dialect(const LooseTable& table,
                            const EventOptions& options,
                            const std::map<std::string, std::size_t>& own) {
  if (options.dialect != "auto" && !options.dialect.empty()) return find_dialect(options.dialect);
  if (own.contains("onset")) {
    for (const EventDialect& dialect : event_dialects()) {
      if (dialect.fits != nullptr && dialect.fits(table)) return dialect;
    }
    return own_dialect(own.contains("kind"));
  }
  return recognise_dialect(table);
}

[[noreturn]] void fail_for_column(const LooseTable& table,
                                  const EventDialect& dialect,
                                  std::string_view what,
                                  const std::vector<std::string>& names) {
  fail(Blame::kData,
       "{}: no column for the {}; {} is wanted for events of dialect {}, there are {}",
       table.path(),
       what,
       names.empty() ? "its name" : "\"" + join(names, "\" or \"") + "\"",
       dialect.name,
       join(table.columns(), ", "));
}

}  // namespace

double TimeUnit::seconds(double value, double rate_hz) const {
  if (name == "samples1") return (value - 1) / rate_hz;
  return length_s(value, rate_hz);
}

double TimeUnit::length_s(double value, double rate_hz) const {
  if (name == "ms") return value / 1000;
  return name == "s" ? value : value / rate_hz;
}

std::vector<RowCondition> parse_conditions(const std::string& where) {
  std::vector<RowCondition> conditions;
  if (where.empty()) return conditions;
  for (const std::string& equation : split(where, " and ")) {
    const auto [column, values] = sides("--events-where", equation);
    conditions.push_back({column, split(values, "|")});
  }
  return conditions;
}

EventMapping map_events(const LooseTable& table, const EventOptions& options) {
  const auto own = own_columns(table, options.columns);
  const EventDialect dialect = choose_dialect(table, options, own);
  const auto column = [&](const char* thing, const std::vector<std::string>& names) {
    const auto mine = own.find(thing);
    return mine != own.end() ? std::optional(mine->second) : first_of(table, names);
  };
  EventMapping mapping;
  mapping.dialect = dialect.name;
  mapping.style = dialect.style;
  mapping.takes_next_onset = dialect.takes_next_onset;
  mapping.unit = parse_unit(options.time_unit);
  mapping.where = parse_conditions(options.where);
  const auto onset = column("onset", dialect.onset);
  if (!onset) fail_for_column(table, dialect, "onsets", dialect.onset);
  mapping.onset = *onset;
  mapping.duration = column("duration", dialect.duration);
  mapping.end = column("end", dialect.end);
  mapping.kind = column("kind", dialect.kind);
  mapping.word = column("word", dialect.word);
  mapping.run = column("run", dialect.run);
  if (!mapping.kind && mapping.style != RowStyle::kWords) {
    fail_for_column(table, dialect, "kind of event", dialect.kind);
  }
  const bool needs_words = mapping.style == RowStyle::kWords || mapping.style == RowStyle::kArmeni;
  if (!mapping.word && needs_words) fail_for_column(table, dialect, "words", dialect.word);
  return mapping;
}

bool holds_of(const std::vector<RowCondition>& conditions,
              const LooseTable& table,
              int64_t row,
              const std::map<std::string, std::string>& literal) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const RowCondition& condition) {
    std::string found;
    const auto item = literal.find(condition.column);
    if (item != literal.end()) {
      found = item->second;
    } else if (const auto column = table.find(condition.column)) {
      found = table.cell(row, *column);
    } else if (literal.empty()) {
      fail(Blame::kData,
           "{}: no column \"{}\", which --events-where asks for; there are {}",
           table.path(),
           condition.column,
           join(table.columns(), ", "));
    }
    const auto& values = condition.values;
    return std::any_of(values.begin(), values.end(), [&](const std::string& value) {
      if (value.ends_with('*')) return found.starts_with(value.substr(0, value.size() - 1));
      return found == value;
    });
  });
}

}  // namespace lockstep
