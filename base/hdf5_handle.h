#pragma once

#include <hdf5.h>

#include <string_view>
#include <utility>

namespace lockstep {

/// An HDF5 identifier that closes itself.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  ~Hdf5Handle() { reset(); }
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    if (this != &other) {
      reset();
      id_ = std::exchange(other.id_, -1);
      close_ = other.close_;
    }
    return *this;
  }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;

  hid_t id() const { return id_; }
  bool valid() const { return id_ >= 0; }
  void reset() {
    if (id_ >= 0) close_(id_);
    id_ = -1;
  }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// Every property list of the program comes from here: no object times are stored and the format's
/// version is fixed, so equal contents give equal bytes. `kind` is H5P_FILE_CREATE,
/// H5P_FILE_ACCESS, H5P_GROUP_CREATE, H5P_DATASET_CREATE, H5P_ATTRIBUTE_CREATE or H5P_LINK_CREATE.
/// Also silences HDF5's own error stack, once.
Hdf5Handle hdf5_properties(hid_t kind);

}  // namespace lockstep
