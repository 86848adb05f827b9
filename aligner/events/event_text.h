#pragma once

#include <string>
#include <string_view>

namespace lockstep {

/// `bytes` as UTF-8 without zero bytes: what is not UTF-8 becomes U+FFFD, byte by byte.
std::string as_utf8(std::string_view bytes);

}  // namespace lockstep
