// duration_test.cpp — time spans as users write them.
#include "engine/base/duration.h"

#include <gtest/gtest.h>

#include <random>

namespace weir {
namespace {

std::int64_t microseconds(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? duration->count() : -1;
}

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(microseconds("7us"), 7);
  EXPECT_EQ(microseconds("250ms"), 250'000);
  EXPECT_EQ(microseconds("10 s"), 10'000'000);
  EXPECT_EQ(microseconds("5m"), 300'000'000);
  EXPECT_EQ(microseconds("5 min"), 300'000'000);
  EXPECT_EQ(microseconds("1 hour"), 3'600'000'000);
  EXPECT_EQ(microseconds("2 days"), 172'800'000'000);
  EXPECT_EQ(microseconds(" 1.5 s "), 1'500'000);
  EXPECT_EQ(microseconds("0 s"), 0);
}

TEST(Duration, RefusesWhatIsNoSpan) {
  for (const char* text :
       {"", " ", "10", "s", "10 sx", "-1 s", "1 s 2", "1,5 s", "nan s", "inf s", "1e30 d", "0x10 s", "1 S"}) {
    EXPECT_EQ(microseconds(text), -1) << text;
  }
}

TEST(Duration, PrintsTheLargestUnitThatReadsWell) {
  const auto printed = [](std::int64_t us) { return format_duration(Duration(us)); };
  EXPECT_EQ(printed(0), "0 s");
  EXPECT_EQ(printed(999), "999 us");
  EXPECT_EQ(printed(1000), "1 ms");
  EXPECT_EQ(printed(1500), "1.5 ms");
  EXPECT_EQ(printed(1'500'000), "1.5 s");
  EXPECT_EQ(printed(90'000'000), "90 s");
  EXPECT_EQ(printed(120'000'000), "2 min");
  EXPECT_EQ(printed(129'600'000'000), "36 h");
  EXPECT_EQ(printed(172'800'000'000), "2 d");
  EXPECT_EQ(printed(-1'500'000), "-1.5 s");
}

TEST(Duration, ReadsBackWhatItPrints) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const Duration duration(static_cast<std::int64_t>(random() >> (14 + random() % 50)));
    EXPECT_EQ(parse_duration(format_duration(duration)), duration) << duration.count();
  }
}

}  // namespace
}  // namespace weir
