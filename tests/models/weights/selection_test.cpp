// Operations on rows, against the definitions in terms of axes.
#include "models/weights/selection.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/models/weights/safetensors_builder.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

/// A float32 matrix whose element (r, c) is 100 r + c.
struct Matrix {
  explicit Matrix(std::vector<int64_t> shape) {
    const int64_t columns = shape.size() < 2 ? 1 : num_elements(shape) / shape.front();
    std::vector<float> values;
    for (int64_t k = 0; k < num_elements(shape); ++k) {
      values.push_back(static_cast<float>(100 * (k / columns) + k % columns));
    }
    bytes = bytes_of_floats(values);
    tensor = {.name = "w",
              .type = ElementType::kF32,
              .shape = std::move(shape),
              .bytes = std::as_bytes(std::span(bytes)),
              .ops = {}};
  }
  Matrix(const Matrix&) = delete;
  Matrix& operator=(const Matrix&) = delete;

  std::vector<float> after(const std::vector<TensorOp>& ops) const {
    const Selection selection = select(tensor, ops, "w");
    std::vector<float> values(static_cast<std::size_t>(num_elements(selection.shape)));
    read_selection(tensor, selection, values);
    return values;
  }

  /// Which stored rows are left, in order.
  std::vector<int64_t> rows_after(const TensorOp& op) const {
    const std::vector<TensorOp> ops{op};
    return *select(tensor, ops, "w").rows;
  }

  std::string bytes;
  StoredTensor tensor;
};

TensorOp op(const std::string& name, const std::map<std::string, int64_t>& numbers = {}) {
  return {.op = name, .numbers = numbers, .names = {}};
}

TensorOp split(const std::string& layout,
               const std::string& part,
               int64_t heads,
               int64_t kv_heads,
               int64_t head_dim) {
  return {.op = "split",
          .numbers = {{"heads", heads}, {"kv_heads", kv_heads}, {"head_dim", head_dim}},
          .names = {{"layout", layout}, {"part", part}}};
}

using Rows = std::vector<int64_t>;

TEST(Selection, SplitsBlocks) {
  const Matrix fused({8, 1});  // 2 heads, 1 key-value head, 2 rows each: q q q q, k k, v v

  EXPECT_EQ(fused.rows_after(split("blocks", "q", 2, 1, 2)), (Rows{0, 1, 2, 3}));
  EXPECT_EQ(fused.rows_after(split("blocks", "k", 2, 1, 2)), (Rows{4, 5}));
  EXPECT_EQ(fused.rows_after(split("blocks", "v", 2, 1, 2)), (Rows{6, 7}));
}

TEST(Selection, SplitsPerHead) {
  const Matrix fused({12, 1});  // [head][q, k, v][2]

  EXPECT_EQ(fused.rows_after(split("per_head", "q", 2, 2, 2)), (Rows{0, 1, 6, 7}));
  EXPECT_EQ(fused.rows_after(split("per_head", "k", 2, 2, 2)), (Rows{2, 3, 8, 9}));
  EXPECT_EQ(fused.rows_after(split("per_head", "v", 2, 2, 2)), (Rows{4, 5, 10, 11}));
}

TEST(Selection, SplitsGroups) {
  const Matrix fused({8, 1});  // [kv head][q q, k, v][1]: 4 heads over 2

  EXPECT_EQ(fused.rows_after(split("grouped", "q", 4, 2, 1)), (Rows{0, 1, 4, 5}));
  EXPECT_EQ(fused.rows_after(split("grouped", "k", 4, 2, 1)), (Rows{2, 6}));
  EXPECT_EQ(fused.rows_after(split("grouped", "v", 4, 2, 1)), (Rows{3, 7}));
}

TEST(Selection, SplitsCodegenShards) {
  const Matrix fused({12, 1});  // 4 shards of one head: q, v, k

  EXPECT_EQ(fused.rows_after(split("codegen", "q", 4, 4, 1)), (Rows{0, 3, 6, 9}));
  EXPECT_EQ(fused.rows_after(split("codegen", "v", 4, 4, 1)), (Rows{1, 4, 7, 10}));
  EXPECT_EQ(fused.rows_after(split("codegen", "k", 4, 4, 1)), (Rows{2, 5, 8, 11}));
}

TEST(Selection, TakesChunksAndInterleavedRows) {
  const Matrix rows({6, 1});

  EXPECT_EQ(rows.rows_after(op("chunk", {{"index", 1}, {"of", 3}})), (Rows{2, 3}));
  EXPECT_EQ(rows.rows_after(op("interleave", {{"index", 1}, {"of", 3}})), (Rows{1, 4}));
}

TEST(Selection, Unpermutes) {
  const Matrix rows({12, 1});  // 2 heads x 3 pairs x 2 -> 2 heads x 2 x 3 pairs

  EXPECT_EQ(rows.rows_after(op("unpermute", {{"heads", 2}})),
            (Rows{0, 2, 4, 1, 3, 5, 6, 8, 10, 7, 9, 11}));
}

TEST(Selection, PutsRowsOfPartsHeadByHead) {
  const Matrix rows({12, 1});  // 3 parts x 2 heads x 2 -> 2 heads x 3 parts x 2

  EXPECT_EQ(rows.rows_after(op("by_head", {{"heads", 2}, {"parts", 3}})),
            (Rows{0, 1, 4, 5, 8, 9, 2, 3, 6, 7, 10, 11}));
}

TEST(Selection, ReadsRowsInTheirNewOrder) {
  const Matrix matrix({4, 3});

  EXPECT_EQ(matrix.after({op("interleave", {{"index", 1}, {"of", 2}})}),
            (std::vector<float>{100, 101, 102, 300, 301, 302}));
  EXPECT_EQ(matrix.after(
                {op("chunk", {{"index", 1}, {"of", 2}}), op("chunk", {{"index", 1}, {"of", 2}})}),
            (std::vector<float>{300, 301, 302}));
}

