// netCDF-4 compatible HDF5, checked with xarray: each axis is a dimension scale; an axis without
// values is a scale whose NAME says so in the words of the netCDF-4 format.
#include "base/hdf5_writer.h"

#include <hdf5_hl.h>

#include <cstdio>

#include "base/error.h"

namespace lockstep {
namespace {

Hdf5Handle string_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

/// IEEE 754 half precision, little-endian.
Hdf5Handle half_type() {
  Hdf5Handle type(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);
  H5Tset_fields(type.id(), 15, 10, 5, 0, 10);
  H5Tset_size(type.id(), 2);
  H5Tset_ebias(type.id(), 15);
  return type;
}

std::vector<const char*> pointers(std::span<const std::string> values) {
  std::vector<const char*> all;
  for (const auto& value : values) all.push_back(value.c_str());
  return all;
}

std::string last_part(const std::string& name) {
  const auto slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

}  // namespace

Hdf5Writer::Hdf5Writer(const std::filesystem::path& file) : path_(file) {
  const Hdf5Handle create = hdf5_properties(H5P_FILE_CREATE);
  const Hdf5Handle access = hdf5_properties(H5P_FILE_ACCESS);
  file_ = Hdf5Handle(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, create.id(), access.id()), H5Fclose);
  if (!file_.valid()) fail(Blame::kData, "{}: cannot be created", file);
}

Hdf5Writer::~Hdf5Writer() = default;

std::string Hdf5Writer::find_axis(const std::string& variable, const std::string& axis) const {
  std::string group = variable;
  for (;;) {
    const auto slash = group.rfind('/');
    group = slash == std::string::npos ? "" : group.substr(0, slash);
    const std::string candidate = group.empty() ? axis : group + "/" + axis;
    if (axes_.contains(candidate)) return candidate;
    if (group.empty()) fail(Blame::kProgram, "{}: {}: there is no axis {}", path_, variable, axis);
  }
}

Hdf5Handle Hdf5Writer::object(const std::string& name) const {
  Hdf5Handle found(H5Oopen(file_.id(), name.empty() ? "/" : name.c_str(), H5P_DEFAULT), H5Oclose);
  if (!found.valid()) fail(Blame::kProgram, "{}: there is no {}", path_, name);
  return found;
}

namespace {

/// Makes the groups that `name` lies in.
void make_groups(hid_t file, const std::string& name) {
  const Hdf5Handle link = hdf5_properties(H5P_LINK_CREATE);
  const Hdf5Handle create = hdf5_properties(H5P_GROUP_CREATE);
  for (auto slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const std::string group = name.substr(0, slash);
    if (H5Lexists(file, group.c_str(), H5P_DEFAULT) > 0) continue;
    const Hdf5Handle made(H5Gcreate2(file, group.c_str(), link.id(), create.id(), H5P_DEFAULT),
                          H5Gclose);
    if (!made.valid()) fail(Blame::kProgram, "hdf5: cannot create the group {}", group);
  }
}

Hdf5Handle make_dataset(hid_t file,
                        const std::string& name,
                        hid_t type,
                        const std::vector<hsize_t>& shape,
                        hid_t create) {
  make_groups(file, name);
  const Hdf5Handle link = hdf5_properties(H5P_LINK_CREATE);
  const Hdf5Handle space(
      shape.empty() ? H5Screate(H5S_SCALAR)
                    : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr),
      H5Sclose);
  Hdf5Handle dataset(
      H5Dcreate2(file, name.c_str(), type, space.id(), link.id(), create, H5P_DEFAULT), H5Dclose);
  if (!dataset.valid())
    fail(Blame::kData, "hdf5: cannot create the dataset {}; is there space left?", name);
  return dataset;
}

}  // namespace

void Hdf5Writer::define_axis(const std::string& name, int64_t length) {
  const Hdf5Handle create = hdf5_properties(H5P_DATASET_CREATE);
  H5Pset_alloc_time(create.id(), H5D_ALLOC_TIME_LATE);
  const Hdf5Handle dataset =
      make_dataset(file_.id(), name, H5T_IEEE_F32BE, {static_cast<hsize_t>(length)}, create.id());
  char label[80];
  std::snprintf(label,
                sizeof label,
                "This is a netCDF dimension but not a netCDF variable. %10lld",
                static_cast<long long>(length));
  if (H5DSset_scale(dataset.id(), label) < 0)
    fail(Blame::kProgram, "{}: cannot make {} an axis", path_, name);
  axes_[name] = length;
}

