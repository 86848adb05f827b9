// Puts the parts together: who hears what when, what the taps plant, what the sensors see.
#include "aligner/simulation/simulation.h"

#include <cblas.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "aligner/simulation/reference_latency.h"
#include "aligner/simulation/sensor_field.h"
#include "base/error.h"

namespace lockstep {
namespace {

constexpr double kUnknownDuration_s = 0.3;
constexpr double kTurn_rad = 3 * std::numbers::pi / 180;  // how far a head lies from where it lay
constexpr ResponseShape kOnsetShape{.latency_s = 0.1, .width_s = 0.08};  // of that to any word
constexpr double kTableRate_hz = 4800;  // of responses before import
constexpr int kOnsetDipoles = 4;
constexpr double kReferenceFrom_s =
    -0.5;  // offsets at which decoding is looked at: the window of peak_time
constexpr double kReferenceTo_s = 1.5;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

std::string numbered(const char* prefix, int64_t number) {
  std::string digits = to_text(number);
  return prefix + std::string(digits.size() < 3 ? 3 - digits.size() : 0, '0') + digits;
}

/// Variance of each column.
Eigen::RowVectorXd variances(const Eigen::MatrixXd& values) {
  return (values.rowwise() - values.colwise().mean()).colwise().squaredNorm() /
         static_cast<double>(values.rows());
}

/// Field of dipoles of equal strength at the sensors: each column has mean square 1.
Eigen::MatrixXd equal_patterns(Eigen::MatrixXd field) {
  const auto rows = static_cast<double>(field.rows());
  for (Eigen::Index source = 0; source < field.cols(); ++source)
    field.col(source) *= std::sqrt(rows) / field.col(source).norm();
  return field;
}

/// activity * patterns'
Eigen::MatrixXd at_sensors(const Eigen::MatrixXd& activity, const Eigen::MatrixXd& patterns) {
  Eigen::MatrixXd field = Eigen::MatrixXd::Zero(activity.rows(), patterns.rows());
  add_sensor_field(field, activity, patterns);
  return field;
}

}  // namespace

Simulation::Simulation(const TargetsFile& targets,
                       const Words& words,
                       const SimulationOptions& options,
                       int num_threads)
    : words_(words),
      options_(options),
      import_{options.band, static_cast<double>(options.rate_hz)} {
  // One BLAS thread a worker, so that sums do not depend on the number of workers.
  openblas_set_num_threads(1);
  options_.check();
  if (targets.header().words_sha256 != words.sha256) {
    fail(Blame::kData,
         "simulate: the targets are of words {} and the stimuli are words {}; both must come from "
         "one words.tsv",
         targets.header().words_sha256,
         words.sha256);
  }
  const std::size_t context = find_context(targets.header(), options_.context);
  features_ = planted_features(
      targets, context, static_cast<int64_t>(words.rows.size()), options_.planting);
  header_.words_sha256 = words.sha256;
  header_.truth = std::make_unique<PlantedTruth>();
  header_.truth->context = targets.header().contexts[context].name;
  choose_sensors();
  plan_recordings();
  plan_latencies(targets.header().taps);
  any_word_ = Eigen::MatrixXd::Ones(static_cast<Eigen::Index>(words.rows.size()), 1);
  find_references(num_threads);
}

void Simulation::choose_sensors() {
  sensors_m_ = helmet(options_.num_sensors);
  for (std::size_t k = 0; k < sensors_m_.size(); ++k) {
    Sensor sensor;
    sensor.name = numbered("S", static_cast<int64_t>(k) + 1);
    for (int axis = 0; axis < 3; ++axis)
      sensor.position_m[axis] = static_cast<float>(sensors_m_[k][axis]);
    header_.sensors.push_back(sensor);
  }
  RandomStream stream(options_.seed, "bad sensors");
  for (int64_t chosen = 0; chosen < options_.num_bad_sensors;) {
    Sensor& sensor = header_.sensors[stream.below(header_.sensors.size())];
    if (sensor.bad) continue;
    sensor.bad = true;
    ++chosen;
  }
}

void Simulation::plan_recordings() {
  std::vector<RecordingInfo> sessions;
  for (std::size_t story = 0; story < words_.stories.size(); ++story) {
    RecordingInfo session;
    session.session = numbered("ses-", static_cast<int64_t>(story) + 1);
    session.rate_numerator = options_.rate_hz;
    session.band_low_hz = options_.band.low_hz;
    session.band_high_hz = options_.band.high_hz;
    double end_s = 0;
    std::string block;
    double pauses_s = 0;
    for (std::size_t row = 0; row < words_.rows.size(); ++row) {
      const WordRow& word = words_.rows[row];
      if (word.story != words_.stories[story].name) continue;
      if (!std::isfinite(word.onset_s)) {
        ++num_words_without_time_;
        continue;
      }
      const double duration_s =
          std::isfinite(word.duration_s) ? word.duration_s : kUnknownDuration_s;
      if (!session.events.empty() && word.block != block) pauses_s += options_.pause_s;
      block = word.block;
      session.events.push_back({.word = static_cast<int64_t>(row),
                                .onset_s = word.onset_s + options_.lead_s + pauses_s,
                                .duration_s = duration_s});
      end_s = std::max(end_s, session.events.back().onset_s + duration_s);
    }
    if (session.events.empty()) continue;
    double length_s = end_s + options_.lead_s;
    if (options_.multiple_s > 0)
      length_s = std::ceil(length_s / options_.multiple_s) * options_.multiple_s;
    session.num_samples = static_cast<int64_t>(std::ceil(length_s * import_.rate_hz));
    session.segments = {{0, session.num_samples}};
    sessions.push_back(session);
  }
  if (sessions.empty()) {
    fail(Blame::kData,
         "simulate: none of {} words has a time; a timed transcript is wanted",
         words_.rows.size());
  }
  for (int64_t number = 1; number <= options_.num_subjects; ++number) {
    Subject subject;
    subject.name = numbered("sub-", number);
    subject.brain = background_brain(options_, subject.name);
    RandomStream places(options_.seed, "planted dipoles of " + subject.name);
    for (Eigen::Index feature = 0; feature < features_.values.cols(); ++feature)
      subject.planted.push_back(random_dipole(places));
    RandomStream onset(options_.seed, "onset dipoles of " + subject.name);
    for (int k = 0; k < kOnsetDipoles; ++k) subject.onset.push_back(random_dipole(onset));
    subject.delay_s =
        options_.jitter_s * RandomStream(options_.seed, "delay of " + subject.name).normal();
    for (RecordingInfo recording : sessions) {
      recording.subject = subject.name;
      recording.name = subject.name + "_" + recording.session;
      header_.recordings.push_back(recording);
      subject_of_recording_.push_back(subjects_.size());
    }
    subjects_.push_back(subject);
  }
}

void Simulation::plan_latencies(const std::vector<TapInfo>& taps) {
  PlantedTruth& truth = *header_.truth;
  const auto [least, greatest] = std::minmax_element(
      taps.begin(), taps.end(), [](const auto& a, const auto& b) { return a.depth < b.depth; });
  const double range = greatest->depth - least->depth;
  const double middle_s = (options_.first_latency_s + options_.last_latency_s) / 2;
  for (const TapInfo& tap : taps) {
    const double share = range > 0 ? (tap.depth - least->depth) / range : 0;
    const double along_s =
        options_.first_latency_s + share * (options_.last_latency_s - options_.first_latency_s);
    double latency_s = kNaN;
    switch (options_.null) {
      case Null::kNone:
        latency_s = along_s;
        break;
      case Null::kReverse:
        latency_s = options_.first_latency_s + options_.last_latency_s - along_s;
        break;
      case Null::kCommon:
        latency_s = middle_s;
        break;
      case Null::kStatic:
        latency_s = tap == *least ? middle_s : kNaN;
        break;
      case Null::kNoise:
      case Null::kLeak:
        break;
    }
    truth.tap_name.push_back(tap.name);
    truth.depth.push_back(tap.depth);
    truth.latency_s.push_back(latency_s);
    // A leak is a response so wide that it follows the components rather than the words.
    const bool is_leak = options_.null == Null::kLeak;
    shapes_.push_back({.latency_s = std::isnan(latency_s) ? 0 : latency_s,
                       .width_s = is_leak ? kLeakWidth_s : options_.width_s,
                       .skew = is_leak ? 0 : options_.skew});
    if (std::isnan(latency_s) && !is_leak) {
      features_.values
          .middleCols((static_cast<Eigen::Index>(shapes_.size()) - 1) * features_.num_components,
                      features_.num_components)
          .setZero();
    }
  }
  truth.width_s = options_.width_s;
  truth.snr = options_.snr;
  truth.snr_reached = options_.null == Null::kNoise ? 0 : options_.snr;
  truth.null = name_of(options_.null);
  truth.seed = static_cast<int64_t>(options_.seed);
}

std::vector<ResponseKernel> Simulation::kernels() const {
  std::vector<ResponseKernel> kernels;
  for (const ResponseShape& shape : shapes_) kernels.emplace_back(shape, import_);
  return kernels;
}

std::vector<HeardWord> Simulation::heard_words(const RecordingInfo& recording) const {
  std::vector<HeardWord> heard;
  const auto subject = std::find_if(subjects_.begin(), subjects_.end(), [&](const Subject& one) {
    return one.name == recording.subject;
  });
  for (const WordEvent& event : recording.events) {
    RandomStream stream(
        options_.seed, "delay of a word in " + recording.name, static_cast<uint64_t>(event.word));
    heard.push_back(
        {event.word, event.onset_s + subject->delay_s + options_.jitter_s * stream.normal()});
  }
  std::sort(heard.begin(), heard.end(), [](const HeardWord& a, const HeardWord& b) {
    return a.time_s < b.time_s || (a.time_s == b.time_s && a.row < b.row);
  });
  return heard;
}

void Simulation::find_references(int num_threads) {
  PlantedTruth& truth = *header_.truth;
  const bool has_content = std::any_of(
      words_.rows.begin(), words_.rows.end(), [](const WordRow& row) { return row.content; });
  std::vector<std::vector<AnalysedWord>> analysed(header_.recordings.size());
  num_analysed_ = 0;
  for (std::size_t k = 0; k < analysed.size(); ++k) {
    for (const WordEvent& event : header_.recordings[k].events) {
      const auto row = static_cast<std::size_t>(event.word);
      if (features_.has_targets[row] == 0 || (has_content && !words_.rows[row].content)) continue;
      analysed[k].push_back(
          {event.word, static_cast<int64_t>(std::nearbyint(event.onset_s * import_.rate_hz))});
    }
    if (subject_of_recording_[k] == 0) num_analysed_ += static_cast<int64_t>(analysed[k].size());
  }
  truth.reference_s.assign(shapes_.size(), kNaN);
  if (options_.null == Null::kNoise || options_.null == Null::kLeak || num_analysed_ < 2) return;

  std::vector<int64_t> offsets;
  for (auto k = static_cast<int64_t>(std::ceil(kReferenceFrom_s * import_.rate_hz));
       static_cast<double>(k) <= kReferenceTo_s * import_.rate_hz;
       ++k)
    offsets.push_back(k);
  Eigen::MatrixXd strength =
      Eigen::MatrixXd::Zero(features_.num_taps, static_cast<Eigen::Index>(offsets.size()));
  const std::vector<ResponseKernel> all_kernels = kernels();
  for (std::size_t subject = 0; subject < subjects_.size(); ++subject) {
    std::vector<std::unique_ptr<WordResponses>> sources;
    std::vector<AnalysedRecording> recordings;
    for (std::size_t k = 0; k < analysed.size(); ++k) {
      if (subject_of_recording_[k] != subject) continue;
      sources.push_back(std::make_unique<WordResponses>(
          heard_words(header_.recordings[k]), all_kernels, features_.values));
      recordings.push_back({sources.back().get(), analysed[k]});
    }
    strength += decoding_strength(recordings, features_, import_.rate_hz, offsets, num_threads);
  }
  truth.reference_s = reference_latencies(strength, offsets, import_.rate_hz);
}

Eigen::Matrix3d Simulation::turn_of_head(std::size_t recording) const {
  RandomStream turns(options_.seed, "turn of the head in " + header_.recordings[recording].name);
  return random_turn(turns, kTurn_rad);
}

ResponsePatterns Simulation::patterns(std::size_t recording) const {
  const Subject& subject = subjects_[subject_of_recording_[recording]];
  const Eigen::Matrix3d turn = turn_of_head(recording);
  return {equal_patterns(lead_field(sensors_m_, subject.planted, turn)),
          equal_patterns(lead_field(sensors_m_, subject.onset, turn).rowwise().sum())};
}

void Simulation::add_responses(std::size_t recording, Composition& composition) const {
  const RecordingInfo& info = header_.recordings[recording];
  std::vector<double> times_s;
  for (int64_t n = 0; n < info.num_samples; ++n)
    times_s.push_back(static_cast<double>(n) / import_.rate_hz);
  const std::vector<HeardWord> heard = heard_words(info);
  const ResponsePatterns seen = patterns(recording);
  Eigen::MatrixXd& field = composition.parts.responses;
  field = at_sensors(WordResponses(heard, kernels(), features_.values).at(times_s), seen.content);
  if (options_.onset_share > 0) {
    const ResponseKernel kernel(kOnsetShape, import_);
    const Eigen::MatrixXd onset =
        at_sensors(WordResponses(heard, {kernel}, any_word_).at(times_s), seen.onset);
    composition.onset_gain =
        std::sqrt(options_.onset_share * variances(field).mean() / variances(onset).mean());
    field += composition.onset_gain * onset;
  }
  const Eigen::RowVectorXd ratios =
      variances(field).cwiseQuotient(variances(composition.parts.background));
  double sum = 0;
  for (std::size_t k = 0; k < header_.sensors.size(); ++k) {
    if (!header_.sensors[k].bad) sum += ratios[static_cast<Eigen::Index>(k)];
  }
  composition.response_gain = std::sqrt(
      options_.snr * static_cast<double>(options_.num_sensors - options_.num_bad_sensors) / sum);
  field *= composition.response_gain;
}

Simulation::Composition Simulation::compose(std::size_t recording) const {
  const RecordingInfo& info = header_.recordings.at(recording);
  const Subject& subject = subjects_[subject_of_recording_[recording]];
  Composition composition;
  Background background =
      background_field(subject.brain,
                       lead_field(sensors_m_, subject.brain.dipoles, turn_of_head(recording)),
                       options_,
                       info.name,
                       info.num_samples);
  composition.scales = background.scales;
  composition.parts.background = std::move(background.field);
  composition.parts.impulses = impulses(options_, import_, info.name, info.num_samples);
  if (options_.null == Null::kNoise) {
    composition.parts.responses = Eigen::MatrixXd::Zero(info.num_samples, options_.num_sensors);
  } else {
    add_responses(recording, composition);
  }
  return composition;
}

RecordedSignal Simulation::recorded(std::size_t recording, double rate_hz) const {
  const RecordingInfo& info = header_.recordings.at(recording);
  const Subject& subject = subjects_[subject_of_recording_[recording]];
  RecordedSignal::Ingredients what;
  what.options = options_;
  what.import = import_;
  what.recording = info.name;
  what.num_imported_samples = info.num_samples;
  for (const Sensor& sensor : header_.sensors) what.is_bad.push_back(sensor.bad);
  what.sensors_m = sensors_m_;
  {
    const Composition composition = compose(recording);
    what.scales = composition.scales;
    what.patterns = patterns(recording);
    what.patterns.content *= composition.response_gain;
    what.patterns.onset *= composition.response_gain * composition.onset_gain;
  }
  if (options_.null != Null::kNoise) {
    std::vector<ResponseKernel> unfiltered;
    for (const ResponseShape& shape : shapes_)
      unfiltered.push_back(ResponseKernel::unfiltered(shape, kTableRate_hz));
    const std::vector<HeardWord> heard = heard_words(info);
    what.content.emplace(heard, unfiltered, features_.values);
    if (options_.onset_share > 0)
      what.onset.emplace(
          heard, std::vector{ResponseKernel::unfiltered(kOnsetShape, kTableRate_hz)}, any_word_);
  }
  return RecordedSignal(std::move(what),
                        subject.brain,
                        lead_field(sensors_m_, subject.brain.dipoles, turn_of_head(recording)),
                        rate_hz);
}

Eigen::MatrixXd Simulation::data(std::size_t recording) const {
  const RecordingParts all = parts(recording);
  Eigen::MatrixXd sum = all.responses + all.background + all.impulses;
  for (std::size_t k = 0; k < header_.sensors.size(); ++k) {
    if (!header_.sensors[k].bad) continue;
    RandomStream stream(options_.seed, "bad sensor in " + header_.recordings[recording].name, k);
    for (double& value : sum.col(static_cast<Eigen::Index>(k)))
      value = kBadSensorDeviation * stream.normal();
  }
  return kBackground_t * sum;
}

}  // namespace lockstep
