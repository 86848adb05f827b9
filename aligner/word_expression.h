#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/schemas/words_file.h"

namespace lockstep {

/// The rows for which an expression is true, and the files that it named.
struct WhereResult {
  std::vector<uint8_t> keeps;  ///< by row of words.tsv
  std::vector<std::filesystem::path> files;
};

/// Evaluates `--where`. The language, loosest first:
///   a or b      a and b      not a      (a)
///   x < y   <=   >   >=   == (or =)   !=      x in (1, 2, 3)      x not in ("NOUN", "VERB")
///   x alone is true where it is a number other than 0
/// x and y are numbers (-1.5e3), texts ("NOUN" or 'NOUN'), columns of words.tsv (word_columns.h) or
/// variables of other files: surprisal@activations.h5, surprisal[50]@activations.h5, length@"a name
/// with spaces.h5". Numbers compare with numbers and texts with texts; texts by code unit. A
/// comparison with a missing number is false, whichever it is. Errors are Error(kCommandLine) with
/// the position in the expression, counted from 1.
WhereResult evaluate_where(const std::string& expression, const Words& words);

}  // namespace lockstep
