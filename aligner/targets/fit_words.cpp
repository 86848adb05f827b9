#include "aligner/targets/fit_words.h"

#include "base/error.h"

namespace lockstep {
namespace {

void check_sources(const ActivationsHeader& activations,
                   const FitWordsSources& sources,
                   const FitWordsOptions& options) {
  if (options.scope != FitScope::kAll && options.words == WordChoice::kContent &&
      sources.stimuli == nullptr) {
    fail(Blame::kCommandLine,
         "reduce: content words are to be fitted and no --stimuli is given; name the folder of "
         "words.tsv, or fit --words all");
  }
  if (options.scope == FitScope::kTrain && sources.folds == nullptr) {
    fail(Blame::kCommandLine,
         "reduce: --fit train and no --folds; name the fold plan that align will use");
  }
  if (sources.stimuli != nullptr)
    check_same_words(activations.words_sha256, sources.stimuli->sha256, "the stimuli");
  if (sources.folds != nullptr)
    check_same_words(activations.words_sha256, sources.folds->words_sha256, "the fold plan");
  if (activations.words.empty()) return;
  const int64_t last = activations.words.back();
  const auto check_rows = [last](std::size_t rows, const char* what) {
    if (last >= static_cast<int64_t>(rows)) {
      fail(Blame::kData, "reduce: {} has {} words; the activations name word {}", what, rows, last);
    }
  };
  if (sources.stimuli != nullptr) check_rows(sources.stimuli->rows.size(), "the stimuli");
  if (sources.folds != nullptr) check_rows(sources.folds->fold.size(), "the fold plan");
}

bool is_available(const ActivationsHeader& activations, std::size_t word) {
  for (std::size_t context = 0; context < activations.contexts.size(); ++context) {
    if (activations.tokens[context * activations.words.size() + word] == 0) return false;
  }
  return true;
}

}  // namespace

FitScope fit_scope_of(const std::string& name) {
  if (name == "analysed") return FitScope::kAnalysed;
  if (name == "all") return FitScope::kAll;
  if (name == "train") return FitScope::kTrain;
  fail(Blame::kCommandLine, "--fit: {}; analysed, all or train is wanted", name);
}

WordChoice word_choice_of(const std::string& name) {
  if (name == "content") return WordChoice::kContent;
  if (name == "all") return WordChoice::kAll;
  fail(Blame::kCommandLine, "--words: {}; content or all is wanted", name);
}

std::vector<std::vector<uint8_t>> choose_fit_words(const ActivationsHeader& activations,
                                                   const FitWordsSources& sources,
                                                   const FitWordsOptions& options) {
  check_sources(activations, sources, options);
  const bool only_content =
      options.scope != FitScope::kAll && options.words == WordChoice::kContent;
  std::vector<uint8_t> analysed(activations.words.size());
  for (std::size_t word = 0; word < analysed.size(); ++word) {
    const auto row = static_cast<std::size_t>(activations.words[word]);
    const bool is_wanted = !only_content || sources.stimuli->rows[row].content;
    analysed[word] = is_wanted && is_available(activations, word);
  }
  if (options.scope != FitScope::kTrain) return {analysed};

  std::vector<std::vector<uint8_t>> of_fold(static_cast<std::size_t>(sources.folds->num_folds),
                                            analysed);
  for (std::size_t word = 0; word < analysed.size(); ++word) {
    const int64_t tested_in =
        sources.folds->fold[static_cast<std::size_t>(activations.words[word])];
    if (tested_in >= 0) of_fold[static_cast<std::size_t>(tested_in)][word] = 0;
  }
  return of_fold;
}

void check_same_words(const std::string& words_sha256,
                      const std::string& other_sha256,
                      const std::string& what) {
  if (words_sha256 == other_sha256) return;
  fail(Blame::kData,
       "reduce: the activations are of words {} and {} of words {}; both must come from one "
       "words.tsv",
       words_sha256,
       what,
       other_sha256);
}

}  // namespace lockstep
