#pragma once

#include <cblas.h>

#include <Eigen/Core>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "aligner/ridge/ridge_cv.h"
#include "base/hdf5_reader.h"
#include "base/random_stream.h"

namespace lockstep::testing {

/// As the aligner has it; also, the idle threads of a pool would only wait for each other here.
inline const int kBlasThreads = [] {
  openblas_set_num_threads(1);
  return 1;
}();

/// Data sets of tests/golden/ridge.
inline constexpr std::array<const char*, 13> kGoldenNames = {"signal",
                                                             "scale_all",
                                                             "scale_none",
                                                             "null",
                                                             "offset",
                                                             "tesla",
                                                             "rank",
                                                             "flat",
                                                             "uneven",
                                                             "walk",
                                                             "constant",
                                                             "wide",
                                                             "one_sensor"};

/// What a reference implementation made of a data set: tests/golden/ridge.
struct Golden {
  InputRows x;
  Eigen::MatrixXd y;
  std::vector<int64_t> fold;
  std::vector<double> alphas;
  Eigen::MatrixXd alpha, loss, r;  // folds x targets
};

inline Eigen::MatrixXd matrix(const Hdf5Reader& file, const std::string& name) {
  const auto shape = file.shape(name);
  const auto values = file.doubles(name);
  return Eigen::Map<const InputRows>(values.data(), shape.at(0), shape.at(1));
}

/// Targets are centred as the aligner centres them, so that a constant one is exactly 0 and all its
/// alphas tie.
inline Golden read_golden(const std::string& name) {
  const Hdf5Reader file(LOCKSTEP_SOURCE_DIR "/tests/golden/ridge/ridge.h5");
  const Eigen::MatrixXd y = matrix(file, name + "/y");
  return {matrix(file, name + "/x"),
          y.rowwise() - y.colwise().mean(),
          file.integers(name + "/fold"),
          file.doubles(name + "/alphas"),
          matrix(file, name + "/alpha"),
          matrix(file, name + "/loss"),
          matrix(file, name + "/r")};
}

/// One block a fold, no embargo.
inline TrainingPlan plan_of(const std::vector<int64_t>& fold, int64_t num_folds) {
  std::vector<int64_t> block_fold;
  for (int64_t k = 0; k < num_folds; ++k) block_fold.push_back(k);
  std::vector<uint8_t> trains;
  for (const int64_t own : fold) {
    for (int64_t k = 0; k < num_folds; ++k) trains.push_back(own == k ? 0 : 1);
  }
  return make_training_plan(fold, block_fold, trains, num_folds);
}

inline InputScale scale_of(const std::string& name) {
  return name == "scale_all"    ? InputScale::kAll
         : name == "scale_none" ? InputScale::kNone
                                : InputScale::kTrain;
}

inline InputRows random_rows(int64_t rows, int64_t columns, const std::string& purpose) {
  RandomStream stream(7, purpose);
  InputRows x(rows, columns);
  for (Eigen::Index i = 0; i < x.size(); ++i) x.data()[i] = stream.normal();
  return x;
}

}  // namespace lockstep::testing
