#include "aligner/events/event_kinds.h"

#include <algorithm>
#include <map>

#include "base/error.h"

namespace lockstep {

const char* name_of(EventKind kind) {
  switch (kind) {
    case EventKind::kWord:
      return "words";
    case EventKind::kPhoneme:
      return "phonemes";
    case EventKind::kSilence:
      return "pauses";
    case EventKind::kSound:
      return "sounds";
    case EventKind::kTrigger:
      return "triggers";
    case EventKind::kRepeat:
      break;
  }
  return "repeats";
}

std::set<EventKind> parse_event_kinds(const std::string& kinds) {
  static const std::map<std::string, EventKind> kNames = {{"word", EventKind::kWord},
                                                          {"phoneme", EventKind::kPhoneme},
                                                          {"silence", EventKind::kSilence},
                                                          {"sound", EventKind::kSound},
                                                          {"trigger", EventKind::kTrigger},
                                                          {"repeat", EventKind::kRepeat}};
  std::set<EventKind> kept;
  for (std::size_t at = 0; at <= kinds.size();) {
    const std::size_t end = std::min(kinds.find(',', at), kinds.size());
    const std::string name = kinds.substr(at, end - at);
    at = end + 1;
    if (name == "all") {
      for (const auto& [known, kind] : kNames) kept.insert(kind);
      continue;
    }
    const auto known = kNames.find(name);
    if (known == kNames.end()) {
      fail(
          Blame::kCommandLine,
          "--events-kinds: \"{}\"; all, word, phoneme, silence, sound, trigger or repeat is wanted",
          name);
    }
    kept.insert(known->second);
  }
  return kept;
}

}  // namespace lockstep
