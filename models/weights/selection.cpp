// Operations as lists of indices: every one but the additions says which stored row (or, after a
// transposition, column) each row of the result is. So a source can be counted as used row by row,
// and nothing is computed before it is read.
#include "models/weights/selection.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>

#include "base/error.h"
#include "models/weights/dequantise.h"
#include "models/weights/element_type.h"

namespace lockstep {
namespace {

using Indices = std::vector<int64_t>;

Indices range(int64_t begin, int64_t count, int64_t step) {
  Indices indices(static_cast<std::size_t>(count));
  for (int64_t k = 0; k < count; ++k) indices[static_cast<std::size_t>(k)] = begin + k * step;
  return indices;
}

void want_rows(bool is_right,
               int64_t num_rows,
               const std::string& where,
               const std::string& wanted) {
  if (!is_right) fail(Blame::kData, "{}: {} rows; {} is wanted", where, num_rows, wanted);
}

/// The rows of q, k or v in a fused projection. Layouts, heads h, key-value heads n, rows of a head
/// d:
///   blocks    q of all heads, then k, then v
///   per_head  for each head q, k, v                          (GPT-NeoX, BLOOM; h = n)
///   grouped   for each key-value head its h / n queries, k, v   (Falcon)
///   codegen   four shards, in each its heads' q, v, k           (CodeGen; h = n)
class FusedRows {
 public:
  FusedRows(const TensorOp& op, const std::string& where)
      : heads_(op.numbers.at("heads")),
        kv_heads_(op.numbers.at("kv_heads")),
        head_dim_(op.numbers.at("head_dim")),
        part_(op.names.at("part")),
        where_(where) {
    if (part_ != "q" && part_ != "k" && part_ != "v") {
      fail(Blame::kData, "{}: split: part \"{}\"; q, k or v is wanted", where, part_);
    }
    if (heads_ % kv_heads_ != 0) {
      fail(Blame::kData,
           "{}: split: {} heads, {} key-value heads; a multiple is wanted",
           where,
           heads_,
           kv_heads_);
    }
  }

  Indices rows(const std::string& layout, int64_t num_rows) const {
    const int64_t wanted = (heads_ + 2 * kv_heads_) * head_dim_;
    want_rows(num_rows == wanted, num_rows, where_, text("{} (split {})", wanted, layout));
    if (layout == "blocks") return blocks();
    if (layout == "grouped") return grouped();
    if (layout != "per_head" && layout != "codegen") {
      fail(Blame::kData,
           "{}: split: layout \"{}\"; blocks, per_head, grouped or codegen is wanted",
           where_,
           layout);
    }
    if (heads_ != kv_heads_) {
      fail(Blame::kData,
           "{}: split {}: {} heads, {} key-value heads; equal numbers are wanted",
           where_,
           layout,
           heads_,
           kv_heads_);
    }
    if (layout == "per_head") return grouped();
    want_rows(heads_ % kShards == 0, num_rows, where_, text("a multiple of {} heads", kShards));
    return shards();
  }

 private:
  static constexpr int64_t kShards = 4;

  Indices blocks() const {
    const int64_t q = heads_ * head_dim_, kv = kv_heads_ * head_dim_;
    if (part_ == "q") return range(0, q, 1);
    return range(part_ == "k" ? q : q + kv, kv, 1);
  }

  Indices grouped() const {
    const int64_t queries = heads_ / kv_heads_;
    const int64_t begin = part_ == "q" ? 0 : part_ == "k" ? queries : queries + 1;
    return pieces(kv_heads_,
                  (queries + 2) * head_dim_,
                  begin * head_dim_,
                  (part_ == "q" ? queries : 1) * head_dim_);
  }

  Indices shards() const {
    const int64_t local = heads_ / kShards * head_dim_;
    const int64_t place = part_ == "q" ? 0 : part_ == "v" ? 1 : 2;
    return pieces(kShards, 3 * local, place * local, local);
  }

  /// `count` times the same piece of every `stride` rows.
  static Indices pieces(int64_t count, int64_t stride, int64_t begin, int64_t length) {
    Indices all;
    for (int64_t k = 0; k < count; ++k) {
      const Indices piece = range(k * stride + begin, length, 1);
      all.insert(all.end(), piece.begin(), piece.end());
    }
    return all;
  }

