#include "extractor/activations_job.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/error.h"
#include "base/filled_file.h"
#include "base/hdf5_writer.h"
#include "base/progress.h"
#include "base/workers.h"
#include "extractor/part_values.h"

namespace lockstep {
namespace {

ActivationsShape shape_of(const ActivationsHeader& header) {
  return {.taps = static_cast<int64_t>(header.taps.size()),
          .words = static_cast<int64_t>(header.words.size()),
          .units = header.num_units,
          .value_bytes = header.storage == FloatStorage::kFloat16 ? 2 : 4};
}

/// The bytes of the activations that the partial file does not hold on the disk yet, against the
/// room that is left.
void check_room(const std::filesystem::path& output, const ActivationsHeader& header) {
  const ActivationsShape shape = shape_of(header);
  auto wanted = static_cast<int64_t>(header.contexts.size()) * shape.taps * shape.words *
                shape.units * shape.value_bytes;
  auto partial = output;
  partial += ".partial";
  struct stat status {};
  if (stat(partial.c_str(), &status) == 0) wanted -= status.st_blocks * 512;
  const auto folder = output.has_parent_path() ? output.parent_path() : std::filesystem::path(".");
  const auto room = static_cast<int64_t>(std::filesystem::space(folder).available);
  if (wanted > room) {
    fail(Blame::kData,
         "{}: {} bytes are needed, {} are free; fewer contexts or layers, or another disk, are "
         "wanted",
         output,
         with_thousands(wanted),
         with_thousands(room));
  }
}

/// Shows how far the work is, and how fast: in words, a part's share of them being its share of the
/// values.
class Pace {
 public:
  Pace(const ActivationsJob& job, const std::vector<int64_t>& parts)
      : job_(job), start_(std::chrono::steady_clock::now()) {
    for (const int64_t part : parts) values_left_ += values_of(part);
    const auto contexts = static_cast<int64_t>(job.header.contexts.size());
    words_left_ = (values_left_ + contexts - 1) / contexts;
    progress_.emplace("extract", words_left_, "words");
  }

  void add(int64_t part) {
    const std::lock_guard lock(mutex_);
    for (const int64_t window : job_.parts[static_cast<std::size_t>(part)].windows) {
      flop_ += window_flop(
          job_.plan.num_tokens(job_.plan.windows[static_cast<std::size_t>(window)]), job_.blocks);
    }
    values_ += values_of(part);
    const auto words =
        static_cast<int64_t>(static_cast<double>(words_left_) * static_cast<double>(values_) /
                             static_cast<double>(values_left_));
    progress_->advance(words - words_, rate());
    words_ = words;
  }

  /// "1,583 words x 3 contexts in 92 s: 17.2 words/s, 95 GFLOP/s".
  std::string summary() {
    progress_.reset();
    char shown[64];
    const double elapsed = seconds();
    std::snprintf(shown,
                  sizeof shown,
                  "%.1f s: %.1f words/s",
                  elapsed,
                  static_cast<double>(words_left_) / elapsed);
    return text("{} words x {} contexts in {}, {}",
                with_thousands(words_left_),
                job_.header.contexts.size(),
                shown,
                rate());
  }

 private:
  int64_t values_of(int64_t part) const {
    const PlannedPart& planned = job_.parts[static_cast<std::size_t>(part)];
    return planned.cells_end - planned.cells_begin;
  }
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  std::string rate() const {
    char shown[32];
    std::snprintf(shown, sizeof shown, "%.0f GFLOP/s", flop_ / seconds() / 1e9);
    return shown;
  }

  const ActivationsJob& job_;
  std::chrono::steady_clock::time_point start_;
  std::mutex mutex_;
  std::optional<Progress> progress_;
  int64_t values_left_ = 0;
  int64_t words_left_ = 0;
  int64_t values_ = 0;
  int64_t words_ = 0;
  double flop_ = 0;
};

/// Where the values begin in the partial file, looked up when it is first wanted.
class LazyOffsets {
 public:
  explicit LazyOffsets(bool has_predictions) : has_predictions_(has_predictions) {}

  const ValueOffsets& of(const std::filesystem::path& partial) {
    std::call_once(once_, [&] {
      offsets_.activations = dataset_offset(partial, "activations");
      if (!has_predictions_) return;
      for (const std::string& name : prediction_names()) {
        offsets_.predictions.push_back(dataset_offset(partial, name));
      }
    });
    return offsets_;
  }

 private:
  bool has_predictions_;
  std::once_flag once_;
  ValueOffsets offsets_;
};

}  // namespace

bool fill_activations(const ActivationsJob& job,
                      const LanguageModel& model,
                      const JobOptions& options) {
  check_output(options.output);
  check_room(options.output, job.header);
  const ActivationsShape shape = shape_of(job.header);
  LazyOffsets offsets(job.header.has_predictions);
  FilledFile file(
      options.output,
      job.key,
      options.shard,
      static_cast<int64_t>(job.parts.size()),
      [&](const std::filesystem::path& partial) { lay_out_activations(partial, job.header); },
      [&](int64_t part, const std::filesystem::path& partial) {
        return stretches_of(job.parts[static_cast<std::size_t>(part)], shape, offsets.of(partial));
      });

  PartReader reader{.plan = job.plan,
                    .model = model,
                    .taps = {},
                    .pooling = job.pooling,
                    .storage = job.header.storage,
                    .predicts = job.header.has_predictions,
                    .boundaries = job.boundaries};
  for (const TapInfo& tap : job.header.taps)
    reader.taps.push_back(tap_of(tap, model.spec().num_blocks()));
  const auto left = file.parts_left();
  const auto total = static_cast<int64_t>(job.parts.size());
  if (static_cast<int64_t>(left.size()) < total && options.shard.count == 1) {
    say(text("{}: {} of {} parts were done before",
             options.output,
             total - static_cast<int64_t>(left.size()),
             total));
  }
  Pace pace(job, left);
  for_each_item(static_cast<int64_t>(left.size()), options.workers, [&](int64_t item, int) {
    at::set_num_threads(1);
    const c10::InferenceMode inference;
    const int64_t part = left[static_cast<std::size_t>(item)];
    const auto values = reader.values_of(job.parts[static_cast<std::size_t>(part)]);
    file.write_part(part, stored_bytes(values, job.header.storage));
    pace.add(part);
  });
  if (!left.empty()) say(pace.summary());
  return file.finish();
}

}  // namespace lockstep
