// The order of the work: subject after subject, batches of target files, parts by workers.
#include "aligner/alignment.h"

#include <cblas.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "aligner/align_memory.h"
#include "aligner/decoding.h"
#include "aligner/encoding.h"
#include "aligner/generalisation.h"
#include "aligner/score_parts.h"
#include "base/error.h"
#include "base/files.h"
#include "base/filled_file.h"
#include "base/progress.h"
#include "base/text.h"
#include "base/workers.h"

namespace lockstep {
namespace {

/// A scores.h5 under way.
struct Output {
  ScoreParts parts;
  FilledFile file;

  Output(const std::filesystem::path& path, const AlignmentPlan& plan, const Shard& shard)
      : parts(plan.header),
        file(
            path,
            plan.key,
            shard,
            parts.count(),
            [&](const std::filesystem::path& partial) { lay_out_scores(partial, plan.header); },
            [this](int64_t part, const std::filesystem::path& partial) {
              return parts.pieces(part, partial);
            }) {}
};

using Outputs = std::vector<std::unique_ptr<Output>>;

std::vector<AlignmentPlan> plan_all(const Experiment& experiment, const AlignJob& job) {
  InputSides sides;
  std::vector<AlignmentPlan> plans;
  for (std::size_t file = 0; file < job.inputs.targets.size(); ++file) {
    if (job.inputs.targets.size() > 1) say(job.inputs.targets[file].string());
    plans.push_back(plan_alignment(experiment, job.inputs.targets[file], sides));
  }
  return plans;
}

/// Parts of a subject that some file of `files` lacks; all files have the same parts.
std::vector<int64_t> parts_to_do(const Outputs& outputs,
                                 const std::vector<std::size_t>& files,
                                 std::size_t subject) {
  std::set<int64_t> parts;
  for (const std::size_t file : files) {
    for (const int64_t part : outputs[file]->file.parts_left()) {
      if (outputs[file]->parts.part(part).subject == static_cast<int64_t>(subject)) {
        parts.insert(part);
      }
    }
  }
  return {parts.begin(), parts.end()};
}

int64_t parts_left(const Outputs& outputs) {
  int64_t left = 0;
  for (const auto& output : outputs) left += std::ssize(output->file.parts_left());
  return left;
}

void say_what_was_done(const Outputs& outputs, const Shard& shard) {
  int64_t own = 0;
  for (const auto& output : outputs) {
    for (int64_t part = 0; part < output->parts.count(); ++part) own += shard.has(part) ? 1 : 0;
  }
  if (const int64_t left = parts_left(outputs); own > left) {
    say(text("{} of {} parts were done before", own - left, own));
  }
}

AlignCost cost_of(const std::vector<AlignmentPlan>& plans, std::size_t subject, int num_workers) {
  constexpr int64_t kProgram = 64 << 20;
  constexpr int64_t kBlasBuffer = 40 << 20;  // what OpenBLAS takes a thread
  const auto& experiment = plans.front().experiment;
  const bool encodes = experiment.settings.direction == "encode";
  AlignCost cost;
  cost.shared = kProgram + SubjectRecordings::bytes(experiment, subject);
  cost.a_worker =
      kBlasBuffer + (encodes ? encoding_bytes(plans, subject) : decoding_bytes(plans, subject));
  for (const auto& plan : plans) {
    int64_t bytes = encodes ? feature_bytes(plan, subject) : target_bytes(plan, subject);
    if (experiment.settings.generalise) bytes += Generalisation::bytes(plan, subject);
    cost.a_file.push_back(bytes + num_workers * ScoreParts(plan.header).bytes(kTimesInAPart));
  }
  return cost;
}

/// By subject.
std::vector<AlignBatches> plan_batches(const AlignJob& job,
                                       const std::vector<AlignmentPlan>& plans) {
  const int64_t cap = parse_memory(job.memory);
  std::vector<AlignBatches> batches;
  for (std::size_t subject = 0; subject < plans.front().header.subjects.size(); ++subject) {
    batches.push_back(fit_into(cap, cost_of(plans, subject, job.num_threads), job.num_threads));
  }
  return batches;
}

/// Fits the times of a part for every file whose values are wanted.
using FitPart = std::function<SolverAudit(const ScorePart& part,
                                          const std::vector<std::unique_ptr<PartValues>>& values)>;

/// What a batch of files needs of a subject, made once, and the way to its parts.
FitPart load_batch(const std::vector<AlignmentPlan>& plans,
                   const SubjectRecordings& recordings,
                   const std::vector<std::size_t>& files,
                   std::size_t subject,
                   int num_workers) {
  const Experiment& experiment = plans.front().experiment;
  if (experiment.settings.direction == "encode") {
    const auto inputs =
        std::make_shared<EncodingParts>(load_features(plans, recordings, files, subject));
    return [inputs](const auto& part, const auto& values) {
      return encode_part(*inputs, part, values);
    };
  }
  const auto inputs = std::make_shared<DecodingInputs>(
      DecodingInputs{plans, recordings, load_targets(plans, files, subject), {}});
  for (const auto& side : inputs->sides) {
    if (!experiment.settings.generalise) continue;
    inputs->generalisations.push_back(
        std::make_unique<Generalisation>(experiment, recordings, side, num_workers));
  }
  return
      [inputs](const auto& part, const auto& values) { return decode_part(*inputs, part, values); };
}

/// Fits a part for every file of a batch that lacks it.
struct DonePart {
  SolverAudit audit;
  int64_t num_files = 0;
};
DonePart do_part(const Outputs& outputs,
                 const std::vector<std::size_t>& files,
                 int64_t number,
                 const FitPart& fit) {
  std::vector<std::unique_ptr<PartValues>> values(outputs.size());
  const ScorePart part = outputs[files.front()]->parts.part(number);
  for (const std::size_t file : files) {
    if (outputs[file]->file.is_done(number)) continue;
    values[file] = std::make_unique<PartValues>(outputs[file]->parts, part.num_times);
  }
  DonePart done{fit(part, values), 0};
  for (const std::size_t file : files) {
    if (values[file] == nullptr) continue;
    outputs[file]->file.write_part(number, values[file]->bytes());
    ++done.num_files;
  }
  return done;
}

SolverAudit align_subject(const std::vector<AlignmentPlan>& plans,
                          const Outputs& outputs,
                          const AlignBatches& batches,
                          std::size_t subject,
                          Progress& progress) {
  SolverAudit audit;
  std::mutex audit_mutex;
  std::unique_ptr<SubjectRecordings> recordings;
  for (const auto& files : batches.files) {
    const auto parts = parts_to_do(outputs, files, subject);
    if (parts.empty()) continue;
    if (!recordings) {
      recordings = std::make_unique<SubjectRecordings>(
          plans.front().experiment, subject, batches.num_workers);
    }
    const FitPart fit = load_batch(plans, *recordings, files, subject, batches.num_workers);
    for_each_item(std::ssize(parts), batches.num_workers, [&](int64_t item, int) {
      const DonePart done = do_part(outputs, files, parts[static_cast<std::size_t>(item)], fit);
      {
        const std::lock_guard lock(audit_mutex);
        audit += done.audit;
      }
      progress.advance(done.num_files);
    });
  }
  return audit;
}

}  // namespace

std::string blas_kernel() { return openblas_get_corename(); }

std::vector<std::filesystem::path> output_paths(const std::vector<std::filesystem::path>& targets,
                                                const std::vector<std::filesystem::path>& asked) {
  const bool folder = asked.size() == 1 && (targets.size() > 1 || is_directory(asked.front()));
  if (!folder && asked.size() != targets.size()) {
    fail(Blame::kCommandLine,
         "{} target files and {} outputs; wanted one -o a file, or one folder",
         targets.size(),
         asked.size());
  }
  std::vector<std::filesystem::path> outputs;
  for (std::size_t file = 0; file < targets.size(); ++file) {
    const std::string name = targets[file].stem().string() + ".scores.h5";
    const auto path = folder ? asked.front() / name : asked[file];
    if (std::find(outputs.begin(), outputs.end(), path) != outputs.end()) {
      fail(Blame::kCommandLine,
           "two target files would have their scores in {}; wanted one -o a file",
           path);
    }
    outputs.push_back(path);
  }
  if (folder && !is_directory(asked.front())) {
    check_output(asked.front());
    std::filesystem::create_directory(asked.front());
  }
  return outputs;
}

void align(const AlignJob& job) {
  openblas_set_num_threads(1);
  say_verbose("OpenBLAS kernel: " + blas_kernel());
  for (const auto& output : job.outputs) check_output(output);
  parse_memory(job.memory);
  const Experiment experiment = plan_experiment(job.inputs, job.settings);
  const std::vector<AlignmentPlan> plans = plan_all(experiment, job);
  const auto batches = plan_batches(job, plans);
  Outputs outputs;
  for (std::size_t file = 0; file < plans.size(); ++file) {
    outputs.push_back(std::make_unique<Output>(job.outputs[file], plans[file], job.shard));
  }
  say_what_was_done(outputs, job.shard);
  SolverAudit audit;
  Progress progress("align", parts_left(outputs), "parts");
  for (std::size_t subject = 0; subject < experiment.heard.size(); ++subject) {
    audit += align_subject(plans, outputs, batches[subject], subject, progress);
  }
  if (audit.decisions > 0) say_verbose(to_text(audit));
  int64_t waiting = 0;
  for (const auto& output : outputs) waiting += output->file.finish() ? 0 : 1;
  if (waiting > 0) {
    say(text("shard {}/{} is done; the {} whole when the others are",
             job.shard.index,
             job.shard.count,
             waiting == 1 ? "file is" : "files are"));
  }
}

}  // namespace lockstep
