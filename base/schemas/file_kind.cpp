#include "base/schemas/file_kind.h"

#include "base/error.h"
#include "base/json_file.h"

namespace lockstep {

void write_file_kind(Hdf5Writer& file, const std::string& layout, const Provenance& provenance) {
  file.attribute("", "layout", layout);
  file.attribute("", "provenance", provenance.to_json().dump());
}

Provenance read_file_kind(const Hdf5Reader& file, const std::string& layout) {
  const std::string found =
      file.has_attribute("", "layout") ? file.text_attribute("", "layout") : "";
  if (found != layout)
    fail(Blame::kData, "{}: layout \"{}\"; \"{}\" is wanted", file.path(), found, layout);
  const std::string where = file.path().string() + ": provenance";
  return Provenance::from_json(parse_json(file.text_attribute("", "provenance"), where), where);
}

}  // namespace lockstep
