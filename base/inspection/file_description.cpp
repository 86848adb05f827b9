#include "base/inspection/file_description.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/hdf5_reader.h"
#include "base/text.h"

namespace lockstep {
namespace {

using Json = nlohmann::ordered_json;

std::string name_alone(const std::filesystem::path& path) {
  const std::filesystem::path name = path.filename();
  return name.empty() || name == "." ? path.parent_path().filename().string() : name.string();
}

// Enough for a glance: a third of a second is 0.3333.
std::string four_digits(double value) {
  std::array<char, 40> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.4g", value);
  return buffer.data();
}

AxisDescription axis_of(const Hdf5Reader& file, const OutlinedVariable& variable) {
  AxisDescription axis{
      variable.name, variable.shape.empty() ? 1 : variable.shape[0], variable.units, {}};
  if (!variable.has_values) return axis;
  std::vector<std::string> items;
  if (variable.dtype == "str") {
    items = file.strings(variable.name);
  } else if (variable.dtype.starts_with("float")) {
    for (const double value : file.doubles(variable.name)) {
      items.push_back(four_digits(value));
    }
  } else {
    for (const int64_t value : file.integers(variable.name)) items.push_back(to_text(value));
  }
  axis.values = shortened(items, 7);
  return axis;
}

std::string shape_in_words(const OutlinedVariable& variable) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < variable.shape.size(); ++i) {
    const std::string axis =
        i < variable.axes.size() && !variable.axes[i].empty() ? variable.axes[i] + " " : "";
    items.push_back(axis + with_thousands(variable.shape[i]));
  }
  return join(items, ", ");
}

std::string tree(const Provenance& provenance, const std::string& indent) {
  std::string lines = indent + provenance.label + ": " +
                      (provenance.what.empty() ? "of unknown origin" : provenance.what);
  if (!provenance.sha256.empty()) lines += "  [" + provenance.sha256.substr(0, 12) + "]";
  lines += "\n";
  if (provenance.options.is_object() && !provenance.options.empty()) {
    lines += indent + "  options " + provenance.options.dump() + "\n";
  }
  for (const Provenance& parent : provenance.parents) lines += tree(parent, indent + "  ");
  return lines;
}

std::string aligned(const std::vector<Fact>& facts) {
  std::size_t width = 0;
  for (const Fact& fact : facts) width = std::max(width, fact.what.size());
  std::string lines;
  for (const Fact& fact : facts) {
    if (fact.value.empty()) continue;
    lines += "  " + fact.what + std::string(width - fact.what.size() + 2, ' ') + fact.value + "\n";
  }
  return lines;
}

}  // namespace

FileDescription describe_file(const std::filesystem::path& path) {
  FileDescription description;
  description.name = name_alone(path);
  description.kind = recognise_file(path);
  description.facts = facts_of(path, description.kind);
  if (description.kind == FileKind::kWords || description.kind == FileKind::kFolds)
    return description;

  const Hdf5Reader file(path);
  Hdf5Outline outline = outline_hdf5(path);
  for (const OutlinedVariable& variable : outline.variables) {
    if (variable.is_axis) {
      description.axes.push_back(axis_of(file, variable));
    } else {
      description.variables.push_back(variable);
    }
  }
  outline.attributes.erase("provenance");
  description.attributes = outline.attributes.dump();
  return description;
}

std::string in_words(const FileDescription& description) {
  std::string all =
      description.name + ": " + description.facts.summary + "\n" + aligned(description.facts.facts);
  if (!description.axes.empty()) {
    std::vector<Fact> lines;
    for (const AxisDescription& axis : description.axes) {
      const std::string units =
          axis.units.empty() || axis.units == "1" ? "" : " [" + axis.units + "]";
      const std::string values = axis.values.empty() ? "" : ": " + axis.values;
      lines.push_back({axis.name, with_thousands(axis.length) + units + values});
    }
    all += "axes\n" + aligned(lines);
  }
  if (!description.variables.empty()) {
    std::vector<Fact> lines;
    for (const OutlinedVariable& variable : description.variables) {
      const std::string units =
          variable.units.empty() || variable.units == "1" ? "" : " [" + variable.units + "]";
      lines.push_back(
          {variable.name, variable.dtype + "(" + shape_in_words(variable) + ")" + units});
    }
    all += "variables\n" + aligned(lines);
  }
  const Provenance& provenance = description.facts.provenance;
  if (provenance.label.empty() && provenance.what.empty()) return all + "provenance: none\n";
  return all + "provenance\n" + tree(provenance, "  ");
}

Json as_json(const FileDescription& description) {
  Json facts = Json::array(), axes = Json::array(), variables = Json::array();
  for (const Fact& fact : description.facts.facts)
    facts.push_back({{"what", fact.what}, {"value", fact.value}});
  for (const AxisDescription& axis : description.axes) {
    axes.push_back({{"name", axis.name},
                    {"length", axis.length},
                    {"units", axis.units},
                    {"values", axis.values}});
  }
  for (const OutlinedVariable& variable : description.variables) {
    variables.push_back({{"name", variable.name},
                         {"dtype", variable.dtype},
                         {"axes", variable.axes},
                         {"shape", variable.shape},
                         {"units", variable.units}});
  }
  Json json = {{"name", description.name},
               {"kind", name_of(description.kind)},
               {"summary", description.facts.summary},
               {"facts", facts}};
  if (!description.attributes.empty()) {
    json["attributes"] = Json::parse(description.attributes);
    json["axes"] = axes;
    json["variables"] = variables;
  }
  json["provenance"] = description.facts.provenance.to_json();
  return json;
}

}  // namespace lockstep
