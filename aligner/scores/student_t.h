#pragma once

namespace lockstep {

/// Regularised incomplete beta function I_x(a, b) for a, b > 0 and x in [0, 1]; relative error
/// about 1e-13 for the sizes that correlations need. Continued fraction 8.17.22 of the NIST Digital
/// Library of Mathematical Functions, summed by the modified Lentz method (Thompson and Barnett
/// 1986), and its mirror image where that converges faster.
double incomplete_beta(double x, double a, double b);

/// Two-sided p of a Pearson correlation r over n independent pairs: Student's t with n - 2 degrees
/// of freedom, which is I_{1 - r^2}((n - 2) / 2, 1 / 2). 0 for |r| = 1; NaN for n < 3 or an r
/// outside [-1, 1].
double correlation_p(double r, int n);

}  // namespace lockstep
