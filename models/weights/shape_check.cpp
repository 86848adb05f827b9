#include "models/weights/shape_check.h"

#include "base/error.h"

namespace lockstep {
namespace {

constexpr int64_t kAny = -1;

std::string shape_text(const std::vector<int64_t>& shape) {
  std::vector<std::string> sizes;
  for (const int64_t size : shape) sizes.push_back(size == kAny ? "any" : to_text(size));
  return "[" + join(sizes, ", ") + "]";
}

bool fits(const std::vector<int64_t>& shape, const std::vector<int64_t>& wanted) {
  if (shape.size() != wanted.size()) return false;
  for (std::size_t k = 0; k < shape.size(); ++k) {
    if (wanted[k] != kAny && shape[k] != wanted[k]) return false;
  }
  return true;
}

enum class Bias { kNone, kPerRow };

/// Walks a program once, with the width of every register.
class ShapeWalk {
 public:
  ShapeWalk(const Program& program,
            const ProgramWidths& widths,
            const ModelSpec& spec,
            const std::map<std::string, RoleWeights>& roles,
            const std::string& where)
      : program_(program),
        result_width_(widths.result),
        spec_(spec),
        roles_(roles),
        where_(where),
        widths_(widths.given) {
    widths_.resize(static_cast<std::size_t>(program.num_registers), 0);
  }

  void run() {
    for (const Step& step : program_.steps) {
      step_ = &step;
      width(step.write) =
          std::visit([&](const auto& fields) { return check(fields); }, step.fields);
    }
  }

 private:
  int64_t& width(int reg) { return widths_[static_cast<std::size_t>(reg)]; }
  int64_t read_width() { return width(step_->read.front()); }
  bool writes_result() const { return step_->write == program_.result; }

  int64_t check(const EmbedFields&) {
    const int64_t wanted = writes_result() ? result_width_ : kAny;
    return want(step_->role, {spec_.vocabulary, wanted}, Bias::kNone)[1];
  }

  int64_t check(const PositionFields& fields) {
    const int64_t rows = want(step_->role, {kAny, read_width()}, Bias::kNone)[0];
    if (spec_.max_positions && rows < *spec_.max_positions + fields.offset) {
      fail(Blame::kData,
           "{}: role {}: {} positions; {} and an offset of {} are wanted ({})",
           where_,
           step_->role,
           rows,
           *spec_.max_positions,
           fields.offset,
           step_->where);
    }
    return read_width();
  }

  int64_t check(const NormFields& fields) {
    const int64_t wanted = fields.span == "model" ? read_width() : kAny;
    if (!step_->parts.empty()) want(step_->role, {wanted}, bias_of(fields));
    return read_width();
  }

  int64_t check(const LinearFields&) {
    const int64_t wanted = writes_result() ? result_width_ : kAny;
    return want(step_->role, {wanted, read_width()}, Bias::kPerRow)[0];
  }

  int64_t check(const AddFields&) {
    for (const int reg : step_->read) {
      if (width(reg) == read_width()) continue;
      fail(Blame::kData,
           "{}: {}: adds widths of {} and {}",
           where_,
           step_->where,
           read_width(),
           width(reg));
    }
    return read_width();
  }

  int64_t check(const ScaleFields&) { return read_width(); }
  int64_t check(const SoftcapFields&) { return read_width(); }

  int64_t check(const AttentionFields& fields) {
    const int64_t q_rows = fields.heads * fields.qk_dim;
    const int64_t k_rows = fields.kv_heads * fields.qk_dim;
    want(step_->role + ".q", {q_rows, read_width()}, Bias::kPerRow);
    want(step_->role + ".k", {k_rows, read_width()}, Bias::kPerRow);
    want(step_->role + ".v", {fields.kv_heads * fields.v_dim, read_width()}, Bias::kPerRow);
    want(step_->role + ".o", {spec_.width, fields.heads * fields.v_dim}, Bias::kPerRow);
    if (fields.qk_norm) {
      const std::string& span = fields.qk_norm->norm.span;
      const bool is_per_head = span == "head", is_whole = span == "projection";
      want(step_->role + ".q_norm",
           {is_per_head ? fields.qk_dim
            : is_whole  ? q_rows
                        : kAny},
           bias_of(fields.qk_norm->norm));
      want(step_->role + ".k_norm",
           {is_per_head ? fields.qk_dim
            : is_whole  ? k_rows
                        : kAny},
           bias_of(fields.qk_norm->norm));
    }
    for (const std::string& other : fields.others) {
      if (other == "sinks") want(step_->role + ".sinks", {fields.heads}, Bias::kNone);
    }
    return spec_.width;
  }

  int64_t check(const FeedForwardFields& fields) {
    if (fields.form == "gated")
      want(step_->role + ".gate", {fields.size, read_width()}, Bias::kPerRow);
    want(step_->role + ".up", {fields.size, read_width()}, Bias::kPerRow);
    want(step_->role + ".down", {spec_.width, fields.size}, Bias::kPerRow);
    return spec_.width;
  }

  /// Only the norms of the layer kinds add anything.
  static Bias bias_of(const NormFields& norm) {
    return norm.kind.starts_with("layer") ? Bias::kPerRow : Bias::kNone;
  }

  /// The role's shape, which must fit.
  const std::vector<int64_t>& want(const std::string& role,
                                   const std::vector<int64_t>& wanted,
                                   Bias bias) const {
    const RoleWeights& weights = roles_.at(role);
    if (!fits(weights.weight.shape, wanted)) refuse(role, weights.weight, wanted);
    if (!weights.bias) return weights.weight.shape;
    if (bias == Bias::kNone) {
      fail(Blame::kData,
           "{}: role {}: tensor {} is a bias; none is wanted ({})",
           where_,
           role,
           weights.bias->stored->name,
           step_->where);
    }
    const std::vector<int64_t> rows{weights.weight.shape.front()};
    if (weights.bias->shape != rows) refuse(role, *weights.bias, rows);
    return weights.weight.shape;
  }

  [[noreturn]] void refuse(const std::string& role,
                           const BoundTensor& bound,
                           const std::vector<int64_t>& wanted) const {
    std::vector<std::string> ops;
    for (const TensorOp& op : bound.ops) ops.push_back(op.op);
    fail(Blame::kData,
         "{}: role {}: tensor {} has shape {}{}; {} is wanted ({})",
         where_,
         role,
         bound.stored->name,
         shape_text(bound.shape),
         ops.empty() ? "" : " after " + join(ops, ", "),
         shape_text(wanted),
         step_->where);
  }

  const Program& program_;
  int64_t result_width_;
  const ModelSpec& spec_;
  const std::map<std::string, RoleWeights>& roles_;
  const std::string& where_;
  std::vector<int64_t> widths_;
  const Step* step_ = nullptr;
};

}  // namespace

void check_shapes(const Program& program,
                  const ProgramWidths& widths,
                  const ModelSpec& spec,
                  const std::map<std::string, RoleWeights>& roles,
                  const std::string& where) {
  ShapeWalk(program, widths, spec, roles, where).run();
}

}  // namespace lockstep
