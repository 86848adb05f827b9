#include "aligner/datasets/bad_channels.h"

#include <set>

#include "aligner/datasets/loose_table.h"
#include "base/text.h"

namespace lockstep {
namespace {

std::string without_blanks(const std::string& name) {
  std::string bare;
  for (const char c : in_small_letters(name)) {
    if (c != ' ') bare += c;
  }
  return bare;
}

/// Whether a channel's clean name is the one wanted, or begins with it where that ends in a star.
bool is_meant(const std::string& wanted, const std::string& channel) {
  if (wanted.ends_with('*')) return channel.starts_with(wanted.substr(0, wanted.size() - 1));
  return channel == wanted;
}

}  // namespace

BadChannels find_bad_channels(const RecordingFiles& files, const RawHeader& header) {
  std::set<std::size_t> bad;
  BadChannels found;
  for (std::size_t channel = 0; channel < header.channels.size(); ++channel) {
    if (header.channels[channel].bad) bad.insert(channel);
  }
  for (const std::string& name : files.bad_sensors) {
    const std::string wanted = without_blanks(name);
    std::vector<std::string> meant;
    for (std::size_t channel = 0; channel < header.channels.size(); ++channel) {
      const std::string clean = clean_name(header.channels[channel].name);
      if (!is_meant(wanted, without_blanks(clean))) continue;
      bad.insert(channel);
      meant.push_back(clean);
    }
    if (meant.empty()) {
      found.notes.push_back(text("bad sensor {} is no channel of the recording", name));
    } else if (wanted.ends_with('*')) {
      found.notes.push_back(text("bad sensor {} is taken for {}", name, join(meant, ", ")));
    }
  }
  found.channels.assign(bad.begin(), bad.end());
  return found;
}

}  // namespace lockstep
