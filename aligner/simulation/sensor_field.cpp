// One call of BLAS: Eigen's own product is several times slower at these sizes.
#include "aligner/simulation/sensor_field.h"

#include <cblas.h>

namespace lockstep {

void add_sensor_field(Eigen::MatrixXd& field,
                      const Eigen::MatrixXd& activity,
                      const Eigen::MatrixXd& patterns) {
  cblas_dgemm(CblasColMajor,
              CblasNoTrans,
              CblasTrans,
              static_cast<int>(field.rows()),
              static_cast<int>(field.cols()),
              static_cast<int>(activity.cols()),
              1.0,
              activity.data(),
              static_cast<int>(activity.rows()),
              patterns.data(),
              static_cast<int>(patterns.rows()),
              1.0,
              field.data(),
              static_cast<int>(field.rows()));
}

}  // namespace lockstep
