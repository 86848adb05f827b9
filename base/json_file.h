#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace lockstep {

/// JSON of a file, or of text that came from `where`. Throws Error(kData) with the place of the
/// first fault, or of what is nested deeper than 200 levels.
nlohmann::json read_json_file(const std::filesystem::path& path);
nlohmann::json parse_json(std::string_view text, std::string_view where);

/// A JSON value that knows its path, so that what is wrong with it can be named:
/// "config.json: layers[3].eps: "none"; a number is wanted".
class JsonAt {
 public:
  JsonAt(const nlohmann::json& value, std::string where)
      : value_(&value), where_(std::move(where)) {}

  const nlohmann::json& value() const { return *value_; }
  const std::string& where() const { return where_; }

  bool has(std::string_view key) const;
  bool is_null() const { return value_->is_null(); }
  /// A member, which must exist; an element.
  JsonAt operator[](std::string_view key) const;
  JsonAt at(std::size_t index) const;
  std::size_t size() const;  ///< of an array

  std::string text() const;
  double number() const;
  int64_t integer() const;
  bool boolean() const;

  /// Throws "<where>: <value>; <wanted> is wanted".
  [[noreturn]] void refuse(std::string_view wanted) const;

 private:
  const nlohmann::json* value_;
  std::string where_;
};

}  // namespace lockstep
