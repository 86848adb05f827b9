#include "aligner/targets/reduction.h"

#include <gtest/gtest.h>

#include <cmath>

#include "aligner/targets/principal_components.h"
#include "tests/support/messages.h"
#include "tests/support/small_study.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using testing::noise_value;
using testing::SmallActivations;
using testing::TemporaryFolder;

/// 60 words of two stories, contexts 1 and 3, three taps of six units.
class Reductions : public ::testing::Test {
 protected:
  Reductions() : words(testing::small_words(folder.path(), 60, 30)) {
    shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
      return noise_value(1, context, tap, word, unit) * static_cast<double>(10 - unit);
    };
  }

  ActivationsFile activations() const {
    write_small_activations(folder / "activations.h5", words, shape);
    return ActivationsFile(folder / "activations.h5");
  }

  FoldPlan folds_of_stories() const {
    FoldPlan plan;
    plan.words_sha256 = words.sha256;
    plan.sha256 = "plan";
    plan.num_blocks = plan.num_folds = 2;
    for (int64_t word = 0; word < 60; ++word) plan.block.push_back(word / 30);
    plan.fold = plan.block;
    return plan;
  }

  TemporaryFolder folder;
  Words words;
  SmallActivations shape;
};

TEST_F(Reductions, FitTheContentWordsThatHaveEveryContext) {
  const ActivationsFile file = activations();

  const Reduction reduction = reduce_activations(file, {.stimuli = &words}, {.num_components = 2});

  ASSERT_EQ(reduction.header.fit_word.size(), 60u);
  for (std::size_t word = 0; word < 60; ++word) {
    EXPECT_EQ(reduction.header.fit_word[word], words.rows[word].content && word % 30 >= 2)
        << "word " << word;
  }
  EXPECT_EQ(reduction.header.fit, "analysed");
  EXPECT_EQ(reduction.fits.size(), 6u);
}

TEST_F(Reductions, GiveTheComponentsOfEveryContextAndTap) {
  const ActivationsFile file = activations();

  const Reduction reduction = reduce_activations(file, {.stimuli = &words}, {.num_components = 2});

  std::vector<int64_t> fit_rows;
  for (int64_t word = 0; word < 60; ++word) {
    if (reduction.header.fit_word[static_cast<std::size_t>(word)] != 0) fit_rows.push_back(word);
  }
  for (std::size_t at = 0; at < 6; ++at) {
    const std::vector<float> values = file.read(at / 3, at % 3);
    const ActivationRows rows(values.data(), 60, 6);
    const PrincipalComponents expected = fit_principal_components(rows, fit_rows, 2, "here");
    const Eigen::MatrixXd projected = project(rows, expected);
    for (int word = at < 3 ? 0 : 2; word < 30; ++word) {
      EXPECT_EQ(reduction.fits[at].targets[static_cast<std::size_t>(word) * 2 + 1],
                static_cast<float>(projected(word, 1)))
          << "fit " << at << ", word " << word;
    }
    EXPECT_EQ(reduction.fits[at].explained_variance[0], expected.explained[0]);
    EXPECT_EQ(reduction.fits[at].basis[6], static_cast<float>(expected.basis(1, 0)));
    EXPECT_EQ(reduction.fits[at].mean[5], static_cast<float>(expected.mean[5]));
  }
}

TEST_F(Reductions, HaveNoTargetsWhereTheContextIsNotAvailable) {
  const Reduction reduction =
      reduce_activations(activations(), {.stimuli = &words}, {.num_components = 2});

  for (const std::size_t word : {0u, 1u, 30u, 31u}) {
    EXPECT_TRUE(std::isfinite(reduction.fits[0].targets[word * 2])) << "context 1, word " << word;
    EXPECT_TRUE(std::isnan(reduction.fits[3].targets[word * 2])) << "context 3, word " << word;
  }
  EXPECT_TRUE(std::isfinite(reduction.fits[3].targets[2 * 2]));
}

TEST_F(Reductions, CanFitAllWords) {
  const Reduction reduction = reduce_activations(
      activations(), {}, {.num_components = 2, .fit = {.scope = FitScope::kAll}});

  for (std::size_t word = 0; word < 60; ++word)
    EXPECT_EQ(reduction.header.fit_word[word], word % 30 >= 2) << "word " << word;
  EXPECT_EQ(reduction.header.fit, "all");
}

