#include "base/schemas/planted_truth.h"

#include "base/error.h"

namespace lockstep {

void write_truth(Hdf5Writer& file, const PlantedTruth* truth) {
  if (truth == nullptr) return;
  file.define_axis("truth/planted", truth->tap_name);
  file.write("truth/planted_depth", truth->depth, {"planted"}, "1");
  file.write("truth/latency", truth->latency_s, {"planted"}, "s");
  file.write("truth/reference_latency", truth->reference_s, {"planted"}, "s");
  file.attribute("truth", "width_s", truth->width_s);
  file.attribute("truth", "snr", truth->snr);
  file.attribute("truth", "snr_reached", truth->snr_reached);
  file.attribute("truth", "null", truth->null);
  file.attribute("truth", "seed", truth->seed);
  file.attribute("truth", "context_name", truth->context);
}

std::unique_ptr<PlantedTruth> read_truth(const Hdf5Reader& file) {
  if (!file.has("truth")) return nullptr;
  auto truth = std::make_unique<PlantedTruth>();
  truth->tap_name = file.strings("truth/planted");
  truth->depth = file.doubles("truth/planted_depth");
  truth->latency_s = file.doubles("truth/latency");
  truth->reference_s = file.doubles("truth/reference_latency");
  const std::size_t n = truth->tap_name.size();
  if (truth->depth.size() != n || truth->latency_s.size() != n || truth->reference_s.size() != n) {
    fail(Blame::kData,
         "{}: truth: planted_depth, latency and reference_latency have {}, {} and {} entries; {} "
         "are wanted",
         file.path(),
         truth->depth.size(),
         truth->latency_s.size(),
         truth->reference_s.size(),
         n);
  }
  truth->width_s = file.number_attribute("truth", "width_s");
  truth->snr = file.number_attribute("truth", "snr");
  truth->snr_reached = file.number_attribute("truth", "snr_reached");
  truth->null = file.text_attribute("truth", "null");
  truth->seed = file.integer_attribute("truth", "seed");
  truth->context = file.text_attribute("truth", "context_name");
  return truth;
}

}  // namespace lockstep
