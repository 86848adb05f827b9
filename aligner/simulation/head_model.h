#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <vector>

#include "base/random_stream.h"

namespace lockstep {

/// Positions in metres about the centre of the helmet: x to the right, y to the front, z up.
using Point = Eigen::Vector3d;

/// A small piece of active cortex: a current of unit strength.
struct Dipole {
  Point position_m;
  Point direction;  ///< of unit length, tangential to the head's surface
};

/// Where the inner coils of axial gradiometers lie: a spiral of equal areas on a sphere of
/// kHelmetRadius_m, from the top down to kHelmetRim of the radius. Coils point outwards; the outer
/// ones lie kBaseline_m farther out.
std::vector<Point> helmet(int64_t num_sensors);
inline constexpr double kHelmetRadius_m = 0.105;
inline constexpr double kHelmetRim = -0.25;
inline constexpr double kBaseline_m = 0.05;

/// A dipole at a random place of a shell 40 to 75 mm from the centre, under the helmet, in a random
/// tangential direction.
Dipole random_dipole(RandomStream& stream);

/// A rotation by a normally distributed angle of SD `deviation_rad` about a random axis: how a head
/// lies this time.
Eigen::Matrix3d random_turn(RandomStream& stream, double deviation_rad);

/// Field of unit dipoles at radial gradiometers, sensors x dipoles, in T per A m, after the head
/// has turned. In a spherically symmetric conductor the volume currents add nothing to the radial
/// component (Sarvas 1987, "Basic mathematical and electromagnetic concepts of the biomagnetic
/// inverse problem", section 4), so it is that of the dipole alone: mu0 / 4 pi (q x (r - r0)) .
/// r/|r| / |r - r0|^3, inner coil minus outer coil.
Eigen::MatrixXd lead_field(const std::vector<Point>& sensors_m,
                           const std::vector<Dipole>& dipoles,
                           const Eigen::Matrix3d& turn);

}  // namespace lockstep
