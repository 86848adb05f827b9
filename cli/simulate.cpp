#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>
#include <string>

#include "aligner/simulation/ctf_simulation.h"
#include "aligner/simulation/simulation.h"
#include "base/error.h"
#include "base/files.h"
#include "base/progress.h"
#include "cli/commands.h"
#include "cli/run_command.h"

namespace lockstep {
namespace {

struct SimulateOptions {
  std::filesystem::path targets;
  std::filesystem::path stimuli;
  std::filesystem::path output;
  std::string latency = "0.15:0.55";
  std::string band = "0.1:20";
  std::string planting = "full";
  std::string null = "none";
  std::string format = "h5";
  int64_t rate_hz = 0;  // 0: of the format
  int64_t import_rate_hz = 30;
  int64_t largest_file_mb = 2000;
  SimulationOptions simulation;
  RunOptions run;
};

struct Range {
  double first;
  double last;
};

/// "0.15:0.55"
Range range_of(const std::string& text, const char* option) {
  Range range{};
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, range.first);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == ':') {
    const auto last = std::from_chars(first.ptr + 1, end, range.last);
    if (last.ec == std::errc() && last.ptr == end && std::isfinite(range.first) &&
        std::isfinite(range.last))
      return range;
  }
  fail(Blame::kCommandLine,
       "{}: {}; two numbers with a colon between them are wanted, as in 0.15:0.55",
       option,
       text);
}

SimulationOptions simulation_of(const SimulateOptions& options) {
  SimulationOptions simulation = options.simulation;
  const Range latency = range_of(options.latency, "--latency");
  const Range band = range_of(options.band, "--band");
  simulation.first_latency_s = latency.first;
  simulation.last_latency_s = latency.last;
  simulation.band = {band.first, band.last};
  simulation.planting = planting_of(options.planting);
  simulation.null = null_of(options.null);
  if (options.format == "ctf") {
    simulation.rate_hz = options.import_rate_hz;
    lay_out_for_ctf(simulation);
  } else if (options.rate_hz != 0) {
    simulation.rate_hz = options.rate_hz;
  }
  return simulation;
}

CtfSimulationOptions ctf_of(const SimulateOptions& options) {
  CtfSimulationOptions ctf;
  if (options.rate_hz != 0) ctf.rate_hz = options.rate_hz;
  if (options.largest_file_mb < 1 || options.largest_file_mb > 2000) {
    fail(Blame::kCommandLine, "--split: {}; 1 to 2000 MB are wanted", options.largest_file_mb);
  }
  if (options.largest_file_mb < 2000) ctf.largest_file = options.largest_file_mb * 1'000'000;
  ctf.check();
  return ctf;
}

/// What determines raw recordings beside what determines a meg.h5.
nlohmann::json record_of(const CtfSimulationOptions& ctf, const SimulationOptions& simulation) {
  return {{"rate_hz", ctf.rate_hz},
          {"largest_file", ctf.largest_file},
          {"lead_s", simulation.lead_s},
          {"pause_s", simulation.pause_s},
          {"trial_s", simulation.multiple_s}};
}

nlohmann::json record_of(const SimulationOptions& options, const std::string& context) {
  return {{"latency_s", {options.first_latency_s, options.last_latency_s}},
          {"width_s", options.width_s},
          {"skew", options.skew},
          {"plant", name_of(options.planting)},
          {"plant_context", context},
          {"null", options.null == Null::kNone ? "none" : name_of(options.null)},
          {"onset", options.onset_share},
          {"snr", options.snr},
          {"subjects", options.num_subjects},
          {"sensors", options.num_sensors},
          {"bad_sensors", options.num_bad_sensors},
          {"rate_hz", options.rate_hz},
          {"band_hz", {options.band.low_hz, options.band.high_hz}},
          {"jitter_s", options.jitter_s},
          {"exponent", options.exponent},
          {"alpha", options.alpha},
          {"sensor_noise", options.sensor_noise},
          {"drift", options.drift},
          {"impulses_per_minute", options.impulses_per_minute},
          {"seed", options.seed}};
}

