#include "models/weights/state_dict_pickle.h"

#include <gtest/gtest.h>

#include "tests/models/weights/pytorch_builder.h"
#include "tests/support/messages.h"

namespace lockstep::testing {
namespace {

std::vector<PickledTensor> read(const std::string& pickle) {
  return read_state_dict(std::as_bytes(std::span(pickle)), "p");
}

std::string refusal(const std::string& pickle) {
  return message_of(Blame::kData, [&] { read(pickle); });
}

/// What is said of a dict of one value.
std::string refusal_of(const std::string& value) { return refusal(state_dict_of(value)); }

TEST(StateDictPickle, DescribesEachTensor) {
  TensorPickle tensor;
  tensor.type = "HalfStorage";
  tensor.storage = "17";
  tensor.storage_elements = 1LL << 40;
  tensor.offset = 3;

  const auto tensors = read(state_dict_of(tensor.bytes()));

  ASSERT_EQ(tensors.size(), 1u);
  EXPECT_EQ(tensors[0].name, "w");
  EXPECT_EQ(tensors[0].type, ElementType::kF16);
  EXPECT_EQ(tensors[0].storage, "17");
  EXPECT_EQ(tensors[0].storage_elements, 1LL << 40);
  EXPECT_EQ(tensors[0].offset, 3);
  EXPECT_EQ(tensors[0].shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(tensors[0].strides, (std::vector<int64_t>{3, 1}));
}

TEST(StateDictPickle, ReadsEveryWidthOfIntegers) {
  const std::string sizes = std::string("(K\xff") + "M\xff\xff" + "J" + bytes_of<int32_t>(-2) +
                            "\x8a\x01\xff" + std::string("\x8a\x02\xff\x00", 4) +
                            std::string("\x8a\x00", 2) + "t";
  TensorPickle tensor;
  tensor.shape = {};
  std::string value = tensor.bytes();
  const std::string none = pickled_tuple({});
  value.replace(value.find(none), none.size(), sizes);

  EXPECT_EQ(read(state_dict_of(value))[0].shape,
            (std::vector<int64_t>{255, 65535, -2, -1, 255, 0}));
}

TEST(StateDictPickle, UsesTheMemoForWhatIsRepeated) {
  const std::string tensor = TensorPickle().bytes();

  const auto tensors =
      read("\x80\x02}(" + pickled_text("a") + tensor + "q\x07" + pickled_text("b") + "h\x07" +
           pickled_text("c") + "r" + bytes_of<uint32_t>(0xffffffff) + "h\x07u.");

  ASSERT_EQ(tensors.size(), 3u);
  EXPECT_EQ(tensors[2].name, "c");
  EXPECT_EQ(tensors[2].storage, "0");
}

TEST(StateDictPickle, RefusesEveryOtherGlobalByName) {
  EXPECT_EQ(refusal_of(pickled_global("posix", "system") + pickled_text("touch pwned") + "\x85R"),
            "p: byte 9: the global posix.system is not allowed; a state dict has tensors, "
            "storages and OrderedDicts alone");
  for (const auto& [module, name] : std::vector<std::pair<std::string, std::string>>{
           {"builtins", "eval"},
           {"torch", "load"},
           {"torch._utils", "_rebuild_tensor"},
           {"collections", "defaultdict"},
           {"__torch__", "Model"},
           {"torch.jit._pickle", "restore_type_tag"}}) {
    EXPECT_TRUE(holds(refusal_of(pickled_global(module, name)),
                      "the global " + module + "." + name + " is not allowed"));
  }
}

TEST(StateDictPickle, CallsNothingButTensorsAndDicts) {
  EXPECT_TRUE(holds(refusal_of(pickled_global("torch", "FloatStorage") + ")R"),
                    "a call of torch.FloatStorage; one of a tensor or an OrderedDict is wanted"));
  EXPECT_TRUE(holds(refusal_of(pickled_text("f") + ")R"), "\"f\"; something to call is wanted"));
  EXPECT_TRUE(holds(refusal_of(pickled_global("collections", "OrderedDict") + "K\1\x85R"),
                    "an OrderedDict of a tuple of 1; an empty one is wanted"));
  EXPECT_TRUE(holds(refusal_of(pickled_global("torch._utils", "_rebuild_parameter") + ")R"),
                    "a parameter of a tuple of 0; one of 3 is wanted"));
  EXPECT_TRUE(holds(refusal_of(pickled_global("torch._utils", "_rebuild_parameter") + "NNN\x87R"),
                    "None; a parameter's tensor is wanted"));
}

TEST(StateDictPickle, RefusesOtherOperationsWithTheirPlace) {
  EXPECT_EQ(refusal("\x80\x02i"), "p: byte 2: operation 105; one that torch.save writes is wanted");
  EXPECT_EQ(refusal("\x80\x04N."),
            "p: byte 0: pickle protocol 4; 2, as torch.save writes, is wanted");
  EXPECT_TRUE(holds(refusal("\x80\x02h\x05."), "byte 2: no memo 5"));
  EXPECT_TRUE(holds(refusal("\x80\x02t."), "byte 2: no mark on the stack"));
  EXPECT_TRUE(holds(refusal("\x80\x02R."), "byte 2: nothing on the stack"));
  EXPECT_TRUE(holds(refusal("\x80\x02N(s."), "byte 4: nothing on the stack"));
  EXPECT_TRUE(holds(refusal("\x80\x02."), "0 values at the end; one is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02NN."), "2 values at the end; one is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02}(Nu."), "1 keys and values; an even number is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02]NNs."), "a list of 0; a dict is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02}Na."), "a dict of 0; a list is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02NNb."), "None; a dict is wanted"));
  EXPECT_TRUE(holds(refusal("\x80\x02\x8a\x09" + std::string(9, '\1') + "."),
                    "an integer of 9 bytes; one of 8 or less is wanted"));
}

