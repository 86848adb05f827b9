#include "aligner/events/python_literal.h"

#include <gtest/gtest.h>

#include "tests/support/messages.h"

namespace lockstep {
namespace {

using testing::holds;
using testing::message_of;

using Items = std::map<std::string, std::string>;

Items parse(std::string_view literal) { return parse_python_dictionary(literal, "cell"); }

std::string refusal(std::string_view literal) {
  return message_of(Blame::kData, [&] { parse(literal); });
}

TEST(PythonLiteral, HasKeysAndValues) {
  EXPECT_EQ(parse("{'kind': 'word', 'word': 'tara', 'pronounced': 1.0, 'x': None, 3: True}"),
            (Items{{"kind", "word"},
                   {"word", "tara"},
                   {"pronounced", "1.0"},
                   {"x", "None"},
                   {"3", "True"}}));
  EXPECT_EQ(parse(" { } "), Items{});
  EXPECT_EQ(parse("{'a':-1e-3,}"), (Items{{"a", "-1e-3"}}));
}

TEST(PythonLiteral, KnowsBothQuotesAndEscapes) {
  EXPECT_EQ(
      parse(R"({'w': "don't", 'v': 'a"b', 'e': 'it\'s \\ \n \x41 \u00e9 \U0001F600 \q'})"),
      (Items{{"w", "don't"}, {"v", "a\"b"}, {"e", "it's \\ \n A \xC3\xA9 \xF0\x9F\x98\x80 \\q"}}));
}

TEST(PythonLiteral, TakesTheLastOfEqualKeys) {
  EXPECT_EQ(parse("{'a': 1, 'a': 2}"), (Items{{"a", "2"}}));
}

TEST(PythonLiteral, KeepsContainersAsTheyAreWritten) {
  EXPECT_EQ(parse("{'a': [1, (2, 'x]'), {'b': {3}}], 'c': ()}"),
            (Items{{"a", "[1, (2, 'x]'), {'b': {3}}]"}, {"c", "()"}}));
}

TEST(PythonLiteral, SaysWhatIsWantedWhere) {
  EXPECT_EQ(refusal("[1]"), "cell: character 1: a dictionary is wanted");
  EXPECT_EQ(refusal(""), "cell: character 1: a dictionary is wanted");
  EXPECT_EQ(refusal("{'a' 1}"), "cell: character 6: a colon is wanted");
  EXPECT_EQ(refusal("{'a': }"), "cell: character 7: a value is wanted");
  EXPECT_EQ(refusal("{'a': 1 'b': 2}"), "cell: character 9: a comma or } is wanted");
  EXPECT_EQ(refusal("{'a': [1 2]}"), "cell: character 10: a comma or ] is wanted");
  EXPECT_EQ(refusal("{'a': 'b"), "cell: character 9: a closing ' is wanted");
  EXPECT_EQ(refusal("{'a': 'b\\"), "cell: character 10: an escaped character is wanted");
  EXPECT_EQ(refusal("{'a': '\\xg0'}"), "cell: character 10: a hexadecimal digit is wanted");
  EXPECT_EQ(refusal("{'a': '\\ud800'}"), "cell: character 14: a code point of Unicode is wanted");
  EXPECT_EQ(refusal("{'a': 1} x"), "cell: character 10: the end is wanted");
  EXPECT_EQ(refusal("{'a': 1"), "cell: character 8: a comma or } is wanted");
}

TEST(PythonLiteral, RefusesDeepNesting) {
  const std::string deep(100'000, '[');
  EXPECT_TRUE(holds(refusal("{'a': " + deep), "nesting of at most 32 is wanted"));
  const std::string fair = std::string(30, '[') + std::string(30, ']');
  EXPECT_EQ(parse("{'a': " + fair + "}").at("a"), fair);
}

}  // namespace
}  // namespace lockstep
