#include "base/hdf5_reader.h"

#include <hdf5_hl.h>

#include <algorithm>

#include "base/error.h"

namespace lockstep {
namespace {

std::string object_name(hid_t id) {
  char buffer[1024] = "";
  H5Iget_name(id, buffer, sizeof buffer);
  const std::string whole = buffer;
  return whole.substr(whole.rfind('/') + 1);
}

herr_t note_scale(hid_t, unsigned, hid_t scale, void* names) {
  static_cast<std::vector<std::string>*>(names)->push_back(object_name(scale));
  return 0;
}

std::string path_of(const std::string& name) { return name.empty() ? "/" : name; }

}  // namespace

Hdf5Reader::Hdf5Reader(const std::filesystem::path& file) : path_(file) {
  if (!std::filesystem::exists(file)) fail(Blame::kData, "{}: there is no such file", file);
  const Hdf5Handle access = hdf5_properties(H5P_FILE_ACCESS);
  file_ = Hdf5Handle(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!file_.valid()) fail(Blame::kData, "{}: not an HDF5 file, or damaged or cut short", file);
}

bool Hdf5Reader::has(const std::string& name) const {
  std::string part;
  for (std::size_t at = 0; at != std::string::npos;) {
    at = name.find('/', at + 1);
    part = name.substr(0, at);
    if (H5Lexists(file_.id(), part.c_str(), H5P_DEFAULT) <= 0) return false;
  }
  return true;
}

namespace {

std::vector<std::string> members(hid_t file,
                                 const std::filesystem::path& path,
                                 const std::string& name,
                                 H5O_type_t kind) {
  const Hdf5Handle group(H5Gopen2(file, path_of(name).c_str(), H5P_DEFAULT), H5Gclose);
  H5G_info_t info{};
  if (!group.valid() || H5Gget_info(group.id(), &info) < 0)
    fail(Blame::kData, "{}: there is no group {}", path, path_of(name));
  std::vector<std::string> names;
  for (hsize_t k = 0; k < info.nlinks; ++k) {
    char buffer[1024] = "";
    H5Lget_name_by_idx(
        group.id(), ".", H5_INDEX_NAME, H5_ITER_INC, k, buffer, sizeof buffer, H5P_DEFAULT);
    H5O_info_t object{};
    if (H5Oget_info_by_name2(group.id(), buffer, &object, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
        object.type == kind)
      names.emplace_back(buffer);
  }
  return names;
}

}  // namespace

std::vector<std::string> Hdf5Reader::groups(const std::string& name) const {
  return members(file_.id(), path_, name, H5O_TYPE_GROUP);
}

std::vector<std::string> Hdf5Reader::variables(const std::string& group) const {
  return members(file_.id(), path_, group, H5O_TYPE_DATASET);
}

Hdf5Handle Hdf5Reader::open_dataset(const std::string& name) const {
  Hdf5Handle dataset;
  if (has(name)) dataset = Hdf5Handle(H5Dopen2(file_.id(), name.c_str(), H5P_DEFAULT), H5Dclose);
  if (!dataset.valid()) fail(Blame::kData, "{}: there is no dataset {}", path_, name);
  return dataset;
}

std::vector<int64_t> Hdf5Reader::shape(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const int rank = H5Sget_simple_extent_ndims(space.id());
  std::vector<hsize_t> lengths(static_cast<std::size_t>(std::max(rank, 0)));
  H5Sget_simple_extent_dims(space.id(), lengths.data(), nullptr);
  return {lengths.begin(), lengths.end()};
}

int64_t Hdf5Reader::value_bytes(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle type(H5Dget_type(dataset.id()), H5Tclose);
  return static_cast<int64_t>(H5Tget_size(type.id()));
}

std::vector<std::string> Hdf5Reader::axes(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  if (H5DSis_scale(dataset.id()) > 0) return {object_name(dataset.id())};
  std::vector<std::string> names;
  for (std::size_t k = 0; k < shape(name).size(); ++k) {
    std::vector<std::string> found;
    H5DSiterate_scales(dataset.id(), static_cast<unsigned>(k), nullptr, note_scale, &found);
    names.push_back(found.empty() ? "" : found.front());
  }
  return names;
}

void Hdf5Reader::expect_axes(const std::string& name,
                             const std::vector<std::string>& wanted) const {
  const auto found = axes(name);
  if (found != wanted)
    fail(Blame::kData,
         "{}: {} lies on ({}); ({}) is wanted",
         path_,
         name,
         join(found, ", "),
         join(wanted, ", "));
}

namespace {

/// Refuses a dataset whose claimed size cannot be true, before memory is allocated for it.
hssize_t checked_count(hid_t dataset,
                       const std::filesystem::path& path,
                       const std::string& name,
                       H5T_class_t wanted_class,
                       const char* wanted) {
  const Hdf5Handle space(H5Dget_space(dataset), H5Sclose);
  const Hdf5Handle type(H5Dget_type(dataset), H5Tclose);
  const auto found = H5Tget_class(type.id());
  if (found != wanted_class && !(wanted_class == H5T_FLOAT && found == H5T_INTEGER))
    fail(Blame::kData, "{}: {}: not {}", path, name, wanted);
  const hssize_t count = H5Sget_simple_extent_npoints(space.id());
  const auto stored = H5Dget_storage_size(dataset);
  constexpr hsize_t kDeflateLimit = 1032;  // no stream shrinks by more (zlib's technical notes)
  if (count < 0 ||
      static_cast<hsize_t>(count) > (stored * kDeflateLimit) / H5Tget_size(type.id())) {
    fail(Blame::kData,
         "{}: {}: claims {} values, {} bytes are stored",
         path,
         name,
         count,
         static_cast<uint64_t>(stored));
  }
  return count;
}

}  // namespace

template <class T>
std::vector<T> Hdf5Reader::read_all(const std::string& name, hid_t memory_type) const {
  const Hdf5Handle dataset = open_dataset(name);
  const bool real = H5Tget_class(memory_type) == H5T_FLOAT;
  const auto count = checked_count(
      dataset.id(), path_, name, real ? H5T_FLOAT : H5T_INTEGER, real ? "numbers" : "integers");
  std::vector<T> values(static_cast<std::size_t>(count));
  if (count > 0 &&
      H5Dread(dataset.id(), memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    fail(Blame::kData, "{}: {}: cannot be read; the file is damaged or cut short", path_, name);
  }
  return values;
}

std::vector<double> Hdf5Reader::doubles(const std::string& name) const {
  return read_all<double>(name, H5T_NATIVE_DOUBLE);
}
std::vector<float> Hdf5Reader::floats(const std::string& name) const {
  return read_all<float>(name, H5T_NATIVE_FLOAT);
}
std::vector<int64_t> Hdf5Reader::integers(const std::string& name) const {
  return read_all<int64_t>(name, H5T_NATIVE_INT64);
}

std::vector<std::string> Hdf5Reader::strings(const std::string& name) const {
  const Hdf5Handle dataset = open_dataset(name);
  const auto count = checked_count(dataset.id(), path_, name, H5T_STRING, "text");
  const Hdf5Handle stored(H5Dget_type(dataset.id()), H5Tclose);
  if (H5Tis_variable_str(stored.id()) <= 0)
    fail(Blame::kData, "{}: {}: text of fixed length; of variable length is wanted", path_, name);
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5Tget_cset(stored.id()));
  std::vector<char*> raw(static_cast<std::size_t>(count), nullptr);
  if (count > 0 &&
      H5Dread(dataset.id(), type.id(), H5S_ALL, H5S_ALL, H5P_DEFAULT, raw.data()) < 0) {
    fail(Blame::kData, "{}: {}: cannot be read; the file is damaged or cut short", path_, name);
  }
  std::vector<std::string> values;
  for (char* value : raw) {
    values.emplace_back(value == nullptr ? "" : value);
    H5free_memory(value);
  }
  return values;
}

template <class T>
void Hdf5Reader::read_part(const std::string& name,
                           const std::vector<int64_t>& start,
                           const std::vector<int64_t>& count,
                           std::span<T> into,
                           hid_t memory_type) const {
  const auto whole = shape(name);
  bool inside = start.size() == whole.size() && count.size() == whole.size();
  std::size_t size = 1;
  for (std::size_t k = 0; inside && k < whole.size(); ++k) {
    inside = start[k] >= 0 && count[k] >= 0 && start[k] + count[k] <= whole[k];
    size *= static_cast<std::size_t>(count[k]);
  }
  if (!inside || size != into.size()) {
    fail(Blame::kData,
         "{}: {} is ({}); a block of ({}) at ({}) is wanted",
         path_,
         name,
         join(whole, ", "),
         join(count, ", "),
         join(start, ", "));
  }
  if (size == 0) return;
  const Hdf5Handle dataset = open_dataset(name);
  const Hdf5Handle space(H5Dget_space(dataset.id()), H5Sclose);
  const std::vector<hsize_t> begin(start.begin(), start.end());
  const std::vector<hsize_t> extent(count.begin(), count.end());
  H5Sselect_hyperslab(space.id(), H5S_SELECT_SET, begin.data(), nullptr, extent.data(), nullptr);
  const Hdf5Handle memory(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr),
                          H5Sclose);
  if (H5Dread(dataset.id(), memory_type, memory.id(), space.id(), H5P_DEFAULT, into.data()) < 0) {
    fail(Blame::kData, "{}: {}: cannot be read; the file is damaged or cut short", path_, name);
  }
}

void Hdf5Reader::read_block(const std::string& name,
                            const std::vector<int64_t>& start,
                            const std::vector<int64_t>& count,
                            std::span<float> into) const {
  read_part(name, start, count, into, H5T_NATIVE_FLOAT);
}

void Hdf5Reader::read_block(const std::string& name,
                            const std::vector<int64_t>& start,
                            const std::vector<int64_t>& count,
                            std::span<double> into) const {
  read_part(name, start, count, into, H5T_NATIVE_DOUBLE);
}

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& name) const {
  if (!object.empty() && !has(object)) return false;
  return H5Aexists_by_name(file_.id(), path_of(object).c_str(), name.c_str(), H5P_DEFAULT) > 0;
}

