// A case is a config.json, or the resolved spec that a family makes of one: an object with a
// family_schema.
#include <nlohmann/json.hpp>

#include "models/families/config_json.h"
#include "models/families/spec.h"
#include "tests/fuzz/reader_case.h"

namespace lockstep::testing {
namespace {

/// Evaluating a family takes a thousand times longer than the rest: one case in 256, by its
/// bytes alone.
bool is_drawn(std::span<const std::byte> bytes) {
  unsigned sum = 0;
  for (const std::byte byte : bytes) sum += static_cast<unsigned>(byte);
  return sum % 256 == 0;
}

enum class Family { kEvaluated, kLeftOut };

void read_case(std::span<const std::byte> bytes, Family family) {
  const std::string_view json(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const nlohmann::json config = parse_config(json, "case");
  allow_refusal([&] { without_infinities(config, "case"); });
  if (config.is_object() && config.contains("family_schema")) {
    compile_spec(config, "family", "case");
  } else if (family == Family::kEvaluated) {
    resolve_family(config, {}, "case");
  }
}

}  // namespace

void read_config_json_case(std::span<const std::byte> bytes) {
  read_case(bytes, is_drawn(bytes) ? Family::kEvaluated : Family::kLeftOut);
}

void resolve_config_json_case(std::span<const std::byte> bytes) {
  read_case(bytes, Family::kEvaluated);
}

}  // namespace lockstep::testing
