#include "aligner/alignment.h"

#include <cblas.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <optional>
#include <span>

#include "aligner/block_scores.h"
#include "aligner/recording_scale.h"
#include "aligner/ridge/held_out_sums.h"
#include "aligner/score_parts.h"
#include "aligner/white_recordings.h"
#include "base/files.h"
#include "base/filled_file.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/workers.h"

namespace lockstep {
namespace {

/// The data of a subject's recordings, and the standardised targets of the words it heard.
struct SubjectData {
  std::vector<std::vector<float>>
      recordings;  ///< by recording of the header; empty for those of others
  std::optional<WhiteRecordings> white;
  std::vector<std::vector<RidgeTargets>>
      y;  ///< by group, by fit: rows of SubjectGroup::words x columns

  RecordedSamples samples(const AlignmentPlan& plan) const {
    return {recordings, std::ssize(plan.meg.header().sensors), plan.sensors.sensors};
  }
};

SubjectData load_subject(const AlignmentPlan& plan, std::size_t subject, int num_threads) {
  SubjectData data;
  const auto& recordings = plan.meg.header().recordings;
  for (std::size_t r = 0; r < recordings.size(); ++r) {
    const bool own = recordings[r].subject == plan.header.subjects[subject];
    data.recordings.push_back(own ? plan.meg.read(r) : std::vector<float>());
    if (own && plan.settings.scale == "recording") {
      data.recordings.back() = standardise_recording(std::move(data.recordings.back()),
                                                     std::ssize(plan.meg.header().sensors));
    }
  }
  std::vector<HeardWord> words;
  for (const auto& group : plan.groups) {
    const auto& own = group.subjects[subject];
    words.insert(words.end(), own.words.begin(), own.words.end());
    const auto rows = own.rows();
    data.y.emplace_back();
    for (int64_t fit = 0; fit < plan.targets.num_fits(); ++fit) {
      data.y.back().emplace_back(group.scales[static_cast<std::size_t>(fit)].apply(
                                     plan.targets.values(fit, group.contexts, rows)),
                                 own.strata);
    }
  }
  if (screen_rules(plan.settings.solver)) {
    data.white = whiten_recordings(data.samples(plan), words, plan.grid, num_threads);
  }
  return data;
}

/// The inputs `lag` samples after the onsets. `plan`, `subject` and `data` must outlive them.
RidgeInputs inputs_at(const AlignmentPlan& plan,
                      const SubjectGroup& subject,
                      const SubjectData& data,
                      int64_t lag) {
  const auto recorded = [&plan, &subject, &data, lag] {
    return gather(data.samples(plan), subject.words, lag);
  };
  if (!data.white) return {recorded(), subject.plan, subject.strata, plan.ridge};
  return {
      WhitenedInputs{
          data.white->map, data.white->gather(subject.words, subject.strata.order, lag), recorded},
      subject.plan,
      subject.strata,
      plan.ridge};
}

/// Numbers values along the axes of scores.h5 that lie before `time`.
struct Axes {
  int64_t contexts, blocks, folds, taps, components, draws;

  explicit Axes(const ScoresHeader& header)
      : contexts(std::ssize(header.contexts)),
        blocks(std::ssize(header.block_fold)),
        folds(header.num_folds),
        taps(std::ssize(header.taps)),
        components(header.num_components),
        draws(header.num_null_draws) {}

  int64_t columns() const { return taps * components; }
  /// (context, block or fold, tap, component): `column` numbers the last two.
  int64_t in_block(int64_t context, int64_t block, int64_t column) const {
    return (context * blocks + block) * columns() + column;
  }
  int64_t in_fold(int64_t context, int64_t fold, int64_t column) const {
    return (context * folds + fold) * columns() + column;
  }
  int64_t in_draw(int64_t context, int64_t draw, int64_t tap) const {
    return (context * draws + draw) * taps + tap;
  }
};

/// Fits one group of contexts of one subject at one time and puts what came out into the part.
class TimeFit {
 public:
  TimeFit(const AlignmentPlan& plan,
          const ContextGroup& group,
          const SubjectGroup& subject,
          PartValues& values,
          int64_t time)
      : plan_(plan),
        group_(group),
        subject_(subject),
        values_(values),
        time_(time),
        axes_(plan.header),
        num_columns_(std::ssize(group.contexts) * axes_.columns()),
        r_(Eigen::MatrixXd::Constant(
            axes_.folds, num_columns_, std::numeric_limits<double>::quiet_NaN())),
        null_(Eigen::MatrixXd::Zero(axes_.draws, num_columns_ / axes_.components)) {}

  SolverAudit run(const SubjectData& data, std::size_t group, int64_t lag) {
    put_empty();
    SolverAudit audit;
    if (const auto rules = screen_rules(plan_.settings.solver)) {
      audit = fit_by_sums(inputs_at(plan_, subject_, data, lag), data.y[group], *rules);
    } else {
      fit_plainly(gather(data.samples(plan_), subject_.words, lag), data.y[group]);
    }
    put_scores();
    return audit;
  }

