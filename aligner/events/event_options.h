#pragma once

#include <string>

namespace lockstep {

/// How events are read and matched. Text fields are as on the command line.
struct EventOptions {
  std::string dialect = "auto";  ///< auto, or a name of event_dialects()
  std::string columns{};         ///< "onset=timemeg,word=segment,...": column of each thing (onset,
                                 ///< duration, end, kind, word, run)
  std::string where{};           ///< rows that are words: "type=word", "type=word_onset_*",
                                 ///< "kind=word and condition=sentence|list"
  std::string time_unit{};       ///< s, ms, samples0 or samples1; empty: of the dialect
  double offset_s = 0;           ///< added to every onset
  std::string run_starts{};      ///< table of run and start_s, added to the onsets of a run; where
                                 ///< the events have no words, those of words.tsv begin there
  std::string dataset{};         ///< known data set whose conventions hold; empty: none
  std::string kinds = "word,silence,sound,trigger,repeat";  ///< of the events that are kept; "all"
};

}  // namespace lockstep
