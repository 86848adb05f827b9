#include "models/families/spec_fields.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "base/error.h"

namespace lockstep {
namespace {

bool is_text(const nlohmann::json& value) { return value.is_string(); }

bool fits(const nlohmann::json& value, std::string_view wanted) {
  constexpr std::string_view kOrNull = " or null";
  if (wanted.ends_with(kOrNull)) {
    return value.is_null() || fits(value, wanted.substr(0, wanted.size() - kOrNull.size()));
  }
  if (wanted == "a string") return value.is_string();
  if (wanted == "true or false") return value.is_boolean();
  if (wanted == "a number") return value.is_number();
  if (wanted == "an integer") return value.is_number_integer();
  if (wanted == "an object") return value.is_object();
  if (wanted == "a list of steps" || wanted == "a list of operations") return value.is_array();
  if (wanted == "a list of strings")
    return value.is_array() && std::all_of(value.begin(), value.end(), is_text);
  if (wanted == "a list of integers") {
    return value.is_array() && std::all_of(value.begin(), value.end(), [](const auto& v) {
             return v.is_number_integer();
           });
  }
  if (wanted == "a list of numbers") {
    return value.is_array() &&
           std::all_of(value.begin(), value.end(), [](const auto& v) { return v.is_number(); });
  }
  if (wanted == "a list of registers") return !value.empty() && fits(value, "a list of strings");
  throw std::logic_error("no such type: " + std::string(wanted));
}

}  // namespace

void check_fields(const JsonAt& object,
                  const std::vector<WantedField>& fields,
                  std::string_view name) {
  if (!object.value().is_object()) object.refuse("an object");
  for (const auto& member : object.value().items()) {
    const std::string& key = member.key();
    const bool is_known =
        std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return f.name == key; });
    if (!is_known) fail(Blame::kData, "{}.{}: {} has no such field", object.where(), key, name);
  }
  for (const auto& [field, wanted] : fields) {
    if (!object.has(field))
      fail(Blame::kData, "{}.{}: missing; {} is wanted", object.where(), field, wanted);
    const JsonAt value = object[field];
    if (!fits(value.value(), wanted)) value.refuse(wanted);
  }
}

int64_t positive_integer(const JsonAt& value) {
  const nlohmann::json& found = value.value();
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  const bool fits_size = found.is_number_integer() && found >= 1 && found <= kMost;
  if (!fits_size) value.refuse("a positive integer below 2^31");
  return found.get<int64_t>();
}

JsonAt entry(const JsonAt& object, const std::string& key) {
  return {object.value().at(key), text("{}[\"{}\"]", object.where(), key)};
}

std::vector<std::string> texts(const JsonAt& list) {
  std::vector<std::string> all;
  for (std::size_t k = 0; k < list.size(); ++k) all.push_back(list.at(k).text());
  return all;
}

}  // namespace lockstep
