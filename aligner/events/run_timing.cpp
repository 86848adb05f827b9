#include "aligner/events/run_timing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace lockstep {
namespace {

constexpr std::size_t kFewest = 3;
constexpr double kFar_ms = 50;

struct Point {
  double time_s = 0;
  double delay_s = 0;
};

double median_delay(std::vector<Point> points) {
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(points.size() / 2);
  std::nth_element(points.begin(), middle, points.end(), [](const Point& a, const Point& b) {
    return a.delay_s < b.delay_s;
  });
  return middle->delay_s;
}

/// Fills in what follows from the points.
RunTiming timing_of(RunTiming timing, const std::vector<Point>& points) {
  timing.num_words = static_cast<int64_t>(points.size());
  timing.start_s = median_delay(points);
  double mean_time = 0, mean_delay = 0;
  for (const Point& point : points) {
    mean_time += point.time_s;
    mean_delay += point.delay_s - timing.start_s;
  }
  mean_time /= static_cast<double>(points.size());
  mean_delay /= static_cast<double>(points.size());
  double times = 0, delays = 0, both = 0;
  for (const Point& point : points) {
    const double time = point.time_s - mean_time;
    const double away = point.delay_s - timing.start_s;
    times += time * time;
    delays += (away - mean_delay) * (away - mean_delay);
    both += time * (away - mean_delay);
    timing.largest_ms = std::max(timing.largest_ms, std::abs(away) * 1000);
    timing.num_far += std::abs(away) * 1000 > kFar_ms ? 1 : 0;
  }
  timing.spread_ms = std::sqrt(delays / static_cast<double>(points.size())) * 1000;
  timing.slope_ms_a_hour = times > 0 ? both / times * 3600 * 1000 : 0;
  return timing;
}

}  // namespace

std::vector<RunTiming> time_runs(const std::vector<WordEvent>& events, const Words& words) {
  std::vector<RunTiming> runs;
  std::vector<std::vector<Point>> points;
  std::map<std::tuple<int64_t, int64_t, std::string, std::string>, std::size_t> number_of;
  for (const WordEvent& event : events) {
    if (event.word < 0) continue;
    const WordRow& row = words.rows.at(static_cast<std::size_t>(event.word));
    if (std::isnan(row.onset_s)) continue;
    const auto key = std::tuple(event.run, event.repeat, row.story, row.block);
    const auto [number, is_new] = number_of.emplace(key, runs.size());
    if (is_new) {
      RunTiming timing;
      timing.run = event.run;
      timing.story = row.story;
      timing.block = row.block;
      runs.push_back(std::move(timing));
      points.emplace_back();
    }
    points[number->second].push_back({row.onset_s, event.onset_s - row.onset_s});
  }
  std::vector<RunTiming> timed;
  for (std::size_t k = 0; k < runs.size(); ++k) {
    if (points[k].size() >= kFewest) timed.push_back(timing_of(runs[k], points[k]));
  }
  return timed;
}

}  // namespace lockstep