TEST_F(Reductions, FitEachFoldWithoutItsTestWords) {
  FoldPlan plan = folds_of_stories();
  plan.fold[45] = -1;  // never tested: trains every fold
  const FitWordsOptions train = {.scope = FitScope::kTrain, .words = WordChoice::kAll};

  const Reduction reduction =
      reduce_activations(activations(), {.folds = &plan}, {.num_components = 2, .fit = train});

  EXPECT_EQ(reduction.header.num_folds, 2);
  EXPECT_EQ(reduction.header.folds_sha256, "plan");
  ASSERT_EQ(reduction.header.fit_word.size(), 120u);
  ASSERT_EQ(reduction.fits.size(), 12u);
  for (std::size_t word = 0; word < 60; ++word) {
    EXPECT_EQ(reduction.header.fit_word[word], word >= 32) << "fold 0, word " << word;
    EXPECT_EQ(reduction.header.fit_word[60 + word], (word >= 2 && word < 30) || word == 45)
        << "fold 1, word " << word;
  }
  EXPECT_NE(reduction.fits[0].basis, reduction.fits[6].basis);
}

TEST_F(Reductions, AreTheSameWhateverTheThreads) {
  const ActivationsFile file = activations();

  const Reduction one =
      reduce_activations(file, {.stimuli = &words}, {.num_components = 3, .num_threads = 1});
  const Reduction three =
      reduce_activations(file, {.stimuli = &words}, {.num_components = 3, .num_threads = 3});

  for (std::size_t at = 0; at < one.fits.size(); ++at)
    EXPECT_EQ(one.fits[at].basis, three.fits[at].basis) << "fit " << at;
}

TEST_F(Reductions, CountWordsFarFromTheOthers) {
  shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
    return word == 40 && tap == 1 && context == 3 ? 1000.0
                                                  : noise_value(1, context, tap, word, unit);
  };

  const Reduction reduction =
      reduce_activations(activations(), {.stimuli = &words}, {.num_components = 2});

  EXPECT_EQ(reduction.outliers[4].count, 1);
  EXPECT_EQ(reduction.outliers[0].count, 0);
  EXPECT_TRUE(holds(
      describe_outliers(reduction.outliers),
      "1 word vectors lie beyond 5 SD on a component; most of them, 1, at context 3, block 2"));
  EXPECT_EQ(describe_outliers({}), "");
}

TEST_F(Reductions, RefuseValuesThatAreNotFinite) {
  shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
    return tap == 1 && word == 9 && unit == 4 ? INFINITY : noise_value(1, context, tap, word, unit);
  };

  const std::string message = message_of(Blame::kData, [&] {
    reduce_activations(activations(), {.stimuli = &words}, {.num_components = 2});
  });

  EXPECT_TRUE(holds(message,
                    "context 1, block 2: word 9 pools 1 tokens and has values that are not finite; "
                    "finite ones are wanted"));
}

TEST_F(Reductions, SayWhatIsMissing) {
  const ActivationsFile file = activations();
  const FitWordsOptions train = {.scope = FitScope::kTrain, .words = WordChoice::kAll};

  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { reduce_activations(file, {}, {}); }),
                    "reduce: content words are to be fitted and no --stimuli is given"));
  EXPECT_TRUE(
      holds(message_of(Blame::kCommandLine, [&] { reduce_activations(file, {}, {.fit = train}); }),
            "reduce: --fit train and no --folds"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { fit_scope_of("some"); }),
                    "--fit: some; analysed, all or train is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [] { word_choice_of("some"); }),
                    "--words: some; content or all is wanted"));
}

TEST_F(Reductions, RefuseStimuliAndFoldsOfOtherWords) {
  const ActivationsFile file = activations();
  Words other = words;
  other.sha256 = "other";
  FoldPlan plan = folds_of_stories();
  plan.words_sha256 = "another";
  Words fewer = words;
  fewer.rows.resize(10);
  const FitWordsOptions train = {.scope = FitScope::kTrain, .words = WordChoice::kAll};

  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { reduce_activations(file, {.stimuli = &other}, {}); }),
            "and the stimuli of words other; both must come from one words.tsv"));
  EXPECT_TRUE(holds(
      message_of(Blame::kData, [&] { reduce_activations(file, {.folds = &plan}, {.fit = train}); }),
      "and the fold plan of words another"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { reduce_activations(file, {.stimuli = &fewer}, {}); }),
            "reduce: the stimuli has 10 words; the activations name word 59"));
}

}  // namespace
}  // namespace lockstep
