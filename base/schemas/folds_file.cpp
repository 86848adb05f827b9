// folds.tsv: comments with layout, scheme, words and provenance, then `word block fold`, a row for
// each row of words.tsv.
#include "base/schemas/folds_file.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"
#include "base/sha256.h"
#include "base/table_file.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep folds 1";
constexpr const char* kScheme = "scheme: ";
constexpr const char* kWords = "words: ";
constexpr const char* kProvenance = "provenance: ";

std::string after(const std::vector<std::string>& comments, const std::string& mark) {
  for (const auto& comment : comments) {
    if (comment.starts_with(mark)) return comment.substr(mark.size());
  }
  return {};
}

/// Numbers from 0 without gaps; gives how many.
int64_t count_numbers(const std::vector<int64_t>& numbers,
                      const std::filesystem::path& path,
                      const char* what) {
  const int64_t count = numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end()) + 1;
  std::vector<bool> there(static_cast<std::size_t>(count), false);
  for (const int64_t number : numbers) {
    if (number >= 0) there[static_cast<std::size_t>(number)] = true;
  }
  const auto gap = std::find(there.begin(), there.end(), false);
  if (gap != there.end())
    fail(Blame::kData,
         "{}: {} {} has no words; numbers without gaps are wanted",
         path,
         what,
         gap - there.begin());
  return count;
}

}  // namespace

int64_t FoldPlan::fold_of_block(int64_t number) const {
  for (std::size_t word = 0; word < block.size(); ++word) {
    if (block[word] == number) return fold[word];
  }
  fail(Blame::kProgram, "folds: there is no block {}", number);
}

FoldPlan read_folds(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const TableFile table = TableFile::parse(bytes, path);
  FoldPlan plan;
  plan.scheme = after(table.comments(), kScheme);
  if (plan.scheme.empty()) plan.scheme = "file";
  plan.words_sha256 = after(table.comments(), kWords);
  plan.sha256 = sha256_of(bytes);
  if (const auto record = after(table.comments(), kProvenance); !record.empty()) {
    const std::string where = path.string() + ": provenance";
    plan.provenance = Provenance::from_json(parse_json(record, where), where);
  }
  const auto word = table.column("word");
  const auto block = table.column("block");
  const auto fold = table.column("fold");
  std::vector<int64_t> fold_of_block;
  for (int64_t row = 0; row < table.num_rows(); ++row) {
    if (table.integer(row, word) != row)
      table.refuse(row, word, text("{} is wanted: one row for each word, in order", row));
    const int64_t b = table.integer(row, block);
    const int64_t f = table.integer(row, fold);
    if (b < 0 || b >= table.num_rows()) table.refuse(row, block, "a number from 0 is wanted");
    if (f < -1 || f >= table.num_rows()) table.refuse(row, fold, "a number from -1 is wanted");
    if (static_cast<std::size_t>(b) >= fold_of_block.size())
      fold_of_block.resize(static_cast<std::size_t>(b) + 1, -2);
    int64_t& of_block = fold_of_block[static_cast<std::size_t>(b)];
    if (of_block == -2) of_block = f;
    if (of_block != f)
      table.refuse(
          row, fold, text("{} is wanted, as for the other words of block {}", of_block, b));
    plan.block.push_back(b);
    plan.fold.push_back(f);
  }
  plan.num_blocks = count_numbers(plan.block, path, "block");
  plan.num_folds = count_numbers(plan.fold, path, "fold");
  return plan;
}

void write_folds(const FoldPlan& plan, const std::filesystem::path& path) {
  TableWriter table({"word", "block", "fold"},
                    {kLayout,
                     kScheme + plan.scheme,
                     kWords + plan.words_sha256,
                     kProvenance + plan.provenance.to_json().dump()});
  for (std::size_t row = 0; row < plan.block.size(); ++row) {
    table.add_row({to_text(row), to_text(plan.block[row]), to_text(plan.fold[row])});
  }
  write_file_whole(path, table.bytes());
}

}  // namespace lockstep
