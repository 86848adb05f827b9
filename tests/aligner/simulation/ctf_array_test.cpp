#include "aligner/simulation/ctf_array.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace lockstep {
namespace {

TEST(CtfArray, NamesSensorsByWhereTheyLie) {
  const CtfArray array(helmet(269));

  std::set<std::string> names;
  std::set<char> lobes;
  for (const CtfChannel& sensor : array.sensors()) {
    names.insert(sensor.name);
    lobes.insert(sensor.name[2]);
    const char side = sensor.name[1];
    EXPECT_TRUE(side == 'Z' || (side == 'L') == (sensor.position_cm[0] < 0)) << sensor.name;
    EXPECT_TRUE(sensor.name.ends_with("-2908")) << sensor.name;
  }
  EXPECT_EQ(names.size(), 269u);
  EXPECT_EQ(lobes, (std::set<char>{'C', 'F', 'O', 'P', 'T'}));
}

TEST(CtfArray, HasGainsOfEitherSignAndTheReferencesOfACtf275) {
  const CtfArray array(helmet(30));

  EXPECT_EQ(array.references().size(), 29u);
  EXPECT_EQ(array.references()[0].name, "BG1-2908");
  int negative = 0;
  for (const CtfChannel& sensor : array.sensors()) negative += sensor.proper_gain < 0;
  EXPECT_EQ(negative, 10);
}

TEST(CtfArray, TakesTheFarFieldAwayAtGradeThree) {
  const std::vector<Point> sensors = helmet(12);
  const CtfArray array(sensors);
  const Eigen::Vector3d far(3e-13, -2e-13, 5e-13);
  std::map<std::string, double> units;  // what each channel records of it
  std::map<std::string, CtfChannel> channels;
  for (std::size_t k = 0; k < array.references().size(); ++k) {
    const CtfChannel& channel = array.references()[k];
    channels[channel.name] = channel;
    units[channel.name] = far.dot(array.share(k)) / channel.scale();
  }
  for (std::size_t k = 0; k < sensors.size(); ++k) {
    const CtfChannel& channel = array.sensors()[k];
    channels[channel.name] = channel;
    units[channel.name] = far.dot(sensors[k].normalized()) / channel.scale();
  }

  const std::map<std::string, double> left_over{{"G1BR", 0.2}, {"G2BR", 0.05}, {"G3BR", 0.0}};
  std::map<std::string, int> count;
  for (const CtfCoefficientRecord& record : array.coefficients()) {
    double compensated = units.at(record.sensor);
    for (std::size_t j = 0; j < record.references.size(); ++j)
      compensated -= record.values[j] * units.at(record.references[j]);
    EXPECT_NEAR(compensated,
                left_over.at(record.kind) * units.at(record.sensor),
                1e-9 * std::abs(units.at(record.sensor)) + 1e-9)
        << record.kind << " of " << record.sensor;
    ++count[record.kind];
  }
  EXPECT_EQ(count, (std::map<std::string, int>{{"G1BR", 32}, {"G2BR", 12}, {"G3BR", 12}}));
}

}  // namespace
}  // namespace lockstep