 private:
  template <class Put>
  void for_each_column(const Put& put) const {
    for (std::size_t c = 0; c < group_.contexts.size(); ++c) {
      for (int64_t column = 0; column < axes_.columns(); ++column) {
        put(group_.contexts[c], column, static_cast<int64_t>(c) * axes_.columns() + column);
      }
    }
  }

  /// Every loss in double precision, or from block sums.
  void fit_plainly(const InputRows& x, const std::vector<RidgeTargets>& y) {
    const RidgeCv ridge(x, subject_.plan, plan_.ridge);
    std::vector<CrossMoments> cross;
    for (const int64_t fold : tested_folds()) {
      const Eigen::MatrixXd values =
          y[fit_of(fold, y)].values(subject_.strata, {0, subject_.plan.num_rows});
      if (cross.empty() || y.size() > 1) cross = ridge.cross(values);
      put_fold(fold, values, ridge.fit(fold, values, cross));
    }
  }

  /// Words are predicted one by one only where the null needs them.
  SolverAudit fit_by_sums(const RidgeInputs& inputs,
                          const std::vector<RidgeTargets>& y,
                          const ScreenRules& rules) {
    const std::vector<int64_t> folds = tested_folds();
    const std::size_t at_once = y.size() > 1 ? 1 : folds.size();
    SolverAudit audit;
    for (std::size_t first = 0; first < folds.size(); first += at_once) {
      const auto& targets = y[fit_of(folds[first], y)];
      const auto some = std::span(folds).subspan(first, at_once);
      const TargetProducts products = multiply(inputs, targets);
      const AlphaChoices choices = choose_alphas(inputs, targets, products, some, rules);
      for (const auto& choice : choices.folds) {
        if (axes_.draws > 0) {
          const auto values = targets.values(subject_.strata, {0, subject_.plan.num_rows});
          put_fold(choice.fold, values, predict(inputs, subject_.plan, choice));
          continue;
        }
        std::vector<double> alpha;
        for (const auto a : choice.alpha) alpha.push_back(inputs.alphas()[a]);
        put_fold_sums(
            choice.fold, held_out_sums(inputs, targets, products, subject_.plan, choice), alpha);
      }
      audit += choices.audit;
    }
    return audit;
  }

  std::vector<int64_t> tested_folds() const {
    std::vector<int64_t> folds;
    for (int64_t fold = 0; fold < axes_.folds; ++fold) {
      if (subject_.plan.num_test(fold) > 0) folds.push_back(fold);
    }
    return folds;
  }

  /// Targets fitted on training words (reduce --fit train) go with their fold.
  static std::size_t fit_of(int64_t fold, const std::vector<RidgeTargets>& y) {
    return y.size() > 1 ? static_cast<std::size_t>(fold) : 0;
  }

  /// Folds that test nothing have no alpha; a block without words has sums of 0, which the part
  /// holds already.
  void put_empty() {
    for_each_column([&](int64_t context, int64_t column, int64_t) {
      for (int64_t fold = 0; fold < axes_.folds; ++fold) {
        values_.set(ScoreVariable::kAlpha,
                    axes_.in_fold(context, fold, column),
                    time_,
                    std::numeric_limits<double>::quiet_NaN());
      }
    });
  }

  void put_fold(int64_t fold, const Eigen::MatrixXd& y, const FoldFit& fit) {
    const auto blocks = subject_.plan.test_blocks(fold);
    std::vector<TestBlock> tests;
    std::vector<ScoreSums> sums;
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      const auto& range = subject_.plan.block_rows[static_cast<std::size_t>(blocks[b])];
      tests.push_back({blocks[b], y.middleRows(range.begin, range.size()), fit.predicted[b]});
      sums.push_back(block_sums(tests.back().observed, tests.back().predicted));
    }
    put_fold_sums(fold, sums, fit.alpha);
    if (axes_.draws > 0) {
      null_ +=
          shifted_correlations(tests, r_.row(fold).transpose(), axes_.components, subject_.shifts);
    }
  }

  /// `sums` are of the fold's test blocks.
  void put_fold_sums(int64_t fold,
                     const std::vector<ScoreSums>& sums,
                     const std::vector<double>& alpha) {
    const auto blocks = subject_.plan.test_blocks(fold);
    ScoreSums fold_sums = ScoreSums::Zero(num_columns_, static_cast<int>(kNumScoreSums));
    for (std::size_t b = 0; b < blocks.size(); ++b) {
      put_sums(blocks[b], sums[b]);
      fold_sums += sums[b];
    }
    r_.row(fold) = correlations(fold_sums).transpose();
    for_each_column([&](int64_t context, int64_t column, int64_t target) {
      values_.set(ScoreVariable::kAlpha,
                  axes_.in_fold(context, fold, column),
                  time_,
                  alpha[static_cast<std::size_t>(target)]);
    });
  }

