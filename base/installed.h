#pragma once

#include <filesystem>
#include <string>

namespace lockstep {

/// A folder of data that comes with the program: $LOCKSTEP_HOME/<name> where that variable is set,
/// else share/lockstep/<name> beside the installed program, else `source`, its place in the source
/// tree. Throws Error(kCommandLine) if LOCKSTEP_HOME holds no such folder, Error(kProgram) if there
/// is none at all.
std::filesystem::path installed_folder(const std::string& name,
                                       const std::filesystem::path& source);

}  // namespace lockstep
