// time_answers_test.cpp — the edges of functions of dates and times, as Spark 3.5 answers them.
#include <gtest/gtest.h>

#include "evaluation.h"

namespace weir::test {
namespace {

TEST(DateParts, HoldBeforeTheEpochAndAtTheEdgesOfYears) {
  check({{"year(DATE '0001-01-01')", "1"},
         {"year(DATE '9999-12-31')", "9999"},
         {"dayofyear(DATE '2023-12-31')", "365"},
         {"weekday(DATE '2024-11-03')", "6"},
         {"weekday(DATE '0001-01-01')", "0"},
         {"dayofweek(DATE '1969-12-31')", "4"},
         {"weekofyear(DATE '2020-12-31')", "53"},
         {"weekofyear(DATE '2018-12-31')", "1"},
         {"weekofyear(DATE '2016-01-01')", "53"},
         {"hour(TIMESTAMP '1969-12-31 23:59:59.999999')", "23"},
         {"second(TIMESTAMP '1969-12-31 23:59:59.999999')", "59"},
         {"minute(TIMESTAMP '1900-01-01 00:01:00')", "1"},
         {"quarter(DATE '2024-12-31')", "4"}});
}

TEST(DateParts, KnowPostgresFields) {
  check({{"date_part('century', DATE '0001-01-01')", "1"},
         {"date_part('century', DATE '2001-01-01')", "21"},
         {"date_part('millennium', DATE '2000-12-31')", "2"},
         {"date_part('decade', DATE '1999-12-31')", "199"},
         {"date_part('milliseconds', TIMESTAMP '2001-02-16 20:38:40.12')", "40120.000"},
         {"date_part('microseconds', TIMESTAMP '1969-12-31 23:59:59.5')", "59500000"},
         {"date_part('epoch', TIMESTAMP '1969-12-31 23:59:59.5')", "-0.500000"},
         {"date_part('epoch', DATE '9999-12-31')", "253402214400.000000"},
         {"date_part('isoyear', DATE '2021-01-01')", "2020"},
         {"EXTRACT(epoch FROM TIMESTAMP '1970-01-01 00:00:01.5')", "1.500000"},
         {"EXTRACT(isodow FROM DATE '2024-11-03')", "7"}});
  EXPECT_EQ(answer("EXTRACT(epok FROM DATE '2024-11-03')"), "refused: unknown field of EXTRACT: epok");
}

TEST(DateArithmetic, RefusesWhatNoDateCanBe) {
  check({{"date_add(DATE '2024-02-28', 1)", "2024-02-29"},
         {"date_add(DATE '9999-12-31', 1)", "error overflow"},
         {"date_sub(DATE '0001-01-01', 1)", "error overflow"},
         {"date_add(DATE '2024-01-01', 9223372036854775807)", "error overflow"},
         {"add_months(DATE '2024-01-31', 1)", "2024-02-29"},
         {"add_months(DATE '2024-02-29', 12)", "2025-02-28"},
         {"add_months(DATE '2024-01-15', -13)", "2022-12-15"},
         {"add_months(DATE '0001-01-31', -1)", "error overflow"},
         {"add_months(DATE '9999-12-31', 9223372036854775807)", "error overflow"},
         {"make_date(2024, 2, 30)", "error bad_date"},
         {"make_date(0, 1, 1)", "error bad_date"},
         {"last_day(DATE '9999-12-05')", "9999-12-31"},
         {"datediff(DATE '0001-01-01', DATE '9999-12-31')", "-3652058"},
         {"months_between(TIMESTAMP '2024-03-31 00:00:00', TIMESTAMP '2024-02-29 12:00:00')", "1.0"}});
}

TEST(DateArithmetic, TruncatesToUnits) {
  check({{"date_trunc('YEAR', TIMESTAMP '2024-11-03 12:34:56.789')", "2024-01-01 00:00:00"},
         {"date_trunc('quarter', TIMESTAMP '2024-11-03 12:34:56.789')", "2024-10-01 00:00:00"},
         {"date_trunc('mm', TIMESTAMP '2024-11-03 12:34:56.789')", "2024-11-01 00:00:00"},
         {"date_trunc('dd', TIMESTAMP '1969-12-31 12:34:56.789')", "1969-12-31 00:00:00"},
         {"date_trunc('minute', TIMESTAMP '1969-12-31 12:34:56.789')", "1969-12-31 12:34:00"},
         {"date_trunc('second', TIMESTAMP '1969-12-31 12:34:56.789')", "1969-12-31 12:34:56"},
         {"date_trunc('week', DATE '2024-11-03')", "2024-10-28 00:00:00"},
         {"trunc(DATE '2024-11-03', 'yy')", "2024-01-01"},
         {"trunc(TIMESTAMP '2024-11-03 12:00:00', 'MONTH')", "2024-11-01"}});
  EXPECT_EQ(answer("date_trunc('fortnight', TIMESTAMP '2024-11-03 12:00:00')").substr(0, 43),
            "refused: date_trunc: unknown unit: fortnigh");
}

TEST(DateFields, MakeAndNameTimes) {
  check({{"make_timestamp(2024, 2, 29, 23, 59, 59.999999)", "2024-02-29 23:59:59.999999"},
         {"make_timestamp(2024, 2, 30, 0, 0, 0)", "error bad_timestamp"},
         {"make_timestamp(2024, 2, 29, 24, 0, 0)", "error bad_timestamp"},
         {"make_timestamp(2024, 2, 29, 0, 0, 60.1)", "error bad_timestamp"},
         {"next_day(DATE '2024-11-01', 'fri')", "2024-11-08"},
         {"next_day(DATE '2024-11-01', 'x')", "error bad_argument"},
         {"date_part('yearofweek', DATE '2021-01-01')", "2020"},
         {"date_part('dow_iso', DATE '2024-11-03')", "7"},
         {"date_part('hour', DATE '2024-11-03')", "0"},
         {"date_part('s', TIMESTAMP '1969-12-31 23:59:59.5')", "59.500000"}});
  EXPECT_EQ(answer("date_part('era', DATE '2024-11-03')").substr(0, 40),
            "refused: date_part: unknown field: era (");
}

TEST(DateUnits, CountWholeOnes) {
  check({{"timestampdiff('month', TIMESTAMP '2024-01-31 12:00:00', TIMESTAMP '2024-02-29 12:00:00')", "0"},
         {"timestampdiff('month', TIMESTAMP '2024-02-29 12:00:00', TIMESTAMP '2024-01-31 11:00:00')", "0"},
         {"timestampdiff('month', TIMESTAMP '2024-03-01 00:00:00', TIMESTAMP '2024-01-01 00:00:00')", "-2"},
         {"timestampdiff('month', TIMESTAMP '2024-01-01 00:00:01', TIMESTAMP '2024-02-01 00:00:00')", "0"},
         {"timestampdiff('year', DATE '0001-01-01', DATE '9999-12-31')", "9998"},
         {"timestampdiff('microsecond', DATE '0001-01-01', DATE '9999-12-31')", "315537811200000000"},
         {"timestampadd('year', 9223372036854775807, DATE '2024-01-01')", "error overflow"},
         {"timestampadd('day', -9223372036854775807, DATE '2024-01-01')", "error overflow"},
         {"timestampadd('quarter', -1, TIMESTAMP '2024-05-31 01:02:03')", "2024-02-29 01:02:03"},
         {"date_bin(INTERVAL '1 month', DATE '2024-01-01', DATE '2000-01-01')", "error bad_argument"},
         {"date_bin(INTERVAL '0 days', DATE '2024-01-01', DATE '2000-01-01')", "error bad_argument"},
         {"date_bin(INTERVAL '2 days', DATE '1999-12-31', DATE '2000-01-01')", "1999-12-30 00:00:00"},
         {"make_interval(2147483647)", "error overflow"},
         {"make_interval(0, 0, 0, 0, 0, 0, 0.0000001)", "0 seconds"},
         {"make_interval(NULL)", "NULL"}});
  EXPECT_EQ(answer("timestampadd('fortnight', 1, DATE '2024-01-01')").substr(0, 46),
            "refused: timestampadd: unknown unit: fortnight");
}

TEST(TimeZones, AreReadByNameAndOffset) {
  check({{"from_utc_timestamp(TIMESTAMP '2024-07-01 12:00:00', 'PST')", "2024-07-01 05:00:00"},
         {"from_utc_timestamp(TIMESTAMP '2024-07-01 12:00:00', 'EST')", "2024-07-01 07:00:00"},
         {"from_utc_timestamp(TIMESTAMP '1890-01-01 00:00:00', 'Europe/Berlin')", "1890-01-01 00:53:28"},
         {"from_utc_timestamp(TIMESTAMP '9999-07-01 00:00:00', 'Europe/Berlin')", "9999-07-01 02:00:00"},
         {"from_utc_timestamp(TIMESTAMP '9999-12-31 23:30:00', '+01:00')", "error overflow"},
         {"from_utc_timestamp(NULL, 'UTC')", "NULL"},
         {"to_utc_timestamp(TIMESTAMP '2024-10-27 02:30:00', 'GMT+1')", "2024-10-27 01:30:00"},
         {"convert_timezone('Z', '-0330', TIMESTAMP '2024-10-27 02:30:00')", "2024-10-26 23:00:00"},
         {"make_timestamp(2024, 3, 31, 2, 30, 0, 'Europe/Berlin')", "2024-03-31 01:30:00"},
         {"make_timestamp(2024, 2, 30, 2, 30, 0, 'Europe/Berlin')", "error bad_timestamp"}});
  EXPECT_EQ(answer("to_utc_timestamp(TIMESTAMP '2024-10-27 02:30:00', 'Europe/Brelin')"),
            "refused: unknown time zone: Europe/Brelin (did you mean Europe/Berlin?)");
}

TEST(TimeZones, AreReadFromTexts) {
  check({{"to_timestamp('2024-03-31 02:30 Europe/Berlin', 'yyyy-MM-dd HH:mm VV')", "2024-03-31 01:30:00"},
         {"to_timestamp('2024-10-27 02:30 Europe/Berlin', 'yyyy-MM-dd HH:mm VV')", "2024-10-27 00:30:00"},
         {"to_timestamp('2024-07-01 12:00 +02:00', 'yyyy-MM-dd HH:mm VV')", "2024-07-01 10:00:00"},
         {"to_timestamp('Asia/Tokyo, 2024-07-01', 'VV, yyyy-MM-dd')", "2024-06-30 15:00:00"},
         {"to_timestamp('2024-07-01 PST', 'yyyy-MM-dd z')", "2024-07-01 07:00:00"},
         {"to_timestamp('2024-07-01 No/Where', 'yyyy-MM-dd VV')", "error bad_timestamp"},
         {"to_timestamp('2024-07-01 ', 'yyyy-MM-dd VV')", "error bad_timestamp"}});
}

TEST(TimeZones, MayDifferFromRowToRow) {
  const TestColumn zones{"zone",
                         string_type,
                         {{string_type, std::string("Asia/Tokyo")},
                          {string_type, std::string("No/Where")},
                          {string_type, std::string("+02:00")},
                          {string_type, std::string("-02:00")},
                          {string_type, {}},
                          {string_type, std::string("JST")}}};
  const auto answers = [&](const char* expression) {
    return evaluate(*parse(expression).value(), {zones}, static_cast<std::uint32_t>(zones.values.size()))
        .value()
        .rows;
  };
  EXPECT_EQ(answers("from_utc_timestamp(TIMESTAMP '2024-07-01 12:00:00', zone)"),
            (std::vector<std::string>{"2024-07-01 21:00:00", "error bad_time_zone", "2024-07-01 14:00:00",
                                      "2024-07-01 10:00:00", "NULL", "2024-07-01 21:00:00"}));
  EXPECT_EQ(answers("convert_timezone(zone, 'America/New_York', TIMESTAMP '2024-07-01 12:00:00')"),
            (std::vector<std::string>{"2024-06-30 23:00:00", "error bad_time_zone", "2024-07-01 06:00:00",
                                      "2024-07-01 10:00:00", "NULL", "2024-06-30 23:00:00"}));
}

TEST(TimeZones, BeginDaysAndHoursOfTheirOwn) {
  check({{"date_trunc('day', TIMESTAMP '2024-10-27 23:30:00', 'Europe/Berlin')", "2024-10-27 23:00:00"},
         {"date_trunc('day', TIMESTAMP '2024-10-27 22:30:00', 'Europe/Berlin')", "2024-10-26 22:00:00"},
         {"date_trunc('month', TIMESTAMP '2024-10-31 23:30:00', 'Europe/Berlin')", "2024-10-31 23:00:00"},
         {"date_trunc('hour', TIMESTAMP '2024-10-27 00:45:00', 'Europe/Berlin')", "2024-10-27 00:00:00"},
         {"date_trunc('hour', TIMESTAMP '2024-10-27 01:45:00', 'Europe/Berlin')", "2024-10-27 01:00:00"},
         {"date_trunc('hour', TIMESTAMP '2024-10-27 01:45:00', 'Asia/Kathmandu')", "2024-10-27 01:15:00"},
         {"date_trunc('year', TIMESTAMP '0001-01-01 00:00:00', 'America/New_York')", "error overflow"}});
  EXPECT_EQ(answer("date_trunc('fortnight', TIMESTAMP '2024-11-03 12:00:00', 'UTC')").substr(0, 43),
            "refused: date_trunc: unknown unit: fortnigh");
}

TEST(Epochs, KeepWithinTheYearsThatPrint) {
  check({{"timestamp_seconds(0)", "1970-01-01 00:00:00"},
         {"timestamp_seconds(-62135596800)", "0001-01-01 00:00:00"},
         {"timestamp_seconds(-62135596801)", "error overflow"},
         {"timestamp_seconds(253402300799)", "9999-12-31 23:59:59"},
         {"timestamp_seconds(253402300800)", "error overflow"},
         {"timestamp_seconds(9223372036854775807)", "error overflow"},
         {"timestamp_seconds(1.0000001)", "error bad_timestamp"},
         {"timestamp_seconds(1.123456)", "1970-01-01 00:00:01.123456"},
         {"timestamp_seconds(CAST(1.5 AS double))", "1970-01-01 00:00:01.5"},
         {"timestamp_millis(-1)", "1969-12-31 23:59:59.999"},
         {"unix_seconds(TIMESTAMP '1969-12-31 23:59:59.000001')", "-1"},
         {"unix_millis(TIMESTAMP '1969-12-31 23:59:59.9999')", "-1"},
         {"from_unixtime(9223372036854775807)", "error overflow"}});
}

TEST(DatePatterns, WriteJavasLetters) {
  check({{"date_format(TIMESTAMP '2024-03-05 00:07:09.012345', 'y yy yyyy M MM MMM MMMM d dd')",
          "2024 24 2024 3 03 Mar March 5 05"},
         {"date_format(TIMESTAMP '2024-03-05 00:07:09.012345', 'H HH k kk K KK h hh a m mm s ss')",
          "0 00 24 24 0 00 12 12 AM 7 07 9 09"},
         {"date_format(TIMESTAMP '2024-03-05 12:07:09.012345', 'H k K h a S SS SSS SSSSSS SSSSSSSSS')",
          "12 12 0 12 PM 0 01 012 012345 012345000"},
         {"date_format(TIMESTAMP '2024-03-05 12:07:09', 'E EEE EEEE D DDD Q QQ QQQ QQQQ F G GGGG')",
          "Tue Tue Tuesday 65 065 1 01 Q1 1st quarter 5 AD Anno Domini"},
         {"date_format(TIMESTAMP '2024-03-05 12:07:09', 'VV z zzzz O OOOO X XX XXX x xx xxx Z ZZZZ ZZZZZ')",
          "UTC UTC Coordinated Universal Time GMT GMT Z Z Z +00 +0000 +00:00 +0000 GMT Z"},
         {"date_format(TIMESTAMP '2024-03-05 12:07:09', 'yyyy''T''HH[:mm]')", "2024T12:07"},
         {"date_format(TIMESTAMP '1969-12-31 23:59:59.5', 'yyyy-MM-dd HH:mm:ss')", "1969-12-31 23:59:59"},
         {"date_format(TIMESTAMP '1969-12-31 23:59:59.5', 'HH:mm:ss.S')", "23:59:59.5"},
         {"date_format(DATE '0012-01-02', 'yyyy-MM-dd')", "0012-01-02"},
         {"date_format(DATE '2024-11-01', '')", ""}});
}

TEST(DatePatterns, AreRefusedWhenTheyMeanNothing) {
  const auto refused = [](const std::string& pattern) {
    return answer("date_format(DATE '2024-11-01', '" + pattern + "')");
  };
  EXPECT_EQ(refused("YYYY"),
            "refused: bad date pattern: YYYY (the letter Y means nothing; text belongs in quotes)");
  EXPECT_EQ(refused("MMMMM"), "refused: bad date pattern: MMMMM (MMMMM cannot stand for anything)");
  EXPECT_EQ(refused("[yyyy"), "refused: bad date pattern: [yyyy (the brackets do not match)");
  EXPECT_EQ(answer("to_timestamp('Fri', 'E')"),
            "refused: a date cannot be read from a pattern with the letter E");
}

TEST(DatePatterns, ReadWhatTheyWrite) {
  check({{"to_timestamp('2024-03-05 12:07:09.012', 'yyyy-MM-dd HH:mm:ss.SSS')", "2024-03-05 12:07:09.012"},
         {"to_timestamp('2024-03-05 12:07:09.1', 'yyyy-MM-dd HH:mm:ss.SSS')", "2024-03-05 12:07:09.1"},
         {"to_timestamp('2024-03-05', 'yyyy-MM-dd[ HH:mm]')", "2024-03-05 00:00:00"},
         {"to_timestamp('2024-03-05 01:02', 'yyyy-MM-dd[ HH:mm]')", "2024-03-05 01:02:00"},
         {"to_timestamp('05/MAR/2024:10:00:00 +0100', 'dd/MMM/yyyy:HH:mm:ss Z')", "2024-03-05 09:00:00"},
         {"to_timestamp('20240305100000', 'yyyyMMddHHmmss')", "2024-03-05 10:00:00"},
         {"to_timestamp('2024-065', 'yyyy-DDD')", "2024-03-05 00:00:00"},
         {"to_timestamp('12 AM', 'h a')", "1970-01-01 00:00:00"},
         {"to_timestamp('12 PM', 'h a')", "1970-01-01 12:00:00"},
         {"to_timestamp('24', 'k')", "1970-01-01 00:00:00"},
         {"to_timestamp('3/5/24', 'M/d/yy')", "2024-03-05 00:00:00"},
         {"to_timestamp('2024-03-05T10:00:00Z', 'yyyy-MM-dd''T''HH:mm:ssX')", "2024-03-05 10:00:00"},
         {"to_date('March 5, 2024', 'MMMM d, yyyy')", "2024-03-05"},
         {"to_date('2023-02-29', 'yyyy-MM-dd')", "error bad_date"},
         {"to_date('2023-2-9', 'yyyy-MM-dd')", "error bad_date"},
         {"to_date('2023-02-09x', 'yyyy-MM-dd')", "error bad_date"},
         {"to_timestamp('2024-13-01 00:00:00')", "error bad_timestamp"},
         {"to_timestamp('')", "error bad_timestamp"},
         {"to_timestamp(NULL)", "NULL"},
         {"try_to_timestamp('')", "NULL"},
         {"unix_timestamp('1970-01-01 00:00:01')", "1"},
         {"unix_timestamp('1970-01-01')", "error bad_timestamp"}});
}

}  // namespace
}  // namespace weir::test
