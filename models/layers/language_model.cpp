// A resolved spec as a chain of blocks: embed, the layers, final norm, head. Taps are read from the
// residual stream between them.
#include "models/layers/language_model.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "base/error.h"
#include "models/layers/executor.h"
#include "models/layers/rotary.h"

namespace lockstep {
namespace {

/// Programs of a spec made ready, before any weight is read.
struct Programs {
  explicit Programs(const ModelSpec& spec)
      : embed(spec.embed, spec), final_norm(spec.final_norm, spec), head(spec.head, spec) {
    for (const auto& [name, kind] : spec.blocks)
      blocks.emplace(name, Executable(kind.program, spec));
    for (const auto& [name, rope] : spec.ropes) check_rotary(rope, "ropes." + name);
    refuse_mixers(embed, "embed");
    refuse_mixers(final_norm, "final_norm");
    refuse_mixers(head, "head");
    for (const auto& [name, kind] : spec.blocks) {
      for (const Step& step : kind.program.steps) {
        reads_embedding = reads_embedding || std::count(step.read.begin(), step.read.end(), 1) > 0;
      }
    }
  }

  static void refuse_mixers(const Executable& executable, const std::string& where) {
    if (executable.mixes_rows()) {
      fail(Blame::kData, "{}: attention is not supported here; it is inside blocks", where);
    }
  }

  Executable embed;
  Executable final_norm;
  Executable head;
  std::map<std::string, Executable> blocks;
  bool reads_embedding = false;  // in some block, as register 1
};

class BlockModel : public LanguageModel {
 public:
  BlockModel(const ModelSpec& spec,
             const WeightReader& read,
             const BackEnd& back_end,
             int highest_block,
             int64_t num_parameters);

  const ModelSpec& spec() const override { return spec_; }
  int64_t num_parameters() const override { return num_parameters_; }
  std::string back_end() const override { return back_end_.name(); }
  at::Tensor hidden_states(const PackedBatch& batch, std::span<const Tap> taps) const override;
  at::Tensor logits(const PackedBatch& batch) const override;
  at::Tensor head(const at::Tensor& final_norm) const override;

 private:
  /// Called with the residual stream after block `block` (0: the embedding), at all rows or the
  /// wanted ones.
  using Observer = std::function<void(int block, const RegisterValue& x)>;

  BatchLayout lay_out(const PackedBatch& batch) const;
  std::vector<RotaryTable> rotary_tables(int64_t num_positions) const;
  /// The residual stream at the wanted rows after `num_blocks` blocks.
  RegisterValue run_blocks(const PackedBatch& batch,
                           const BatchLayout& layout,
                           int num_blocks,
                           const Observer& observe) const;
  void check_kept(int block) const;

