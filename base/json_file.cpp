#include "base/json_file.h"

#include <cmath>

#include "base/error.h"
#include "base/files.h"

namespace lockstep {
namespace {

/// Deeper than any file of ours or of a model is nested, and no deeper than a stack takes: dump()
/// and Jsonnet go down into a value by recursion.
constexpr int kDeepest = 200;

void check_nesting(std::string_view json, std::string_view where) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t at = 0; at < json.size(); ++at) {
    const char letter = json[at];
    if (letter == '"') {
      is_in_string = !is_in_string;
    } else if (is_in_string) {
      if (letter == '\\') ++at;
    } else if (letter == '[' || letter == '{') {
      if (++depth > kDeepest) {
        fail(Blame::kData,
             "{}: nested deeper than {} levels at byte {}; JSON as models have it is wanted",
             where,
             kDeepest,
             at);
      }
    } else if (letter == ']' || letter == '}') {
      --depth;
    }
  }
}

}  // namespace

nlohmann::json parse_json(std::string_view text_, std::string_view where) {
  check_nesting(text_, where);
  try {
    return nlohmann::json::parse(text_);
  } catch (const nlohmann::json::exception& error) {
    std::string what = error.what();
    if (const auto bracket = what.find("] "); bracket != std::string::npos)
      what.erase(0, bracket + 2);
    fail(Blame::kData, "{}: not JSON: {}", where, what);
  }
}

nlohmann::json read_json_file(const std::filesystem::path& path) {
  return parse_json(read_file(path), path.string());
}

bool JsonAt::has(std::string_view key) const {
  return value_->is_object() && value_->contains(key);
}

JsonAt JsonAt::operator[](std::string_view key) const {
  if (!value_->is_object()) refuse("an object");
  const auto found = value_->find(key);
  const std::string at = where_.ends_with(": ") ? lockstep::text("{}{}", where_, key)
                                                : lockstep::text("{}.{}", where_, key);
  if (found == value_->end()) fail(Blame::kData, "{}: missing", at);
  return {*found, at};
}

JsonAt JsonAt::at(std::size_t index) const {
  if (!value_->is_array()) refuse("a list");
  if (index >= value_->size()) {
    fail(Blame::kData, "{}: has {} entries; entry {} is wanted", where_, value_->size(), index);
  }
  return {(*value_)[index], lockstep::text("{}[{}]", where_, index)};
}

std::size_t JsonAt::size() const {
  if (!value_->is_array()) refuse("a list");
  return value_->size();
}

std::string JsonAt::text() const {
  if (!value_->is_string()) refuse("a string");
  return value_->get<std::string>();
}

double JsonAt::number() const {
  if (!value_->is_number()) refuse("a number");
  return value_->get<double>();
}

int64_t JsonAt::integer() const {
  if (value_->is_number_integer()) return value_->get<int64_t>();
  // Jsonnet prints every number as a double.
  if (value_->is_number_float()) {
    const double value = value_->get<double>();
    if (value == std::nearbyint(value) && std::abs(value) < 9e15)
      return static_cast<int64_t>(value);
  }
  refuse("an integer");
}

bool JsonAt::boolean() const {
  if (!value_->is_boolean()) refuse("true or false");
  return value_->get<bool>();
}

void JsonAt::refuse(std::string_view wanted) const {
  std::string found = value_->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (found.size() > 80) found = found.substr(0, 77) + "...";
  fail(Blame::kData, "{}: {}; {} is wanted", where_, found, wanted);
}

}  // namespace lockstep
