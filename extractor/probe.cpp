#include "extractor/probe.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/utf8.h"
#include "extractor/named_options.h"

namespace lockstep {
namespace {

/// Sums of squares of one tap, rows of a kind together.
struct Squares {
  double sum = 0;
  int64_t count = 0;

  void add(const at::Tensor& rows) {
    sum += rows.to(at::kDouble).square().sum().item<double>();
    count += rows.numel();
  }
  double root() const {
    return count == 0 ? std::numeric_limits<double>::quiet_NaN()
                      : std::sqrt(sum / static_cast<double>(count));
  }
};

/// -log2 of the probability of each id by its row of logits, in float64, summed.
double bits_of(const at::Tensor& logits, std::span<const int32_t> ids) {
  double bits = 0;
  for (std::size_t row = 0; row < ids.size(); ++row) {
    const at::Tensor scores = logits[static_cast<int64_t>(row)].to(at::kDouble);
    const double all = at::logsumexp(scores, {0}).item<double>();
    bits += (all - scores[ids[row]].item<double>()) / std::log(2.0);
  }
  return bits;
}

/// The text in windows through the model, one at a time.
class Prober {
 public:
  Prober(const LanguageModel& model, const Tokenizer& tokenizer)
      : model_(model), prefix_(tokenizer.prefix()) {
    const int num_blocks = model.spec().num_blocks();
    taps_.push_back({.kind = Tap::Kind::kEmbedding});
    for (int block = 1; block <= num_blocks; ++block)
      taps_.push_back({.kind = Tap::Kind::kBlock, .block = block});
    taps_.push_back({.kind = Tap::Kind::kFinalNorm});
    first_.resize(taps_.size());
    others_.resize(taps_.size());
  }

  /// How many tokens of text a window takes. At least one of it must be predicted.
  int64_t window_size(int64_t wanted) const {
    const int64_t positions = std::min(wanted, model_.spec().max_positions.value_or(wanted));
    const int64_t size = positions - static_cast<int64_t>(prefix_.size());
    const int64_t least = prefix_.empty() ? 2 : 1;
    if (size < least) {
      fail(
          Blame::kData,
          "{}: windows of {} positions, {} of them taken by what the tokenizer puts in front; room "
          "for a token to predict is wanted",
          model_.spec().family,
          positions,
          prefix_.size());
    }
    return size;
  }

  /// `tokens` is one window; `begin` is where the text goes on, in code points.
  void add_window(std::span<const Token> tokens, int64_t begin, Probe& probe) {
    PackedBatch batch;
    batch.ids = prefix_;
    for (const Token& token : tokens) batch.ids.push_back(token.id);
    const auto num_rows = static_cast<int64_t>(batch.ids.size());
    batch.offsets = {0, num_rows};
    for (int64_t row = 0; row < num_rows; ++row) batch.rows.push_back(row);
    add_states(batch);

    const int64_t first = prefix_.empty() ? 1 : static_cast<int64_t>(prefix_.size());
    if (first >= num_rows) return;
    const auto predicted = std::span(batch.ids).subspan(static_cast<std::size_t>(first));
    const at::Tensor logits = model_.logits(batch);
    probe.bits += bits_of(logits.narrow(0, first - 1, num_rows - first), predicted);
    probe.tokens += static_cast<int64_t>(predicted.size());
    probe.bytes += bytes_between(prefix_.empty() ? tokens.front().end : begin, tokens.back().end);
  }

  void set_text(std::string_view utf8) { byte_offsets_ = byte_offsets(utf8); }

  std::vector<ProbedTap> taps() const {
    std::vector<ProbedTap> probed;
    for (std::size_t k = 0; k < taps_.size(); ++k) {
      const std::string name = k == 0                  ? "embedding"
                               : k + 1 == taps_.size() ? "final_norm"
                                                       : text("block {}", taps_[k].block);
      probed.push_back({.name = name, .rms = others_[k].root(), .first_row_rms = first_[k].root()});
    }
    return probed;
  }

 private:
  void add_states(const PackedBatch& batch) {
    const at::Tensor states = model_.hidden_states(batch, taps_);
    for (std::size_t k = 0; k < taps_.size(); ++k) {
      const at::Tensor tap = states[static_cast<int64_t>(k)];
      first_[k].add(tap.narrow(0, 0, 1));
      if (tap.size(0) > 1) others_[k].add(tap.narrow(0, 1, tap.size(0) - 1));
    }
  }

