#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/json_file.h"
#include "models/tokenizers/aligned_text.h"
#include "models/tokenizers/unicode_forms.h"

namespace lockstep {

/// A rewriting of text before it is cut into pre-tokens.
class Normalizer {
 public:
  virtual ~Normalizer() = default;
  virtual AlignedText apply(AlignedText text) const = 0;
};

/// `text` with each character in lower case, without regard to what stands around it.
AlignedText lowercased(const AlignedText& text);

/// The normalizer that a `normalizer` of tokenizer.json describes; null gives none that changes
/// anything. Throws Error(kData) naming the path of a type, key or value that is not supported.
std::unique_ptr<Normalizer> read_normalizer(const JsonAt& json);

std::unique_ptr<Normalizer> unicode_form(UnicodeForm form);
std::unique_ptr<Normalizer> prepending(const std::string& content);
std::unique_ptr<Normalizer> replacing(const std::string& literal, const std::string& content);
std::unique_ptr<Normalizer> normalizers_in_order(std::vector<std::unique_ptr<Normalizer>> steps);

}  // namespace lockstep
