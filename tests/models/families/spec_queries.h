#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "models/families/spec.h"

namespace lockstep::testing {

inline const BlockKind& kind_of(const ModelSpec& spec, std::size_t layer) {
  return spec.blocks.at(spec.layers.at(layer));
}

/// The k-th step of an op in a layer's program, as its fields.
template <class Fields>
const Fields& fields_of(const Program& program, std::size_t k = 0) {
  for (const Step& step : program.steps) {
    const auto* fields = std::get_if<Fields>(&step.fields);
    if (fields != nullptr && k-- == 0) return *fields;
  }
  throw std::out_of_range("no such step");
}

inline const AttentionFields& attention_of(const ModelSpec& spec, std::size_t layer) {
  return fields_of<AttentionFields>(kind_of(spec, layer).program);
}

inline std::vector<std::optional<int64_t>> windows_of(const ModelSpec& spec) {
  std::vector<std::optional<int64_t>> windows;
  for (std::size_t layer = 0; layer < spec.layers.size(); ++layer)
    windows.push_back(attention_of(spec, layer).window);
  return windows;
}

/// "norm:0>2 attention:2>3 ..."
inline std::string calls_of(const Program& program) {
  std::vector<std::string> calls;
  for (const Step& step : program.steps)
    calls.push_back(text("{}:{}>{}", step.op, join(step.read, ","), step.write));
  return join(calls, " ");
}

inline constexpr std::string_view kPreProgram =
    "norm:0>2 attention:2>3 add:0,3>0 norm:0>2 ffn:2>4 add:0,4>0";

}  // namespace lockstep::testing
