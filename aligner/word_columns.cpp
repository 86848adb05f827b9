#include "aligner/word_columns.h"

#include <limits>
#include <map>

#include "base/error.h"
#include "base/hdf5_reader.h"
#include "base/schemas/tap_axis.h"

namespace lockstep {
namespace {

std::string text_of(const WordRow& row, const std::string& name) {
  if (name == "story") return row.story;
  if (name == "block") return row.block;
  return name == "word" ? row.word : row.pos;
}

double number_of(const WordRow& row, int64_t number, const std::string& name) {
  constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
  if (name == "row") return static_cast<double>(number);
  if (name == "onset") return row.onset_s;
  if (name == "duration") return row.duration_s;
  if (name == "sentence") return row.sentence < 0 ? kMissing : static_cast<double>(row.sentence);
  return row.content ? 1 : 0;
}

/// Index of the context named `context`; the only one if it is empty.
std::size_t find_context(const Hdf5Reader& file,
                         const std::string& variable,
                         const std::string& context) {
  const auto contexts = read_context_axis(file);
  if (context.empty() && contexts.size() == 1) return 0;
  std::vector<std::string> names;
  for (std::size_t c = 0; c < contexts.size(); ++c) {
    if (contexts[c].name == context) return c;
    names.push_back(contexts[c].name);
  }
  if (context.empty()) {
    fail(Blame::kCommandLine,
         "{}: {} has contexts {}; write {}[{}]@FILE",
         file.path(),
         variable,
         join(names, ", "),
         variable,
         names.front());
  }
  fail(Blame::kCommandLine,
       "{}: {} has no context {}; it has {}",
       file.path(),
       variable,
       context,
       join(names, ", "));
}

/// The values of the variable, one for each word of the file.
std::vector<double> read_values(const Hdf5Reader& file,
                                const std::string& variable,
                                const std::string& context,
                                int64_t num_words) {
  if (!file.has(variable)) {
    fail(Blame::kData,
         "{}: no variable {}; it has {}",
         file.path(),
         variable,
         join(file.variables(""), ", "));
  }
  const auto axes = file.axes(variable);
  if (axes == std::vector<std::string>{"word"} && context.empty()) return file.doubles(variable);
  if (axes != std::vector<std::string>{"context", "word"}) {
    fail(Blame::kData,
         "{}: {} lies on ({}); wanted (word){}",
         file.path(),
         variable,
         join(axes, ", "),
         context.empty() ? " or (context, word)" : text(" with [{}]: (context, word)", context));
  }
  std::vector<double> values(static_cast<std::size_t>(num_words));
  const auto at = static_cast<int64_t>(find_context(file, variable, context));
  file.read_block(variable, {at, 0}, {1, num_words}, std::span<double>(values));
  return values;
}

}  // namespace

WordColumn column_of_words(const Words& words, const std::string& name) {
  static const std::map<std::string, bool> is_text = {{"story", true},
                                                      {"block", true},
                                                      {"word", true},
                                                      {"pos", true},
                                                      {"row", false},
                                                      {"onset", false},
                                                      {"duration", false},
                                                      {"sentence", false},
                                                      {"content", false}};
  const auto found = is_text.find(name);
  if (found == is_text.end()) {
    std::vector<std::string> known;
    for (const auto& [known_name, unused] : is_text) known.push_back(known_name);
    fail(Blame::kCommandLine,
         "\"{}\" is no column of the words; known are {}, and VARIABLE@FILE.h5",
         name,
         join(known, ", "));
  }
  WordColumn column{name, found->second, {}, {}};
  for (std::size_t row = 0; row < words.rows.size(); ++row) {
    if (column.is_text) {
      column.texts.push_back(text_of(words.rows[row], name));
    } else {
      column.numbers.push_back(number_of(words.rows[row], static_cast<int64_t>(row), name));
    }
  }
  return column;
}

WordColumn column_of_file(const Words& words,
                          const std::string& variable,
                          const std::string& context,
                          const std::filesystem::path& file) {
  const Hdf5Reader reader(file);
  if (const auto sha = reader.text_attribute("", "words_sha256"); sha != words.sha256) {
    fail(Blame::kData,
         "{}: made of the words {}; wanted {}",
         file,
         sha.substr(0, 12),
         words.sha256.substr(0, 12));
  }
  const auto rows = reader.integers("word");
  const auto values = read_values(reader, variable, context, std::ssize(rows));
  WordColumn column{variable, false, {}, {}};
  column.numbers.assign(words.rows.size(), std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < 0 || rows[i] >= std::ssize(words.rows)) {
      fail(Blame::kData,
           "{}: word {}; the words have rows 0 to {}",
           file,
           rows[i],
           words.rows.size() - 1);
    }
    column.numbers[static_cast<std::size_t>(rows[i])] = values[i];
  }
  return column;
}

}  // namespace lockstep