  ModelSpec spec_;
  BackEnd back_end_;
  int64_t num_parameters_;
  Programs programs_;
  std::vector<Rotary> rotaries_;
  std::optional<Block> embed_;
  std::vector<Block> blocks_;
  std::optional<Block> final_norm_;
  std::optional<Block> head_;  // none if highest_block was given
};

/// A pass is the calling thread's alone: no product is split over threads, whatever the caller has
/// set.
void stay_on_this_thread() {
  if (at::get_num_threads() != 1) at::set_num_threads(1);
}

BlockModel::BlockModel(const ModelSpec& spec,
                       const WeightReader& read,
                       const BackEnd& back_end,
                       int highest_block,
                       int64_t num_parameters)
    : spec_(spec), back_end_(back_end), num_parameters_(num_parameters), programs_(spec_) {
  const c10::InferenceMode inference;
  if (highest_block > spec_.num_blocks()) {
    fail(Blame::kProgram, "block {}: the model has {} blocks", highest_block, spec_.num_blocks());
  }
  const auto source = [&](int layer) {
    return LayerSource{
        spec_, back_end_, [&read, layer](const auto& roles) { return read(layer, roles); }};
  };
  for (const auto& [name, rope] : spec_.ropes) {
    const bool has_factors = !rope.factors_role.empty();
    rotaries_.emplace_back(rope, has_factors ? read(-1, {rope.factors_role}).weight : at::Tensor());
  }
  embed_.emplace(programs_.embed, source(-1));
  final_norm_.emplace(programs_.final_norm, source(-1));
  if (highest_block < 0) head_.emplace(programs_.head, source(-1));
  const int num_blocks = highest_block < 0 ? spec_.num_blocks() : highest_block;
  for (int layer = 0; layer < num_blocks; ++layer) {
    const std::string& kind = spec_.layers[static_cast<std::size_t>(layer)];
    blocks_.emplace_back(programs_.blocks.at(kind), source(layer));
  }
}

BatchLayout BlockModel::lay_out(const PackedBatch& batch) const {
  const BatchLayout layout =
      lay_out_batch(batch, spec_.vocabulary, spec_.max_positions.value_or(0));
  for (const auto& [name, rope] : spec_.ropes) check_window(rope, "ropes." + name, layout.longest);
  return layout;
}

std::vector<RotaryTable> BlockModel::rotary_tables(int64_t num_positions) const {
  std::vector<RotaryTable> tables;
  for (const Rotary& rotary : rotaries_) tables.push_back(rotary.table(num_positions));
  return tables;
}

RegisterValue BlockModel::run_blocks(const PackedBatch& batch,
                                     const BatchLayout& layout,
                                     int num_blocks,
                                     const Observer& observe) const {
  const auto rotary = rotary_tables(layout.longest);
  std::vector<RegisterValue> entry(1);
  entry[0].tensor = at::tensor(batch.ids, at::kInt);
  RegisterValue x{embed_->run(std::move(entry), layout, rotary, ResultRows::kAll)};
  observe(0, x);
  const at::Tensor embedding = programs_.reads_embedding ? x.tensor : at::Tensor();
  for (int block = 1; block <= num_blocks; ++block) {
    const auto rows = block == num_blocks ? ResultRows::kWanted : ResultRows::kAll;
    entry.clear();
    entry.push_back(std::move(x));
    entry.push_back({embedding});
    x = {blocks_[static_cast<std::size_t>(block - 1)].run(std::move(entry), layout, rotary, rows),
         rows};
    observe(block, x);
  }
  if (x.rows == ResultRows::kAll) {
    x = {x.tensor.index_select(0, layout.wanted.index), ResultRows::kWanted};
  }
  return x;
}

void BlockModel::check_kept(int block) const {
  if (block < 0 || block > static_cast<int>(blocks_.size())) {
    fail(Blame::kProgram,
         "block {}: {} of {} blocks were loaded",
         block,
         blocks_.size(),
         spec_.num_blocks());
  }
}

at::Tensor BlockModel::hidden_states(const PackedBatch& batch, std::span<const Tap> taps) const {
  const c10::InferenceMode inference;
  stay_on_this_thread();
  const BatchLayout layout = lay_out(batch);
  int highest = 0;
  bool has_final_norm = false;
  for (const Tap& tap : taps) {
    const bool is_final = tap.kind == Tap::Kind::kFinalNorm;
    has_final_norm = has_final_norm || is_final;
    const int block = is_final ? spec_.num_blocks() : tap.kind == Tap::Kind::kBlock ? tap.block : 0;
    check_kept(block);
    highest = std::max(highest, block);
  }
  const auto num_taps = static_cast<int64_t>(taps.size());
  at::Tensor states = at::empty({num_taps, layout.wanted.size(), spec_.width}, at::kFloat);
  if (states.numel() == 0) return states;

  const auto keep = [&](const Tap& tap, const RegisterValue& x) {
    for (int64_t t = 0; t < num_taps; ++t) {
      if (!(taps[static_cast<std::size_t>(t)] == tap)) continue;
      at::Tensor to = states.select(0, t);
      if (x.rows == ResultRows::kWanted) {
        to.copy_(x.tensor);
      } else {
        at::index_select_out(to, x.tensor, 0, layout.wanted.index);
      }
    }
  };
  RegisterValue x = run_blocks(batch, layout, highest, [&](int block, const RegisterValue& value) {
    if (block == 0) keep({.kind = Tap::Kind::kEmbedding}, value);
    if (block > 0) keep({.kind = Tap::Kind::kBlock, .block = block}, value);
  });
  if (has_final_norm) {
    std::vector<RegisterValue> entry{std::move(x)};
    keep(
        {.kind = Tap::Kind::kFinalNorm},
        {final_norm_->run(std::move(entry), layout, {}, ResultRows::kWanted), ResultRows::kWanted});
  }
  return states;
}

at::Tensor BlockModel::logits(const PackedBatch& batch) const {
  const c10::InferenceMode inference;
  stay_on_this_thread();
  if (!head_) fail(Blame::kProgram, "logits: the model was loaded without its head");
  const BatchLayout layout = lay_out(batch);
  if (layout.wanted.size() == 0) return at::empty({0, spec_.vocabulary}, at::kFloat);
  std::vector<RegisterValue> entry;
  entry.push_back(run_blocks(batch, layout, spec_.num_blocks(), [](int, const RegisterValue&) {}));
  RegisterValue x{final_norm_->run(std::move(entry), layout, {}, ResultRows::kWanted),
                  ResultRows::kWanted};
  entry.clear();
  entry.push_back(std::move(x));
  return head_->run(std::move(entry), layout, {}, ResultRows::kWanted);
}

at::Tensor BlockModel::head(const at::Tensor& final_norm) const {
  const c10::InferenceMode inference;
  stay_on_this_thread();
  if (!head_) fail(Blame::kProgram, "head: the model was loaded without it");
  const int64_t num_rows = final_norm.size(0);
  if (num_rows == 0) return at::empty({0, spec_.vocabulary}, at::kFloat);
  // A head looks at one row at a time: which windows they are of is nothing to it.
  PackedBatch rows;
  rows.ids.assign(static_cast<std::size_t>(num_rows), 0);
  for (int64_t row = 0; row <= num_rows; ++row) rows.offsets.push_back(row);
  for (int64_t row = 0; row < num_rows; ++row) rows.rows.push_back(row);
  std::vector<RegisterValue> entry{{final_norm.clone(), ResultRows::kWanted}};
  return head_->run(std::move(entry), lay_out(rows), {}, ResultRows::kWanted);
}

}  // namespace

void check_supported(const ModelSpec& spec) { static_cast<void>(Programs(spec)); }

std::unique_ptr<LanguageModel> build_model(const ModelSpec& spec,
                                           const WeightReader& read,
                                           const BackEnd& back_end,
                                           int highest_block,
                                           int64_t num_parameters) {
  return std::make_unique<BlockModel>(spec, read, back_end, highest_block, num_parameters);
}

}  // namespace lockstep
