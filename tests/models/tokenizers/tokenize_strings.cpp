// The ids and spans of many strings at once, for scripts that compare them with another tokenizer:
//   tokenize_strings CHECKPOINT < ["text", ...] > [[[id, begin, end], ...], ...]
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/error.h"
#include "base/json_file.h"
#include "models/tokenizers/tokenizer.h"

int main(int argc, char** argv) {
  using namespace lockstep;
  try {
    if (argc != 2) fail(Blame::kCommandLine, "tokenize_strings: one checkpoint is wanted");
    const auto tokenizer = open_tokenizer(argv[1]);
    const std::string input(std::istreambuf_iterator<char>(std::cin), {});
    nlohmann::json output = nlohmann::json::array();
    std::clock_t elapsed = 0;
    for (const auto& string : parse_json(input, "standard input")) {
      const std::string utf8 = string.get<std::string>();
      const std::clock_t start = std::clock();
      const std::vector<Token> found = tokenizer->encode(utf8);
      elapsed += std::clock() - start;
      nlohmann::json tokens = nlohmann::json::array();
      for (const Token& token : found) tokens.push_back({token.id, token.begin, token.end});
      output.push_back(std::move(tokens));
    }
    std::cout << output.dump() << "\n";
    std::cerr << text("{} s of the processor in encode()\n",
                      static_cast<double>(elapsed) / CLOCKS_PER_SEC);
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.blame());
  }
}
