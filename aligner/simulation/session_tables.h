#pragma once

#include <string>
#include <vector>

#include "aligner/recordings/ctf_writer.h"
#include "aligner/simulation/session_plan.h"

namespace lockstep {

/// events.tsv of a session as those of Armeni et al. 2022 are: columns onset, duration, sample
/// (from 1, with fractions: onset * rate + 1), type, value; words, "sp" pauses and phonemes in
/// quotes, their run as suffix of the type; wav_onset rows; run after run, then the raw triggers,
/// the trials and two rows from before the recording: not in order of onset.
std::string events_table(const SessionPlan& plan,
                         const Words& words,
                         const CtfContents& recording,
                         int64_t num_trials);

/// Phonemes that English spelling suggests, stressed vowels marked 1: at least one. Not meant to be
/// right, only to look like a forced aligner's.
std::vector<std::string> phonemes_of(const std::string& word);

/// channels.tsv of BIDS (1.9): name, type, units, status.
std::string channels_table(const CtfContents& recording);

/// The sidecar *_meg.json of BIDS.
std::string meg_sidecar(const CtfContents& recording, int64_t num_trials);

}  // namespace lockstep
