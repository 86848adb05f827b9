// Lists an HDF5 file without knowing its layout. Types and attribute names are all that Hdf5Reader
// does not tell.
#include "base/inspection/hdf5_outline.h"

#include <hdf5.h>
#include <hdf5_hl.h>

#include <algorithm>

#include "base/error.h"
#include "base/hdf5_handle.h"
#include "base/hdf5_reader.h"

namespace lockstep {
namespace {

// How netCDF-4 marks a dimension that has a length and no values (its format documentation,
// "Dimensions without coordinate variables").
constexpr const char* kLengthAlone = "This is a netCDF dimension but not a netCDF variable.";

std::string dtype_of(hid_t file, const std::string& name) {
  const Hdf5Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose);
  const std::string bits = to_text(8 * H5Tget_size(type.id()));
  switch (H5Tget_class(type.id())) {
    case H5T_FLOAT:
      return "float" + bits;
    case H5T_INTEGER:
      return (H5Tget_sign(type.id()) == H5T_SGN_NONE ? "uint" : "int") + bits;
    case H5T_STRING:
      return "str";
    default:
      return "other";
  }
}

bool is_length_alone(const Hdf5Reader& reader, const std::string& name) {
  return reader.has_attribute(name, "NAME") &&
         reader.text_attribute(name, "NAME").starts_with(kLengthAlone);
}

void list_group(const Hdf5Reader& reader,
                hid_t file,
                const std::string& group,
                Hdf5Outline& outline) {
  const std::string prefix = group.empty() ? "" : group + "/";
  for (const std::string& short_name : reader.variables(group)) {
    const std::string name = prefix + short_name;
    OutlinedVariable variable;
    variable.name = name;
    variable.dtype = dtype_of(file, name);
    variable.shape = reader.shape(name);
    variable.axes = reader.axes(name);
    if (reader.has_attribute(name, "units")) variable.units = reader.text_attribute(name, "units");
    const Hdf5Handle dataset(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    variable.is_axis = H5DSis_scale(dataset.id()) > 0;
    variable.has_values = !(variable.is_axis && is_length_alone(reader, name));
    outline.variables.push_back(variable);
  }
  for (const std::string& inner : reader.groups(group)) {
    list_group(reader, file, prefix + inner, outline);
  }
}

herr_t note_name(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

nlohmann::ordered_json root_attributes(const Hdf5Reader& reader, hid_t file) {
  std::vector<std::string> names;
  H5Aiterate2(file, H5_INDEX_NAME, H5_ITER_INC, nullptr, note_name, &names);
  std::sort(names.begin(), names.end());
  nlohmann::ordered_json attributes = nlohmann::ordered_json::object();
  for (const std::string& name : names) {
    const Hdf5Handle attribute(H5Aopen(file, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Hdf5Handle type(H5Aget_type(attribute.id()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose);
    if (H5Sget_simple_extent_npoints(space.id()) != 1) {
      attributes[name] = nullptr;  // an array: our own layouts keep none at the root
      continue;
    }
    switch (H5Tget_class(type.id())) {
      case H5T_STRING:
        attributes[name] = reader.text_attribute("", name);
        break;
      case H5T_INTEGER:
        attributes[name] = reader.integer_attribute("", name);
        break;
      case H5T_FLOAT:
        attributes[name] = reader.number_attribute("", name);
        break;
      default:
        attributes[name] = nullptr;
    }
  }
  return attributes;
}

}  // namespace

Hdf5Outline outline_hdf5(const std::filesystem::path& path) {
  const Hdf5Reader reader(path);  // its messages name the file
  const Hdf5Handle access = hdf5_properties(H5P_FILE_ACCESS);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!file.valid()) fail(Blame::kData, "{}: not an HDF5 file, or damaged or cut short", path);
  Hdf5Outline outline;
  list_group(reader, file.id(), "", outline);
  outline.attributes = root_attributes(reader, file.id());
  return outline;
}

}  // namespace lockstep
