#include "aligner/simulation/ctf_array.h"

#include <array>
#include <cmath>
#include <map>
#include <numbers>

#include "base/text.h"

namespace lockstep {
namespace {

constexpr double kCentimetres = 100;
constexpr double kQGain = 1048576;     // 2^20, as CTF's electronics count
constexpr double kSensorGain = 3.1e9;  // about 3e-16 T a unit
constexpr double kReferenceGain = 1.1e9;
constexpr double kReferenceHeight_m = 0.25;  // above the helmet's centre
constexpr double kGradientShare = 0.02;      // of a homogeneous field that a gradiometer records

constexpr std::array kReferenceNames{"BG1", "BG2", "BG3", "BP1", "BP2", "BP3", "BR1", "BR2",
                                     "BR3", "G11", "G12", "G13", "G22", "G23", "P11", "P12",
                                     "P13", "P22", "P23", "Q11", "Q12", "Q13", "Q22", "Q23",
                                     "R11", "R12", "R13", "R22", "R23"};

struct Grade {
  const char* kind;
  double taken_away;
  std::vector<std::string> references;  // beside BG1 to BG3
};
const std::array kGrades{
    Grade{"G1BR", 0.8, {"G11", "G12", "G13", "G22", "G23"}},
    Grade{"G2BR", 0.95, {"G11", "G12", "G13", "G22", "G23"}},
    Grade{"G3BR",
          1.0,
          {"G11",
           "G12",
           "G13",
           "G22",
           "G23",
           "P11",
           "P13",
           "Q11",
           "Q13",
           "R11",
           "R12",
           "R13",
           "R22",
           "R23"}},
};

std::string suffixed(const std::string& name) { return name + "-2908"; }

// The region of the head over which a sensor lies: left, right, midline (Z); central, frontal,
// occipital, parietal, temporal.
std::string region(const Point& at) {
  const Point direction = at.normalized();
  const char side = std::abs(direction.x()) < 0.05 ? 'Z' : direction.x() < 0 ? 'L' : 'R';
  const double forwards = direction.y();
  const char lobe = forwards > 0.5                                 ? 'F'
                    : forwards < -0.6                              ? 'O'
                    : side != 'Z' && std::abs(direction.x()) > 0.7 ? 'T'
                    : forwards < -0.2                              ? 'P'
                                                                   : 'C';
  return text("M{}{}", side, lobe);
}

// "11" to "17", "21" to "27" and so on, as CTF counts rows and places; beyond 97 it goes on with
// "101".
std::string place(int64_t number) { return text("{}{}", number / 7 + 1, number % 7 + 1); }

CtfChannel coil(const std::string& name, CtfSensorType type, double gain, const Point& at_m) {
  CtfChannel channel{.name = suffixed(name), .type = type, .proper_gain = gain, .q_gain = kQGain};
  channel.num_coils = type == CtfSensorType::kReferenceMagnetometer ? 1 : 2;
  const Point normal = at_m.normalized();
  for (int axis = 0; axis < 3; ++axis) {
    channel.position_cm[axis] = at_m[axis] * kCentimetres;
    channel.normal[axis] = normal[axis];
  }
  channel.baseline_cm = kBaseline_m * kCentimetres;
  return channel;
}

}  // namespace

CtfArray::CtfArray(const std::vector<Point>& sensors_m) {
  std::map<std::string, int64_t> num_in_region;
  for (std::size_t k = 0; k < sensors_m.size(); ++k) {
    const std::string where = region(sensors_m[k]);
    // Coils are wound either way: every third sensor counts backwards.
    const double gain =
        (k % 3 == 2 ? -1 : 1) * kSensorGain * (1 + 0.001 * static_cast<double>(k % 97));
    sensors_.push_back(coil(
        where + place(num_in_region[where]++), CtfSensorType::kMegGradiometer, gain, sensors_m[k]));
    sensor_shares_.push_back(sensors_m[k].normalized());
  }
  for (std::size_t k = 0; k < kReferenceNames.size(); ++k) {
    const std::string name = kReferenceNames[k];
    const bool is_magnetometer = name[0] == 'B';
    const double around = 2 * std::numbers::pi * static_cast<double>(k) / kReferenceNames.size();
    const Point at_m{0.1 * std::cos(around), 0.1 * std::sin(around), kReferenceHeight_m};
    references_.push_back(coil(name,
                               is_magnetometer ? CtfSensorType::kReferenceMagnetometer
                                               : CtfSensorType::kReferenceGradiometer,
                               (k % 2 == 1 ? -1 : 1) * kReferenceGain,
                               at_m));
    const Eigen::Vector3d axis = Eigen::Vector3d::Unit(static_cast<Eigen::Index>(k % 3));
    shares_.push_back(is_magnetometer ? axis : kGradientShare * axis);
  }
}

std::vector<CtfCoefficientRecord> CtfArray::coefficients() const {
  std::vector<CtfCoefficientRecord> records;
  const auto add = [&](const Grade& grade,
                       const CtfChannel& channel,
                       const Eigen::Vector3d& share) {
    CtfCoefficientRecord record{channel.name, grade.kind, {}, {}};
    for (int axis = 0; axis < 3; ++axis) {
      // The first three references measure the far field itself, one axis each.
      const CtfChannel& reference = references_[static_cast<std::size_t>(axis)];
      record.references.push_back(reference.name);
      record.values.push_back(grade.taken_away * share[axis] * reference.scale() / channel.scale());
    }
    for (const std::string& name : grade.references) {
      record.references.push_back(suffixed(name));
      record.values.push_back(0);
    }
    records.push_back(record);
  };
  for (const Grade& grade : kGrades) {
    if (grade.kind == std::string("G1BR")) {
      for (std::size_t k = 0; k < references_.size(); ++k) {
        if (references_[k].type == CtfSensorType::kReferenceGradiometer)
          add(grade, references_[k], shares_[k]);
      }
    }
    for (std::size_t k = 0; k < sensors_.size(); ++k) add(grade, sensors_[k], sensor_shares_[k]);
  }
  return records;
}

}  // namespace lockstep
