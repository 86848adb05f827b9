#include "base/schemas/targets_file.h"

#include <algorithm>

#include "base/error.h"
#include "base/files.h"
#include "base/hdf5_writer.h"
#include "base/schemas/file_kind.h"

namespace lockstep {
namespace {

constexpr const char* kLayout = "lockstep targets 1";

std::vector<std::string> with_fit_axes(const TargetsHeader& header, std::vector<std::string> last) {
  std::vector<std::string> axes = {"context", "tap"};
  if (header.num_folds > 0) axes.insert(axes.begin(), "fold");
  axes.insert(axes.end(), last.begin(), last.end());
  return axes;
}

template <class T>
std::vector<T> all_fits(const std::vector<TargetsFit>& fits, std::vector<T> TargetsFit::*member) {
  std::vector<T> all;
  for (const auto& fit : fits) all.insert(all.end(), (fit.*member).begin(), (fit.*member).end());
  return all;
}

}  // namespace

void write_targets(const std::filesystem::path& path,
                   const TargetsHeader& header,
                   const std::vector<TargetsFit>& fits) {
  auto partial = path;
  partial += ".partial";
  Hdf5Writer file(partial);
  write_file_kind(file, kLayout, header.provenance);
  write_model_info(file, header.model);
  file.attribute("", "words_sha256", header.words_sha256);
  file.attribute("", "folds_sha256", header.folds_sha256);
  file.attribute("", "fit", header.fit);
  write_context_axis(file, header.contexts);
  write_tap_axis(file, header.taps);
  file.define_axis("word", header.words, {});
  file.attribute("word", "long_name", "row of words.tsv, from 0");
  file.define_axis("component", header.num_components);
  if (header.num_folds > 0) {
    std::vector<int64_t> folds;
    for (int64_t fold = 0; fold < header.num_folds; ++fold) folds.push_back(fold);
    file.define_axis("fold", folds, {});
    file.write("fit_word", header.fit_word, {"fold", "word"});
  } else {
    file.write("fit_word", header.fit_word, {"word"});
  }
  file.write("targets",
             all_fits(fits, &TargetsFit::targets),
             with_fit_axes(header, {"word", "component"}),
             "1");
  file.attribute(
      "targets", "coordinates", "context_name tap_name block_number depth_requested depth");
  file.write("explained_variance",
             all_fits(fits, &TargetsFit::explained_variance),
             with_fit_axes(header, {"component"}),
             "1");
  if (header.num_units > 0) {
    file.define_axis("unit", header.num_units);
    file.write("mean", all_fits(fits, &TargetsFit::mean), with_fit_axes(header, {"unit"}));
    file.write("basis",
               all_fits(fits, &TargetsFit::basis),
               with_fit_axes(header, {"component", "unit"}),
               "1");
  }
  file.close();
  rename_durably(partial, path);
}

TargetsFile::TargetsFile(const std::filesystem::path& path) : file_(path) {
  header_.provenance = read_file_kind(file_, kLayout);
  header_.model = read_model_info(file_);
  header_.words_sha256 = file_.text_attribute("", "words_sha256");
  header_.folds_sha256 = file_.text_attribute("", "folds_sha256");
  header_.fit = file_.text_attribute("", "fit");
  header_.contexts = read_context_axis(file_);
  header_.taps = read_tap_axis(file_);
  header_.words = file_.integers("word");
  if (file_.has("fold")) header_.num_folds = file_.shape("fold").at(0);
  file_.expect_axes("targets", with_fit_axes(header_, {"word", "component"}));
  const auto shape = file_.shape("targets");
  header_.num_components = shape.back();
  std::vector<int64_t> wanted = {static_cast<int64_t>(header_.contexts.size()),
                                 static_cast<int64_t>(header_.taps.size()),
                                 static_cast<int64_t>(header_.words.size()),
                                 header_.num_components};
  if (header_.num_folds > 0) wanted.insert(wanted.begin(), header_.num_folds);
  if (shape != wanted)
    fail(Blame::kData,
         "{}: targets is ({}); its axes are ({})",
         path,
         join(shape, ", "),
         join(wanted, ", "));
  for (const int64_t flag : file_.integers("fit_word")) header_.fit_word.push_back(flag != 0);
  if (file_.has("unit")) header_.num_units = file_.shape("unit").at(0);
}

std::vector<float> TargetsFile::read(std::size_t fold, std::size_t context, std::size_t tap) const {
  std::vector<int64_t> start = {static_cast<int64_t>(context), static_cast<int64_t>(tap), 0, 0};
  std::vector<int64_t> count = {
      1, 1, static_cast<int64_t>(header_.words.size()), header_.num_components};
  if (header_.num_folds > 0) {
    start.insert(start.begin(), static_cast<int64_t>(fold));
    count.insert(count.begin(), 1);
  }
  std::vector<float> values(header_.words.size() *
                            static_cast<std::size_t>(header_.num_components));
  file_.read_block("targets", start, count, std::span<float>(values));
  return values;
}

std::vector<double> TargetsFile::explained_variance(std::size_t fold,
                                                    std::size_t context,
                                                    std::size_t tap) const {
  std::vector<int64_t> start = {static_cast<int64_t>(context), static_cast<int64_t>(tap), 0};
  std::vector<int64_t> count = {1, 1, header_.num_components};
  if (header_.num_folds > 0) {
    start.insert(start.begin(), static_cast<int64_t>(fold));
    count.insert(count.begin(), 1);
  }
  std::vector<double> values(static_cast<std::size_t>(header_.num_components));
  file_.read_block("explained_variance", start, count, std::span<double>(values));
  return values;
}

}  // namespace lockstep
