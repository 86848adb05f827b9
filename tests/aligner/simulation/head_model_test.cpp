#include "aligner/simulation/head_model.h"

#include <gtest/gtest.h>

#include <Eigen/Geometry>
#include <cmath>

namespace lockstep {
namespace {

std::vector<Dipole> dipoles(int count) {
  RandomStream stream(5, "dipoles");
  std::vector<Dipole> all;
  for (int k = 0; k < count; ++k) all.push_back(random_dipole(stream));
  return all;
}

TEST(Helmet, CoversTheHeadEvenly) {
  const std::vector<Point> sensors = helmet(269);

  ASSERT_EQ(sensors.size(), 269u);
  double lowest = 1;
  double nearest = 1;
  for (std::size_t a = 0; a < sensors.size(); ++a) {
    EXPECT_NEAR(sensors[a].norm(), kHelmetRadius_m, 1e-12);
    lowest = std::min(lowest, sensors[a].z() / kHelmetRadius_m);
    for (std::size_t b = 0; b < a; ++b)
      nearest = std::min(nearest, (sensors[a] - sensors[b]).norm());
  }
  EXPECT_NEAR(lowest, kHelmetRim, 0.01);
  // 269 discs on the cap: each has 3.2 cm^2, a diameter of 2 cm.
  EXPECT_GT(nearest, 0.01);
}

TEST(RandomDipole, LiesUnderTheHelmetAndAlongTheSurface) {
  for (const Dipole& dipole : dipoles(200)) {
    EXPECT_GE(dipole.position_m.norm(), 0.04);
    EXPECT_LE(dipole.position_m.norm(), 0.075);
    EXPECT_NEAR(dipole.direction.norm(), 1, 1e-12);
    EXPECT_NEAR(dipole.direction.dot(dipole.position_m), 0, 1e-12);
  }
}

TEST(LeadField, IsTheRadialFieldOfTheCurrent) {
  // A dipole on the z axis at height a, along y; a coil at angle t in the plane of x and z:
  // B_r = mu0 / 4 pi * a sin(t) / |r - r0|^3 by hand.
  const double a = 0.06;
  const double t = 0.7;
  const std::vector<Point> sensors = {Point(std::sin(t), 0, std::cos(t)) * kHelmetRadius_m};
  const auto by_hand = [&](double r) {
    const double distance = std::sqrt(r * r + a * a - 2 * a * r * std::cos(t));
    return 1e-7 * a * std::sin(t) / std::pow(distance, 3);
  };

  const Eigen::MatrixXd field =
      lead_field(sensors, {{Point(0, 0, a), Point(0, 1, 0)}}, Eigen::Matrix3d::Identity());

  EXPECT_NEAR(std::abs(field(0, 0)),
              by_hand(kHelmetRadius_m) - by_hand(kHelmetRadius_m + kBaseline_m),
              1e-18);
}

TEST(LeadField, OfARadialCurrentIsNothing) {
  const Point position(0.01, 0.03, 0.05);

  const Eigen::MatrixXd field =
      lead_field(helmet(30), {{position, position.normalized()}}, Eigen::Matrix3d::Identity());

  EXPECT_LT(field.cwiseAbs().maxCoeff(), 1e-20);
}

TEST(LeadField, DoesNotChangeWhenHeadAndHelmetTurnTogether) {
  RandomStream stream(1, "turn");
  const Eigen::Matrix3d turn = random_turn(stream, 1);
  std::vector<Point> turned = helmet(20);
  for (Point& sensor : turned) sensor = turn * sensor;

  const Eigen::MatrixXd before = lead_field(helmet(20), dipoles(5), Eigen::Matrix3d::Identity());
  const Eigen::MatrixXd after = lead_field(turned, dipoles(5), turn);

  EXPECT_LT((before - after).cwiseAbs().maxCoeff(), 1e-12 * before.cwiseAbs().maxCoeff());
}

TEST(RandomTurn, IsARotationOfAboutTheAngleAskedFor) {
  RandomStream stream(2, "turns");
  double squares = 0;
  for (int k = 0; k < 400; ++k) {
    const Eigen::Matrix3d turn = random_turn(stream, 0.05);
    EXPECT_NEAR(turn.determinant(), 1, 1e-12);
    squares += std::pow(Eigen::AngleAxisd(turn).angle(), 2);
  }
  EXPECT_NEAR(std::sqrt(squares / 400), 0.05, 0.008);  // 4 standard errors
}

}  // namespace
}  // namespace lockstep
