// time_zone_test.cpp — rules, files and names of time zones. tests/functions/time_zones_test.py compares
// every zone with Python's.
#include "engine/data/time_zone.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "engine/data/calendar.h"
#include "engine/data/time_zones.h"

namespace weir {
namespace {

/// A TZif file of version 2 with the given changes (seconds and offset) and last line; all numbers
/// big-endian.
std::string zone_file(std::int32_t first_offset,
                      const std::vector<std::pair<std::int64_t, std::int32_t>>& changes,
                      const std::string& footer, char version = '2') {
  const auto number = [](std::int64_t value, int width) {
    std::string bytes;
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
      bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
  };
  const auto header = [&](std::int64_t moments, std::int64_t types) {
    std::string bytes = std::string("TZif") + version + std::string(15, '\0');
    for (const std::int64_t count :
         {std::int64_t{0}, std::int64_t{0}, std::int64_t{0}, moments, types, types * 4})
      bytes += number(count, 4);
    return bytes;
  };
  std::string file = header(0, 1) + number(0, 4) + std::string(2, '\0') + std::string("UTC\0", 4);
  const auto count = static_cast<std::int64_t>(changes.size());
  file += header(count, count + 1);
  for (const auto& [at, offset] : changes) file += number(at, 8);
  for (std::int64_t i = 1; i <= count; ++i) file += number(i, 1);
  file += number(first_offset, 4) + std::string(2, '\0');
  for (const auto& [at, offset] : changes) file += number(offset, 4) + std::string(2, '\0');
  for (std::int64_t i = 0; i <= count; ++i) file += std::string("XXX\0", 4);
  return file + "\n" + footer + "\n";
}

std::int64_t time(const char* text) { return parse_timestamp(text).value(); }
std::string local(const TimeZone& zone, const char* utc) {
  return timestamp_to_string(zone.to_local(time(utc)));
}
std::string utc(const TimeZone& zone, const char* local) {
  return timestamp_to_string(zone.to_utc(time(local)));
}
TimeZone zone_of(const std::string& file) { return TimeZone::parse(file).value(); }
std::string refused(const std::string& file) {
  const Result<TimeZone> zone = TimeZone::parse(file);
  return zone.ok() ? "accepted" : zone.error().message();
}

TEST(DaylightRule, CountsOutItsChanges) {
  const auto changes = [](const char* text, std::int32_t year) {
    const auto both = DaylightRule::parse(text).value().changes_in(year);
    return timestamp_to_string(both[0].at * microseconds_per_second) + ", " +
           timestamp_to_string(both[1].at * microseconds_per_second);
  };
  EXPECT_EQ(changes("CET-1CEST,M3.5.0,M10.5.0/3", 2024), "2024-03-31 01:00:00, 2024-10-27 01:00:00");
  EXPECT_EQ(changes("EST5EDT,M3.2.0,M11.1.0", 2024), "2024-03-10 07:00:00, 2024-11-03 06:00:00");
  EXPECT_EQ(changes("NZST-12NZDT,M9.5.0,M4.1.0/3", 2024), "2024-04-06 14:00:00, 2024-09-28 14:00:00");
  EXPECT_EQ(changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2024), "2024-03-31 01:00:00, 2024-10-27 01:00:00");
  EXPECT_EQ(changes("AAA0BBB,J60/0,J365/23", 2024), "2024-03-01 00:00:00, 2024-12-31 22:00:00");
  EXPECT_EQ(changes("AAA0BBB,59/0,364/0", 2024), "2024-02-29 00:00:00, 2024-12-29 23:00:00");
  EXPECT_EQ(changes("IST-2IDT,M3.4.4/26,M10.5.0", 2024), "2024-03-29 00:00:00, 2024-10-26 23:00:00");
}

TEST(DaylightRule, TakesNothingElse) {
  for (const char* text :
       {"", "C", "CET", "CET-", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,366,1",
        "CET-25", "<CET-1", "CET-1CEST,M3.5.0/168,M10.5.0", "CET-1CEST,M3.5.0,M10.5.0 ", "CET-1:60"}) {
    EXPECT_FALSE(DaylightRule::parse(text).has_value()) << text;
  }
  EXPECT_EQ(DaylightRule::parse("<+0330>-3:30").value().standard_offset(), 12'600);
  EXPECT_FALSE(DaylightRule::parse("UTC0").value().has_changes());
}

TEST(TimeZone, ResolvesGapsAndOverlapsAsJavaDoes) {
  const TimeZone berlin = zone_of(zone_file(3208, {{-2'422'054'408, 3600}}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  EXPECT_EQ(local(berlin, "1893-03-31 23:06:31"), "1893-03-31 23:59:59");
  EXPECT_EQ(local(berlin, "1893-03-31 23:06:32"), "1893-04-01 00:06:32");
  EXPECT_EQ(utc(berlin, "2024-03-31 01:59:59.999999"), "2024-03-31 00:59:59.999999");
  EXPECT_EQ(utc(berlin, "2024-03-31 02:30:00"), "2024-03-31 01:30:00");
  EXPECT_EQ(utc(berlin, "2024-03-31 03:00:00"), "2024-03-31 01:00:00");
  EXPECT_EQ(utc(berlin, "2024-10-27 02:59:59"), "2024-10-27 00:59:59");
  EXPECT_EQ(utc(berlin, "2024-10-27 03:00:00"), "2024-10-27 02:00:00");
  EXPECT_EQ(local(berlin, "2024-10-27 00:59:59"), "2024-10-27 02:59:59");
  EXPECT_EQ(local(berlin, "2024-10-27 01:00:00"), "2024-10-27 02:00:00");
}

TEST(TimeZone, FollowsItsRuleIntoAnyYear) {
  const TimeZone berlin = zone_of(zone_file(0, {{0, 3600}}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  for (const char* year : {"1999", "2038", "2100", "2101", "2500", "9998"}) {
    const std::string july = std::string(year) + "-07-01 12:00:00";
    const std::string december = std::string(year) + "-12-31 23:30:00";
    EXPECT_EQ(berlin.span_of_utc(time(july.c_str())).offset, 7200 * microseconds_per_second) << year;
    EXPECT_EQ(berlin.span_of_local(time(july.c_str())).offset, 7200 * microseconds_per_second) << year;
    EXPECT_EQ(berlin.span_of_utc(time(december.c_str())).offset, 3600 * microseconds_per_second) << year;
  }
  const TimeZone by_rule_alone = zone_of(zone_file(0, {}, "EST5EDT,M3.2.0,M11.1.0"));
  EXPECT_EQ(local(by_rule_alone, "1900-07-01 12:00:00"), "1900-07-01 08:00:00");
  const TimeZone always_summer = zone_of(zone_file(0, {}, "XXX3EDT4,0/0,J365/23"));
  EXPECT_EQ(local(always_summer, "2024-01-01 12:00:00"), "2024-01-01 08:00:00");
  EXPECT_EQ(local(always_summer, "2024-12-31 23:59:59"), "2024-12-31 19:59:59");
}

TEST(TimeZone, GivesSpansThatHoldTheirTime) {
  const TimeZone zone = zone_of(zone_file(100, {{1000, 200}, {5000, -300}}, "CET-1CEST,M3.5.0,M10.5.0/3"));
  for (std::int64_t second = -2000; second < 20'000'000'000; second += second < 20'000 ? 50 : 7'654'321) {
    const std::int64_t at = second * microseconds_per_second;
    ASSERT_TRUE(zone.span_of_utc(at).holds(at)) << second;
    ASSERT_TRUE(zone.span_of_local(at).holds(at)) << second;
    ASSERT_EQ(zone.span_of_utc(zone.span_of_utc(at).from).offset, zone.span_of_utc(at).offset) << second;
  }
}

TEST(TimeZone, RefusesWhatIsNoFile) {
  const std::string good = zone_file(0, {{0, 3600}, {100, 7200}}, "CET-1");
  ASSERT_EQ(refused(good), "accepted");
  EXPECT_EQ(refused(""), "not a time zone file: it does not begin as one");
  EXPECT_EQ(refused("TZif"), "not a time zone file: it does not begin as one");
  EXPECT_EQ(refused(zone_file(0, {}, "", '\0')),
            "not a time zone file: it is of version 1; version 2 is needed");
  EXPECT_EQ(refused(zone_file(0, {}, "no rule")), "not a time zone file: its last line is no rule: no rule");
  EXPECT_EQ(refused(zone_file(0, {{5, 1}, {5, 2}}, "")),
            "not a time zone file: its changes are not in order");
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_NE(refused(good.substr(0, length)), "accepted") << length;
}

TEST(TimeZone, AnswersForEveryFileThatItAccepts) {
  const std::string good = zone_file(-5000, {{-3'000'000'000, 3600}, {0, 7200}, {1'000'000'000, -3600}},
                                     "CET-1CEST,M3.5.0,M10.5.0/3");
  std::mt19937_64 random(11);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string damaged = good;
    for (std::size_t i = random() % 4 + 1; i > 0; --i)
      damaged[random() % damaged.size()] = static_cast<char>(random());
    const Result<TimeZone> zone = TimeZone::parse(damaged);
    if (!zone.ok()) continue;
    ++accepted;
    const auto at = static_cast<std::int64_t>(random() % 315'537'897'600) * microseconds_per_second +
                    time("0001-01-01 00:00:00");
    ASSERT_TRUE(zone->span_of_utc(at).holds(at));
    ASSERT_TRUE(zone->span_of_local(at).holds(at));
  }
  EXPECT_GT(accepted, 1'000);
}

TEST(TimeZones, ComeFromTheFolderThatTzdirNames) {
  const char* before = std::getenv("TZDIR");
  const std::string kept = before == nullptr ? "" : before;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("weir_time_zone_test_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder / "Mars");
  std::ofstream(folder / "Mars" / "Olympus", std::ios::binary) << zone_file(2400, {}, "MMT-0:40");
  std::ofstream(folder / "README", std::ios::binary) << "no zone";
  setenv("TZDIR", folder.c_str(), 1);
  EXPECT_EQ(time_zone_folder(), folder.string());
  EXPECT_EQ(time_zone_names(time_zone_folder()), std::vector<std::string>{"Mars/Olympus"});
  EXPECT_EQ(local(find_time_zone("Mars/Olympus", time_zone_folder()).value(), "2024-01-01 00:00:00"),
            "2024-01-01 00:40:00");
  EXPECT_FALSE(find_time_zone("README", time_zone_folder()).ok());
  kept.empty() ? unsetenv("TZDIR") : setenv("TZDIR", kept.c_str(), 1);
  std::filesystem::remove_all(folder);
}

TEST(TimeZones, KnowOffsetsAsJavaAndSparkWriteThem) {
  const auto offset = [](const char* name) { return parse_zone_offset(name).value_or(-1); };
  EXPECT_EQ(offset("Z"), 0);
  EXPECT_EQ(offset("UTC"), 0);
  EXPECT_EQ(offset("+7"), 25'200);
  EXPECT_EQ(offset("+07"), 25'200);
  EXPECT_EQ(offset("-03:30"), -12'600);
  EXPECT_EQ(offset("-0330"), -12'600);
  EXPECT_EQ(offset("+1:30"), 5'400);
  EXPECT_EQ(offset("+01:5"), 3'900);
  EXPECT_EQ(offset("+01:02:03"), 3'723);
  EXPECT_EQ(offset("+18:00"), 64'800);
  EXPECT_EQ(offset("GMT-2"), -7'200);
  EXPECT_EQ(offset("UTC+3"), 10'800);
  EXPECT_EQ(offset("UT+01:00"), 3'600);
  EXPECT_EQ(offset("EST"), -18'000);
  for (const char* name : {"", "+", "+18:01", "+19", "+1:2:3", "+01:60", "7", "GMT0", "utc", "+01:00 ",
                           "UTC+", "+01:0203", "Europe/Berlin"})
    EXPECT_FALSE(parse_zone_offset(name).has_value()) << name;
}

TEST(TimeZones, SayWhichNameWasMeant) {
  const std::string folder = time_zone_folder();
  if (time_zone_names(folder).empty()) GTEST_SKIP() << "there are no time zone files in " << folder;
  const auto problem = [&](const char* name) {
    const Result<TimeZone> zone = find_time_zone(name, folder);
    return zone.ok() ? "found" : zone.error().message();
  };
  EXPECT_EQ(problem("Europe/Berlin"), "found");
  EXPECT_EQ(problem("PST"), "found");
  EXPECT_EQ(problem("europe/berlin"), "unknown time zone: europe/berlin (did you mean Europe/Berlin?)");
  EXPECT_EQ(problem("Europe/Brelin"), "unknown time zone: Europe/Brelin (did you mean Europe/Berlin?)");
  EXPECT_EQ(problem("../../../etc/passwd").substr(0, 38), "unknown time zone: ../../../etc/passwd");
  EXPECT_EQ(problem("zone.tab").substr(0, 27), "unknown time zone: zone.tab");
  EXPECT_EQ(problem("Europe").substr(0, 25), "unknown time zone: Europe");
  const Result<TimeZone> nowhere = find_time_zone("Europe/Berlin", "/nowhere");
  ASSERT_FALSE(nowhere.ok());
  EXPECT_EQ(nowhere.error().message(),
            "unknown time zone: Europe/Berlin (there are no time zone files in /nowhere; Debian's package is "
            "tzdata)");
}

}  // namespace
}  // namespace weir