  void put_sums(int64_t block, const ScoreSums& sums) {
    for_each_column([&](int64_t context, int64_t column, int64_t target) {
      for (Eigen::Index stat = 0; stat < sums.cols(); ++stat) {
        values_.set(ScoreVariable::kSums,
                    axes_.in_block(context, block, column),
                    time_,
                    sums(target, stat),
                    stat);
      }
    });
  }

  void put_scores() {
    for_each_column([&](int64_t context, int64_t column, int64_t target) {
      values_.set(ScoreVariable::kScoreComponent,
                  context * axes_.columns() + column,
                  time_,
                  mean_of_defined(r_.col(target)));
    });
    for (std::size_t c = 0; c < group_.contexts.size(); ++c) {
      for (int64_t tap = 0; tap < axes_.taps; ++tap) {
        put_tap(group_.contexts[c], tap, static_cast<int64_t>(c) * axes_.taps + tap);
      }
    }
  }

  void put_tap(int64_t context, int64_t tap, int64_t in_group) {
    const auto r = r_.middleCols(in_group * axes_.components, axes_.components);
    values_.set(ScoreVariable::kScore, context * axes_.taps + tap, time_, mean_of_defined(r));
    const auto defined = static_cast<double>((r.array() == r.array()).count());
    const double widening = null_widening(axes_.folds);
    for (int64_t draw = 0; draw < axes_.draws; ++draw) {
      values_.set(ScoreVariable::kNullScore,
                  axes_.in_draw(context, draw, tap),
                  time_,
                  widening * null_(draw, in_group) / defined);
    }
  }

  const AlignmentPlan& plan_;
  const ContextGroup& group_;
  const SubjectGroup& subject_;
  PartValues& values_;
  int64_t time_;
  Axes axes_;
  int64_t num_columns_;
  Eigen::MatrixXd r_;     // folds x columns of the group
  Eigen::MatrixXd null_;  // draws x (context, tap): sums of r over folds and components
};

/// A part's values and what it took.
struct FittedPart {
  PartValues values;
  SolverAudit audit;
};

FittedPart fit_part(const AlignmentPlan& plan,
                    const ScoreParts& parts,
                    const ScorePart& part,
                    const SubjectData& data) {
  FittedPart fitted{PartValues(parts, part.num_times), {}};
  const auto subject = static_cast<std::size_t>(part.subject);
  for (int64_t time = 0; time < part.num_times; ++time) {
    const int64_t lag = plan.grid.first + part.first_time + time;
    for (std::size_t g = 0; g < plan.groups.size(); ++g) {
      const auto& words = plan.groups[g].subjects[subject];
      fitted.audit += TimeFit(plan, plan.groups[g], words, fitted.values, time).run(data, g, lag);
    }
  }
  return fitted;
}

int64_t parts_of_shard(int64_t num_parts, const Shard& shard) {
  int64_t count = 0;
  for (int64_t part = 0; part < num_parts; ++part) count += shard.has(part) ? 1 : 0;
  return count;
}

}  // namespace

std::string blas_kernel() { return openblas_get_corename(); }

void align(const AlignJob& job) {
  openblas_set_num_threads(1);
  say_verbose("OpenBLAS kernel: " + blas_kernel());
  check_output(job.output);
  const AlignmentPlan plan = plan_alignment(job.inputs, job.settings);
  const ScoreParts parts(plan.header);
  FilledFile file(
      job.output,
      plan.key,
      job.shard,
      parts.count(),
      [&](const std::filesystem::path& partial) { lay_out_scores(partial, plan.header); },
      [&](int64_t part, const std::filesystem::path& partial) {
        return parts.pieces(part, partial);
      });
  const auto left = file.parts_left();
  if (const auto own = parts_of_shard(parts.count(), job.shard); own > std::ssize(left)) {
    say(text("{} of {} parts were done before", own - std::ssize(left), own));
  }
  SolverAudit audit;
  std::mutex audit_mutex;
  Progress progress("align", std::ssize(left), "parts");
  for (std::size_t subject = 0; subject < plan.header.subjects.size(); ++subject) {
    std::vector<int64_t> own;
    std::copy_if(left.begin(), left.end(), std::back_inserter(own), [&](int64_t part) {
      return parts.part(part).subject == static_cast<int64_t>(subject);
    });
    if (own.empty()) continue;
    const SubjectData data = load_subject(plan, subject, job.num_threads);
    for_each_item(std::ssize(own), job.num_threads, [&](int64_t item, int) {
      const int64_t part = own[static_cast<std::size_t>(item)];
      const FittedPart fitted = fit_part(plan, parts, parts.part(part), data);
      file.write_part(part, fitted.values.bytes());
      {
        const std::lock_guard lock(audit_mutex);
        audit += fitted.audit;
      }
      progress.advance(1);
    });
  }
  if (audit.decisions > 0) say_verbose(to_text(audit));
  if (!file.finish()) {
    say(text("shard {}/{} is done; the file is whole when the others are",
             job.shard.index,
             job.shard.count));
  }
}

}  // namespace lockstep
