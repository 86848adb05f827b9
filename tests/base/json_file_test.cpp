#include "base/json_file.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"
#include "tests/support/temporary_folder.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

TEST(JsonFile, SaysWhereTheTextIsNoJson) {
  const testing::TemporaryFolder folder;
  testing::write_bytes(folder / "a.json", "{\"x\": 1,\n }");
  const auto message = message_of(Blame::kData, [&] { read_json_file(folder / "a.json"); });
  EXPECT_TRUE(holds(message, "a.json: not JSON:"));
  EXPECT_TRUE(holds(message, "line 2"));
}

TEST(JsonFile, RefusesWhatIsNestedTooDeep) {
  const auto nested = [](std::size_t levels) {
    return R"({"text": "\"[[[", "list": )" + std::string(levels - 1, '[') +
           std::string(levels - 1, ']') + "}";
  };

  EXPECT_EQ(parse_json(nested(200), "a.json").size(), 2U);
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { parse_json(nested(201), "a.json"); }),
                    "a.json: nested deeper than 200 levels at byte 225;"));
}

TEST(JsonAt, NamesThePathTheValueAndTheWant) {
  const auto json =
      parse_json(R"({"layers": [{"eps": "none", "n": 1.5, "big": 1e300, "ok": 3.0}]})", "c.json");
  const JsonAt root(json, "c.json: ");
  const JsonAt layer = root["layers"].at(0);

  EXPECT_EQ(layer["ok"].integer(), 3);
  EXPECT_EQ(message_of(Blame::kData, [&] { layer["eps"].number(); }),
            "c.json: layers[0].eps: \"none\"; a number is wanted");
  EXPECT_EQ(message_of(Blame::kData, [&] { layer["n"].integer(); }),
            "c.json: layers[0].n: 1.5; an integer is wanted");
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { layer["big"].integer(); }), "an integer is wanted"));
  EXPECT_EQ(message_of(Blame::kData, [&] { layer["no"].number(); }),
            "c.json: layers[0].no: missing");
  EXPECT_EQ(message_of(Blame::kData, [&] { root["layers"].at(1); }),
            "c.json: layers: has 1 entries; entry 1 is wanted");
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { layer["n"].text(); }), "a string is wanted"));
  EXPECT_TRUE(
      holds(message_of(Blame::kData, [&] { layer["n"].boolean(); }), "true or false is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { layer["n"].size(); }), "a list is wanted"));
  EXPECT_TRUE(holds(message_of(Blame::kData, [&] { layer["n"]["x"]; }), "an object is wanted"));
}

}  // namespace
}  // namespace lockstep