void Hdf5Writer::define(const std::string& name,
                        hid_t file_type,
                        hid_t memory_type,
                        const void* values,
                        int64_t length,
                        const std::string& units) {
  const Hdf5Handle create = hdf5_properties(H5P_DATASET_CREATE);
  const Hdf5Handle dataset =
      make_dataset(file_.id(), name, file_type, {static_cast<hsize_t>(length)}, create.id());
  if ((length > 0 &&
       H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) ||
      H5DSset_scale(dataset.id(), last_part(name).c_str()) < 0) {
    fail(Blame::kData, "{}: cannot write the axis {}", path_, name);
  }
  axes_[name] = length;
  if (!units.empty()) attribute(name, "units", units);
}

void Hdf5Writer::define_axis(const std::string& name,
                             std::span<const double> values,
                             const std::string& units) {
  define(name,
         H5T_IEEE_F64LE,
         H5T_NATIVE_DOUBLE,
         values.data(),
         static_cast<int64_t>(values.size()),
         units);
}

void Hdf5Writer::define_axis(const std::string& name,
                             std::span<const int64_t> values,
                             const std::string& units) {
  define(name,
         H5T_STD_I64LE,
         H5T_NATIVE_INT64,
         values.data(),
         static_cast<int64_t>(values.size()),
         units);
}

void Hdf5Writer::define_axis(const std::string& name, std::span<const std::string> values) {
  const Hdf5Handle type = string_type();
  define(
      name, type.id(), type.id(), pointers(values).data(), static_cast<int64_t>(values.size()), {});
}

