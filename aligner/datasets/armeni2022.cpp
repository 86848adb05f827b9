// Armeni et al. 2022: "A 10-hour within-participant magnetoencephalography narrative dataset to
// test models of language comprehension", Scientific Data 9:278, doi 10.1038/s41597-022-01382-7.
#include "aligner/datasets/known_datasets.h"
#include "base/text.h"

namespace lockstep {
namespace {

constexpr const char* kPaper = "Sci Data 9:278";
constexpr const char* kAuthors = "KristijanArmeni/MEG-Sherlock-dataset";
constexpr const char* kLoader = "neuralset, class Armeni2022";
constexpr const char* kLingpred = "InesSchoenmann/Lingpred: lingpred_new/io.py";

std::vector<KnownFault> sensor_faults() {
  return {{.name = "armeni2022-sub-003-ses-004-sensors",
           .subject = "003",
           .session = "004",
           .what = "channels MRC23, MLO22, MRP5 (printed so: taken as the beginning of a name) and "
                   "MLC23 are unstable",
           .source = kPaper,
           .action = FaultAction::kBadSensors,
           .sensors = {"MRC23", "MLO22", "MRP5*", "MLC23"}},
          {.name = "armeni2022-sub-003-ses-003-impulses",
           .subject = "003",
           .session = "003",
           .what = "MRP57 has impulses about every 10 s",
           .source = kPaper,
           .advice = "scaling and a clamp (--preset clean) contain them"}};
}

KnownFault drift(std::string name, std::string subject, std::string session, std::string run) {
  KnownFault fault;
  fault.name = std::move(name);
  fault.subject = std::move(subject);
  fault.session = std::move(session);
  fault.what = "run " + run +
               " has slow drifts of high amplitude that last for seconds; a high-pass "
               "of 0.1 Hz keeps them";
  fault.source = kPaper;
  fault.advice = "the authors suggest a high-pass of 0.5 Hz; scaling and a clamp contain them too";
  return fault;
}

std::vector<KnownFault> session_faults() {
  return {
      {.name = "armeni2022-sub-003-ses-008-crash",
       .subject = "003",
       .session = "008",
       .what = "the script crashed in run 3 and was started again: sounds and words do not match "
               "from there on; the whole session is left out",
       .source = text("{}; {}", kPaper, kLoader),
       .action = FaultAction::kSkipRecording},
      {.name = "armeni2022-sub-003-ses-008-scrambled",
       .subject = "003",
       .session = "008",
       .what = "words 3841 to 4169 of the session, from 0, are scrambled; dropped where the "
               "session is kept",
       .source = kLingpred,
       .action = FaultAction::kDropWords,
       .first = 3841,
       .end = 4170},
      {.name = "armeni2022-sub-003-ses-001-late-start",
       .subject = "003",
       .session = "001",
       .what = "the recording began about 8.4 s after the sound, and the first trigger is "
               "missing; words before 2.5 s are dropped",
       .source = text("{}: dm_audiodelay.m, dm_definetrial.m", kAuthors),
       .action = FaultAction::kDropBefore,
       .seconds = 2.5},
      {.name = "armeni2022-sub-002-ses-003-scans",
       .subject = "002",
       .session = "003",
       .what = "scans.tsv has a stray letter on a line of its own",
       .source = text("{}: fix_bad_files", kLoader),
       .advice = "nothing: the recordings are found without it"},
      {.name = "armeni2022-sub-003-ses-009-scans",
       .subject = "003",
       .session = "009",
       .what = "scans.tsv has a space where a tab is wanted",
       .source = text("{}: fix_bad_files", kLoader),
       .advice = "nothing: the recordings are found without it"}};
}

}  // namespace

KnownDataset armeni2022() {
  KnownDataset dataset;
  dataset.name = "armeni2022";
  dataset.title = "three people, ten hours each of The Adventures of Sherlock Holmes, CTF-275";
  dataset.about =
      "sub-00X/ses-00Y/meg/sub-00X_ses-00Y_task-compr_meg.ds, one recording a session, a session a "
      "story. events.tsv: word_onset_NN is of run NN, \"sp\" a pause, onsets are corrected for the "
      "delay of the sound; triggers are not: wav_onset tells when the sound came. Run k begins "
      "with "
      "trigger 10k on UPPT001, ends with 10k+5; 100 begins a repeated excerpt";
  dataset.source = "Sci Data 9:278, doi 10.1038/s41597-022-01382-7";
  dataset.dialect = "armeni";
  dataset.tasks = {"compr"};
  dataset.sizes = {{"1", 7, 8622},
                   {"2", 7, 9221},
                   {"3", 6, 7038},
                   {"4", 8, 9701},
                   {"5", 6, 7420},
                   {"6", 7, 9334},
                   {"7", 6, 7912},
                   {"8", 7, 9918},
                   {"9", 6, 8365},
                   {"10", 6, 8188}};
  dataset.faults = sensor_faults();
  for (KnownFault& fault : session_faults()) dataset.faults.push_back(std::move(fault));
  dataset.faults.push_back(drift("armeni2022-sub-002-ses-009-drifts", "002", "009", "1"));
  dataset.faults.push_back(drift("armeni2022-sub-003-ses-004-drifts", "003", "004", "4"));
  dataset.faults.push_back(drift("armeni2022-sub-003-ses-005-drifts", "003", "005", "1"));
  dataset.faults.push_back(drift("armeni2022-sub-003-ses-006-drifts", "003", "006", "6"));
  dataset.faults.push_back(drift("armeni2022-sub-003-ses-008-drifts", "003", "008", "4"));
  return dataset;
}

}  // namespace lockstep
