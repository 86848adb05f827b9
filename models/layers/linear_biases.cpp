#include "models/layers/linear_biases.h"

#include <bit>
#include <cmath>

#include "base/error.h"

namespace lockstep {
namespace {

// base^first, base^(first + step), ...: powers of a float32, as the reference makes them.
at::Tensor powers_of(double base, int64_t count, int64_t step) {
  const at::Tensor rounded = at::scalar_tensor(base, at::kFloat);
  return at::pow(rounded, at::arange(1, 1 + step * count, step, at::kInt));
}

// modeling_bloom.py, _get_alibi_slopes; modeling_falcon.py, build_alibi_tensor.
at::Tensor bloom_slopes(int64_t heads, double max_bias) {
  const auto below = static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(heads)));
  const auto base = [&](int64_t n) { return std::exp2(-max_bias / static_cast<double>(n)); };
  const at::Tensor slopes = powers_of(base(below), below, 1);
  if (below == heads) return slopes;
  return at::cat({slopes, powers_of(base(2 * below), heads - below, 2)});
}

// modeling_mpt.py, build_mpt_alibi_tensor.
at::Tensor mpt_slopes(int64_t heads, double max_bias) {
  const auto above = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(heads)));
  const auto exponents =
      at::arange(1, above + 1, at::kLong).to(at::kFloat) * (max_bias / static_cast<double>(above));
  const at::Tensor slopes = 1.0 / at::pow(2, exponents);
  if (above == heads) return slopes;
  const auto every_other = [&](int64_t first) { return slopes.slice(0, first, above, 2); };
  return at::cat({every_other(1), every_other(0)}).slice(0, 0, heads);
}

}  // namespace

void check_linear_biases(const AlibiFields& fields, const std::string& where) {
  if (fields.slopes != "bloom" && fields.slopes != "mpt") {
    fail(Blame::kData,
         "{}.slopes: \"{}\" is not supported; one of bloom, mpt is wanted",
         where,
         fields.slopes);
  }
  if (fields.round && *fields.round != "bfloat16") {
    fail(Blame::kData,
         "{}.round: \"{}\" is not supported; null or bfloat16 is wanted",
         where,
         *fields.round);
  }
}

LinearBiases::LinearBiases(const AlibiFields& fields, int64_t heads, double scale)
    : slopes_(fields.slopes == "mpt" ? mpt_slopes(heads, fields.max_bias)
                                     : bloom_slopes(heads, fields.max_bias)),
      factor_(fields.is_scaled ? scale : 1),
      is_rounded_(fields.round.has_value()) {}

BiasTable LinearBiases::table(int64_t longest) const {
  const at::Tensor slopes = slopes_.unsqueeze(1);
  if (is_rounded_) {
    const at::Tensor positions = at::arange(longest, at::kLong).unsqueeze(0);
    return {(slopes.to(at::kBFloat16) * positions).to(at::kFloat) * factor_, 0, 0};
  }
  const at::Tensor distances = at::arange(1 - longest, 1, at::kLong).unsqueeze(0);
  return {slopes * factor_ * distances, longest - 1, 1};
}

}  // namespace lockstep
