#pragma once

#include <Eigen/Core>

namespace lockstep {

/// Adds to `field` (sample x sensor) what sources with this activity (sample x source) and these
/// patterns (sensor x source) give at the sensors.
void add_sensor_field(Eigen::MatrixXd& field,
                      const Eigen::MatrixXd& activity,
                      const Eigen::MatrixXd& patterns);

}  // namespace lockstep
