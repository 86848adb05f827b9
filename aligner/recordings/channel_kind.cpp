#include "aligner/recordings/channel_kind.h"

namespace lockstep {

std::optional<ChannelKind> channel_kind_of(std::string_view name) {
  for (int kind = 0; kind <= static_cast<int>(ChannelKind::kMisc); ++kind) {
    if (name_of(static_cast<ChannelKind>(kind)) == name) return static_cast<ChannelKind>(kind);
  }
  return std::nullopt;
}

}  // namespace lockstep