void Hdf5Writer::put(const std::string& name,
                     hid_t file_type,
                     hid_t memory_type,
                     const void* values,
                     std::size_t count,
                     const std::vector<std::string>& axes,
                     const std::string& units) {
  const Hdf5Handle dataset = create(name, file_type, axes, hdf5_properties(H5P_DATASET_CREATE));
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const auto wanted = H5Sget_simple_extent_npoints(space.id());
  if (wanted != static_cast<hssize_t>(count))
    fail(Blame::kProgram, "{}: {} has {} values, {} are wanted", path_, name, count, wanted);
  if (count > 0 && H5Dwrite(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0) {
    fail(Blame::kData, "{}: cannot write {}; is there space left?", path_, name);
  }
  if (!units.empty()) attribute(name, "units", units);
}

Hdf5Handle Hdf5Writer::create(const std::string& name,
                              hid_t type,
                              const std::vector<std::string>& axes,
                              const Hdf5Handle& properties) {
  std::vector<hsize_t> shape;
  std::vector<std::string> full;
  for (const auto& axis : axes) {
    full.push_back(find_axis(name, axis));
    shape.push_back(static_cast<hsize_t>(axes_.at(full.back())));
  }
  attached_[name] = full;
  return make_dataset(file_.id(), name, type, shape, properties.id());
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const float> values,
                       const std::vector<std::string>& axes,
                       const std::string& units) {
  put(name, H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, values.data(), values.size(), axes, units);
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const double> values,
                       const std::vector<std::string>& axes,
                       const std::string& units) {
  put(name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, values.data(), values.size(), axes, units);
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const int64_t> values,
                       const std::vector<std::string>& axes,
                       const std::string& units) {
  put(name, H5T_STD_I64LE, H5T_NATIVE_INT64, values.data(), values.size(), axes, units);
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const int32_t> values,
                       const std::vector<std::string>& axes,
                       const std::string& units) {
  put(name, H5T_STD_I32LE, H5T_NATIVE_INT32, values.data(), values.size(), axes, units);
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const uint8_t> values,
                       const std::vector<std::string>& axes,
                       const std::string& units) {
  put(name, H5T_STD_U8LE, H5T_NATIVE_UINT8, values.data(), values.size(), axes, units);
}

void Hdf5Writer::write(const std::string& name,
                       std::span<const std::string> values,
                       const std::vector<std::string>& axes) {
  const Hdf5Handle type = string_type();
  put(name, type.id(), type.id(), pointers(values).data(), values.size(), axes, {});
}

void Hdf5Writer::reserve(const std::string& name,
                         Storage storage,
                         const std::vector<std::string>& axes,
                         const std::string& units) {
  const Hdf5Handle half = half_type();
  const hid_t types[] = {half.id(), H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_STD_I32LE, H5T_STD_U8LE};
  const Hdf5Handle create_list = hdf5_properties(H5P_DATASET_CREATE);
  H5Pset_layout(create_list.id(), H5D_CONTIGUOUS);
  H5Pset_alloc_time(create_list.id(), H5D_ALLOC_TIME_EARLY);
  H5Pset_fill_time(create_list.id(), H5D_FILL_TIME_NEVER);
  create(name, types[static_cast<std::size_t>(storage)], axes, create_list);
  if (!units.empty()) attribute(name, "units", units);
}

namespace {

template <class Write>
void put_attribute(hid_t object,
                   const std::filesystem::path& path,
                   const std::string& name,
                   hid_t type,
                   hid_t space,
                   Write write) {
  const Hdf5Handle attribute(
      H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  if (!attribute.valid() || write(attribute.id()) < 0)
    fail(Blame::kProgram, "{}: cannot write the attribute {}", path, name);
}

}  // namespace

void Hdf5Writer::attribute(const std::string& object_name,
                           const std::string& name,
                           const std::string& value) {
  const Hdf5Handle target = object(object_name);
  const Hdf5Handle type = string_type();
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const char* bytes = value.c_str();
  put_attribute(target.id(), path_, name, type.id(), space.id(), [&](hid_t id) {
    return H5Awrite(id, type.id(), &bytes);
  });
}

void Hdf5Writer::attribute(const std::string& object_name, const std::string& name, double value) {
  const Hdf5Handle target = object(object_name);
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  put_attribute(target.id(), path_, name, H5T_IEEE_F64LE, space.id(), [&](hid_t id) {
    return H5Awrite(id, H5T_NATIVE_DOUBLE, &value);
  });
}

void Hdf5Writer::attribute(const std::string& object_name, const std::string& name, int64_t value) {
  const Hdf5Handle target = object(object_name);
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  put_attribute(target.id(), path_, name, H5T_STD_I64LE, space.id(), [&](hid_t id) {
    return H5Awrite(id, H5T_NATIVE_INT64, &value);
  });
}

void Hdf5Writer::attribute(const std::string& object_name,
                           const std::string& name,
                           std::span<const double> values) {
  const Hdf5Handle target = object(object_name);
  const hsize_t length = values.size();
  const Hdf5Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose);
  put_attribute(target.id(), path_, name, H5T_IEEE_F64LE, space.id(), [&](hid_t id) {
    return H5Awrite(id, H5T_NATIVE_DOUBLE, values.data());
  });
}

void Hdf5Writer::attribute(const std::string& object_name,
                           const std::string& name,
                           std::span<const uint8_t> values) {
  const Hdf5Handle target = object(object_name);
  const hsize_t length = values.size();
  const Hdf5Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose);
  put_attribute(target.id(), path_, name, H5T_STD_U8LE, space.id(), [&](hid_t id) {
    return H5Awrite(id, H5T_NATIVE_UINT8, values.data());
  });
}

void Hdf5Writer::close() {
  for (const auto& [variable, axes] : attached_) {
    const Hdf5Handle dataset = object(variable);
    for (std::size_t k = 0; k < axes.size(); ++k) {
      const Hdf5Handle scale = object(axes[k]);
      if (H5DSattach_scale(dataset.id(), scale.id(), static_cast<unsigned>(k)) < 0) {
        fail(Blame::kProgram, "{}: cannot attach the axis {} to {}", path_, axes[k], variable);
      }
    }
  }
  attached_.clear();
  if (H5Fflush(file_.id(), H5F_SCOPE_GLOBAL) < 0)
    fail(Blame::kData, "{}: cannot be written; is there space left?", path_);
  file_.reset();
}

int64_t dataset_offset(const std::filesystem::path& file, const std::string& name) {
  const Hdf5Handle access = hdf5_properties(H5P_FILE_ACCESS);
  const Hdf5Handle handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!handle.valid()) fail(Blame::kData, "{}: not an HDF5 file, or damaged", file);
  const Hdf5Handle dataset(H5Dopen2(handle.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  const haddr_t offset = dataset.valid() ? H5Dget_offset(dataset.id()) : HADDR_UNDEF;
  if (offset == HADDR_UNDEF) fail(Blame::kData, "{}: {}: not a contiguous dataset", file, name);
  return static_cast<int64_t>(offset);
}

}  // namespace lockstep
