// pytorch_model.bin (torch/serialization.py of PyTorch 2.13, _save): a zip archive with one folder
//   <folder>/data.pkl    the state dict, pickled; its tensors are views of storages
//   <folder>/data/<key>  the bytes of a storage
//   <folder>/byteorder   "little" (absent before PyTorch 2.1: little)
//   and records that change no value: version, .format_version, .storage_alignment, .data/...
#include "models/weights/pytorch_file.h"

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "models/weights/dequantise.h"
#include "models/weights/element_type.h"
#include "models/weights/state_dict_pickle.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::byte>;

/// A file of torch.save before 1.6 begins with a pickled magic number: protocol 2, an integer of 10
/// bytes.
bool is_legacy(Bytes file) {
  constexpr unsigned char kMagic[] = {
      0x80, 2, 0x8a, 10, 'l', 0xfc, 0x9c, 'F', 0xf9, ' ', 'j', 0xa8, 'P', 0x19};
  return file.size() >= sizeof kMagic && std::memcmp(file.data(), kMagic, sizeof kMagic) == 0;
}

void refuse_legacy(const fs::path& path, Bytes file) {
  if (is_legacy(file)) {
    fail(Blame::kData,
         "{}: in the format of torch.save before PyTorch 1.6; save it anew, in Python: "
         "torch.save(torch.load(file, weights_only=True), file), or as safetensors",
         path);
  }
}

ZipArchive open_archive(const fs::path& path) {
  refuse_legacy(path, MappedFile(path).bytes());
  return ZipArchive(path);
}

ZipArchive open_archive(const fs::path& path, Bytes bytes) {
  refuse_legacy(path, bytes);
  return {path, bytes};
}

/// The archive's one folder, with its slash: where data.pkl is.
std::string find_folder(const ZipArchive& archive) {
  constexpr std::string_view kPickle = "/data.pkl";
  std::vector<std::string> folders;
  for (const std::string& name : archive.names()) {
    const bool is_pickle =
        name.ends_with(kPickle) && name.find('/') == name.size() - kPickle.size();
    if (is_pickle) folders.push_back(name.substr(0, name.size() - kPickle.size() + 1));
  }
  if (folders.size() != 1) {
    fail(Blame::kData,
         "{}: {} records <folder>/data.pkl; one, as torch.save writes it, is wanted",
         archive.path(),
         folders.size());
  }
  return folders.front();
}

