#include "aligner/targets/principal_components.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "base/json_file.h"
#include "base/random_stream.h"
#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;
using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

ActivationRows view(const Rows& rows) { return {rows.data(), rows.rows(), rows.cols()}; }

std::vector<int64_t> all_rows(const Rows& rows) {
  std::vector<int64_t> all(static_cast<std::size_t>(rows.rows()));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

/// Directions of falling strength.
Rows random_rows(Eigen::Index words, Eigen::Index units) {
  RandomStream stream(3, "activations");
  Rows rows(words, units);
  for (Eigen::Index word = 0; word < words; ++word) {
    for (Eigen::Index unit = 0; unit < units; ++unit) {
      rows(word, unit) =
          static_cast<float>(10 + stream.normal() * 20 / (1 + static_cast<double>(unit)));
    }
  }
  return rows;
}

PrincipalComponents fit(const Rows& rows, int64_t num_components) {
  return fit_principal_components(view(rows), all_rows(rows), num_components, "here");
}

std::vector<double> numbers(const JsonAt& array) {
  std::vector<double> values;
  for (std::size_t k = 0; k < array.size(); ++k) values.push_back(array.at(k).number());
  return values;
}

// tests/golden/targets/make.py, scikit-learn 1.9.1: PCA(svd_solver="full") of float64 input
TEST(PrincipalComponents, AreThoseOfScikitLearn) {
  const std::string path = LOCKSTEP_SOURCE_DIR "/tests/golden/targets/pca.json";
  const auto golden = read_json_file(path);
  const JsonAt at(golden, path);
  const auto num_components = at["num_components"].integer();
  for (std::size_t k = 0; k < at["cases"].size(); ++k) {
    const JsonAt one = at["cases"].at(k);
    SCOPED_TRACE(one["name"].text());
    Rows rows(one["words"].integer(), one["units"].integer());
    const auto values = numbers(one["activations"]);
    for (std::size_t n = 0; n < values.size(); ++n) rows.data()[n] = static_cast<float>(values[n]);

    const PrincipalComponents components = fit(rows, num_components);
    const Eigen::MatrixXd projected = project(view(rows), components);

    const auto mean = numbers(one["mean"]);
    const auto basis = numbers(one["components"]);
    const auto explained = numbers(one["explained_variance_ratio"]);
    const auto transformed = numbers(one["transformed"]);
    for (Eigen::Index unit = 0; unit < rows.cols(); ++unit)
      EXPECT_NEAR(components.mean[unit], mean[static_cast<std::size_t>(unit)], 1e-12);
    for (Eigen::Index c = 0; c < num_components; ++c) {
      EXPECT_NEAR(components.explained[c], explained[static_cast<std::size_t>(c)], 1e-13)
          << "component " << c;
      for (Eigen::Index unit = 0; unit < rows.cols(); ++unit) {
        EXPECT_NEAR(components.basis(c, unit),
                    basis[static_cast<std::size_t>(c * rows.cols() + unit)],
                    1e-11)
            << "component " << c << ", unit " << unit;
      }
      for (Eigen::Index word = 0; word < rows.rows(); ++word) {
        EXPECT_NEAR(projected(word, c),
                    transformed[static_cast<std::size_t>(word * num_components + c)],
                    1e-9)
            << "component " << c << ", word " << word;
      }
    }
  }
}

TEST(PrincipalComponents, AreOrthonormalWhicheverSideIsSmaller) {
  for (const auto& [words, units] : {std::pair<int, int>{700, 30}, {30, 700}}) {
    const PrincipalComponents components = fit(random_rows(words, units), 20);

    const Eigen::MatrixXd products = components.basis * components.basis.transpose();
    EXPECT_LT((products - Eigen::MatrixXd::Identity(20, 20)).cwiseAbs().maxCoeff(), 1e-10)
        << words << " words, " << units << " units";
  }
}

TEST(PrincipalComponents, HaveUncorrelatedProjectionsWithTheVariancesTold) {
  const Rows rows = random_rows(200, 12);

  const PrincipalComponents components = fit(rows, 12);
  const Eigen::MatrixXd projected = project(view(rows), components);

  const Eigen::MatrixXd covariance = projected.transpose() * projected / 200;
  const Eigen::MatrixXd centred =
      rows.cast<double>().rowwise() - rows.cast<double>().colwise().mean();
  const double total = centred.squaredNorm() / 200;
  EXPECT_NEAR(components.explained.sum(), 1, 1e-12);
  for (Eigen::Index a = 0; a < 12; ++a) {
    for (Eigen::Index b = 0; b < 12; ++b) {
      EXPECT_NEAR(covariance(a, b) / total, a == b ? components.explained[a] : 0, 1e-12)
          << a << ", " << b;
    }
  }
}

TEST(PrincipalComponents, FindASubspace) {
  // Activations that lie in a plane: two components give them back.
  const Rows latent = random_rows(50, 2);
  const Rows directions = random_rows(2, 9);
  const Rows rows = (latent * directions).eval();

  const PrincipalComponents components = fit(rows, 2);
  const Eigen::MatrixXd back =
      (project(view(rows), components) * components.basis).rowwise() + components.mean.transpose();

  EXPECT_LT((back - rows.cast<double>()).cwiseAbs().maxCoeff(), 1e-3 * rows.cwiseAbs().maxCoeff());
  EXPECT_NEAR(components.explained.sum(), 1, 1e-9);
}

TEST(PrincipalComponents, DoNotChangeWhenActivationsAreShifted) {
  const Rows rows = random_rows(60, 8);
  Rows shifted = rows;
  shifted.array() += 64;

  const PrincipalComponents before = fit(rows, 5);
  const PrincipalComponents after = fit(shifted, 5);

  EXPECT_LT((before.basis - after.basis).cwiseAbs().maxCoeff(), 1e-4);
  EXPECT_LT((before.mean.array() + 64 - after.mean.array()).abs().maxCoeff(), 1e-5);
}

TEST(PrincipalComponents, SeeOnlyTheWordsOfTheFit) {
  Rows rows = random_rows(40, 6);
  const std::vector<int64_t> some = {0, 3, 5, 7, 8, 11, 13, 20, 21, 22, 30, 31};

  const PrincipalComponents before = fit_principal_components(view(rows), some, 3, "here");
  rows.row(1).setConstant(1e6F);
  rows.row(39).setConstant(std::numeric_limits<float>::quiet_NaN());
  const PrincipalComponents after = fit_principal_components(view(rows), some, 3, "here");

  EXPECT_EQ(before.basis, after.basis);
  EXPECT_TRUE(project(view(rows), after).row(39).array().isNaN().all());
  EXPECT_TRUE(project(view(rows), after).row(38).allFinite());
}

TEST(PrincipalComponents, PointWithTheirLargestLoading) {
  const PrincipalComponents components = fit(random_rows(80, 7), 7);

  for (Eigen::Index c = 0; c < 7; ++c) {
    Eigen::Index largest = 0;
    components.basis.row(c).cwiseAbs().maxCoeff(&largest);
    EXPECT_GT(components.basis(c, largest), 0) << "component " << c;
  }
}

TEST(PrincipalComponents, RefuseMoreComponentsThanThereCanBe) {
  const Rows rows = random_rows(6, 4);
  const Rows wide = random_rows(5, 9);
  Rows flat = random_rows(20, 4);
  for (Eigen::Index word = 0; word < 20; ++word) flat.row(word) = flat.row(word % 2);

  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { fit(rows, 5); }),
                    "here: 4 units; at least as many as components, 5, are wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { fit(wide, 5); }),
                    "here: 5 words to fit; more than components, 5, are wanted"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { fit(flat, 3); }),
            "here: 20 words vary in 1 directions; at least as many as components, 3, are wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kCommandLine, [&] { fit(rows, 0); }),
                    "here: 0 components; at least 1 is wanted"));
}

}  // namespace
}  // namespace lockstep