TEST(Selection, Transposes) {
  const Matrix matrix({2, 3});

  EXPECT_EQ(matrix.after({op("transpose")}), (std::vector<float>{0, 100, 1, 101, 2, 102}));
  EXPECT_EQ(matrix.after({op("transpose"), op("transpose")}), matrix.after({}));
  EXPECT_EQ(matrix.after({op("transpose"), op("chunk", {{"index", 2}, {"of", 3}})}),
            (std::vector<float>{2, 102}));
  EXPECT_EQ(matrix.after({op("chunk", {{"index", 1}, {"of", 2}}), op("transpose")}),
            (std::vector<float>{100, 101, 102}));
  EXPECT_EQ(matrix.after({op("chunk", {{"index", 1}, {"of", 2}}),
                          op("transpose"),
                          op("chunk", {{"index", 1}, {"of", 3}})}),
            std::vector<float>{101});
}

TEST(Selection, TreatsABiasAsRows) {
  const Matrix bias({6});

  EXPECT_EQ(bias.after({op("transpose"), op("chunk", {{"index", 1}, {"of", 3}})}),
            (std::vector<float>{200, 300}));
}

TEST(Selection, KeepsFurtherAxesTogether) {
  const Matrix experts({2, 2, 2});

  const std::vector<TensorOp> second{op("chunk", {{"index", 1}, {"of", 2}})};
  EXPECT_EQ(select(experts.tensor, second, "w").shape, (std::vector<int64_t>{1, 2, 2}));
  EXPECT_EQ(experts.after(second), (std::vector<float>{100, 101, 102, 103}));
}

TEST(Selection, AddsInFloat32) {
  const Matrix matrix({1, 2});

  EXPECT_EQ(matrix.after({op("add_one")}), (std::vector<float>{1, 2}));
  EXPECT_EQ(matrix.after({op("subtract_one"), op("transpose")}), (std::vector<float>{-1, 0}));
}

TEST(Selection, ReadsQuantisedRows) {
  std::string bytes;
  for (const char q : {'\x11', '\x22'}) {  // two rows of one Q4_1 block each: d 1, m 0
    bytes += bytes_of<uint16_t>(0x3c00) + bytes_of<uint16_t>(0) + std::string(16, q);
  }
  const StoredTensor tensor{.name = "w",
                            .type = ElementType::kQ4_1,
                            .shape = {2, 32},
                            .bytes = std::as_bytes(std::span(bytes)),
                            .ops = {}};
  const std::vector<TensorOp> second{op("chunk", {{"index", 1}, {"of", 2}})};
  std::vector<float> values(32);

  read_selection(tensor, select(tensor, second, "w"), values);

  EXPECT_EQ(values, std::vector<float>(32, 2.0f));
}

TEST(Selection, RefusesRowsThatDoNotDivide) {
  const Matrix matrix({7, 2});
  const auto refusal = [&](const TensorOp& wrong) {
    return message_of(Blame::kData, [&] { matrix.after({wrong}); });
  };

  EXPECT_EQ(refusal(split("blocks", "q", 2, 1, 2)), "w: 7 rows; 8 (split blocks) is wanted");
  EXPECT_EQ(refusal(op("chunk", {{"index", 0}, {"of", 2}})),
            "w: 7 rows; a multiple of 2 (chunk) is wanted");
  EXPECT_EQ(refusal(op("interleave", {{"index", 0}, {"of", 3}})),
            "w: 7 rows; a multiple of 3 (interleave) is wanted");
  EXPECT_EQ(refusal(op("unpermute", {{"heads", 2}})),
            "w: 7 rows; a multiple of 2 x 2 heads (unpermute) is wanted");
  EXPECT_EQ(refusal(op("by_head", {{"heads", 2}, {"parts", 3}})),
            "w: 7 rows; a multiple of 3 x 2 heads (by_head) is wanted");
}

TEST(Selection, RefusesSplitsThatCannotBe) {
  const Matrix matrix({9, 2});
  const auto refusal = [&](const TensorOp& wrong) {
    return message_of(Blame::kData, [&] { matrix.after({wrong}); });
  };

  EXPECT_EQ(refusal(split("blocks", "w", 3, 3, 1)), "w: split: part \"w\"; q, k or v is wanted");
  EXPECT_EQ(refusal(split("mixed", "q", 3, 3, 1)),
            "w: split: layout \"mixed\"; blocks, per_head, grouped or codegen is wanted");
  EXPECT_EQ(refusal(split("blocks", "q", 3, 2, 1)),
            "w: split: 3 heads, 2 key-value heads; a multiple is wanted");
  EXPECT_EQ(refusal(split("per_head", "q", 7, 1, 1)),
            "w: split per_head: 7 heads, 1 key-value heads; equal numbers are wanted");
  EXPECT_EQ(refusal(split("codegen", "q", 3, 3, 1)), "w: 9 rows; a multiple of 4 heads is wanted");
}

TEST(Selection, RefusesToTurnMoreThanTwoAxes) {
  const Matrix cube({2, 2, 2});

  EXPECT_EQ(message_of(Blame::kData, [&] { cube.after({op("transpose")}); }),
            "w: 3 axes; 2 are wanted (transpose)");
}

TEST(Selection, RefusesRowsOfASingleNumber) {
  const Matrix number({});

  EXPECT_EQ(message_of(Blame::kData,
                       [&] {
                         number.after({op("chunk", {{"index", 0}, {"of", 1}})});
                       }),
            "w: a single number has no rows (chunk)");
}

}  // namespace
}  // namespace lockstep::testing
