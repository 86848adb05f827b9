#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "aligner/simulation/simulation.h"
#include "aligner/targets/reduction.h"
#include "tests/support/small_study.h"

namespace lockstep::testing {

/// 60 words of one story in three blocks, three taps of two components; one subject, five sensors.
class RawSimulations : public ::testing::Test {
 protected:
  RawSimulations() : words(small_words(folder.path(), 60, 60)) {
    SmallActivations shape;
    shape.value = [](int64_t context, int64_t tap, int64_t word, int64_t unit) {
      return noise_value(1, context, tap, word, unit);
    };
    write_small_activations(folder / "activations.h5", words, shape);
    const ActivationsFile activations(folder / "activations.h5");
    const Reduction reduction =
        reduce_activations(activations, {.stimuli = &words}, {.num_components = 2});
    write_targets(folder / "targets.h5", reduction.header, reduction.fits);
    targets = std::make_unique<TargetsFile>(folder / "targets.h5");
    options.num_subjects = 1;
    options.num_sensors = 5;
    options.num_bad_sensors = 0;
    options.lead_s = 30;
    options.multiple_s = 10;
    options.snr = 0.5;
  }

  Simulation simulate() const { return Simulation(*targets, words, options, 1); }

  TemporaryFolder folder;
  Words words;
  std::unique_ptr<TargetsFile> targets;
  SimulationOptions options;
};

}  // namespace lockstep::testing
