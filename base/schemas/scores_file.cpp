#include "base/schemas/scores_file.h"

#include <algorithm>

#include "base/error.h"
#include "base/hdf5_writer.h"
#include "base/json_file.h"
#include "base/schemas/file_kind.h"
#include "base/schemas/planted_truth.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep scores 1";
using Storage = Hdf5Writer::Storage;

std::vector<int64_t> count_up(int64_t length) {
  std::vector<int64_t> numbers;
  for (int64_t k = 0; k < length; ++k) numbers.push_back(k);
  return numbers;
}

void write_attributes(Hdf5Writer& file, const ScoresHeader& header) {
  write_file_kind(file, kLayout, header.provenance);
  write_model_info(file, header.model);
  file.attribute("", "direction", header.direction);
  file.attribute("", "preset", header.preset);
  file.attribute("", "folds", header.folds);
  file.attribute("", "alpha_by", header.alpha_by);
  file.attribute("", "scale", header.scale);
  file.attribute("", "r", header.r);
  file.attribute("", "words_selection", header.words_selection);
  file.attribute("", "where", header.where);
  file.attribute("", "embargo_s", header.embargo_s);
  file.attribute("", "words_sha256", header.words_sha256);
  file.attribute("", "folds_sha256", header.folds_sha256);
  file.attribute("", "n_rows", header.num_rows);
  file.attribute("", "n_matched", header.num_matched);
  file.attribute("", "n_analysed", header.num_analysed);
  file.attribute("", "n_outliers", header.num_outliers);
  file.attribute("", "n_sensors", header.num_sensors);
  file.attribute("", "time_first", header.time_first);
  file.attribute("", "rate_numerator", header.rate_numerator);
  file.attribute("", "rate_denominator", header.rate_denominator);
  nlohmann::json steps = nlohmann::json::array();
  for (const auto& step : header.word_steps)
    steps.push_back({{"what", step.what}, {"count", step.count}});
  file.attribute("", "word_steps", steps.dump());
  file.attribute("", "notices", nlohmann::json(header.notices).dump());
}

}  // namespace

void lay_out_scores(const std::filesystem::path& path, const ScoresHeader& header) {
  Hdf5Writer file(path);
  write_attributes(file, header);
  file.define_axis("subject", header.subjects);
  write_context_axis(file, header.contexts);
  write_tap_axis(file, header.taps);
  file.define_axis("block", count_up(static_cast<int64_t>(header.block_fold.size())), {});
  file.define_axis("fold", count_up(header.num_folds), {});
  file.define_axis("component", header.num_components);
  file.define_axis("time", header.times_s, "s");
  file.define_axis("stat", std::vector<std::string>(kScoreSumNames.begin(), kScoreSumNames.end()));
  file.define_axis("grid", header.alphas, "1");
  file.attribute("grid", "long_name", "penalties tried");
  file.write("block_fold", header.block_fold, {"block"});
  file.write("n_train", header.n_train, {"subject", "fold"});
  file.write("n_test", header.n_test, {"subject", "fold"});
  file.write("explained", header.explained, {"context", "tap"}, "1");
  file.reserve("sums",
               Storage::kFloat64,
               {"subject", "context", "block", "tap", "component", "time", "stat"});
  file.attribute(
      "sums", "coordinates", "context_name tap_name block_number depth_requested depth block_fold");
  file.reserve(
      "alpha", Storage::kFloat32, {"subject", "context", "fold", "tap", "component", "time"}, "1");
  file.reserve("score", Storage::kFloat32, {"subject", "context", "tap", "time"}, "1");
  file.attribute(
      "score", "coordinates", "context_name tap_name block_number depth_requested depth");
  file.reserve("score_component",
               Storage::kFloat32,
               {"subject", "context", "tap", "component", "time"},
               "1");
  if (header.num_null_draws > 0) {
    file.define_axis("draw", header.num_null_draws);
    file.reserve(
        "null_score", Storage::kFloat32, {"subject", "context", "draw", "tap", "time"}, "1");
  }
  if (!header.sensors.empty()) {
    file.write("component_name", header.sensors, {"component"});
    file.attribute("score_component", "coordinates", "component_name");
  }
  if (!header.bands.empty()) {
    file.define_axis("band", header.bands);
    file.reserve("r2", Storage::kFloat32, {"subject", "context", "tap", "component", "time"}, "1");
    file.reserve(
        "r2_unique", Storage::kFloat32, {"subject", "context", "band", "component", "time"}, "1");
    file.reserve("band_penalty",
                 Storage::kFloat32,
                 {"subject", "context", "fold", "band", "component", "time"},
                 "1");
  }
  if (header.generalises) {
    file.define_axis("test_time", header.times_s, "s");
    file.reserve("generalisation",
                 Storage::kFloat32,
                 {"subject", "context", "tap", "time", "test_time"},
                 "1");
  }
  write_truth(file, header.truth.get());
  file.close();
}

std::vector<int64_t> ScoresHeader::scored_folds() const {
  std::vector<int64_t> scored = block_fold;
  if (r == "folds") return scored;
  for (int64_t& fold : scored) fold = std::min<int64_t>(fold, 0);
  return scored;
}

