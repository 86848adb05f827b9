#include "models/families/init_fields.h"

#include "base/error.h"
#include "models/families/spec_fields.h"

namespace lockstep {
namespace {

double standard_deviation(const JsonAt& value) {
  if (!(value.number() >= 0)) value.refuse("a number of 0 or more");
  return value.number();
}

}  // namespace

InitSpec read_init(const JsonAt& init, int64_t vocabulary) {
  check_fields(init,
               {{"std", "a number"},
                {"norm", "a number"},
                {"roles", "an object"},
                {"zero_rows", "a list of integers"}},
               "an initialisation");
  InitSpec typed;
  typed.std = standard_deviation(init["std"]);
  typed.norm = init["norm"].number();
  const JsonAt roles = init["roles"];
  for (const auto& [role, std] : roles.value().items()) {
    if (!std.is_number()) entry(roles, role).refuse("a number");
    typed.roles[role] = standard_deviation(entry(roles, role));
  }
  const JsonAt rows = init["zero_rows"];
  for (std::size_t k = 0; k < rows.size(); ++k) {
    const int64_t row = rows.at(k).integer();
    if (row < 0 || row >= vocabulary) rows.at(k).refuse(text("a row from 0 to {}", vocabulary - 1));
    typed.zero_rows.push_back(row);
  }
  return typed;
}

}  // namespace lockstep
