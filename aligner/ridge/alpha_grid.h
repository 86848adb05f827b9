#pragma once

#include <string>
#include <vector>

namespace lockstep {

/// The penalties that `text` names, ascending: one ("0.1"), some ("0.1,1,10") or a range spaced
/// evenly in the logarithm, both ends included, FIRST:LAST:COUNT ("1e-4:1e8:13" is one a decade, as
/// numpy.logspace(-4, 8, 13)). Throws Error(kCommandLine) unless all are positive, finite and
/// ascending.
std::vector<double> parse_alphas(const std::string& text);

}  // namespace lockstep
