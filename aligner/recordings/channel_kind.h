#pragma once

#include <optional>
#include <string_view>

#include "aligner/recordings/raw_recording.h"

namespace lockstep {

/// The kind that is called so by name_of(ChannelKind); nothing for other words.
std::optional<ChannelKind> channel_kind_of(std::string_view name);

}  // namespace lockstep
