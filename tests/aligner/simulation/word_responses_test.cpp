#include "aligner/simulation/word_responses.h"

#include <gtest/gtest.h>

#include "base/random_stream.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

Eigen::MatrixXd random_matrix(Eigen::Index rows, Eigen::Index columns) {
  RandomStream stream(1, "features");
  Eigen::MatrixXd values(rows, columns);
  for (double& value : values.reshaped()) value = stream.normal();
  return values;
}

std::vector<HeardWord> words_of(int count) {
  std::vector<HeardWord> words;
  for (int k = 0; k < count; ++k) words.push_back({(k * 7) % count, 3 + 0.37 * k});
  return words;
}

std::vector<ResponseKernel> two_kernels() {
  return {ResponseKernel({.latency_s = 0.2}, {}),
          ResponseKernel({.latency_s = 0.4, .width_s = 0.1}, {})};
}

TEST(WordResponses, AreTheSumOverAllWords) {
  const Eigen::MatrixXd features = random_matrix(90, 6);
  const auto words = words_of(90);
  const auto kernels = two_kernels();
  std::vector<double> times_s;
  for (int n = 0; n < 1300; ++n) times_s.push_back(n / 30.0);

  const Eigen::MatrixXd activity = WordResponses(words, kernels, features).at(times_s);

  for (const int n : {0, 100, 101, 511, 512, 700, 1299}) {
    for (int feature = 0; feature < 6; ++feature) {
      double expected = 0;
      for (const HeardWord& word : words)
        expected +=
            features(word.row, feature) * kernels[static_cast<std::size_t>(feature / 3)].at(
                                              times_s[static_cast<std::size_t>(n)] - word.time_s);
      EXPECT_NEAR(activity(n, feature), expected, 1e-12)
          << "sample " << n << ", feature " << feature;
    }
  }
}

TEST(WordResponses, DoNotDependOnWhatElseIsAskedFor) {
  const Eigen::MatrixXd features = random_matrix(60, 4);
  const WordResponses responses(words_of(60), two_kernels(), features);
  std::vector<double> times_s;
  for (int n = 0; n < 600; ++n) times_s.push_back(n / 30.0);

  const Eigen::MatrixXd all = responses.at(times_s);
  const Eigen::MatrixXd some = responses.at(std::span<const double>(times_s).subspan(77, 5));

  EXPECT_LT((all.middleRows(77, 5) - some).cwiseAbs().maxCoeff(), 1e-13);
}

TEST(WordResponses, AreSilentFarFromWords) {
  const Eigen::MatrixXd features = random_matrix(3, 2);
  const std::vector<double> times_s = {-100, 500};

  EXPECT_EQ(WordResponses(words_of(3), two_kernels(), features).at(times_s),
            Eigen::MatrixXd::Zero(2, 2));
}

TEST(WordResponses, WantEquallyManyFeaturesATap) {
  const Eigen::MatrixXd features = random_matrix(3, 5);

  EXPECT_TRUE(holds(
      message_of(Blame::kProgram, [&] { WordResponses(words_of(3), two_kernels(), features); }),
      "word responses: 5 features for 2 kernels; a multiple is wanted"));
}

}  // namespace
}  // namespace lockstep
