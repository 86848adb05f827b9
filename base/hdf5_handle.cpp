#include "base/hdf5_handle.h"

#include "base/error.h"

namespace lockstep {

Hdf5Handle hdf5_properties(hid_t kind) {
  static const bool silenced = H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr) >= 0;
  static_cast<void>(silenced);
  Hdf5Handle list(H5Pcreate(kind), H5Pclose);
  bool good = list.valid();
  const bool is_dataset = H5Pequal(kind, H5P_DATASET_CREATE) > 0;
  if (is_dataset || H5Pequal(kind, H5P_GROUP_CREATE) > 0 || H5Pequal(kind, H5P_FILE_CREATE) > 0) {
    good = good && H5Pset_obj_track_times(list.id(), false) >= 0;
  }
  if (H5Pequal(kind, H5P_FILE_ACCESS) > 0) {
    good = good && H5Pset_libver_bounds(list.id(), H5F_LIBVER_V18, H5F_LIBVER_V110) >= 0;
  }
  if (H5Pequal(kind, H5P_LINK_CREATE) > 0) {
    good = good && H5Pset_char_encoding(list.id(), H5T_CSET_UTF8) >= 0;
  }
  if (!good) fail(Blame::kProgram, "hdf5: cannot make a property list");
  return list;
}

}  // namespace lockstep
