#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json_file.h"

namespace lockstep {

/// A field of an object in a spec and what must stand there: "a string", "an integer or null", ...
struct WantedField {
  std::string_view name;
  std::string_view wanted;
};

/// Checks that `object` has exactly these fields, each of its type. Every field must be present:
/// null or false means "not there". Throws Error(kData) naming the JSON path:
///   <path>.eps: missing; a number is wanted
///   <path>.eps: "none"; a number is wanted
///   <path>.epsilon: norm has no such field           (`name` is what the object is called: norm)
void check_fields(const JsonAt& object,
                  const std::vector<WantedField>& fields,
                  std::string_view name);

/// A size: an integer from 1 to 2^31 - 1, so that a product of two sizes fits int64_t.
int64_t positive_integer(const JsonAt& value);

/// A member by name, whose path is written as the map's: blocks.local.tensors["mixer.q"].
JsonAt entry(const JsonAt& object, const std::string& key);

std::vector<std::string> texts(const JsonAt& list);

}  // namespace lockstep