Hdf5Handle Hdf5Reader::open_attribute(const std::string& object, const std::string& name) const {
  Hdf5Handle attribute;
  if (has_attribute(object, name)) {
    attribute =
        Hdf5Handle(H5Aopen_by_name(
                       file_.id(), path_of(object).c_str(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                   H5Aclose);
  }
  if (!attribute.valid())
    fail(Blame::kData, "{}: {} has no attribute {}", path_, path_of(object), name);
  const Hdf5Handle space(H5Aget_space(attribute.id()), H5Sclose);
  if (H5Sget_simple_extent_npoints(space.id()) != 1)
    fail(Blame::kData, "{}: attribute {} of {} is no scalar", path_, name, path_of(object));
  return attribute;
}

std::string Hdf5Reader::text_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(object, name);
  const Hdf5Handle stored(H5Aget_type(attribute.id()), H5Tclose);
  if (H5Tget_class(stored.id()) != H5T_STRING)
    fail(Blame::kData, "{}: attribute {} of {} is no text", path_, name, path_of(object));
  if (H5Tis_variable_str(stored.id()) > 0) {
    char* raw = nullptr;
    if (H5Aread(attribute.id(), stored.id(), &raw) < 0)
      fail(Blame::kData, "{}: attribute {} cannot be read", path_, name);
    std::string value = raw == nullptr ? "" : raw;
    H5free_memory(raw);
    return value;
  }
  std::string value(H5Tget_size(stored.id()), '\0');
  if (H5Aread(attribute.id(), stored.id(), value.data()) < 0)
    fail(Blame::kData, "{}: attribute {} cannot be read", path_, name);
  return value.substr(0, value.find('\0'));
}

double Hdf5Reader::number_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(object, name);
  double value = 0;
  if (H5Aread(attribute.id(), H5T_NATIVE_DOUBLE, &value) < 0)
    fail(Blame::kData, "{}: attribute {} of {} is no number", path_, name, path_of(object));
  return value;
}

int64_t Hdf5Reader::integer_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Handle attribute = open_attribute(object, name);
  int64_t value = 0;
  if (H5Aread(attribute.id(), H5T_NATIVE_INT64, &value) < 0)
    fail(Blame::kData, "{}: attribute {} of {} is no integer", path_, name, path_of(object));
  return value;
}

}  // namespace lockstep
