#pragma once

#include <filesystem>
#include <string_view>

#include "stimuli/transcript.h"

namespace lockstep {

/// A transcript in a table with a header line, columns found by name (capitals do not matter):
///   word    word, text, value, token, label; `segment` where a column `kind` says which rows are
///   words (LibriBrain) onset   onset, start, begin, timemeg, tmin, xmin                 seconds
///   end     duration, dur; or offset, end, stop, tmax, xmax          seconds
///   block   block, run, file, sound, part                            "1" if there is none
///   story   story, session
/// A column `type`, `kind` or `trial_type` makes it a table of events (BIDS): rows of type "word"
/// are words; so are those of type "word_onset_NN", whose block is NN (Armeni et al. 2022), and
/// those whose trial_type is a literal with 'kind': 'word' (Gwilliams et al. 2023). Others are left
/// out and counted by their type. Events need not be sorted: they are put in order of (block,
/// onset).
Transcript read_transcript_table(std::string_view bytes, const std::filesystem::path& path);

}  // namespace lockstep
