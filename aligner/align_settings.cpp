#include "aligner/align_settings.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/error.h"

namespace lockstep {
namespace {

void check_word(const std::string& option,
                const std::string& found,
                const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), found) == known.end()) {
    fail(Blame::kCommandLine, "{} {}: unknown; wanted {}", option, found, join(known, ", "));
  }
}

/// Options that go with one direction, or with each other.
void check_direction(const AlignSettings& settings) {
  const bool encodes = settings.direction == "encode";
  if (!encodes && (settings.stack || !settings.bands.empty())) {
    fail(Blame::kCommandLine,
         "{}: goes with --encode; wanted both or neither",
         settings.stack ? "--stack" : "--bands " + settings.bands);
  }
  if (encodes && settings.generalise) {
    fail(Blame::kCommandLine, "--generalise: goes with decoding; wanted without --encode");
  }
  if (settings.bands.empty()) return;
  if (!settings.stack) {
    fail(Blame::kCommandLine,
         "--bands {}: bands are stacked layers; wanted --stack too",
         settings.bands);
  }
  if (settings.alpha_by != "block") {
    fail(Blame::kCommandLine,
         "--bands {}: penalties of bands are chosen by held-out blocks; wanted --alpha-by block",
         settings.bands);
  }
}

std::string file_name(const std::string& text) {
  return std::filesystem::path(text).filename().string();
}

}  // namespace

nlohmann::json AlignSettings::to_json() const {
  return {{"preset", preset},
          {"folds", file_name(folds)},
          {"embargo", embargo},
          {"alphas", alphas},
          {"alpha_by", alpha_by},
          {"scale", scale},
          {"times", times},
          {"time_end", time_end},
          {"words", file_name(words)},
          {"where", where},
          {"context", contexts},
          {"available", available},
          {"sensors", file_name(sensors)},
          {"solver", solver},
          {"r", r},
          {"generalise", generalise},
          {"direction", direction},
          {"stack", stack},
          {"bands", bands},
          {"null_draws", null_draws},
          {"seed", seed}};
}

const std::vector<std::string>& preset_names() {
  static const std::vector<std::string> names = {"paper", "strict", "legacy"};
  return names;
}

AlignSettings preset_settings(const std::string& name) {
  check_word("--preset", name, preset_names());
  AlignSettings settings;
  settings.preset = name;
  if (name == "paper") {
    settings.folds = "shuffled:5";
    settings.embargo = "0";
    settings.alpha_by = "loo";
    settings.scale = "all";
  } else if (name == "legacy") {
    settings.folds = "shuffled:2";
    settings.embargo = "0";
    settings.alphas = "1e-2:1e8:7";
    settings.alpha_by = "loo";
    settings.scale = "none";
    settings.time_end = "excluded";
  }
  return settings;
}

std::optional<ScreenRules> screen_rules(const std::string& solver) {
  if (solver == "all") return std::nullopt;
  return ScreenRules{solver == "default" ? 0.1 : 1.0};
}

void check_settings(const AlignSettings& settings) {
  check_word("--alpha-by", settings.alpha_by, {"loo", "block"});
  check_word("--scale", settings.scale, {"train", "all", "recording", "none"});
  check_word("--solver", settings.solver, {"default", "certified", "all", "gcv"});
  if (settings.solver == "gcv" && settings.alpha_by != "loo") {
    fail(Blame::kCommandLine,
         "--solver gcv --alpha-by {}: generalised cross-validation approximates leave-one-out; "
         "wanted --alpha-by loo or another solver",
         settings.alpha_by);
  }
  if (settings.scale == "recording" && settings.direction == "encode") {
    fail(Blame::kCommandLine,
         "--scale recording --encode: layers have no recordings; wanted train, all or none");
  }
  check_word("--r", settings.r, {"folds", "concatenated"});
  check_word("--time-end", settings.time_end, {"included", "excluded"});
  check_word("--available", settings.available, {"common", "each"});
  if (settings.null_draws < 0 || settings.null_draws > 100000) {
    fail(Blame::kCommandLine, "--null-draws {}: wanted 0 to 100000", settings.null_draws);
  }
  if (settings.seed < 0) fail(Blame::kCommandLine, "--seed {}: wanted 0 or more", settings.seed);
  parse_embargo(settings.embargo);
  check_direction(settings);
}

double parse_embargo(const std::string& text) {
  if (text == "auto") return -1;
  double seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(seconds) ||
      seconds < 0) {
    fail(Blame::kCommandLine, "--embargo {}: wanted auto or seconds, 0 or more", text);
  }
  return seconds;
}

}  // namespace lockstep
