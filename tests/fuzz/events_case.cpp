// A case is a table of events (whichever dialect fits it), or the text of a Python dictionary.
#include "aligner/events/event_rows.h"
#include "aligner/events/python_literal.h"
#include "tests/fuzz/reader_case.h"

namespace lockstep::testing {
namespace {

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void read_event_table_case(std::span<const std::byte> bytes) {
  const LooseTable table = LooseTable::parse(as_text(bytes), "case");
  allow_refusal([&] { read_events(table, {.dialect = "meg-masc-next-row"}, 1200); });
  allow_refusal([&] { read_events(table, {.dialect = "transcript"}, 1200); });
  read_events(table, {}, 1200);
}

void read_python_literal_case(std::span<const std::byte> bytes) {
  parse_python_dictionary(as_text(bytes), "case");
}

}  // namespace lockstep::testing