ScoresFile::ScoresFile(const std::filesystem::path& path) : file_(path) {
  ScoresHeader& h = header_;
  h.provenance = read_file_kind(file_, kLayout);
  h.model = read_model_info(file_);
  h.direction = file_.text_attribute("", "direction");
  h.preset = file_.text_attribute("", "preset");
  h.folds = file_.text_attribute("", "folds");
  h.alpha_by = file_.text_attribute("", "alpha_by");
  h.scale = file_.text_attribute("", "scale");
  h.r = file_.text_attribute("", "r");
  h.words_selection = file_.text_attribute("", "words_selection");
  h.where = file_.text_attribute("", "where");
  h.embargo_s = file_.number_attribute("", "embargo_s");
  h.words_sha256 = file_.text_attribute("", "words_sha256");
  h.folds_sha256 = file_.text_attribute("", "folds_sha256");
  h.num_rows = file_.integer_attribute("", "n_rows");
  h.num_matched = file_.integer_attribute("", "n_matched");
  h.num_analysed = file_.integer_attribute("", "n_analysed");
  h.num_outliers = file_.integer_attribute("", "n_outliers");
  h.num_sensors = file_.integer_attribute("", "n_sensors");
  h.time_first = file_.integer_attribute("", "time_first");
  h.rate_numerator = file_.integer_attribute("", "rate_numerator");
  h.rate_denominator = file_.integer_attribute("", "rate_denominator");
  const std::string where = path.string();
  const auto steps = parse_json(file_.text_attribute("", "word_steps"), where + ": word_steps");
  const JsonAt at(steps, where + ": word_steps");
  for (std::size_t k = 0; k < at.size(); ++k)
    h.word_steps.push_back({at.at(k)["what"].text(), at.at(k)["count"].integer()});
  const auto notices = parse_json(file_.text_attribute("", "notices"), where + ": notices");
  const JsonAt sentences(notices, where + ": notices");
  for (std::size_t k = 0; k < sentences.size(); ++k) h.notices.push_back(sentences.at(k).text());
  h.subjects = file_.strings("subject");
  h.contexts = read_context_axis(file_);
  h.taps = read_tap_axis(file_);
  h.block_fold = file_.integers("block_fold");
  h.times_s = file_.doubles("time");
  h.alphas = file_.doubles("grid");
  h.n_train = file_.integers("n_train");
  h.n_test = file_.integers("n_test");
  h.explained = file_.doubles("explained");
  h.num_folds = file_.shape("fold").at(0);
  file_.expect_axes("sums", {"subject", "context", "block", "tap", "component", "time", "stat"});
  const auto shape = file_.shape("sums");
  h.num_components = shape[4];
  const auto size = [](const auto& values) { return static_cast<int64_t>(values.size()); };
  const std::vector<int64_t> wanted = {size(h.subjects),
                                       size(h.contexts),
                                       size(h.block_fold),
                                       size(h.taps),
                                       h.num_components,
                                       size(h.times_s),
                                       static_cast<int64_t>(kNumScoreSums)};
  if (shape != wanted)
    fail(Blame::kData,
         "{}: sums is ({}); its axes are ({})",
         path,
         join(shape, ", "),
         join(wanted, ", "));
  if (file_.has("null_score")) h.num_null_draws = file_.shape("null_score").at(2);
  if (file_.has("component_name")) h.sensors = file_.strings("component_name");
  if (file_.has("band")) h.bands = file_.strings("band");
  h.generalises = file_.has("generalisation");
  h.truth = read_truth(file_);
}

std::vector<double> ScoresFile::sums(std::size_t subject,
                                     std::size_t context,
                                     std::size_t tap) const {
  const auto shape = file_.shape("sums");
  std::vector<double> values(static_cast<std::size_t>(shape[2] * shape[4] * shape[5] * shape[6]));
  file_.read_block("sums",
                   {static_cast<int64_t>(subject),
                    static_cast<int64_t>(context),
                    0,
                    static_cast<int64_t>(tap),
                    0,
                    0,
                    0},
                   {1, 1, shape[2], 1, shape[4], shape[5], shape[6]},
                   std::span<double>(values));
  return values;
}

namespace {

/// Everything of one (subject, context) of a variable whose first two axes these are.
std::vector<float> read_pair(const Hdf5Reader& file,
                             const std::string& name,
                             std::size_t subject,
                             std::size_t context) {
  auto count = file.shape(name);
  std::vector<int64_t> start(count.size(), 0);
  start[0] = static_cast<int64_t>(subject);
  start[1] = static_cast<int64_t>(context);
  count[0] = count[1] = 1;
  std::size_t size = 1;
  for (const int64_t length : count) size *= static_cast<std::size_t>(length);
  std::vector<float> values(size);
  file.read_block(name, start, count, std::span<float>(values));
  return values;
}

}  // namespace

std::vector<float> ScoresFile::score(std::size_t subject, std::size_t context) const {
  return read_pair(file_, "score", subject, context);
}

std::vector<float> ScoresFile::null_score(std::size_t subject, std::size_t context) const {
  if (header_.num_null_draws == 0) return {};
  return read_pair(file_, "null_score", subject, context);
}

std::vector<float> ScoresFile::generalisation(std::size_t subject, std::size_t context) const {
  if (!header_.generalises) return {};
  return read_pair(file_, "generalisation", subject, context);
}

std::vector<float> ScoresFile::score_component(std::size_t subject, std::size_t context) const {
  return read_pair(file_, "score_component", subject, context);
}

std::vector<float> ScoresFile::r2(std::size_t subject, std::size_t context) const {
  if (header_.bands.empty()) return {};
  return read_pair(file_, "r2", subject, context);
}

std::vector<float> ScoresFile::r2_unique(std::size_t subject, std::size_t context) const {
  if (header_.bands.empty()) return {};
  return read_pair(file_, "r2_unique", subject, context);
}

std::vector<float> ScoresFile::band_penalty(std::size_t subject, std::size_t context) const {
  if (header_.bands.empty()) return {};
  return read_pair(file_, "band_penalty", subject, context);
}

std::vector<float> ScoresFile::alpha(std::size_t subject, std::size_t context) const {
  return read_pair(file_, "alpha", subject, context);
}

}  // namespace lockstep
