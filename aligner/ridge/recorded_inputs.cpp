#include "aligner/ridge/recorded_inputs.h"

namespace lockstep {

EigenBasis RecordedInputs::basis(const RowStrata& strata, int64_t fold, InputScale scale) const {
  const InputMoments training = total(moments, strata.strata, CellSet{fold});
  return make_eigen_basis(training, input_scale(scale, training, all, offset));
}

RecordedInputs describe_recorded(const InputRows& x, const RowStrata& strata) {
  RecordedInputs made;
  made.offset = x.colwise().mean().transpose();
  made.centred.resize(x.rows(), x.cols());
  for (Eigen::Index place = 0; place < x.rows(); ++place) {
    made.centred.row(place) =
        x.row(strata.order[static_cast<std::size_t>(place)]) - made.offset.transpose();
  }
  made.moments = input_moments(made.centred, strata.strata);
  for (const auto& of_stratum : made.moments) made.all += of_stratum;
  return made;
}

}  // namespace lockstep
