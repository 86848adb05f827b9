// The one list of data sets.
#include "aligner/datasets/known_datasets.h"

#include <charconv>

#include "base/error.h"

namespace lockstep {

const std::vector<KnownDataset>& known_datasets() {
  static const std::vector<KnownDataset> kDatasets = {
      armeni2022(), mous(), smn4lang(), littleprince(), libribrain()};
  return kDatasets;
}

const KnownDataset& find_dataset(std::string_view name) {
  std::vector<std::string> names;
  for (const KnownDataset& dataset : known_datasets()) {
    if (dataset.name == name) return dataset;
    names.push_back(dataset.name);
  }
  fail(Blame::kCommandLine, "--dataset {}: not known; {} are", name, join(names, ", "));
}

const KnownFault& find_fault(std::string_view name) {
  std::vector<std::string> names;
  for (const KnownDataset& dataset : known_datasets()) {
    for (const KnownFault& fault : dataset.faults) {
      if (fault.name == name) return fault;
      names.push_back(fault.name);
    }
  }
  fail(Blame::kCommandLine, "fault {}: not known; {} are", name, join(names, ", "));
}

std::string list_datasets() {
  std::string list;
  for (const KnownDataset& dataset : known_datasets()) {
    list += dataset.name + ": " + dataset.title + "\n  " + dataset.about +
            "\n  source: " + dataset.source + "\n";
    for (const KnownFault& fault : dataset.faults) {
      list += text("  fault {}: {} [{}]\n", fault.name, fault.what, fault.source);
    }
  }
  return list;
}

bool is_label(std::string_view label, std::string_view wanted) {
  if (label == wanted) return true;
  const auto number = [](std::string_view digits) {
    int64_t value = -1;
    const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return status == std::errc() && end == digits.data() + digits.size() ? value : -1;
  };
  return number(label) >= 0 && number(label) == number(wanted);
}

}  // namespace lockstep
