// Two ways to the rows: at a low rate, block by block, where the steps allow it; else with the
// whole channel in memory.
#include "aligner/import/recording_rows.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "aligner/import/sample_glance.h"
#include "aligner/signal/low_rate_plan.h"
#include "aligner/signal/low_rate_steps.h"
#include "aligner/signal/standardisation.h"
#include "base/workers.h"

namespace lockstep {
namespace {

constexpr int64_t kGroupBytes = int64_t{768} << 20;  // what is kept of one group's channels
constexpr int kMostReaders = 8;                      // each holds a block of all channels
constexpr int64_t kWholeChannels = 12;  // what take_steps() needs at once, in lengths of a channel

std::size_t group_size(int64_t channel_bytes, std::size_t num_sensors) {
  const int64_t fits = kGroupBytes / std::max<int64_t>(channel_bytes, 1);
  const int64_t even = std::max<int64_t>(fits / 2 * 2, 2);  // channels are filtered in pairs
  return static_cast<std::size_t>(std::min<int64_t>(even, static_cast<int64_t>(num_sensors)));
}

/// A channel while it becomes a column.
struct ColumnSource {
  SampleGlance glance;
  uint64_t fingerprint = 0;
};

class RowMaker {
 public:
  RowMaker(const RecordingWork& work, const std::function<void(const RowBlock&)>& take)
      : work_(work), take_(take) {
    const std::size_t num_sensors = work.planned.channels.size();
    facts_.finding.assign(num_sensors, 0);
    facts_.centre.assign(num_sensors, 0);
    facts_.scale.assign(num_sensors, 1);
    for (std::size_t s = 0; s < num_sensors; ++s) {
      if (work.planned.bad[s] != 0) facts_.finding[s] |= kSensorBad;
    }
  }

  SensorFacts make() {
    if (has_low_rate(work_.planned.steps)) {
      make_at_low_rate();
    } else {
      make_at_full_rate();
    }
    return std::move(facts_);
  }

 private:
  void make_at_low_rate() {
    const LowRateSteps steps(work_.planned.steps);
    const std::size_t num_sensors = work_.planned.channels.size();
    const std::size_t size = group_size(steps.channel_bytes(), num_sensors);
    for (std::size_t first = 0; first < num_sensors; first += size) {
      const std::size_t count = std::min(size, num_sensors - first);
      std::vector<LowRateSteps::Channel> channels;
      for (std::size_t c = 0; c < count; ++c) channels.push_back(steps.channel());
      std::vector<ColumnSource> sources = read_blocks(steps, first, channels);
      for (std::size_t c = 0; c < count; ++c) {
        sources[c].fingerprint = fingerprint(channels[c].kept, fingerprint(channels[c].low));
      }
      RowBlock block = empty_block(first, count);
      for_each_item(
          static_cast<int64_t>((count + 1) / 2), work_.num_threads, [&](int64_t pair, int) {
            const auto a = static_cast<std::size_t>(2 * pair);
            const std::size_t b = std::min(a + 1, count - 1);
            Fourier fourier;
            const auto rows = steps.rows(channels[a], channels[b], fourier);
            set_column(block, a, rows.first, sources[a].glance);
            if (b != a) set_column(block, b, rows.second, sources[b].glance);
            channels[a] = {};
            channels[b] = {};
          });
      finish_group(block, sources);
    }
  }

  /// One pass over the recording.
  std::vector<ColumnSource> read_blocks(const LowRateSteps& steps,
                                        std::size_t first,
                                        std::vector<LowRateSteps::Channel>& channels) const {
    const auto wanted = std::span(work_.planned.channels).subspan(first, channels.size());
    const auto num_blocks = static_cast<std::size_t>(steps.num_blocks());
    std::vector<std::vector<SampleGlance>> glances(num_blocks,
                                                   std::vector<SampleGlance>(channels.size()));
    for_each_item(
        steps.num_blocks(), std::min(work_.num_threads, kMostReaders), [&](int64_t block, int) {
          const Stretch range = steps.block_samples(block);
          const Stretch own = steps.own_samples(block);
          std::vector<double> samples = work_.recording.read(wanted, {range.first, range.end});
          const auto length = static_cast<std::size_t>(range.length());
          for (std::size_t c = 0; c < channels.size(); ++c) {
            const auto channel = std::span(samples).subspan(c * length, length);
            glances[static_cast<std::size_t>(block)][c] =
                glance_and_mend(channel, range.first, own);
            steps.take(channels[c], block, channel);
          }
        });
    std::vector<ColumnSource> sources(channels.size());
    for (const auto& of_block : glances) {
      for (std::size_t c = 0; c < sources.size(); ++c) append(sources[c].glance, of_block[c]);
    }
    return sources;
  }

