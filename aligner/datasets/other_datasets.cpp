// Data sets of which little more than layout and conventions need to be known.
#include "aligner/datasets/known_datasets.h"

namespace lockstep {

KnownDataset mous() {
  constexpr const char* kBrainmagick = "facebookresearch/brainmagick: bm/studies/schoffelen2019";
  KnownDataset dataset;
  dataset.name = "mous";
  dataset.title = "204 people (102 listening, 102 reading), an hour each, Dutch, CTF-275";
  dataset.about =
      "sub-A2002/meg/sub-A2002_task-auditory_meg.ds. Word times are in logs of Presentation (0.1 "
      "ms), "
      "which are not read: give a table of word events";
  dataset.source = "Schoffelen et al. 2019, doi 10.1038/s41597-019-0020-y";
  dataset.dialect = "auto";
  for (const char* subject : {"A2011", "A2036", "A2062", "A2063", "A2076", "A2084"}) {
    dataset.faults.push_back({.name = "mous-sub-" + std::string(subject),
                              .subject = subject,
                              .what = "two recordings, or incomplete; left out",
                              .source = kBrainmagick,
                              .action = FaultAction::kSkipRecording});
  }
  for (const char* subject : {"V1006", "V1014", "V1090", "V1115"}) {
    dataset.faults.push_back(
        {.name = "mous-sub-" + std::string(subject),
         .subject = subject,
         .what = subject == std::string("V1115")
                     ? "values that are no numbers in unexpected places; left out"
                     : "two recordings, or incomplete; left out",
         .source = kBrainmagick,
         .action = FaultAction::kSkipRecording});
  }
  return dataset;
}

KnownDataset smn4lang() {
  KnownDataset dataset;
  dataset.name = "smn4lang";
  dataset.title = "12 people, six hours each in 60 runs, Chinese, Elekta 306 (ds004078)";
  dataset.about =
      "sub-XX/meg/sub-XX_task-RDR_run-N_meg.fif, a run a story. events.tsv has Beg and End alone, "
      "with "
      "a byte order mark: words lie at Beg + their time in the story, from which 10.65 s are taken "
      "where they are in it (stimuli/time_align begins with the scanner of the fMRI). Two runs "
      "lack "
      "the trigger";
  dataset.source = "OpenNeuroDatasets/ds004078, README";
  dataset.dialect = "smn4lang";
  return dataset;
}

KnownDataset littleprince() {
  constexpr const char* kLoader =
      "facebookresearch/neuroai: neuralfetch/studies/bel2026petit.py, BAD_RUNS_LIST_LISTEN";
  KnownDataset dataset;
  dataset.name = "littleprince";
  dataset.title = "58 people listening to Le Petit Prince in 9 runs, French, MEGIN 306 (ds007523)";
  dataset.about =
      "sub-N/ses-01/meg/sub-N_ses-01_task-listen_run-0K_meg.fif, recorded with MaxShield: to be "
      "opened "
      "with --allow-maxshield and of use after signal-space separation only. events.tsv: "
      "trial_type "
      "word, the word in column stimulus or word";
  dataset.source = "OpenNeuro ds007523; facebookresearch/neuroai";
  dataset.dialect = "bids";
  dataset.has_max_shield = true;
  const auto bad_run = [&](const char* subject, const char* run) {
    dataset.faults.push_back({.name = std::string("littleprince-sub-") + subject + "-run-" + run,
                              .subject = subject,
                              .run = run,
                              .what = "words and triggers cannot be aligned; left out",
                              .source = kLoader,
                              .action = FaultAction::kSkipRecording});
  };
  bad_run("21", "8");
  for (const char* run : {"1", "2", "3", "4"}) bad_run("23", run);
  return dataset;
}

KnownDataset libribrain() {
  KnownDataset dataset;
  dataset.name = "libribrain";
  dataset.title = "one person, 52 hours of Sherlock Holmes, MEGIN 306 at 250 Hz, HDF5";
  dataset.about =
      "TASK/derivatives/serialised/sub-N_ses-N_task-T_run-R_proc-..._meg.h5, filtered 0.1 to 125 "
      "Hz; "
      "events in TASK/derivatives/events/sub-..._events.tsv: kind, segment, timemeg";
  dataset.source = "arXiv 2506.02098; neural-processing-lab/pnpl";
  dataset.dialect = "libribrain";
  dataset.lies_in_derivatives = true;
  return dataset;
}

}  // namespace lockstep