  int64_t bytes_between(int64_t begin, int64_t end) const {
    return byte_offsets_.at(static_cast<std::size_t>(end)) -
           byte_offsets_.at(static_cast<std::size_t>(begin));
  }

  const LanguageModel& model_;
  std::vector<int32_t> prefix_;
  std::vector<Tap> taps_;
  std::vector<Squares> first_;
  std::vector<Squares> others_;
  std::vector<int64_t> byte_offsets_;
};

std::string three_digits(double value) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.3g", value);
  return digits;
}

std::string padded(std::string cell, std::size_t width) {
  cell.resize(std::max(cell.size(), width), ' ');
  return cell;
}

}  // namespace

Probe probe(const LanguageModel& model,
            const Tokenizer& tokenizer,
            std::string_view utf8,
            const ProbeOptions& options) {
  check_predicts(model.spec());
  Probe probe;
  const auto& most = model.spec().bits_per_byte_max;
  probe.is_family_s = most.has_value();
  probe.most_bits_per_byte = most.value_or(kMostBitsPerByte);

  const std::vector<Token> tokens = tokenizer.encode(utf8);
  Prober prober(model, tokenizer);
  prober.set_text(utf8);
  const auto size = static_cast<std::size_t>(prober.window_size(options.window_tokens));
  for (std::size_t begin = 0; begin < tokens.size(); begin += size) {
    const auto window = std::span(tokens).subspan(begin, std::min(size, tokens.size() - begin));
    prober.add_window(window, begin == 0 ? 0 : tokens[begin - 1].end, probe);
    ++probe.windows;
  }
  if (probe.tokens == 0 || probe.bytes == 0) {
    fail(Blame::kData, "the probe's text: {} tokens; some to predict are wanted", tokens.size());
  }
  probe.taps = prober.taps();
  return probe;
}

std::string probed_passage(const std::string& story) {
  constexpr std::size_t kCharacters = 4000;
  const std::vector<int64_t> offsets = byte_offsets(story);
  if (offsets.size() <= kCharacters + 1) return story;
  const std::size_t cut =
      story.find_last_of(" \n", static_cast<std::size_t>(offsets.at(kCharacters)));
  return story.substr(0, cut == std::string::npos ? 0 : cut);
}

std::string describe(const Probe& probe, const LanguageModel& model) {
  std::vector<std::string> lines;
  lines.push_back(text("family        {}", model.spec().family));
  lines.push_back(text("parameters    {}", with_thousands(model.num_parameters())));
  lines.push_back(text("predicted     {} tokens, {} bytes of the text, in {} windows",
                       with_thousands(probe.tokens),
                       with_thousands(probe.bytes),
                       probe.windows));
  lines.push_back(text("bits          {} a byte, {} a token; up to {} a byte is language ({})",
                       three_digits(probe.bits_per_byte()),
                       three_digits(probe.bits_per_token()),
                       probe.most_bits_per_byte,
                       probe.is_family_s ? "the family's limit" : "the limit of all families"));
  lines.push_back(probe.predicts_language()
                      ? "so            it predicts language"
                      : "so            it does not predict language: its weights do not fit its "
                        "family, or it is untrained");
  lines.emplace_back("");
  lines.emplace_back("root mean square of the taps");
  lines.emplace_back("tap           other rows     first rows of windows");
  for (const ProbedTap& tap : probe.taps) {
    lines.push_back(padded(tap.name, 14) + padded(three_digits(tap.rms), 15) +
                    three_digits(tap.first_row_rms));
  }
  return join(lines, "\n");
}

std::string probe_json(const Probe& probe, const LanguageModel& model) {
  nlohmann::ordered_json taps = nlohmann::ordered_json::array();
  for (const ProbedTap& tap : probe.taps) {
    taps.push_back({{"tap", tap.name}, {"rms", tap.rms}, {"first_row_rms", tap.first_row_rms}});
  }
  const nlohmann::ordered_json all = {{"family", model.spec().family},
                                      {"parameters", model.num_parameters()},
                                      {"windows", probe.windows},
                                      {"tokens", probe.tokens},
                                      {"bytes", probe.bytes},
                                      {"bits_per_byte", probe.bits_per_byte()},
                                      {"bits_per_token", probe.bits_per_token()},
                                      {"bits_per_byte_max", probe.most_bits_per_byte},
                                      {"predicts_language", probe.predicts_language()},
                                      {"taps", taps}};
  return all.dump();
}

}  // namespace lockstep