TEST(StateDictPickle, ChecksWhatMakesATensor) {
  const std::string rebuild = pickled_global("torch._utils", "_rebuild_tensor_v2");
  const std::string storage = "(" + pickled_text("storage") +
                              pickled_global("torch", "IntStorage") + pickled_text("0") +
                              pickled_text("cpu") + "K\6tQ";

  EXPECT_TRUE(
      holds(refusal_of(rebuild + ")R"), "a tensor of a tuple of 0; one of 6 or 7 is wanted"));
  EXPECT_TRUE(holds(refusal_of(rebuild + "(NK\1))\x89NtR"), "None; a tensor's storage is wanted"));
  EXPECT_TRUE(holds(refusal_of(rebuild + "(" + storage + "N))\x89NtR"), "None; a tensor's offset"));
  EXPECT_TRUE(
      holds(refusal_of(rebuild + "(" + storage + "K\1N)\x89NtR"), "None; a tensor's sizes"));
  EXPECT_TRUE(
      holds(refusal_of(rebuild + "(" + storage + "K\1N\x85)\x89NtR"), "None; a tensor's size "));
  EXPECT_TRUE(holds(refusal_of(")Q"),
                    "a tuple of 0; (\"storage\", type, key, location, elements) is wanted"));
}

TEST(StateDictPickle, RefusesMoreSizesThanTensorsHave) {
  TensorPickle most, more;
  most.shape = most.strides = std::vector<int64_t>(64, 1);
  more.shape = more.strides = std::vector<int64_t>(65, 1);

  EXPECT_EQ(read(state_dict_of(most.bytes())).front().shape.size(), 64u);
  EXPECT_TRUE(holds(refusal_of(more.bytes()), "65 sizes of a tensor; 64 or fewer is wanted"));
}

TEST(StateDictPickle, WantsADictOfNamedTensors) {
  EXPECT_EQ(refusal("\x80\x02]."), "p: a list of 0; a dict of tensors is wanted");
  EXPECT_EQ(refusal_of("K\3"), "p: \"w\" is 3; a tensor is wanted");
  EXPECT_EQ(refusal_of("G" + std::string(8, '\0')),
            "p: \"w\" is a real number; a tensor is wanted");
  EXPECT_EQ(refusal_of("\x88"), "p: \"w\" is True; a tensor is wanted");
  EXPECT_EQ(refusal_of("}"), "p: \"w\" is a dict of 0; a tensor is wanted");
  EXPECT_EQ(refusal("\x80\x02}K\1" + TensorPickle().bytes() + "s."),
            "p: 1 is a key; a tensor's name is wanted");
  EXPECT_EQ(refusal("\x80\x02}(" + pickled_text("a") + TensorPickle().bytes() + pickled_text("a") +
                    TensorPickle().bytes() + "u."),
            "p: \"a\" occurs twice");
  EXPECT_TRUE(holds(refusal("\x80\x02}" + pickled_text("\xff") + TensorPickle().bytes() + "s."),
                    "p: \"?\": byte 0: not UTF-8"));
}

TEST(StateDictPickle, SurvivesDepthCyclesAndMultitudes) {
  const std::string deep = "\x80\x02)" + std::string(1'000'000, '\x85') + ".";
  const std::string cyclic = "\x80\x02}q\1" + pickled_text("w") + "h\1s.";
  const std::string many = "\x80\x02" + std::string(1'100'000, ')') + ".";
  const std::string marks = "\x80\x02" + std::string(1'100'000, '(') + ".";
  const std::string huge =
      "\x80\x02X\xff\xff\xff\x7f"
      "abc";

  EXPECT_EQ(refusal(deep), "p: a tuple of 1; a dict of tensors is wanted");
  EXPECT_EQ(refusal(cyclic), "p: \"w\" is a dict of 1; a tensor is wanted");
  EXPECT_TRUE(holds(refusal(many), "more values than a state dict has; at most 1,048,576"));
  EXPECT_TRUE(holds(refusal(marks), "too many marks; at most 1,048,576"));
  EXPECT_EQ(refusal(huge), "p: a string at byte 7 takes 2147483647 bytes; 3 are left");
}

TEST(StateDictPickle, RefusesEveryTruncation) {
  const std::string whole = state_dict_of(TensorPickle().bytes());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_TRUE(holds(refusal(whole.substr(0, size)), "p: ")) << size;
  }
}

}  // namespace
}  // namespace lockstep::testing
