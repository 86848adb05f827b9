// Solves the data of a file and says how long it took: scripts/bench/ridge.
//
//   ridge_speed FILE.h5 default|certified|all
//
// FILE holds x(word, sensor), y(word, target), fold(word), alphas. Prints one line of JSON: CPU
// seconds of each step, the GEMM rate before and after, what the solver did, alphas and
// correlations by fold.
#include <cblas.h>

#include <ctime>
#include <iostream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "aligner/block_scores.h"
#include "aligner/ridge/held_out_sums.h"
#include "aligner/ridge/screened_ridge.h"
#include "tests/aligner/ridge/ridge_data.h"
#include "tests/oracles/ridge_by_refitting.h"

namespace lockstep {
namespace {

double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

template <class Work>
auto timed(nlohmann::json& seconds, const char* step, const Work& work) {
  const double begin = cpu_s();
  auto made = work();
  seconds[step] = seconds.value(step, 0.0) + cpu_s() - begin;
  return made;
}

/// 1e9 single-precision operations a second of a square product.
double gemm_rate() {
  const Eigen::MatrixXf a = Eigen::MatrixXf::Random(1024, 1024);
  Eigen::MatrixXf c = a * a;
  const double begin = cpu_s();
  for (int i = 0; i < 5; ++i) c.noalias() = a * a;
  return 5 * 2 * 1.024 * 1.024 * 1.024 / (cpu_s() - begin);
}

void add_fold(nlohmann::json& report,
              const FoldFit& fit,
              const RowRange& range,
              const Eigen::MatrixXd& y) {
  std::vector<double> r;
  for (Eigen::Index d = 0; d < y.cols(); ++d) {
    r.push_back(testing::pearson(y.col(d).segment(range.begin, range.size()),
                                 fit.predicted.front().col(d)));
  }
  report["alpha"].push_back(fit.alpha);
  report["r"].push_back(r);
}

void solve_plainly(const InputRows& x,
                   const Eigen::MatrixXd& y,
                   const TrainingPlan& plan,
                   const RidgeOptions& options,
                   nlohmann::json& report) {
  auto& seconds = report["seconds"];
  const RidgeCv ridge = timed(seconds, "inputs", [&] { return RidgeCv(x, plan, options); });
  const auto cross = timed(seconds, "targets", [&] { return ridge.cross(y); });
  for (int64_t fold = 0; fold < plan.num_folds; ++fold) {
    const auto fit = timed(seconds, "targets", [&] { return ridge.fit(fold, y, cross); });
    add_fold(report, fit, plan.block_rows[static_cast<std::size_t>(fold)], y);
  }
}

void solve_screened(const InputRows& x,
                    const Eigen::MatrixXd& y,
                    const TrainingPlan& plan,
                    const RidgeOptions& options,
                    double rho,
                    nlohmann::json& report) {
  auto& seconds = report["seconds"];
  const RowStrata strata = stratify(plan);
  const RidgeTargets targets =
      timed(seconds, "targets, once for all times", [&] { return RidgeTargets(y, strata); });
  const Whitening map = timed(seconds, "whitening, once for all times", [&] {
    const Eigen::VectorXd offset = x.colwise().mean().transpose();
    const InputRows centred = x.rowwise() - offset.transpose();
    return make_whitening(input_moments(centred, {{0, {}, {{0, x.rows()}}}}).front(), offset);
  });
  const WhiteRows recording =
      timed(seconds, "whitening, once for all times", [&] { return whiten(map, x); });
  const RidgeInputs inputs = timed(seconds, "inputs", [&] {
    WhiteRows rows(x.rows(), x.cols());
    for (Eigen::Index place = 0; place < x.rows(); ++place) {
      rows.row(place) = recording.row(strata.order[static_cast<std::size_t>(place)]);
    }
    return RidgeInputs({map, std::move(rows), [&] { return x; }}, plan, strata, options);
  });
  std::vector<int64_t> folds(static_cast<std::size_t>(plan.num_folds));
  std::iota(folds.begin(), folds.end(), 0);
  auto& parts = report["parts of targets"];
  const double begin = cpu_s();
  const auto products = timed(parts, "products", [&] { return multiply(inputs, targets); });
  const auto choices = timed(
      parts, "choice", [&] { return choose_alphas(inputs, targets, products, folds, {rho}); });
  std::vector<Eigen::VectorXd> r;
  for (const auto& choice : choices.folds) {
    const auto sums = timed(parts, "sums of test words", [&] {
      return held_out_sums(inputs, targets, products, plan, choice);
    });
    r.push_back(correlations(sums.front()));
  }
  seconds["targets"] = cpu_s() - begin;
  for (std::size_t f = 0; f < r.size(); ++f) {
    std::vector<double> alpha;
    for (const auto a : choices.folds[f].alpha)
      alpha.push_back(options.alphas[static_cast<std::size_t>(a)]);
    report["alpha"].push_back(alpha);
    report["r"].push_back(std::vector<double>(r[f].begin(), r[f].end()));
  }
  const auto& audit = choices.audit;
  report["audit"] = {{"decisions", audit.decisions},
                     {"checked", audit.checked},
                     {"evaluations", audit.evaluations},
                     {"in_double", audit.in_double},
                     {"rho_seen", audit.rho_seen},
                     {"rho_used", audit.rho_used}};
}

void run(const std::string& path, const std::string& solver) {
  openblas_set_num_threads(1);
  const Hdf5Reader file(path);
  const InputRows x = testing::matrix(file, "x");
  const Eigen::MatrixXd y = testing::matrix(file, "y");
  const auto fold = file.integers("fold");
  const TrainingPlan plan = testing::plan_of(fold, fold.back() + 1);
  const RidgeOptions options{file.doubles("alphas")};
  nlohmann::json report = {{"seconds", nlohmann::json::object()},
                           {"parts of targets", nlohmann::json::object()}};
  report["kernel"] = openblas_get_corename();
  report["gemm_gflops"].push_back(gemm_rate());
  if (solver == "all") {
    solve_plainly(x, y, plan, options, report);
  } else {
    solve_screened(x, y, plan, options, solver == "certified" ? 1.0 : 0.1, report);
  }
  report["gemm_gflops"].push_back(gemm_rate());
  std::cout << report.dump() << "\n";
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: ridge_speed FILE.h5 default|certified|all\n";
    return 2;
  }
  lockstep::run(argv[1], argv[2]);
  return 0;
}
