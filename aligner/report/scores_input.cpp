#include "aligner/report/scores_input.h"

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

std::string times_in_words(const ScoresHeader& header) {
  if (header.times_s.empty()) return "no times";
  return text("{} times from {} to {} s",
              header.times_s.size(),
              header.times_s.front(),
              header.times_s.back());
}

bool same_times(const ScoresHeader& a, const ScoresHeader& b) {
  return a.time_first == b.time_first && a.times_s.size() == b.times_s.size() &&
         a.rate_numerator * b.rate_denominator == b.rate_numerator * a.rate_denominator;
}

void check_alone(const ScoresInput& input) {
  const ScoresHeader& header = input.header();
  const std::string where = input.path.string();
  if (header.taps.empty() || header.contexts.empty() || header.subjects.empty() ||
      header.times_s.size() < 2) {
    fail(Blame::kData,
         "{}: {} subjects, {} contexts, {} taps, {} times; one at least of each, two times",
         where,
         header.subjects.size(),
         header.contexts.size(),
         header.taps.size(),
         header.times_s.size());
  }
  if (std::count(header.subjects.begin(), header.subjects.end(), "average") > 0) {
    fail(Blame::kData,
         "{}: a subject named \"average\"; the report gives this name to the mean over subjects",
         where);
  }
}

void check_against_first(const ScoresInput& first, const ScoresInput& other) {
  if (!same_times(first.header(), other.header())) {
    fail(Blame::kData,
         "{}: {} at {}/{} Hz; {} at {}/{} Hz as in {}",
         other.path,
         times_in_words(other.header()),
         other.header().rate_numerator,
         other.header().rate_denominator,
         times_in_words(first.header()),
         first.header().rate_numerator,
         first.header().rate_denominator,
         first.path);
  }
  if (first.header().subjects != other.header().subjects) {
    fail(Blame::kData,
         "{}: subjects {}; {} as in {}",
         other.path,
         join(other.header().subjects, ", "),
         join(first.header().subjects, ", "),
         first.path);
  }
}

void check_pair(const ScoresInput& first, const ScoresInput& other) {
  const ScoresHeader& a = first.header();
  const ScoresHeader& b = other.header();
  if (first.model_name() != other.model_name()) return;
  if (a.taps != b.taps) {
    fail(Blame::kData,
         "{}: {} taps of {} that differ from the {} in {}; the same taps for one model",
         other.path,
         b.taps.size(),
         other.model_name(),
         a.taps.size(),
         first.path);
  }
  if (a.folds != b.folds || first.control() != other.control()) return;
  for (const ContextInfo& context : b.contexts) {
    if (std::find(a.contexts.begin(), a.contexts.end(), context) == a.contexts.end()) continue;
    fail(Blame::kData,
         "{}: {} at context {}, folds {}, {}: already in {}; each condition once",
         other.path,
         other.model_name(),
         context.name,
         b.folds,
         other.control().empty() ? "result" : "control " + other.control(),
         first.path);
  }
}

}  // namespace

std::string ScoresInput::control() const { return header().truth ? header().truth->null : ""; }

std::string ScoresInput::model_name() const {
  return header().model.name + (header().model.trained ? "" : ", untrained");
}

std::vector<ScoresInput> open_scores(const std::vector<std::filesystem::path>& paths) {
  if (paths.empty()) fail(Blame::kCommandLine, "report: no scores; one scores.h5 at least");
  std::vector<ScoresInput> inputs;
  for (const auto& path : paths) {
    ScoresInput input{path, std::make_unique<ScoresFile>(path)};
    check_alone(input);
    if (!inputs.empty()) check_against_first(inputs.front(), input);
    for (const ScoresInput& earlier : inputs) check_pair(earlier, input);
    inputs.push_back(std::move(input));
  }
  const bool has_result = std::any_of(inputs.begin(), inputs.end(), [](const ScoresInput& input) {
    return input.control().empty();
  });
  if (!has_result) {
    fail(Blame::kData,
         "{}: a control ({}), as all {} files; one scores.h5 at least that is no control",
         inputs.front().path,
         inputs.front().control(),
         inputs.size());
  }
  return inputs;
}

}  // namespace lockstep
