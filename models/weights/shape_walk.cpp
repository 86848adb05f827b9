#include "models/weights/shape_walk.h"

#include "base/error.h"

namespace lockstep {
namespace {

/// A program of a model, and the widths of its registers at the ends.
struct Place {
  const Program& program;
  int layer = -1;
  std::vector<int64_t> given;  // by index
  int64_t result = 0;
};

/// Walks a program once, with the width of every register.
class ShapeWalk {
 public:
  ShapeWalk(const Place& place,
            const ModelSpec& spec,
            const ShapeOf& shape_of,
            const std::string& where)
      : place_(place), spec_(spec), shape_of_(shape_of), where_(where), widths_(place.given) {
    widths_.resize(static_cast<std::size_t>(place.program.num_registers), 0);
  }

  void run() {
    for (const Step& step : place_.program.steps) {
      step_ = &step;
      width(step.write) =
          std::visit([&](const auto& fields) { return check(fields); }, step.fields);
    }
  }

 private:
  int64_t& width(int reg) { return widths_[static_cast<std::size_t>(reg)]; }
  int64_t read_width() { return width(step_->read.front()); }
  bool writes_result() const { return step_->write == place_.program.result; }

  int64_t check(const EmbedFields&) {
    const int64_t wanted = writes_result() ? place_.result : kAnySize;
    return want(step_->role, {spec_.vocabulary, wanted}, MayHaveBias::kNo)[1];
  }

  int64_t check(const PositionFields&) {
    want(step_->role, {kAnySize, read_width()}, MayHaveBias::kNo);
    return read_width();
  }

  int64_t check(const NormFields& fields) {
    const int64_t wanted = fields.span == "model" ? read_width() : kAnySize;
    if (!step_->parts.empty()) want(step_->role, {wanted}, bias_of(fields));
    return read_width();
  }

  int64_t check(const LinearFields&) {
    const int64_t wanted = writes_result() ? place_.result : kAnySize;
    return want(step_->role, {wanted, read_width()}, MayHaveBias::kYes)[0];
  }

  int64_t check(const AddFields&) {
    for (const int reg : step_->read) {
      if (width(reg) == read_width()) continue;
      fail(Blame::kData,
           "{}: {}: adds widths of {} and {}",
           place_of_layer(where_, place_.layer),
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
    want(step_->role + ".q", {q_rows, read_width()}, MayHaveBias::kYes);
    want(step_->role + ".k", {k_rows, read_width()}, MayHaveBias::kYes);
    want(step_->role + ".v", {fields.kv_heads * fields.v_dim, read_width()}, MayHaveBias::kYes);
    want(step_->role + ".o", {spec_.width, fields.heads * fields.v_dim}, MayHaveBias::kYes);
    if (fields.qk_norm) {
      const std::string& span = fields.qk_norm->norm.span;
      const bool is_per_head = span == "head", is_whole = span == "projection";
      want(step_->role + ".q_norm",
           {is_per_head ? fields.qk_dim
            : is_whole  ? q_rows
                        : kAnySize},
           bias_of(fields.qk_norm->norm));
      want(step_->role + ".k_norm",
           {is_per_head ? fields.qk_dim
            : is_whole  ? k_rows
                        : kAnySize},
           bias_of(fields.qk_norm->norm));
    }
    for (const std::string& other : fields.others) {
      if (other == "sinks") want(step_->role + ".sinks", {fields.heads}, MayHaveBias::kNo);
    }
    return spec_.width;
  }

  int64_t check(const FeedForwardFields& fields) {
    if (fields.form == "gated")
      want(step_->role + ".gate", {fields.size, read_width()}, MayHaveBias::kYes);
    want(step_->role + ".up", {fields.size, read_width()}, MayHaveBias::kYes);
    want(step_->role + ".down", {spec_.width, fields.size}, MayHaveBias::kYes);
    return spec_.width;
  }

  /// Only the norms of the layer kinds add anything.
  static MayHaveBias bias_of(const NormFields& norm) {
    return norm.kind.starts_with("layer") ? MayHaveBias::kYes : MayHaveBias::kNo;
  }

  std::vector<int64_t> want(const std::string& role,
                            const std::vector<int64_t>& shape,
                            MayHaveBias bias) const {
    return shape_of_(place_.layer, {*step_, role, shape, bias});
  }

  const Place& place_;
  const ModelSpec& spec_;
  const ShapeOf& shape_of_;
  const std::string& where_;
  std::vector<int64_t> widths_;
  const Step* step_ = nullptr;
};

}  // namespace

void walk_shapes(const ModelSpec& spec, const ShapeOf& shape_of, const std::string& where) {
  const auto walk = [&](const Place& place) { ShapeWalk(place, spec, shape_of, where).run(); };
  walk({spec.embed, -1, {0}, spec.width});
  walk({spec.final_norm, -1, {spec.width}, spec.width});
  walk({spec.head, -1, {spec.width}, spec.vocabulary});
  for (int layer = 0; layer < spec.num_blocks(); ++layer) {
    const BlockKind& kind = spec.blocks.at(spec.layers[static_cast<std::size_t>(layer)]);
    walk({kind.program, layer, {spec.width, spec.width}, spec.width});
  }
}

std::string place_of_layer(const std::string& where, int layer) {
  return layer < 0 ? where : text("{}: layer {}", where, layer);
}

}  // namespace lockstep
