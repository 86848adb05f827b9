#include "stimuli/fold_table.h"

#include <map>
#include <tuple>

#include "base/error.h"
#include "base/table_file.h"

namespace lockstep {
namespace {

constexpr int64_t kNotNamed = -2;

int64_t fold_in(const TableFile& table, int64_t row, std::size_t column) {
  const int64_t fold = table.integer(row, column);
  if (fold < -1) table.refuse(row, column, "a fold from 0, or -1 for never tested, is wanted");
  return fold;
}

/// For each word the fold that the table gives it.
std::vector<int64_t> folds_by_word(const TableFile& table, const Words& words) {
  std::vector<int64_t> folds(words.rows.size(), kNotNamed);
  const auto word = table.column("word");
  const auto fold = table.column("fold");
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const int64_t number = table.integer(row, word);
    if (number < 0 || static_cast<std::size_t>(number) >= folds.size()) {
      table.refuse(row, word, text("a row of the {} words is wanted", folds.size()));
    }
    int64_t& named = folds[static_cast<std::size_t>(number)];
    if (named != kNotNamed) table.refuse(row, word, "each word once is wanted");
    named = fold_in(table, row, fold);
  }
  return folds;
}

std::vector<int64_t> folds_by_story(const TableFile& table, const Words& words) {
  const auto story = table.column("story");
  const auto fold = table.column("fold");
  const bool has_blocks = table.has_column("block");
  const std::size_t block = has_blocks ? table.column("block") : 0;
  std::map<std::pair<std::string, std::string>, std::vector<std::size_t>> words_from_name;
  for (std::size_t word = 0; word < words.rows.size(); ++word) {
    words_from_name[{words.rows[word].story, has_blocks ? words.rows[word].block : ""}].push_back(
        word);
  }
  std::vector<int64_t> folds(words.rows.size(), kNotNamed);
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    const auto found =
        words_from_name.find({table.cell(row, story), has_blocks ? table.cell(row, block) : ""});
    if (found == words_from_name.end()) {
      table.refuse(
          row,
          has_blocks ? block : story,
          has_blocks ? "a block of that story is wanted" : "a story of the words is wanted");
    }
    if (folds[found->second.front()] != kNotNamed)
      table.refuse(row, has_blocks ? block : story, "each one once is wanted");
    for (const std::size_t word : found->second) folds[word] = fold_in(table, row, fold);
  }
  return folds;
}

}  // namespace

void read_fold_table(FoldPlan& plan, const Words& words, const std::filesystem::path& path) {
  const TableFile table = TableFile::read(path);
  const auto named =
      table.has_column("word") ? folds_by_word(table, words) : folds_by_story(table, words);
  std::map<int64_t, int64_t> number_from_fold;
  for (const int64_t fold : named) {
    if (fold >= 0) number_from_fold[fold] = 0;
  }
  if (number_from_fold.size() < 2)
    fail(Blame::kData, "{}: {} folds; 2 or more are wanted", path, number_from_fold.size());
  int64_t next = 0;
  for (auto& [fold, number] : number_from_fold) number = next++;
  std::map<std::tuple<std::string, std::string, int64_t>, int64_t> number_from_block;
  for (std::size_t word = 0; word < named.size(); ++word) {
    const int64_t fold = named[word] < 0 ? -1 : number_from_fold[named[word]];
    const WordRow& row = words.rows[word];
    const auto number = static_cast<int64_t>(number_from_block.size());
    plan.block.push_back(
        number_from_block.try_emplace({row.story, row.block, fold}, number).first->second);
    plan.fold.push_back(fold);
  }
}

}  // namespace lockstep
