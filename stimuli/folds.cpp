// Fold plans. A unit never straddles two folds; which words are in a unit is all that the schemes
// differ by.
#include "stimuli/folds.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

#include "base/error.h"
#include "base/progress.h"
#include "base/random_stream.h"
#include "base/text.h"
#include "stimuli/fold_table.h"

namespace lockstep {
namespace {

constexpr std::array<const char*, 5> kSchemes = {
    "story", "block", "contiguous", "shuffled", "file"};

bool is_scheme(std::string_view name) {
  return std::find(kSchemes.begin(), kSchemes.end(), name) != kSchemes.end();
}

/// For each word the number of its unit, in order of first appearance.
template <class Key>
std::vector<int64_t> number_units(const Words& words, const Key& key) {
  std::map<decltype(key(words.rows[0])), int64_t> number_from_key;
  std::vector<int64_t> numbers;
  for (const WordRow& row : words.rows) {
    numbers.push_back(
        number_from_key.try_emplace(key(row), static_cast<int64_t>(number_from_key.size()))
            .first->second);
  }
  return numbers;
}

std::vector<int64_t> story_units(const Words& words) {
  return number_units(words, [](const WordRow& row) { return row.story; });
}

std::vector<int64_t> block_units(const Words& words) {
  return number_units(words, [](const WordRow& row) { return std::pair(row.story, row.block); });
}

int64_t num_units(const std::vector<int64_t>& units) {
  return *std::max_element(units.begin(), units.end()) + 1;
}

/// Which of k groups each unit belongs to, groups being consecutive and none empty, such that the
/// squares of their sizes have the smallest sum; of equal ones the first groups are smallest.
std::vector<int64_t> balanced_groups(const std::vector<int64_t>& sizes, int64_t k) {
  const std::size_t n = sizes.size();
  const auto num_groups = static_cast<std::size_t>(k);
  std::vector<double> sum_before(n + 1, 0);
  for (std::size_t unit = 0; unit < n; ++unit)
    sum_before[unit + 1] = sum_before[unit] + static_cast<double>(sizes[unit]);
  constexpr double kNever = std::numeric_limits<double>::infinity();
  std::vector<std::vector<double>> least(num_groups + 1, std::vector<double>(n + 1, kNever));
  std::vector<std::vector<std::size_t>> begin_of(num_groups + 1,
                                                 std::vector<std::size_t>(n + 1, 0));
  least[0][0] = 0;
  for (std::size_t groups = 1; groups <= num_groups; ++groups) {
    for (std::size_t end = groups; end <= n; ++end) {
      for (std::size_t begin = groups - 1; begin < end; ++begin) {
        const double size = sum_before[end] - sum_before[begin];
        const double cost = least[groups - 1][begin] + size * size;
        if (cost >= least[groups][end]) continue;
        least[groups][end] = cost;
        begin_of[groups][end] = begin;
      }
    }
  }
  std::vector<int64_t> group_of(n, 0);
  std::size_t end = n;
  for (std::size_t groups = num_groups; groups > 0; --groups) {
    for (std::size_t unit = begin_of[groups][end]; unit < end; ++unit)
      group_of[unit] = static_cast<int64_t>(groups) - 1;
    end = begin_of[groups][end];
  }
  return group_of;
}

void give_whole_units(FoldPlan& plan, std::vector<int64_t> units, int64_t k) {
  std::vector<int64_t> sizes(static_cast<std::size_t>(num_units(units)), 0);
  for (const int64_t unit : units) ++sizes[static_cast<std::size_t>(unit)];
  const auto fold_of = balanced_groups(sizes, k);
  for (const int64_t unit : units) plan.fold.push_back(fold_of[static_cast<std::size_t>(unit)]);
  plan.block = std::move(units);
}

void give_stretches(FoldPlan& plan, int64_t num_words, int64_t k) {
  for (int64_t word = 0; word < num_words; ++word) plan.fold.push_back(word * k / num_words);
  plan.block = plan.fold;
}

/// Fisher and Yates' shuffle, then dealt in turn.
void give_shuffled(FoldPlan& plan, int64_t num_words, const FoldOptions& options) {
  std::vector<std::size_t> order(static_cast<std::size_t>(num_words));
  std::iota(order.begin(), order.end(), std::size_t{0});
  RandomStream random(options.seed, "shuffled folds");
  for (std::size_t left = order.size(); left > 1; --left)
    std::swap(order[left - 1], order[random.below(left)]);
  plan.fold.assign(order.size(), 0);
  for (std::size_t at = 0; at < order.size(); ++at)
    plan.fold[order[at]] = static_cast<int64_t>(at) % options.k;
  plan.block = plan.fold;
}

/// The scheme that there are enough units for; says what it fell back from.
std::string possible_scheme(const Words& words,
                            const FoldOptions& options,
                            std::vector<std::string>& reasons) {
  std::string scheme = options.scheme;
  if (scheme == "story" && num_units(story_units(words)) < options.k) {
    reasons.push_back(text("too few stories ({}) for {} folds: whole blocks are held out instead",
                           num_units(story_units(words)),
                           options.k));
    scheme = "block";
  }
  if (scheme == "block" && num_units(block_units(words)) < options.k) {
    reasons.push_back(
        text("too few blocks ({}) for {} folds: contiguous stretches are held out instead",
             num_units(block_units(words)),
             options.k));
    scheme = "contiguous";
  }
  return scheme;
}

void check(const Words& words, const FoldOptions& options) {
  if (!is_scheme(options.scheme)) {
    fail(Blame::kCommandLine,
         "folds: scheme \"{}\"; one of {} is wanted",
         options.scheme,
         join(kSchemes, ", "));
  }
  if (words.rows.empty()) fail(Blame::kData, "folds: there are no words");
  if (options.scheme == "file") return;
  const auto num_words = static_cast<int64_t>(words.rows.size());
  if (options.k < 2) fail(Blame::kCommandLine, "folds: {} folds; 2 or more are wanted", options.k);
  if (options.k > num_words)
    fail(Blame::kCommandLine,
         "folds: {} folds of {} words; no more folds than words are wanted",
         options.k,
         num_words);
}

}  // namespace

FoldPlan make_folds(const Words& words, const FoldOptions& options) {
  check(words, options);
  std::vector<std::string> reasons;
  FoldPlan plan;
  plan.scheme = possible_scheme(words, options, reasons);
  for (const auto& reason : reasons) warn("folds: " + reason);
  const auto num_words = static_cast<int64_t>(words.rows.size());
  if (plan.scheme == "story") give_whole_units(plan, story_units(words), options.k);
  if (plan.scheme == "block") give_whole_units(plan, block_units(words), options.k);
  if (plan.scheme == "contiguous") give_stretches(plan, num_words, options.k);
  if (plan.scheme == "shuffled") give_shuffled(plan, num_words, options);
  if (plan.scheme == "file") read_fold_table(plan, words, options.table);
  plan.num_blocks = num_units(plan.block);
  plan.num_folds = num_units(plan.fold);
  plan.words_sha256 = words.sha256;
  plan.provenance.label = "folds.tsv";
  plan.provenance.what = "lockstep folds";
  plan.provenance.options = {
      {"asked", options.scheme}, {"scheme", plan.scheme}, {"folds", plan.num_folds}};
  if (plan.scheme == "shuffled") plan.provenance.options["seed"] = options.seed;
  if (!reasons.empty()) plan.provenance.options["fallback"] = join(reasons, "; ");
  plan.provenance.versions = {{"lockstep", LOCKSTEP_VERSION}};
  plan.provenance.parents = {words.provenance};
  return plan;
}

FoldPlan folds_for(const Words& words, std::string_view file_or_scheme) {
  const auto colon = file_or_scheme.find(':');
  const std::string_view scheme = file_or_scheme.substr(0, colon);
  if (is_scheme(scheme) && scheme != "file") {
    FoldOptions options;
    options.scheme = scheme;
    if (colon != std::string_view::npos) {
      const std::string_view k = file_or_scheme.substr(colon + 1);
      const auto [end, status] = std::from_chars(k.data(), k.data() + k.size(), options.k);
      if (status != std::errc() || end != k.data() + k.size()) {
        fail(Blame::kCommandLine,
             "folds: \"{}\"; a number of folds is wanted behind the colon",
             file_or_scheme);
      }
    }
    return make_folds(words, options);
  }
  const std::filesystem::path path{std::string(file_or_scheme)};
  if (!std::filesystem::exists(path)) {
    fail(Blame::kCommandLine,
         "folds: \"{}\" is neither a file nor one of {}",
         file_or_scheme,
         "story, block, contiguous, shuffled");
  }
  FoldPlan plan = read_folds(path);
  if (plan.words_sha256 != words.sha256 || plan.block.size() != words.rows.size()) {
    fail(Blame::kData,
         "{}: a plan of {} other words (SHA-256 {}); one of these {} words ({}) is wanted: make it "
         "with lockstep folds",
         path,
         plan.block.size(),
         plan.words_sha256,
         words.rows.size(),
         words.sha256);
  }
  plan.provenance = as_parent(plan.provenance, path);
  return plan;
}

}  // namespace lockstep
