#pragma once

#include <string>

namespace lockstep {

/// How events are read and matched. Text fields are as on the command line.
struct EventOptions {
  std::string dialect = "auto";  ///< auto, or a name of event_dialects()
  std::string columns;           ///< "onset=timemeg,word=segment,...": column of each thing
  std::string where;             ///< rows that are words: "type=word"
  std::string time_unit;         ///< s, ms, samples0 or samples1; empty: of the dialect
  double offset_s = 0;           ///< added to every onset
  std::string run_starts;        ///< table of run and start_s, added to the onsets of a run
  std::string dataset;           ///< known data set whose conventions hold; empty: none
};

}  // namespace lockstep
