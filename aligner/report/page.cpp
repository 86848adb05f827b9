// The page is the template with four places filled: title, data, figures, scripts.
#include "aligner/report/page.h"

#include <array>
#include <cstdlib>
#include <optional>

#include "base/error.h"
#include "base/files.h"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 3> kScripts = {"vega", "vega-lite", "vega-embed"};

std::string replaced(std::string_view bytes, std::string_view what, std::string_view by) {
  std::string result;
  std::size_t from = 0;
  for (std::size_t at; (at = bytes.find(what, from)) != std::string_view::npos;) {
    result.append(bytes, from, at - from);
    result += by;
    from = at + what.size();
  }
  result.append(bytes, from);
  return result;
}

// JSON that may stand inside <script>: without '<' no tag can open or close. U+2028 and U+2029 end
// a line for JavaScript.
std::string as_json_element(std::string_view json) {
  std::string safe = replaced(json, "<", "\\u003c");
  safe = replaced(safe, "\xe2\x80\xa8", "\\u2028");
  return replaced(safe, "\xe2\x80\xa9", "\\u2029");
}

std::string as_html_text(std::string_view plain) {
  return replaced(replaced(plain, "&", "&amp;"), "<", "&lt;");
}

// A map of the source would be a request.
std::string without_source_map(std::string_view script) {
  std::string kept;
  for (std::size_t at = 0; at < script.size();) {
    const std::size_t end = std::min(script.find('\n', at), script.size());
    const std::string_view line = script.substr(at, end - at);
    if (!line.starts_with("//# sourceMappingURL")) kept.append(line).append("\n");
    at = end + 1;
  }
  return kept;
}

std::string script_element(const PageScript& script) {
  std::string element = "<script id=\"" + script.name + "\">";
  if (!script.licence.empty()) {
    element += "/*! " + script.name + "\n" + replaced(script.licence, "*/", "* /") + "*/\n";
  }
  return element + replaced(without_source_map(script.source), "</script", "<\\/script") +
         "</script>";
}

std::optional<PageScript> script_in(const fs::path& folder, const std::string& name) {
  for (const fs::path& place : {folder / name / "build", folder}) {
    const fs::path file = place / (name + ".min.js");
    if (!fs::is_regular_file(file)) continue;
    PageScript script{name, read_file(file), {}};
    for (const fs::path& licence : {folder / name / "LICENSE", folder / (name + ".LICENSE")}) {
      if (fs::is_regular_file(licence)) script.licence = read_file(licence);
    }
    return script;
  }
  return std::nullopt;
}

std::vector<fs::path> known_folders() {
  const fs::path program = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path installed = program.parent_path() / "share/lockstep/vega";
  const fs::path built = fs::path(LOCKSTEP_SOURCE_FOLDER) / "node_modules";
  return {installed, built};
}

}  // namespace

std::vector<PageScript> find_page_scripts(const fs::path& asked) {
  const char* variable = std::getenv("LOCKSTEP_VEGA");
  const bool is_set = variable != nullptr && *variable != '\0';
  const std::vector<fs::path> folders = !asked.empty() ? std::vector<fs::path>{asked}
                                        : is_set       ? std::vector<fs::path>{variable}
                                                       : known_folders();
  for (const fs::path& folder : folders) {
    std::vector<PageScript> scripts;
    for (const char* name : kScripts) {
      if (auto script = script_in(folder, name)) scripts.push_back(*std::move(script));
    }
    if (scripts.size() == kScripts.size()) return scripts;
  }
  const bool is_named = !asked.empty() || is_set;
  fail(is_named ? Blame::kCommandLine : Blame::kData,
       "report: no vega.min.js, vega-lite.min.js and vega-embed.min.js in {}; scripts/setup "
       "installs "
       "them",
       join(folders, ", "));
}

std::string report_page(std::string_view title,
                        std::string_view data,
                        const std::vector<PageScript>& scripts) {
  std::string elements;
  for (const PageScript& script : scripts) elements += script_element(script) + "\n";
  const std::array<std::pair<std::string_view, std::string>, 4> parts = {{
      {"{{TITLE}}", as_html_text(title)},
      {"{{DATA}}", as_json_element(data)},
      {"{{SPECS}}", as_json_element(page_specs())},
      {"{{SCRIPTS}}", elements},
  }};
  std::string page;
  std::string_view rest = page_template();
  for (const auto& [place, filling] : parts) {
    const std::size_t at = rest.find(place);
    if (at == std::string_view::npos) {
      fail(Blame::kProgram, "page/template.html: no place for {}; each once, in order", place);
    }
    page.append(rest.substr(0, at)).append(filling);
    rest.remove_prefix(at + place.size());
  }
  return page.append(rest);
}

}  // namespace lockstep
