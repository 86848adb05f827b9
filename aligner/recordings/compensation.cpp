// Gradient compensation of CTF systems, whichever file it came in.
#include "aligner/recordings/compensation.h"

#include <Eigen/Dense>
#include <algorithm>
#include <map>
#include <utility>

#include "aligner/recordings/raw_recording.h"
#include "base/error.h"

namespace lockstep {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::size_t only_channel(const RawHeader& header, const std::string& name) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < header.channels.size(); ++i) {
    if (header.channels[i].name == name) found.push_back(i);
  }
  if (found.size() != 1) {
    fail(Blame::kData,
         "gradient compensation: channel {} is there {} times; once is wanted",
         name,
         found.size());
  }
  return found.front();
}

// channels x channels; rows of channels that this recording lacks are left out.
Matrix full_matrix(const RawHeader& header, const CompensationMatrix& compensation) {
  const auto num_channels = static_cast<Eigen::Index>(header.channels.size());
  Matrix full = Matrix::Zero(num_channels, num_channels);
  std::vector<std::size_t> columns;
  for (const std::string& name : compensation.columns)
    columns.push_back(only_channel(header, name));
  std::map<std::string, std::size_t> row_of;
  for (std::size_t row = 0; row < compensation.rows.size(); ++row) {
    if (row_of.emplace(compensation.rows[row], row).second) continue;
    fail(Blame::kData,
         "gradient compensation {}: channel {} has two rows; one is wanted",
         compensation.name,
         compensation.rows[row]);
  }
  for (std::size_t i = 0; i < header.channels.size(); ++i) {
    const auto row = row_of.find(header.channels[i].name);
    if (row == row_of.end()) continue;
    for (std::size_t j = 0; j < columns.size(); ++j) {
      full(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(columns[j])) +=
          compensation.coefficients[row->second * columns.size() + j];
    }
  }
  return full;
}

Matrix identity_less(const RawHeader& header, int32_t grade) {
  const auto num_channels = static_cast<Eigen::Index>(header.channels.size());
  const Matrix identity = Matrix::Identity(num_channels, num_channels);
  if (grade == 0) return identity;
  std::vector<int32_t> known{0};
  for (const CompensationMatrix& compensation : header.compensations) {
    if (compensation.grade == grade) return identity - full_matrix(header, compensation);
    if (compensation.grade <= 3) known.push_back(compensation.grade);
  }
  fail(Blame::kCommandLine,
       "gradient compensation: no coefficients for grade {}; the recording has those of {}",
       grade,
       join(known, ", "));
}

Matrix change_of_grade(const RawHeader& header, int32_t from, int32_t to) {
  constexpr std::size_t kMostChannels = 4096;  // a matrix of 128 MiB
  if (header.channels.size() > kMostChannels) {
    fail(Blame::kData,
         "gradient compensation: {} channels; at most {} are wanted",
         header.channels.size(),
         kMostChannels);
  }
  Matrix change = identity_less(header, to);
  if (from != 0) change *= Matrix(identity_less(header, from).partialPivLu().inverse());
  return change;
}

RawHeader at_grade(RawHeader header, int32_t grade) {
  for (RawChannel& channel : header.channels) {
    if (is_meg_sensor(channel.kind)) channel.grade = grade;
  }
  return header;
}

class CompensatedRecording : public RawRecording {
 public:
  CompensatedRecording(std::unique_ptr<RawRecording> raw, int32_t grade)
      : RawRecording(at_grade(raw->header(), grade)),
        change_(change_of_grade(raw->header(), *grade_of(raw->header()), grade)),
        raw_(std::move(raw)) {}

 private:
  void read_into(std::span<const std::size_t> channels,
                 SampleRange samples,
                 std::span<double> values) const override {
    const std::vector<std::size_t> needed = sources_of(channels);
    const auto length = static_cast<Eigen::Index>(samples.end - samples.first);
    const std::vector<double> raw = raw_->read(needed, samples);
    const Eigen::Map<const Matrix> source(
        raw.data(), static_cast<Eigen::Index>(needed.size()), length);
    for (std::size_t i = 0; i < channels.size(); ++i) {
      Eigen::Map<Eigen::RowVectorXd> row(values.data() + i * static_cast<std::size_t>(length),
                                         length);
      row.setZero();
      for (std::size_t j = 0; j < needed.size(); ++j) {
        const double factor = at(channels[i], needed[j]);
        if (factor != 0) row += factor * source.row(static_cast<Eigen::Index>(j));
      }
    }
  }

  double at(std::size_t row, std::size_t column) const {
    return change_(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(column));
  }

  std::vector<std::size_t> sources_of(std::span<const std::size_t> channels) const {
    std::vector<std::size_t> needed;
    for (std::size_t source = 0; source < header().channels.size(); ++source) {
      if (std::any_of(channels.begin(), channels.end(), [&](std::size_t channel) {
            return at(channel, source) != 0;
          })) {
        needed.push_back(source);
      }
    }
    return needed;
  }

  Matrix change_;
  std::unique_ptr<RawRecording> raw_;
};

}  // namespace

CompensationMatrix named_compensation(int32_t kind) {
  CompensationMatrix compensation;
  compensation.grade = kind;
  if (kind >= 1 && kind <= 3) {
    compensation.name = text("G{}BR", kind);
    return compensation;
  }
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char letter = static_cast<char>((static_cast<uint32_t>(kind) >> shift) & 0xff);
    compensation.name += letter > ' ' && letter < 0x7f ? letter : '?';
  }
  for (int32_t grade = 1; grade <= 3; ++grade) {
    if (compensation.name == text("G{}BR", grade)) compensation.grade = grade;
  }
  return compensation;
}

std::unique_ptr<RawRecording> compensated(std::unique_ptr<RawRecording> recording, int32_t grade) {
  const auto stored = grade_of(recording->header());
  if (!stored) {
    fail(Blame::kCommandLine,
         "gradient compensation: the recording has no MEG sensors; grade {} needs some",
         grade);
  }
  if (*stored == grade) return recording;
  return std::make_unique<CompensatedRecording>(std::move(recording), grade);
}

}  // namespace lockstep
