// config.json with the numbers that JSON lacks.
#include "models/families/config_json.h"

#include <array>

#include "base/error.h"
#include "base/files.h"
#include "base/json_file.h"

namespace lockstep {
namespace {

constexpr std::string_view kTag = "__float__";
constexpr std::array<std::string_view, 3> kBareNumbers{"-Infinity", "Infinity", "NaN"};

/// The bare number that begins at `at`, if one does.
std::string_view bare_number(std::string_view text, std::size_t at) {
  for (const std::string_view number : kBareNumbers) {
    if (text.substr(at, number.size()) == number) return number;
  }
  return {};
}

/// `text` with every bare number outside strings as a tagged object. Whether a value may stand
/// there is the parser's affair: an object is wrong wherever a number is.
std::string with_tagged_numbers(std::string_view text) {
  std::string tagged;
  bool is_in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char letter = text[at];
    if (is_in_string && letter == '\\' && at + 1 < text.size()) {
      tagged += letter;
      tagged += text[++at];
      continue;
    }
    if (letter == '"') is_in_string = !is_in_string;
    const std::string_view number = is_in_string ? std::string_view{} : bare_number(text, at);
    if (number.empty()) {
      tagged += letter;
      continue;
    }
    tagged += "{\"" + std::string(kTag) + "\":\"" + std::string(number) + "\"}";
    at += number.size() - 1;
  }
  return tagged;
}

class Finite {
 public:
  Finite(const std::string& where, std::vector<std::string>& infinite)
      : where_(where), infinite_(infinite) {}

  nlohmann::json operator()(const nlohmann::json& value, const std::string& path) {
    if (is_tagged(value)) return null_for(value.front(), path);
    nlohmann::json finite = value;
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) {
        finite[key] = (*this)(member, path.empty() ? key : path + "." + key);
      }
    } else if (value.is_array()) {
      for (std::size_t k = 0; k < value.size(); ++k)
        finite[k] = (*this)(value[k], text("{}[{}]", path, k));
    }
    return finite;
  }

 private:
  static bool is_tagged(const nlohmann::json& value) {
    return value.is_object() && value.size() == 1 && value.contains(kTag) &&
           value.front().is_string();
  }

  nlohmann::json null_for(const std::string& number, const std::string& path) {
    if (number != "Infinity" && number != "-Infinity") {
      fail(Blame::kData,
           "{}: {}: {}; a number, or null for no limit, is wanted",
           where_,
           path,
           number);
    }
    infinite_.push_back(path + " = " + number);
    return nullptr;
  }

  const std::string& where_;
  std::vector<std::string>& infinite_;
};

}  // namespace

nlohmann::json read_config(const std::filesystem::path& path) {
  return parse_config(read_file(path), path.string());
}

nlohmann::json parse_config(std::string_view text, std::string_view where) {
  return parse_json(with_tagged_numbers(text), where);
}

FiniteConfig without_infinities(const nlohmann::json& config, const std::string& where) {
  FiniteConfig finite;
  finite.value = Finite(where, finite.infinite)(config, "");
  return finite;
}

}  // namespace lockstep
