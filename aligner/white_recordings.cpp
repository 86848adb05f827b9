#include "aligner/white_recordings.h"

#include <algorithm>

#include "aligner/ridge/row_strata.h"
#include "base/workers.h"

namespace lockstep {
namespace {

constexpr int64_t kReferenceTimes = 8;
constexpr int64_t kRowsATime = 4096;

/// Some rows of a recording, chosen sensors alone.
InputRows rows_of(const RecordedSamples& samples, std::size_t recording, const RowRange& rows) {
  InputRows x(rows.size(), std::ssize(samples.chosen));
  const float* data = samples.recordings[recording].data() + rows.begin * samples.num_sensors;
  for (Eigen::Index i = 0; i < x.rows(); ++i, data += samples.num_sensors) {
    for (Eigen::Index s = 0; s < x.cols(); ++s) {
      x(i, s) = static_cast<double>(data[samples.chosen[static_cast<std::size_t>(s)]]);
    }
  }
  return x;
}

/// Lags spread over the grid, both ends included.
std::vector<int64_t> reference_lags(const TimeGrid& grid) {
  const int64_t count = std::min(kReferenceTimes, grid.count);
  std::vector<int64_t> lags;
  for (int64_t i = 0; i < count; ++i) {
    lags.push_back(grid.first + (count > 1 ? i * (grid.count - 1) / (count - 1) : 0));
  }
  return lags;
}

Whitening reference_whitening(const RecordedSamples& samples,
                              std::span<const HeardWord> words,
                              const TimeGrid& grid) {
  InputMoments all;
  Eigen::VectorXd offset;
  for (const int64_t lag : reference_lags(grid)) {
    InputRows x = gather(samples, words, lag);
    if (offset.size() == 0) offset = x.colwise().mean().transpose();
    x.rowwise() -= offset.transpose();
    all += input_moments(x, {{0, {}, {{0, x.rows()}}}}).front();
  }
  return make_whitening(all, offset);
}

/// Whether the sensors that the map takes for constants are so at every time.
bool stay_flat(const Whitening& map,
               const RecordedSamples& samples,
               std::span<const HeardWord> words,
               const TimeGrid& grid) {
  for (const auto sensor : map.flat) {
    const auto column = samples.chosen[static_cast<std::size_t>(sensor)];
    const auto value = [&](const HeardWord& word, int64_t lag) {
      return samples.recordings[word.recording][static_cast<std::size_t>(
          (word.sample + lag) * samples.num_sensors + column)];
    };
    const float first = value(words.front(), grid.first);
    for (const auto& word : words) {
      for (int64_t lag = grid.first; lag <= grid.last(); ++lag) {
        if (value(word, lag) != first) return false;
      }
    }
  }
  return true;
}

}  // namespace

InputRows gather(const RecordedSamples& samples, std::span<const HeardWord> words, int64_t lag) {
  InputRows x(std::ssize(words), std::ssize(samples.chosen));
  for (std::size_t i = 0; i < words.size(); ++i) {
    const float* sample = samples.recordings[words[i].recording].data() +
                          (words[i].sample + lag) * samples.num_sensors;
    for (std::size_t s = 0; s < samples.chosen.size(); ++s) {
      x(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(s)) =
          static_cast<double>(sample[samples.chosen[s]]);
    }
  }
  return x;
}

WhiteRows WhiteRecordings::gather(std::span<const HeardWord> words,
                                  std::span<const int64_t> order,
                                  int64_t lag) const {
  WhiteRows rows(std::ssize(order), map.forward.cols());
  for (std::size_t place = 0; place < order.size(); ++place) {
    const auto& word = words[static_cast<std::size_t>(order[place])];
    rows.row(static_cast<Eigen::Index>(place)) = samples[word.recording].row(word.sample + lag);
  }
  return rows;
}

std::optional<WhiteRecordings> whiten_recordings(const RecordedSamples& samples,
                                                 std::span<const HeardWord> words,
                                                 const TimeGrid& grid,
                                                 int num_threads) {
  int64_t num_samples = 0;
  for (const auto& recording : samples.recordings) {
    num_samples += std::ssize(recording) / samples.num_sensors;
  }
  if (words.empty() || std::ssize(words) * grid.count < num_samples) return std::nullopt;
  WhiteRecordings white{reference_whitening(samples, words, grid), {}};
  if (!stay_flat(white.map, samples, words, grid)) return std::nullopt;
  struct Piece {
    std::size_t recording;
    RowRange rows;
  };
  std::vector<Piece> pieces;
  for (std::size_t r = 0; r < samples.recordings.size(); ++r) {
    const int64_t rows = std::ssize(samples.recordings[r]) / samples.num_sensors;
    white.samples.emplace_back(rows, white.map.forward.cols());
    for (const auto& piece : cut({0, rows}, kRowsATime)) pieces.push_back({r, piece});
  }
  for_each_item(std::ssize(pieces), num_threads, [&](int64_t item, int) {
    const auto& [recording, rows] = pieces[static_cast<std::size_t>(item)];
    white.samples[recording].middleRows(rows.begin, rows.size()) =
        whiten(white.map, rows_of(samples, recording, rows));
  });
  return white;
}

}  // namespace lockstep
