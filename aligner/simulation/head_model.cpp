#include "aligner/simulation/head_model.h"

#include <Eigen/Geometry>
#include <cmath>
#include <numbers>

namespace lockstep {
namespace {

constexpr double kInnerShell_m = 0.04;
constexpr double kOuterShell_m = 0.075;
constexpr double kMu0Over4Pi = 1e-7;  // T m / A

Point random_direction(RandomStream& stream) {
  const double x = stream.normal();
  const double y = stream.normal();
  const double z = stream.normal();
  return Point(x, y, z).normalized();
}

/// Component of the field along the coil's own direction from the centre.
double radial_field(const Point& coil_m, const Point& dipole_m, const Point& direction) {
  const Point between = coil_m - dipole_m;
  const double distance = between.norm();
  return kMu0Over4Pi * direction.cross(between).dot(coil_m.normalized()) /
         (distance * distance * distance);
}

}  // namespace

std::vector<Point> helmet(int64_t num_sensors) {
  const double golden_angle = std::numbers::pi * (3 - std::sqrt(5.0));
  std::vector<Point> sensors;
  for (int64_t k = 0; k < num_sensors; ++k) {
    const double at = static_cast<double>(k);
    const double z = 1 - (at + 0.5) / static_cast<double>(num_sensors) * (1 - kHelmetRim);
    const double around = std::sqrt(1 - z * z);
    sensors.emplace_back(kHelmetRadius_m * around * std::cos(golden_angle * at),
                         kHelmetRadius_m * around * std::sin(golden_angle * at),
                         kHelmetRadius_m * z);
  }
  return sensors;
}

Dipole random_dipole(RandomStream& stream) {
  Point outwards = random_direction(stream);
  while (outwards.z() < kHelmetRim) outwards = random_direction(stream);
  const double inner = std::pow(kInnerShell_m, 3);
  const double outer = std::pow(kOuterShell_m, 3);
  const double radius_m = std::cbrt(inner + (outer - inner) * stream.uniform());
  return {radius_m * outwards, outwards.cross(random_direction(stream)).normalized()};
}

Eigen::Matrix3d random_turn(RandomStream& stream, double deviation_rad) {
  const Point axis = random_direction(stream);
  return Eigen::AngleAxisd(deviation_rad * stream.normal(), axis).toRotationMatrix();
}

Eigen::MatrixXd lead_field(const std::vector<Point>& sensors_m,
                           const std::vector<Dipole>& dipoles,
                           const Eigen::Matrix3d& turn) {
  Eigen::MatrixXd field(static_cast<Eigen::Index>(sensors_m.size()),
                        static_cast<Eigen::Index>(dipoles.size()));
  for (std::size_t source = 0; source < dipoles.size(); ++source) {
    const Point position_m = turn * dipoles[source].position_m;
    const Point direction = turn * dipoles[source].direction;
    for (std::size_t sensor = 0; sensor < sensors_m.size(); ++sensor) {
      const Point& inner_m = sensors_m[sensor];
      const Point outer_m = inner_m * (1 + kBaseline_m / inner_m.norm());
      field(static_cast<Eigen::Index>(sensor), static_cast<Eigen::Index>(source)) =
          radial_field(inner_m, position_m, direction) -
          radial_field(outer_m, position_m, direction);
    }
  }
  return field;
}

}  // namespace lockstep
