#include "aligner/ridge/recorded_inputs.h"

namespace lockstep {

EigenBasis RecordedInputs::basis(int64_t fold, InputScale by) const {
  return make_eigen_basis(total(moments, cells, CellSet{fold}), scale(fold, by));
}

Eigen::VectorXd RecordedInputs::scale(int64_t fold, InputScale by) const {
  return input_scale(by, total(moments, cells, CellSet{fold}), all, offset);
}

RecordedInputs describe_recorded(const InputRows& x, const RowStrata& strata) {
  RecordedInputs made;
  made.offset = x.colwise().mean().transpose();
  made.centred.resize(x.rows(), x.cols());
  for (Eigen::Index place = 0; place < x.rows(); ++place) {
    made.centred.row(place) =
        x.row(strata.order[static_cast<std::size_t>(place)]) - made.offset.transpose();
  }
  for (const auto& cell : strata.cells) {
    made.cells.push_back({cell.block, strata.strata[cell.stratum].trains, {cell.rows}});
  }
  made.moments = input_moments(made.centred, made.cells);
  for (const auto& of_cell : made.moments) made.all += of_cell;
  return made;
}

}  // namespace lockstep
