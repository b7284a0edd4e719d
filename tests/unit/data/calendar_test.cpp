// calendar_test.cpp — dates and times: conversion, reading, printing.
#include "engine/data/calendar.h"

#include <gtest/gtest.h>

#include <ctime>
#include <random>

namespace weir {
namespace {

std::string date(std::string_view text) {
  const auto days = parse_date(text);
  return days ? date_to_string(*days) : "none";
}
std::string timestamp(std::string_view text) {
  const auto microseconds = parse_timestamp(text);
  return microseconds ? timestamp_to_string(*microseconds) : "none";
}

TEST(Calendar, CountsEveryDayOfTenThousandYears) {
  std::int32_t days = days_from_civil(0, 1, 1);
  EXPECT_EQ(days, -719'528);
  for (std::int32_t year = 0; year <= 9999; ++year) {
    for (unsigned month = 1; month <= 12; ++month) {
      for (unsigned day = 1; is_valid_date(year, month, day); ++day, ++days) {
        ASSERT_EQ(days_from_civil(year, month, day), days);
        const CivilDate civil = civil_from_days(days);
        ASSERT_TRUE(civil.year == year && civil.month == month && civil.day == day)
            << year << '-' << month << '-' << day;
      }
    }
  }
  EXPECT_EQ(days, 2'932'897);
}

TEST(Calendar, AgreesWithTheCLibrary) {
  std::mt19937_64 random(17);
  for (int i = 0; i < 20'000; ++i) {
    const auto seconds = static_cast<std::int64_t>(random() % 315'000'000'000) - 62'000'000'000;
    std::tm parts{};
    const std::time_t time = seconds;
    gmtime_r(&time, &parts);
    char expected[64];
    std::snprintf(expected, sizeof(expected), "%04d-%02d-%02d %02d:%02d:%02d", parts.tm_year + 1900,
                  parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
    ASSERT_EQ(timestamp_to_string(seconds * microseconds_per_second), expected);
    ASSERT_EQ(parse_timestamp(expected), seconds * microseconds_per_second);
  }
}

TEST(Calendar, KnowsLeapDays) {
  EXPECT_TRUE(is_valid_date(2024, 2, 29));
  EXPECT_FALSE(is_valid_date(2023, 2, 29));
  EXPECT_FALSE(is_valid_date(1900, 2, 29));
  EXPECT_TRUE(is_valid_date(2000, 2, 29));
  EXPECT_TRUE(is_valid_date(-4, 2, 29));
  EXPECT_FALSE(is_valid_date(2024, 4, 31));
  EXPECT_FALSE(is_valid_date(2024, 0, 1));
  EXPECT_FALSE(is_valid_date(2024, 13, 1));
  EXPECT_FALSE(is_valid_date(2024, 1, 0));
}

TEST(Calendar, FloorsDaysBefore1970) {
  EXPECT_EQ(days_of_timestamp(0), 0);
  EXPECT_EQ(days_of_timestamp(-1), -1);
  EXPECT_EQ(days_of_timestamp(-microseconds_per_day), -1);
  EXPECT_EQ(days_of_timestamp(-microseconds_per_day - 1), -2);
  EXPECT_EQ(days_of_timestamp(microseconds_per_day - 1), 0);
}

TEST(ParseDate, FollowsSparksCast) {
  EXPECT_EQ(date("2024"), "2024-01-01");
  EXPECT_EQ(date("2024-3"), "2024-03-01");
  EXPECT_EQ(date("2024-3-9"), "2024-03-09");
  EXPECT_EQ(date(" 2024-03-09 "), "2024-03-09");
  EXPECT_EQ(date("2024-03-09T12:00:00Z"), "2024-03-09");
  EXPECT_EQ(date("2024-03-09 whatever"), "2024-03-09");
  EXPECT_EQ(date("0001-01-01"), "0001-01-01");
  EXPECT_EQ(date("9999-12-31"), "9999-12-31");
}

TEST(ParseDate, RefusesTheRest) {
  for (const char* text :
       {"",           " ",           "24",         "024-01-01",  "20240309",    "12024-01-01", "0000-01-01",
        "2024-",      "2024-3-",     "2024-13-01", "2024-02-30", "2023-02-29",  "2024-003-09", "2024-03-009",
        "2024/03/09", "-2024-03-09", "2024-03T",   "2024T",      "2024-03-09x", "2024-03-0x",  "x",
        "2024-3-1-1"}) {
    EXPECT_EQ(date(text), "none") << text;
  }
}

TEST(ParseTimestamp, ReadsIso8601) {
  EXPECT_EQ(timestamp("2024-11-01T12:34:56Z"), "2024-11-01 12:34:56");
  EXPECT_EQ(timestamp("2024-11-01 12:34:56"), "2024-11-01 12:34:56");
  EXPECT_EQ(timestamp("2024-11-01 12:34:56.5"), "2024-11-01 12:34:56.5");
  EXPECT_EQ(timestamp("2024-11-01 12:34:56.123456789"), "2024-11-01 12:34:56.123456");
  EXPECT_EQ(timestamp("2024-11-01 1:2:3"), "2024-11-01 01:02:03");
  EXPECT_EQ(timestamp("2024-11-01 12:34"), "2024-11-01 12:34:00");
  EXPECT_EQ(timestamp("2024-11-01"), "2024-11-01 00:00:00");
  EXPECT_EQ(timestamp("2024-11"), "2024-11-01 00:00:00");
  EXPECT_EQ(timestamp("2024"), "2024-01-01 00:00:00");
  EXPECT_EQ(timestamp(" 2024-11-01 23:59:59.999999 "), "2024-11-01 23:59:59.999999");
}

TEST(ParseTimestamp, ReadsZones) {
  EXPECT_EQ(timestamp("2024-11-01T00:00:00+07:00"), "2024-10-31 17:00:00");
  EXPECT_EQ(timestamp("2024-11-01T00:00:00-0530"), "2024-11-01 05:30:00");
  EXPECT_EQ(timestamp("2024-11-01T00:00:00.25+01"), "2024-10-31 23:00:00.25");
  EXPECT_EQ(timestamp("2024-11-01 00:00:00 UTC"), "2024-11-01 00:00:00");
  EXPECT_EQ(timestamp("2024-11-01 00:00+1:30"), "2024-10-31 22:30:00");
  EXPECT_EQ(timestamp("2024-11-01 00:00:00-18:00"), "2024-11-01 18:00:00");
}

TEST(ParseTimestamp, RefusesTheRest) {
  for (const char* text : {"",
                           "2024-11-01T",

                           "2024-11-01T24:00:00",
                           "2024-11-01 12",
                           "2024-11-01 12:60:00",
                           "2024-11-01 12:00:60",
                           "2024-11-01 12:00:00.",
                           "2024-11-01 12:00:00.1234567890",
                           "2024-11-01 12:00:00,5",
                           "2024-11-01 12:00:00+",
                           "2024-11-01 12:00:00+19",
                           "2024-11-01 12:00:00+18:01",
                           "2024-11-01 12:00:00+1:60",
                           "2024-11-01 12:00:00+123",
                           "2024-11-01 12:00:00 Europe/Paris",
                           "2024-11-01 12:00:00ZZ",
                           "2024-11-01 123:00:00",
                           "2024-11-01 12:00:001",
                           "2024-11-01 12:00:0x",
                           "2024-11-01 1:00:00:0",
                           "2024-11-31 12:00:00Z",
                           "0000-11-01 12:00:00Z",
                           "2024-11 12:00:00",
                           "2024-02-30 00:00:00",
                           "2024-11-01t12:00:00",
                           "0001-01-01 00:00:00+01:00",
                           "9999-12-31 23:59:59-01:00",
                           "1730419200"}) {
    EXPECT_EQ(timestamp(text), "none") << text;
  }
}

TEST(ParseTimestamp, ReachesBothEnds) {
  EXPECT_EQ(timestamp("0001-01-01 00:00:00"), "0001-01-01 00:00:00");
  EXPECT_EQ(timestamp("9999-12-31 23:59:59.999999"), "9999-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp("0001-01-01 00:00:00-01:00"), "0001-01-01 01:00:00");
}

TEST(Calendar, PrintsTimesBefore1970) {
  EXPECT_EQ(timestamp_to_string(-1), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(timestamp_to_string(-500'000), "1969-12-31 23:59:59.5");
  EXPECT_EQ(timestamp_to_string(-1'000'000), "1969-12-31 23:59:59");
}

TEST(Calendar, PrintsYearsOfOtherLengths) {
  EXPECT_EQ(date_to_string(2'932'897), "+10000-01-01");
  EXPECT_EQ(date_to_string(-719'529), "-0001-12-31");
  EXPECT_EQ(date_to_string(-719'528), "0000-01-01");
  char buffer[10];
  EXPECT_FALSE(write_date(2'932'897, buffer));
  EXPECT_FALSE(write_date(-719'529, buffer));
}

TEST(Calendar, WritesDateAndTimeInPlace) {
  char text[] = "..........|........|";
  EXPECT_TRUE(write_date(20'028, text));
  write_time(1'730'466'896'999'999, text + 11);
  EXPECT_STREQ(text, "2024-11-01|13:14:56|");
  write_time(-1, text + 11);
  EXPECT_STREQ(text, "2024-11-01|23:59:59|");
}

}  // namespace
}  // namespace weir
