#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/schemas/activations_file.h"
#include "base/schemas/folds_file.h"
#include "base/schemas/words_file.h"

namespace lockstep {

/// Which words the components are fitted on: those that will be analysed, every word with
/// activations, or, fold by fold, the analysed words that are not tested in the fold.
enum class FitScope { kAnalysed, kAll, kTrain };
FitScope fit_scope_of(const std::string& name);  ///< analysed, all, train; else Error(kCommandLine)

/// Which words will be analysed.
enum class WordChoice { kContent, kAll };
WordChoice word_choice_of(const std::string& name);  ///< content, all; else Error(kCommandLine)

struct FitWordsOptions {
  FitScope scope = FitScope::kAnalysed;
  WordChoice words = WordChoice::kContent;  ///< does not matter for kAll
};

/// What the choice needs beside the activations; null where not given.
struct FitWordsSources {
  const Words* stimuli = nullptr;
  const FoldPlan* folds = nullptr;
};

/// One flag a word of `activations`, for each fold (a single one unless kTrain): 1 if the fit uses
/// it. A word with a context that is not available is used by no fit, so that every context is
/// fitted on the same words; a word that is never tested trains every fold. Throws
/// Error(kCommandLine) if the stimuli or the fold plan are needed and not there, Error(kData) if
/// they are of other words than the activations.
std::vector<std::vector<uint8_t>> choose_fit_words(const ActivationsHeader& activations,
                                                   const FitWordsSources& sources,
                                                   const FitWordsOptions& options);

/// Throws Error(kData) if the checksums of words.tsv differ; `what` names the other file.
void check_same_words(const std::string& words_sha256,
                      const std::string& other_sha256,
                      const std::string& what);

}  // namespace lockstep
