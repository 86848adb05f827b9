#include "aligner/report/report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "aligner/report/headline.h"
#include "aligner/report/page.h"
#include "aligner/report/report_data.h"
#include "aligner/report/tables.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"

namespace lockstep {
namespace {

constexpr int64_t kMostDraws = 1000000;

std::vector<Condition> analyse_all(const std::vector<ScoresInput>& inputs,
                                   const AnalysisOptions& options) {
  int64_t total = 0;
  for (const ScoresInput& input : inputs) {
    total += static_cast<int64_t>(input.header().contexts.size());
  }
  Progress progress("report", total, "conditions");
  std::vector<Condition> conditions;
  for (const ScoresInput& input : inputs) {
    for (std::size_t context = 0; context < input.header().contexts.size(); ++context) {
      conditions.push_back(analyse_condition(input, context, options));
      progress.advance(1);
    }
  }
  return conditions;
}

std::string page_title(const nlohmann::ordered_json& data) {
  std::string names;
  std::size_t count = 0;
  for (const auto& model : data["models"]) {
    if (++count > 3) return names + " and others: when each layer appears in MEG";
    names += (names.empty() ? "" : ", ") + model["name"].get<std::string>();
  }
  return names + ": when each layer appears in MEG";
}

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_directory(folder)) {
    fail(Blame::kCommandLine,
         "{}: {}; a folder for the report is wanted",
         folder,
         error ? error.message() : "no folder");
  }
}

}  // namespace

void ReportOptions::check() const {
  analysis.peak.check();
  if (!(analysis.null_level > 0 && analysis.null_level < 1)) {
    fail(Blame::kCommandLine, "null level: {}; between 0 and 1, 0.95", analysis.null_level);
  }
  if (analysis.num_draws < 0 || analysis.num_draws > kMostDraws) {
    fail(Blame::kCommandLine, "draws: {}; 0 to {}", analysis.num_draws, kMostDraws);
  }
  if (analysis.num_draws > 0 && analysis.num_draws < 40) {
    fail(Blame::kCommandLine,
         "draws: {}; 0 for no intervals, or 40 at least: a {} % interval needs draws beyond both "
         "ends",
         analysis.num_draws,
         std::llround(analysis.level * 100));
  }
}

ReportSummary write_report(const ReportOptions& options) {
  options.check();
  const std::vector<PageScript> scripts = find_page_scripts(options.assets);
  const std::vector<ScoresInput> inputs = open_scores(options.scores);
  make_folder(options.output);

  const std::vector<Condition> conditions = analyse_all(inputs, options.analysis);
  const nlohmann::ordered_json data = report_data(inputs, conditions, options.analysis);
  const std::string json = data.dump();

  for (const NamedTable& table : report_tables(conditions)) {
    write_file_whole(options.output / table.file, table.bytes);
  }
  write_file_whole(options.output / "report.json", json + "\n");
  ReportSummary summary;
  summary.page = options.output / "report.html";
  write_file_whole(summary.page, report_page(page_title(data), json, scripts));

  const Condition& shown = shown_first(inputs, conditions);
  const double level = options.analysis.level;
  summary.headline = headline(shown, level);
  summary.table = latency_table(shown, level);
  for (const Condition& condition : conditions) {
    if (condition.control.empty() || condition.context.name != shown.context.name) continue;
    summary.controls.push_back(condition.control + ": " + headline(condition, level));
  }
  return summary;
}

}  // namespace lockstep
