#pragma once

#include <memory>
#include <vector>

#include "aligner/alignment_plan.h"
#include "aligner/ridge/ridge_targets.h"
#include "aligner/ridge/solver_audit.h"
#include "aligner/score_parts.h"
#include "aligner/subject_recordings.h"

namespace lockstep {

/// The standardised targets of one context of one file, as one subject heard them.
struct SubjectTargets {
  std::size_t file = 0;         ///< of the call
  int64_t context = 0;          ///< of its header
  std::vector<RidgeTargets> y;  ///< by fit: words x (tap, component)
};

/// Targets that one input side serves.
struct SideTargets {
  std::shared_ptr<const SubjectGroup> side;
  std::vector<SubjectTargets> targets;
};

/// Reads the targets of some files for a subject.
std::vector<SideTargets> load_targets(const std::vector<AlignmentPlan>& plans,
                                      const std::vector<std::size_t>& files,
                                      std::size_t subject);
/// What load_targets() holds of one file.
int64_t target_bytes(const AlignmentPlan& plan, std::size_t subject);
/// What a worker needs beside that, at most.
int64_t decoding_bytes(const std::vector<AlignmentPlan>& plans, std::size_t subject);

class Generalisation;

/// What all parts of a batch of files share.
struct DecodingInputs {
  const std::vector<AlignmentPlan>& plans;
  const SubjectRecordings& recordings;
  std::vector<SideTargets> sides;
  std::vector<std::unique_ptr<Generalisation>>
      generalisations;  ///< by side; empty unless asked for
};

/// Fits the times of a part, from the sensors to the targets. What is made of the recordings at one
/// time serves all targets of a side. `values` has one entry a file of the call: null where the
/// part is not wanted.
SolverAudit decode_part(const DecodingInputs& inputs,
                        const ScorePart& part,
                        const std::vector<std::unique_ptr<PartValues>>& values);

}  // namespace lockstep