  int64_t heads_;
  int64_t kv_heads_;
  int64_t head_dim_;
  std::string part_;
  const std::string& where_;
};

Indices split_rows(const TensorOp& op, int64_t num_rows, const std::string& where) {
  return FusedRows(op, where).rows(op.names.at("layout"), num_rows);
}

Indices chunk_rows(const TensorOp& op, int64_t num_rows, const std::string& where) {
  const int64_t of = op.numbers.at("of");
  want_rows(num_rows % of == 0, num_rows, where, text("a multiple of {} (chunk)", of));
  return range(op.numbers.at("index") * (num_rows / of), num_rows / of, 1);
}

Indices interleaved_rows(const TensorOp& op, int64_t num_rows, const std::string& where) {
  const int64_t of = op.numbers.at("of");
  want_rows(num_rows % of == 0, num_rows, where, text("a multiple of {} (interleave)", of));
  return range(op.numbers.at("index"), num_rows / of, of);
}

/// [head][pair][2] -> [head][2][pair]: the rotary rows of llama.cpp's converter back in Hugging
/// Face's order (LlamaModel.permute of conversion/llama.py).
Indices unpermuted_rows(const TensorOp& op, int64_t num_rows, const std::string& where) {
  const int64_t heads = op.numbers.at("heads");
  want_rows(num_rows % (2 * heads) == 0,
            num_rows,
            where,
            text("a multiple of 2 x {} heads (unpermute)", heads));
  const int64_t pairs = num_rows / heads / 2;
  Indices rows;
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t half = 0; half < 2; ++half) {
      const Indices piece = range(head * 2 * pairs + half, pairs, 2);
      rows.insert(rows.end(), piece.begin(), piece.end());
    }
  }
  return rows;
}

/// [part][head] -> [head][part]: what GPT-NeoX's converter put together, head by head again.
Indices rows_by_head(const TensorOp& op, int64_t num_rows, const std::string& where) {
  const int64_t heads = op.numbers.at("heads"), parts = op.numbers.at("parts");
  want_rows(num_rows % (parts * heads) == 0,
            num_rows,
            where,
            text("a multiple of {} x {} heads (by_head)", parts, heads));
  const int64_t length = num_rows / parts / heads;
  Indices rows;
  for (int64_t head = 0; head < heads; ++head) {
    for (int64_t part = 0; part < parts; ++part) {
      const Indices piece = range((part * heads + head) * length, length, 1);
      rows.insert(rows.end(), piece.begin(), piece.end());
    }
  }
  return rows;
}

using RowOp = Indices (*)(const TensorOp& op, int64_t num_rows, const std::string& where);
const std::map<std::string, RowOp> kRowOps{{"by_head", rows_by_head},
                                           {"split", split_rows},
                                           {"chunk", chunk_rows},
                                           {"interleave", interleaved_rows},
                                           {"unpermute", unpermuted_rows}};

void transpose(Selection& selection, const std::string& where) {
  if (selection.shape.size() < 2) return;  // a bias has nothing to turn
  if (selection.shape.size() > 2) {
    fail(Blame::kData, "{}: {} axes; 2 are wanted (transpose)", where, selection.shape.size());
  }
  std::swap(selection.shape[0], selection.shape[1]);
  selection.is_transposed = !selection.is_transposed;
}

void take_rows(Selection& selection, const Indices& wanted) {
  std::optional<Indices>& taken = selection.is_transposed ? selection.columns : selection.rows;
  Indices next = wanted;
  if (taken) {
    for (int64_t& index : next) index = (*taken)[static_cast<std::size_t>(index)];
  }
  taken = next;
  selection.shape.front() = static_cast<int64_t>(wanted.size());
}

void add_to(std::span<float> values, const std::vector<float>& addends) {
  for (const float addend : addends) {
    for (float& value : values) value += addend;
  }
}

/// Rows of a stored tensor as float32, wherever blocks begin.
class Rows {
 public:
  explicit Rows(const StoredTensor& tensor) : tensor_(tensor) {
    // The elements of a vector are no rows: blocks run along them.
    length_ = tensor.shape.size() < 2
                  ? num_elements(tensor.shape)
                  : num_elements(tensor.shape) / std::max<int64_t>(tensor.shape.front(), 1);
    const BlockFormat format = block_format(tensor.type);
    bytes_ = static_cast<std::size_t>(length_ / format.elements * format.bytes);
  }

