#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep {

/// A JavaScript library that the page carries inside itself.
struct PageScript {
  std::string name;  ///< "vega"
  std::string source;
  std::string licence;  ///< its text; empty if the library came without
};

/// Vega, Vega-Lite and Vega-Embed from the first folder that has all three, as
/// <name>/build/<name>.min.js (node_modules) or as <name>.min.js. Looked for in `asked` alone if it
/// is not empty, else in $LOCKSTEP_VEGA alone if that is set, else in ../share/lockstep/vega seen
/// from the program, then in the source tree's node_modules. Throws Error(kCommandLine) for a
/// folder that was named, Error(kData) else, saying where it looked and what installs them.
std::vector<PageScript> find_page_scripts(const std::filesystem::path& asked);

/// The page: one HTML file that makes no request. `data` is JSON. Nothing in it can close the
/// element that it stands in.
std::string report_page(std::string_view title,
                        std::string_view data,
                        const std::vector<PageScript>& scripts);

/// The page's template and figures, built into the program from page/.
std::string_view page_template();
std::string_view page_specs();  ///< JSON: {name: Vega-Lite specification}

}  // namespace lockstep
