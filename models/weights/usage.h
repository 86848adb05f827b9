#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "models/weights/checkpoint.h"
#include "models/weights/selection.h"

namespace lockstep {

/// Which rows of which tensors have been bound: a fused projection is used up when q, k and v are.
class Usage {
 public:
  /// Marks what the selection takes: rows, or columns where a transposed tensor is split. Throws
  /// Error(kData)
  /// "<where>: ..." for a selection of both, which cannot be counted.
  void add(const StoredTensor& tensor, const Selection& selection, const std::string& where);

  /// What no selection has taken: "name", or "512 of 1536 rows of name".
  std::string unused_part(const StoredTensor& tensor) const;
  bool is_used_up(const StoredTensor& tensor) const;
  bool is_touched(const StoredTensor& tensor) const { return marks_.contains(tensor.name); }

 private:
  struct Marks {
    std::vector<bool> rows;
    std::vector<bool> columns;
  };
  std::map<std::string, Marks> marks_;  ///< by the tensor's name
};

}  // namespace lockstep