std::string_view letters_of(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void check_byte_order(const ZipArchive& archive, const std::string& folder) {
  const std::string name = folder + "byteorder";
  if (!archive.has(name)) return;
  const std::string_view order = letters_of(archive.record(name));
  if (order != "little") {
    fail(Blame::kData,
         "{}: byteorder: \"{}\"; little is wanted",
         archive.path(),
         order.substr(0, 10));
  }
}

/// Strides of a tensor whose elements lie one after the other, row by row.
bool is_row_major(const PickledTensor& tensor) {
  int64_t step = 1;
  for (std::size_t k = tensor.shape.size(); k-- > 0;) {
    if (tensor.shape[k] == 1) continue;
    if (tensor.strides[k] != step) return false;
    step *= tensor.shape[k];
  }
  return true;
}

/// a + b * c of numbers that are not negative, or nothing if it does not fit.
std::optional<int64_t> checked_sum(std::optional<int64_t> a, int64_t b, int64_t c) {
  const std::optional<int64_t> product = checked_product(b, c);
  if (!a || !product || *a > INT64_MAX - *product) return {};
  return *a + *product;
}

/// The elements of a storage that a tensor reaches: from its offset to the last.
struct Reach {
  int64_t elements = 0;  // of the tensor
  int64_t end = 0;       // of the storage, after the last
};

Reach reach_of(const PickledTensor& tensor, const std::string& what) {
  const auto is_negative = [](int64_t number) { return number < 0; };
  const bool is_right = tensor.shape.size() == tensor.strides.size() && tensor.offset >= 0 &&
                        std::none_of(tensor.shape.begin(), tensor.shape.end(), is_negative) &&
                        std::none_of(tensor.strides.begin(), tensor.strides.end(), is_negative);
  if (!is_right) {
    fail(Blame::kData,
         "{}: shape [{}], strides [{}], offset {}; as many strides as sizes, and none below 0, "
         "are wanted",
         what,
         join(tensor.shape, ", "),
         join(tensor.strides, ", "),
         tensor.offset);
  }
  std::optional<int64_t> elements = 1;
  std::optional<int64_t> end = checked_sum(tensor.offset, 1, 1);
  for (std::size_t k = 0; k < tensor.shape.size(); ++k) {
    elements = elements ? checked_product(*elements, tensor.shape[k]) : elements;
    end = checked_sum(end, std::max<int64_t>(tensor.shape[k] - 1, 0), tensor.strides[k]);
  }
  if (elements == 0) return {};
  // A view may not repeat elements, either: it would make a small file a large tensor.
  if (!elements || !end || *end > tensor.storage_elements || *elements > tensor.storage_elements) {
    fail(Blame::kData,
         "{}: shape [{}], strides [{}], offset {}; its storage has {} elements",
         what,
         join(tensor.shape, ", "),
         join(tensor.strides, ", "),
         tensor.offset,
         tensor.storage_elements);
  }
  return {*elements, *end};
}

/// A view whose elements do not lie one after the other: a transposed matrix, a column.
class StridedValues : public ComputedValues {
 public:
  StridedValues(const PickledTensor& tensor, Bytes storage)
      : type_(tensor.type),
        shape_(tensor.shape),
        strides_(tensor.strides),
        offset_(tensor.offset),
        storage_(storage) {}

  void read(int64_t first, std::span<float> into) const override {
    const auto size = static_cast<std::size_t>(block_format(type_).bytes);
    std::vector<int64_t> index = index_of(first);
    std::vector<std::byte> gathered(std::min(into.size(), kPiece) * size);
    for (std::size_t at = 0; at < into.size();) {
      const std::size_t count = std::min(into.size() - at, kPiece);
      for (std::size_t k = 0; k < count; ++k) {
        const auto from = static_cast<std::size_t>(place_of(index)) * size;
        std::memcpy(gathered.data() + k * size, storage_.data() + from, size);
        advance(index);
      }
      to_float32(type_, Bytes(gathered).first(count * size), into.subspan(at, count));
      at += count;
    }
  }

 private:
  static constexpr std::size_t kPiece = 4096;  // elements gathered before they are converted

  std::vector<int64_t> index_of(int64_t element) const {
    std::vector<int64_t> index(shape_.size());
    for (std::size_t k = shape_.size(); k-- > 0;) {
      index[k] = element % shape_[k];
      element /= shape_[k];
    }
    return index;
  }

  int64_t place_of(const std::vector<int64_t>& index) const {
    int64_t place = offset_;
    for (std::size_t k = 0; k < index.size(); ++k) place += index[k] * strides_[k];
    return place;
  }

  void advance(std::vector<int64_t>& index) const {
    for (std::size_t k = index.size(); k-- > 0;) {
      if (++index[k] < shape_[k]) return;
      index[k] = 0;
    }
  }

  ElementType type_;
  std::vector<int64_t> shape_;
  std::vector<int64_t> strides_;
  int64_t offset_;
  Bytes storage_;
};

StoredTensor stored(const PickledTensor& tensor, Bytes storage, const ZipArchive& archive) {
  const std::string what = text("{}: tensor \"{}\"", archive.path(), tensor.name);
  const int64_t size = block_format(tensor.type).bytes;
  if (tensor.storage_elements > static_cast<int64_t>(storage.size()) / size) {
    fail(Blame::kData,
         "{}: its storage {} has {} bytes; {} elements of {} are announced",
         what,
         tensor.storage,
         storage.size(),
         tensor.storage_elements,
         to_text(tensor.type));
  }
  const Reach reach = reach_of(tensor, what);
  StoredTensor result{.name = tensor.name,
                      .type = tensor.type,
                      .shape = tensor.shape,
                      .bytes = {},
                      .ops = {},
                      .computed = {},
                      .file = archive.file()};
  if (reach.elements == 0) return result;
  result.bytes = storage.subspan(static_cast<std::size_t>(tensor.offset * size),
                                 static_cast<std::size_t>((reach.end - tensor.offset) * size));
  if (!is_row_major(tensor)) {
    result.computed = std::make_shared<StridedValues>(tensor, storage);
  }
  return result;
}

}  // namespace

PytorchFile::PytorchFile(const fs::path& path) : PytorchFile(open_archive(path)) {}

PytorchFile::PytorchFile(const fs::path& path, Bytes bytes)
    : PytorchFile(open_archive(path, bytes)) {}

PytorchFile::PytorchFile(ZipArchive archive) : archive_(std::move(archive)) {
  const std::string folder = find_folder(archive_);
  check_byte_order(archive_, folder);
  std::map<std::string, Bytes> storages;
  for (const PickledTensor& tensor :
       read_state_dict(archive_.record(folder + "data.pkl"), path().string() + ": data.pkl")) {
    auto storage = storages.find(tensor.storage);
    if (storage == storages.end()) {
      const Bytes bytes = archive_.record(folder + "data/" + tensor.storage);
      storage = storages.emplace(tensor.storage, bytes).first;
    }
    tensors_[tensor.name] = stored(tensor, storage->second, archive_);
  }
}

}  // namespace lockstep
