// model_states CHECKPOINT REQUEST.json OUTPUT: what a model computes, for scripts that compare or
// time it.
//
// REQUEST is {"windows": [[token, ...], ...], "rows": [[row of the window, ...], ...], "taps":
// ["embedding", "block 3", "final_norm"], "logits": true, "batch_tokens": 1024, "repeats": 1}.
// Windows are packed in their order, up to batch_tokens a batch. OUTPUT gets taps x rows x width
// float32 numbers and, if asked for, rows x vocabulary logits. A line of JSON on stdout says what
// was done and in how many seconds of one thread.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"
#include "base/json_file.h"
#include "models/model.h"

namespace lockstep {
namespace {

/// Seconds of processor time of this thread: what a shared machine disturbs least.
double thread_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Billions of float32 operations a second in a product of 1024 x 1024 matrices: the best of four.
double gemm_rate() {
  const auto a = at::ones({1024, 1024}), c = at::empty({1024, 1024});
  double best = 0;
  for (int k = 0; k < 4; ++k) {
    const double begin = thread_seconds();
    at::mm_out(const_cast<at::Tensor&>(c), a, a);
    best = std::max(best, 2.0 * (1 << 30) / (thread_seconds() - begin) / 1e9);
  }
  return best;
}

Tap tap_named(const std::string& name) {
  if (name == "embedding") return {.kind = Tap::Kind::kEmbedding};
  if (name == "final_norm") return {.kind = Tap::Kind::kFinalNorm};
  if (name.starts_with("block "))
    return {.kind = Tap::Kind::kBlock, .block = std::stoi(name.substr(6))};
  fail(Blame::kCommandLine, "tap \"{}\"; embedding, block N or final_norm is wanted", name);
}

std::vector<PackedBatch> pack(const nlohmann::json& request) {
  const auto& windows = request.at("windows");
  const auto budget = request.at("batch_tokens").get<std::size_t>();
  std::vector<PackedBatch> batches;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    if (batches.empty() || batches.back().ids.size() + windows[w].size() > budget) {
      batches.push_back({.ids = {}, .offsets = {0}, .rows = {}});
    }
    PackedBatch& batch = batches.back();
    for (const auto& row : request.at("rows").at(w)) {
      batch.rows.push_back(batch.offsets.back() + row.get<int64_t>());
    }
    for (const auto& id : windows[w]) batch.ids.push_back(id.get<int32_t>());
    batch.offsets.push_back(static_cast<int64_t>(batch.ids.size()));
  }
  return batches;
}

void write_floats(std::ofstream& file, const std::vector<at::Tensor>& parts, int64_t axis) {
  const at::Tensor whole = at::cat(parts, axis).contiguous();
  file.write(static_cast<const char*>(whole.const_data_ptr()),
             static_cast<std::streamsize>(whole.nbytes()));
}

int run(const std::filesystem::path& checkpoint,
        const nlohmann::json& request,
        std::ofstream file) {
  at::set_num_threads(1);
  const c10::InferenceMode inference;
  std::vector<Tap> taps;
  for (const auto& name : request.at("taps")) taps.push_back(tap_named(name.get<std::string>()));
  const bool has_logits = request.at("logits").get<bool>();
  int highest = has_logits ? -1 : 0;
  for (const Tap& tap : taps) {
    if (tap.kind == Tap::Kind::kFinalNorm) highest = -1;
    if (highest >= 0) highest = std::max(highest, tap.block);
  }
  ModelOptions options;
  options.batch_tokens = request.at("batch_tokens").get<int64_t>();
  const auto model = load_model(checkpoint, options, highest);
  const auto batches = pack(request);

  std::vector<at::Tensor> states, logits;
  std::vector<double> seconds, rates;
  for (int repeat = 0; repeat < request.at("repeats").get<int>(); ++repeat) {
    states.clear();
    logits.clear();
    rates.push_back(gemm_rate());
    const double begin = thread_seconds();
    for (const PackedBatch& batch : batches) {
      states.push_back(model->hidden_states(batch, taps));
      if (has_logits) logits.push_back(model->logits(batch));
    }
    seconds.push_back(thread_seconds() - begin);
  }
  write_floats(file, states, 1);
  if (has_logits) write_floats(file, logits, 0);
  const nlohmann::json done = {{"back_end", model->back_end()},
                               {"num_parameters", model->num_parameters()},
                               {"width", model->spec().width},
                               {"vocabulary", model->spec().vocabulary},
                               {"num_blocks", model->spec().num_blocks()},
                               {"batches", batches.size()},
                               {"thread_seconds", seconds},
                               {"gemm_rates", rates}};
  std::cout << done << "\n";
  return 0;
}

}  // namespace
}  // namespace lockstep

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "model_states CHECKPOINT REQUEST.json OUTPUT\n";
    return 2;
  }
  try {
    return lockstep::run(
        argv[1], lockstep::read_json_file(argv[2]), std::ofstream(argv[3], std::ios::binary));
  } catch (const lockstep::Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.blame());
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
