#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lockstep {

/// What `lockstep extract` is asked for, as on its command line.
struct ExtractionOptions {
  std::filesystem::path model;
  std::filesystem::path words;
  std::filesystem::path output;
  std::string contexts = "50";
  std::string layers = "9";
  std::string pooling = "mean";
  std::string windows = "slice";
  std::string bos = "auto";
  std::string word_choice = "all";
  int64_t batch_tokens = 1024;
  std::string store = "float32";
  bool surprisal = false;
  std::string shard = "1/1";
  std::string untrained;
  std::vector<std::filesystem::path> families;
  int workers = 1;
};

/// Writes the activations of the model for the words. Throws Error; whatever happens, `output` is
/// whole or not there.
void extract(const ExtractionOptions& options);

/// What extract() would take: words, passes, operations, time, memory, file size, in lines for
/// people. Reads the checkpoint's sizes and not its weights; the time is guessed from a product of
/// matrices timed on the spot.
std::string describe_extraction(const ExtractionOptions& options);

}  // namespace lockstep