/// What a reader should know about what was simulated.
void describe(const Simulation& simulation, const SimulationOptions& options) {
  const MegHeader& header = simulation.header();
  const PlantedTruth& truth = *header.truth;
  if (simulation.num_words_without_time() > 0) {
    say(text("simulate: {} words have no time and make no response",
             with_thousands(simulation.num_words_without_time())));
  }
  if (simulation.features().num_clipped > 0) {
    say(text("simulate: {} values lay beyond {} SD and respond as if at {}",
             with_thousands(simulation.features().num_clipped),
             kLargestResponse,
             kLargestResponse));
  }
  const double nyquist_hz = static_cast<double>(options.rate_hz) / 2;
  if (options.band.high_hz > nyquist_hz) {
    say(text("simulate: at {} samples a second {} to {} Hz remain of the band",
             options.rate_hz,
             options.band.low_hz,
             nyquist_hz));
  }
  for (std::size_t tap = 0; tap < truth.tap_name.size(); ++tap) {
    const auto milliseconds = [](double seconds) {
      return std::isnan(seconds) ? "none" : to_text(std::round(seconds * 1000)) + " ms";
    };
    say_verbose(text("simulate: {}: planted {}, peak of the mixture {}",
                     truth.tap_name[tap],
                     milliseconds(truth.latency_s[tap]),
                     milliseconds(truth.reference_s[tap])));
  }
}

/// Nothing may stand where a folder is to be made, and its own folder must be there.
void check_new_folder(const std::filesystem::path& path) {
  const auto trimmed = path.has_filename() ? path : path.parent_path();
  if (std::filesystem::exists(trimmed)) {
    fail(Blame::kCommandLine, "{}: exists; the name of a new folder is wanted", path);
  }
  check_output(trimmed);
}

void simulate(const SimulateOptions& options) {
  const bool is_ctf = options.format == "ctf";
  const CtfSimulationOptions ctf = is_ctf ? ctf_of(options) : CtfSimulationOptions{};
  if (is_ctf) {
    check_new_folder(options.output);
  } else {
    check_output(options.output);
  }
  const SimulationOptions chosen = simulation_of(options);
  chosen.check();
  const TargetsFile targets(options.targets);
  const Words words = read_words_folder(options.stimuli);
  const Simulation simulation(targets, words, chosen, options.run.num_threads());

  Provenance provenance;
  provenance.label = is_ctf ? "raw recordings" : "meg.h5";
  provenance.what =
      text("lockstep simulate --latency {} --width {} --snr {} --subjects {} --null {} --seed {}",
           options.latency,
           chosen.width_s,
           chosen.snr,
           chosen.num_subjects,
           options.null,
           chosen.seed);
  provenance.options = record_of(chosen, simulation.header().truth->context);
  if (is_ctf) provenance.options["ctf"] = record_of(ctf, chosen);
  provenance.versions = {{"lockstep", LOCKSTEP_VERSION}};
  const auto words_tsv = std::filesystem::is_directory(options.stimuli)
                             ? options.stimuli / "words.tsv"
                             : options.stimuli;
  provenance.parents = {as_parent(targets.header().provenance, options.targets),
                        as_parent(words.provenance, words_tsv)};
  describe(simulation, chosen);
  if (is_ctf) {
    write_ctf_simulation(
        simulation, words, chosen, ctf, provenance, options.output, options.run.num_threads());
  } else {
    write_simulation(simulation, provenance, options.output, options.run.num_threads());
  }
  say(text("simulate: {} recordings of {} subjects, {} sensors ({} bad), {} words heard, in {}",
           simulation.header().recordings.size(),
           chosen.num_subjects,
           chosen.num_sensors,
           chosen.num_bad_sensors,
           with_thousands(static_cast<long long>(words.rows.size()) -
                          simulation.num_words_without_time()),
           options.output));
}