  void make_at_full_rate() {
    const SignalSteps& steps = work_.planned.steps;
    const std::size_t num_sensors = work_.planned.channels.size();
    const int64_t bytes = steps.num_samples * static_cast<int64_t>(sizeof(double));
    const std::size_t size = group_size(bytes, num_sensors);
    const auto fit = static_cast<int>(
        std::clamp<int64_t>(kGroupBytes / (bytes * kWholeChannels), 1, work_.num_threads));
    const auto length = static_cast<std::size_t>(steps.num_samples);
    for (std::size_t first = 0; first < num_sensors; first += size) {
      const std::size_t count = std::min(size, num_sensors - first);
      std::vector<double> samples = work_.recording.read(
          std::span(work_.planned.channels).subspan(first, count), {0, steps.num_samples});
      RowBlock block = empty_block(first, count);
      std::vector<ColumnSource> sources(count);
      for_each_item(static_cast<int64_t>(count), fit, [&](int64_t item, int) {
        const auto c = static_cast<std::size_t>(item);
        const auto channel = std::span(samples).subspan(c * length, length);
        sources[c].glance = glance_and_mend(channel, 0, {0, steps.num_samples});
        sources[c].fingerprint = fingerprint(channel);
        set_column(block, c, take_steps(channel, steps), sources[c].glance);
      });
      finish_group(block, sources);
    }
  }

  RowBlock empty_block(std::size_t first, std::size_t count) const {
    RowBlock block{first, count, {}};
    block.values.resize(static_cast<std::size_t>(work_.info.num_samples) * count);
    return block;
  }

  /// Median and quartiles of the rows in segments.
  Location scale_of(const std::vector<double>& rows) const {
    if (work_.scaling == SensorScaling::kNone) return {};
    std::vector<double> usable;
    for (const auto& [begin, end] : work_.info.segments) {
      usable.insert(usable.end(), rows.begin() + begin, rows.begin() + end);
    }
    return median_and_quartiles(usable);
  }

  /// Rows that rest on samples that are no numbers are none either.
  void break_rows(std::vector<double>& rows, const SampleGlance& glance) const {
    const RateRatio& ratio = work_.planned.steps.ratio;
    const double rows_a_sample = static_cast<double>(ratio.up) / static_cast<double>(ratio.down);
    const double margin = work_.planned.steps.resamples() ? 1 : 0;
    for (const Stretch& broken : glance.broken) {
      const double first = std::ceil(static_cast<double>(broken.first) * rows_a_sample - margin);
      const double last = std::floor(static_cast<double>(broken.end - 1) * rows_a_sample + margin);
      const auto begin = static_cast<std::size_t>(std::max(first, 0.0));
      const auto end =
          static_cast<std::size_t>(std::clamp(last + 1, 0.0, static_cast<double>(rows.size())));
      for (std::size_t row = begin; row < end; ++row) {
        rows[row] = std::numeric_limits<double>::quiet_NaN();
      }
    }
  }

  void set_column(RowBlock& block,
                  std::size_t column,
                  std::vector<double> rows,
                  const SampleGlance& glance) {
    break_rows(rows, glance);
    const Location location = scale_of(rows);
    facts_.centre[block.first_sensor + column] = location.centre;
    facts_.scale[block.first_sensor + column] = location.scale;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      double value = (rows[row] - location.centre) / location.scale;
      if (work_.clamp > 0) value = std::clamp(value, -work_.clamp, work_.clamp);
      block.values[row * block.num_sensors + column] = static_cast<float>(value);
    }
  }

  void finish_group(const RowBlock& block, const std::vector<ColumnSource>& sources) {
    for (std::size_t c = 0; c < sources.size(); ++c) {
      const SampleGlance& glance = sources[c].glance;
      uint8_t& finding = facts_.finding[block.first_sensor + c];
      if (!glance.broken.empty()) finding |= kSensorNotFinite;
      if (glance.any_finite && glance.lowest == glance.highest) {
        finding |= kSensorConstant;
      } else if (!originals_.emplace(sources[c].fingerprint, c).second) {
        finding |= kSensorDuplicate;
      }
    }
    take_(block);
  }

  const RecordingWork& work_;
  const std::function<void(const RowBlock&)>& take_;
  SensorFacts facts_;
  std::map<uint64_t, std::size_t> originals_;  // fingerprints that were there before
};

}  // namespace

SensorFacts make_rows(const RecordingWork& work, const std::function<void(const RowBlock&)>& take) {
  // The threads are ours: a product of matrices is one thread's work.
  openblas_set_num_threads(1);
  return RowMaker(work, take).make();
}

}  // namespace lockstep
