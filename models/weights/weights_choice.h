#pragma once

#include <cstdint>
#include <string>

namespace lockstep {

/// What a model's weights are: the checkpoint's, or one of two controls.
struct WeightsChoice {
  enum class Kind {
    kTrained,
    kInitialised,  ///< as training would begin: the family's own initialisation
    kShuffled,     ///< the checkpoint's, each tensor permuted within itself
  };
  Kind kind = Kind::kTrained;
  uint64_t seed = 0;

  bool is_trained() const { return kind == Kind::kTrained; }
};

/// The value of --untrained: nothing (trained), "17", "shuffle:17". Throws Error(kCommandLine).
WeightsChoice parse_untrained(const std::string& text);

/// The same text again.
std::string to_text(const WeightsChoice& choice);

}  // namespace lockstep