void declare_obstacles(CLI::App& command, SimulationOptions& options) {
  command
      .add_option("--jitter",
                  options.jitter_s,
                  "SD in s of the delay of a subject, and of each word within a subject")
      ->capture_default_str();
  command
      .add_option("--exponent", options.exponent, "power of the background falls as 1/f to this")
      ->capture_default_str();
  command
      .add_option(
          "--alpha", options.alpha, "power of the alpha rhythm over the rest of the brain's")
      ->capture_default_str();
  command
      .add_option("--sensor-noise",
                  options.sensor_noise,
                  "variance of white noise over that of the brain's field")
      ->capture_default_str();
  command
      .add_option("--drift",
                  options.drift,
                  "SD of slow drifts before the band-pass, in SD of the background")
      ->capture_default_str();
  command.add_option("--impulses", options.impulses_per_minute, "spikes a minute")
      ->capture_default_str();
  command
      .add_option(
          "--bad-sensors", options.num_bad_sensors, "sensors that hold noise and are flagged")
      ->capture_default_str();
}

}  // namespace

void declare_simulate(CLI::App& lockstep) {
  const auto options = std::make_shared<SimulateOptions>();
  SimulationOptions& simulation = options->simulation;
  auto* command = lockstep.add_subcommand(
      "simulate", "MEG with responses of known latencies, or known to have none");
  command->add_option("targets", options->targets, "file of lockstep reduce")
      ->required()
      ->check(CLI::ExistingFile);
  command->add_option("--stimuli", options->stimuli, "folder of words.tsv")
      ->required()
      ->check(CLI::ExistingPath);
  command
      ->add_option("-o,--output",
                   options->output,
                   "meg.h5 to create; for ctf a folder of raw recordings to create")
      ->required();
  command
      ->add_option(
          "--latency",
          options->latency,
          "s after the word: of the tap of least depth, of that of greatest; linear between")
      ->capture_default_str();
  command->add_option("--width", simulation.width_s, "of a response: full width at half maximum, s")
      ->capture_default_str();
  command
      ->add_option(
          "--skew", simulation.skew, "-1 to 1; above 0 a response rises faster than it falls")
      ->capture_default_str();
  command
      ->add_option("--snr",
                   simulation.snr,
                   "variance of responses over background, mean over sensors, in band")
      ->capture_default_str();
  command->add_option("--subjects", simulation.num_subjects, "people who hear the stories")
      ->capture_default_str();
  command->add_option("--sensors-count", simulation.num_sensors, "axial gradiometers of the helmet")
      ->capture_default_str();
  command->add_option("--rate", options->rate_hz, "samples a second [30; 1200 for ctf]");
  command->add_option("--band", options->band, "band-pass of the import that this stands for, Hz")
      ->capture_default_str();
  command
      ->add_option("--plant",
                   options->planting,
                   "the components themselves, or what of them is each tap's own")
      ->check(CLI::IsMember({"full", "unique"}))
      ->capture_default_str();
  command->add_option("--plant-context",
                      simulation.context,
                      "name of the context whose targets are planted; the longest if not given");
  command
      ->add_option("--onset",
                   simulation.onset_share,
                   "variance of the response to any word over that to its content")
      ->capture_default_str();
  command
      ->add_option(
          "--null", options->null, "what must not show an order, or shows the opposite one")
      ->check(CLI::IsMember({"none", "noise", "common", "reverse", "static", "leak"}))
      ->capture_default_str();
  command
      ->add_option("--format",
                   options->format,
                   "h5: as imported; ctf: raw, a BIDS folder of CTF recordings for lockstep import")
      ->check(CLI::IsMember({"h5", "ctf"}))
      ->capture_default_str();
  command
      ->add_option("--import-rate",
                   options->import_rate_hz,
                   "of the import of ctf recordings for which SNR and reference latencies hold")
      ->capture_default_str();
  command
      ->add_option("--split", options->largest_file_mb, "largest .meg4 file of ctf recordings, MB")
      ->capture_default_str();
  command->add_option("--seed", simulation.seed, "of everything random")->capture_default_str();
  declare_obstacles(*command, simulation);
  declare_run_options(*command,
                      options->run,
                      "lockstep simulate targets.h5 --stimuli words --latency 0.15:0.55 -o meg.h5");
  command->callback([options] { simulate(*options); });
}

}  // namespace lockstep
