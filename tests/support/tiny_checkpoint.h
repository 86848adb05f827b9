#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/json_file.h"
#include "tests/support/temporary_folder.h"

namespace lockstep::testing {

/// A checkpoint folder as one downloads it: the random llama of tests/golden/layers (4 blocks of
/// width 64, 256 positions) with the byte-level tokenizer "qwen2" of tests/golden/tokenizers.
inline std::filesystem::path make_tiny_checkpoint(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  const fs::path golden = fs::path(LOCKSTEP_SOURCE_DIR) / "tests/golden";
  fs::create_directories(folder);
  fs::copy_file(golden / "layers/llama/config.json", folder / "config.json");
  fs::copy_file(golden / "layers/llama/model.safetensors", folder / "model.safetensors");
  fs::copy_file(golden / "tokenizers/qwen2/tokenizer.json", folder / "tokenizer.json");
  return folder;
}

/// Makes the tokenizer put its first special token in front, as a post-processor does.
inline int add_post_processor(const std::filesystem::path& folder) {
  nlohmann::json tokenizer = read_json_file(folder / "tokenizer.json");
  const std::string token = tokenizer["added_tokens"][0]["content"];
  const int id = tokenizer["added_tokens"][0]["id"];
  const auto special = nlohmann::json{{"SpecialToken", {{"id", token}, {"type_id", 0}}}};
  const auto sequence = [](const char* name) {
    return nlohmann::json{{"Sequence", {{"id", name}, {"type_id", 0}}}};
  };
  tokenizer["post_processor"] = {
      {"type", "TemplateProcessing"},
      {"single", {special, sequence("A")}},
      {"pair", {special, sequence("A"), sequence("B")}},
      {"special_tokens", {{token, {{"id", token}, {"ids", {id}}, {"tokens", {token}}}}}}};
  write_bytes(folder / "tokenizer.json", tokenizer.dump());
  return id;
}

/// `count` words in sentences, most of them once only; some of many tokens, some accented.
inline std::string tiny_story(int count) {
  const char* words[] = {"the",
                         "captain",
                         "saw",
                         "a",
                         "ship",
                         "of",
                         "caf\xC3\xA9s",
                         "don't",
                         "internationally",
                         "and",
                         "sea",
                         "to",
                         "1848"};
  std::string story = "CHAPTER I.\n\n";
  for (int word = 0; word < count; ++word) {
    story += words[(word * word + 3 * word) % 13];
    if (word % 5 == 2) story += std::to_string(word);
    story += word % 11 == 10 ? ". " : word % 7 == 6 ? ", " : " ";
  }
  return story;
}

}  // namespace lockstep::testing
