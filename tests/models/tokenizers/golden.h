#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/tokenizer.h"

namespace lockstep::testing {

inline std::filesystem::path golden_folder() {
  return std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/golden/tokenizers";
}

inline std::vector<std::string> nasty_strings() {
  return read_json_file(golden_folder() / "strings.json").get<std::vector<std::string>>();
}

/// From the flat form of expected.json.
inline std::vector<Token> tokens_from(const nlohmann::json& flat) {
  std::vector<Token> tokens;
  for (std::size_t i = 0; i + 2 < flat.size(); i += 3) {
    tokens.push_back(
        {flat[i].get<int32_t>(), flat[i + 1].get<int64_t>(), flat[i + 2].get<int64_t>()});
  }
  return tokens;
}

inline std::string described(const std::vector<Token>& tokens) {
  std::string all;
  for (const Token& token : tokens) {
    all += " " + std::to_string(token.id) + "@" + std::to_string(token.begin) + "-" +
           std::to_string(token.end);
  }
  return all;
}

}  // namespace lockstep::testing