  int64_t length() const { return length_; }

  /// `into` has room for a whole number of rows.
  void read(int64_t first, std::span<float> into) const {
    if (tensor_.computed) {
      tensor_.computed->read(first * length_, into);
      return;
    }
    const std::size_t count = length_ == 0 ? 0 : into.size() / static_cast<std::size_t>(length_);
    to_float32(tensor_.type,
               tensor_.bytes.subspan(static_cast<std::size_t>(first) * bytes_, count * bytes_),
               into);
  }

 private:
  const StoredTensor& tensor_;
  int64_t length_ = 0;
  std::size_t bytes_ = 0;
};

void read_vector(const StoredTensor& tensor, const Indices& wanted, std::span<float> into) {
  std::vector<float> whole(static_cast<std::size_t>(num_elements(tensor.shape)));
  Rows(tensor).read(0, whole);
  for (std::size_t k = 0; k < wanted.size(); ++k)
    into[k] = whole[static_cast<std::size_t>(wanted[k])];
}

/// Runs of consecutive rows are converted at once, in place.
void read_rows(const StoredTensor& tensor, const Indices& wanted, std::span<float> into) {
  const Rows rows(tensor);
  const auto length = static_cast<std::size_t>(rows.length());
  for (std::size_t begin = 0; begin < wanted.size();) {
    std::size_t end = begin + 1;
    while (end < wanted.size() && wanted[end] == wanted[end - 1] + 1) ++end;
    rows.read(wanted[begin], into.subspan(begin * length, (end - begin) * length));
    begin = end;
  }
}

void read_turned(const StoredTensor& tensor, const Selection& selection, std::span<float> into) {
  const Rows rows(tensor);
  const Indices row_list = selection.rows.value_or(range(0, tensor.shape[0], 1));
  const Indices column_list = selection.columns.value_or(range(0, tensor.shape[1], 1));
  const std::size_t row_step = selection.is_transposed ? 1 : column_list.size();
  const std::size_t column_step = selection.is_transposed ? row_list.size() : 1;
  std::vector<float> row(static_cast<std::size_t>(rows.length()));
  for (std::size_t r = 0; r < row_list.size(); ++r) {
    rows.read(row_list[r], row);
    for (std::size_t c = 0; c < column_list.size(); ++c) {
      into[r * row_step + c * column_step] = row[static_cast<std::size_t>(column_list[c])];
    }
  }
}

}  // namespace

int64_t num_elements(std::span<const int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t{1}, std::multiplies<>());
}

Selection select(const StoredTensor& tensor,
                 std::span<const TensorOp> ops,
                 const std::string& where) {
  Selection selection;
  selection.shape = tensor.shape;
  for (const TensorOp& op : ops) {
    if (op.op == "add_one" || op.op == "subtract_one") {
      selection.addends.push_back(op.op == "add_one" ? 1.0f : -1.0f);
    } else if (op.op == "transpose") {
      transpose(selection, where);
    } else {
      const auto row_op = kRowOps.find(op.op);
      if (row_op == kRowOps.end()) throw std::logic_error("no such operation: " + op.op);
      if (selection.shape.empty())
        fail(Blame::kData, "{}: a single number has no rows ({})", where, op.op);
      take_rows(selection, row_op->second(op, selection.shape.front(), where));
    }
  }
  return selection;
}

void read_selection(const StoredTensor& tensor, const Selection& selection, std::span<float> into) {
  if (into.size() != static_cast<std::size_t>(num_elements(selection.shape))) {
    throw std::logic_error(text("{}: room for {} elements", tensor.name, into.size()));
  }
  if (selection.is_transposed || selection.columns) {
    read_turned(tensor, selection, into);
  } else if (!selection.rows) {
    Rows(tensor).read(0, into);
  } else if (tensor.shape.size() == 1) {
    read_vector(tensor, *selection.rows, into);
  } else {
    read_rows(tensor, *selection.rows, into);
  }
  add_to(into, selection.addends);
}

}  // namespace lockstep
