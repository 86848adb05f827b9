#include "models/layers/binding_reader.h"

#include <gtest/gtest.h>

#include <list>
#include <span>
#include <vector>

namespace lockstep {
namespace {

/// Tensors in memory.
class Stored {
 public:
  BoundTensor add(const std::vector<int64_t>& shape, const std::vector<float>& values) {
    values_.push_back(values);
    tensors_.push_back({.name = "tensor",
                        .type = ElementType::kF32,
                        .shape = shape,
                        .bytes = std::as_bytes(std::span(values_.back())),
                        .ops = {},
                        .computed = {}});
    return {.stored = &tensors_.back(), .ops = {}, .shape = shape};
  }

 private:
  std::list<std::vector<float>> values_;
  std::list<StoredTensor> tensors_;
};

class BindingReaderTest : public ::testing::Test {
 protected:
  Stored stored_;
  Binding binding_;
  std::map<std::string, RoleWeights>& layer_ = binding_.layers.emplace_back();
};

TEST_F(BindingReaderTest, PutsRolesBelowEachOtherInTheOrderAskedFor) {
  layer_["a"] = {stored_.add({2, 3}, {1, 2, 3, 4, 5, 6}), stored_.add({2}, {10, 20})};
  layer_["b"] = {stored_.add({1, 3}, {7, 8, 9}), stored_.add({1}, {30})};

  const RoleTensors tensors = BindingReader(binding_).read(0, {"b", "a"});

  EXPECT_TRUE(
      at::equal(tensors.weight, at::tensor({7, 8, 9, 1, 2, 3, 4, 5, 6}, at::kFloat).view({3, 3})));
  EXPECT_TRUE(at::equal(tensors.bias, at::tensor({30, 10, 20}, at::kFloat)));
  EXPECT_FALSE(tensors.is_shared);
}

TEST_F(BindingReaderTest, PutsZerosWhereOnlyOthersHaveABias) {
  layer_["first"] = {stored_.add({2, 1}, {1, 2}), {}};
  layer_["second"] = {stored_.add({1, 1}, {3}), stored_.add({1}, {5})};
  layer_["third"] = {stored_.add({1, 1}, {4}), {}};
  BindingReader reader(binding_);

  EXPECT_TRUE(at::equal(reader.read(0, {"first", "second", "third"}).bias,
                        at::tensor({0, 0, 5, 0}, at::kFloat)));
  EXPECT_TRUE(
      at::equal(reader.read(0, {"second", "first"}).bias, at::tensor({5, 0, 0}, at::kFloat)));
  EXPECT_FALSE(reader.read(0, {"first", "third"}).bias.defined());
  EXPECT_FALSE(reader.read(0, {"first"}).bias.defined());
}

TEST_F(BindingReaderTest, GivesATiedHeadTheEmbeddingsMemoryAndItsOwnBias) {
  binding_.head_is_embedding = true;
  RoleWeights& table = binding_.outside["table"];
  table.weight = stored_.add({2, 2}, {1, 2, 3, 4});
  binding_.outside["out"] = {table.weight, stored_.add({2}, {5, 6})};
  BindingReader reader(binding_);

  const RoleTensors first = reader.read(-1, {"table"}), second = reader.read(-1, {"out"});

  EXPECT_FALSE(first.is_shared);
  EXPECT_FALSE(first.bias.defined());
  EXPECT_TRUE(second.is_shared);
  EXPECT_EQ(first.weight.const_data_ptr(), second.weight.const_data_ptr());
  EXPECT_TRUE(at::equal(second.bias, at::tensor({5, 6}, at::kFloat)));
}

TEST_F(BindingReaderTest, ReadsAnUntiedHeadAnew) {
  binding_.outside["table"] = {stored_.add({1, 2}, {1, 2}), {}};
  binding_.outside["out"] = {binding_.outside["table"].weight, {}};
  BindingReader reader(binding_);

  const RoleTensors first = reader.read(-1, {"table"}), second = reader.read(-1, {"out"});

  EXPECT_FALSE(second.is_shared);
  EXPECT_NE(first.weight.const_data_ptr(), second.weight.const_data_ptr());
  EXPECT_TRUE(at::equal(first.weight, second.weight));
}

}  // namespace
}  // namespace lockstep
