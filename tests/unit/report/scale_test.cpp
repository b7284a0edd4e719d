// scale_test.cpp — axes: their ends, and where they are marked.
#include "engine/report/scale.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "engine/data/calendar.h"

namespace weir {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> texts(const Scale& scale) {
  std::vector<std::string> result;
  for (const Tick& tick : scale.ticks) result.push_back(tick.text);
  return result;
}

TEST(Scale, HasRoundNumbers) {
  EXPECT_THAT(texts(number_scale(0, 97, 6)), ElementsAre("0", "20", "40", "60", "80", "100"));
  EXPECT_THAT(texts(number_scale(-1.2, 3.4, 6)), ElementsAre("-2", "-1", "0", "1", "2", "3", "4"));
  EXPECT_THAT(texts(number_scale(0, 0.0031, 6)), ElementsAre("0.000", "0.001", "0.002", "0.003", "0.004"));
  EXPECT_THAT(texts(number_scale(0, 2'345'678, 6)), ElementsAre("0", "500,000", "1,000,000", "1,500,000", "2,000,000", "2,500,000"));
  EXPECT_THAT(texts(number_scale(7, 7, 2)), ElementsAre("6", "7", "8"));
}

TEST(Scale, OfAnyNumbersHoldsThem) {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<int> exponent(-300, 300);
  std::uniform_real_distribution<double> digits(-10, 10);
  for (int i = 0; i < 10'000; ++i) {
    double low = std::ldexp(digits(random), exponent(random)), high = i % 10 == 0 ? low : std::ldexp(digits(random), exponent(random));
    if (low > high) std::swap(low, high);
    const Scale scale = number_scale(low, high, 6);
    EXPECT_LE(scale.low, low);
    EXPECT_GE(scale.high, high);
    EXPECT_LT(scale.low, scale.high) << low << " " << high;
    EXPECT_LE(scale.ticks.size(), 101U);
  }
  const double most = std::numeric_limits<double>::max();
  const Scale widest = number_scale(-most, most, 6);
  EXPECT_EQ(widest.share(most), 1);
  EXPECT_EQ(widest.share(0), 0.5);
}

TEST(Scale, OfTimesHasRoundTimes) {
  const auto at = [](const char* text) { return static_cast<double>(*parse_timestamp(text)); };
  EXPECT_THAT(texts(time_scale(at("2024-11-01T09:58:00Z"), at("2024-11-01T10:31:00Z"), 8)), ElementsAre("10:00", "10:05", "10:10", "10:15", "10:20", "10:25", "10:30"));
  EXPECT_THAT(texts(time_scale(at("2024-11-01T18:00:00Z"), at("2024-11-02T06:30:00Z"), 5)), ElementsAre("18:00", "21:00", "11-02", "03:00", "06:00"));
  EXPECT_THAT(texts(time_scale(at("2024-11-01"), at("2024-11-05"), 4)), ElementsAre("2024-11-01", "2024-11-02", "2024-11-03", "2024-11-04", "2024-11-05"));
  EXPECT_THAT(texts(time_scale(at("2024-01-15"), at("2024-06-15"), 8)), ElementsAre("2024-02", "2024-03", "2024-04", "2024-05", "2024-06"));
  EXPECT_THAT(texts(time_scale(at("1990-05-01"), at("2024-06-15"), 8)), ElementsAre("1995", "2000", "2005", "2010", "2015", "2020"));
  EXPECT_THAT(texts(time_scale(at("2024-11-01"), at("2024-11-01"), 8)), ElementsAre("2024-11-01 00:00:00"));
}

TEST(Scale, OfTimesIsNeverCrowded) {
  std::mt19937_64 random(9);
  for (int i = 0; i < 5'000; ++i) {
    double low = static_cast<double>(random() % 253'402'300'799'000'000ULL), high = low + std::ldexp(1.0, static_cast<int>(random() % 57));
    high = std::min(high, 253'402'300'799'000'000.0);
    const Scale scale = time_scale(low, high, 8);
    EXPECT_LE(scale.ticks.size(), 20U) << low << " " << high;
    for (const Tick& tick : scale.ticks) EXPECT_TRUE(tick.at >= low && tick.at <= high);
  }
}

}  // namespace
}  // namespace weir
