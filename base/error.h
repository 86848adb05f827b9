#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "base/text.h"

namespace lockstep {

/// Whose fault an error is; the value is the exit status of the program.
enum class Blame { kProgram = 1, kCommandLine = 2, kData = 3 };

/// The one exception of lockstep. The message is "<where>: <what was found>; <what was wanted>".
class Error : public std::runtime_error {
 public:
  Error(Blame blame, const std::string& message) : std::runtime_error(message), blame_(blame) {}

  Blame blame() const { return blame_; }

 private:
  Blame blame_;
};

/// Throws an Error with the message text(pattern, values...).
template <class... Values>
[[noreturn]] void fail(Blame blame, std::string_view pattern, const Values&... values) {
  throw Error(blame, text(pattern, values...));
}

}  // namespace lockstep
