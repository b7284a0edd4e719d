// encoder_test.cpp — what the binary encoder writes is what the server prints.
#include <cmath>
#include <limits>
#include <random>

#include "engine/data/calendar.h"
#include "tests/unit/postgres/postgres_fixture.h"

namespace weir::testing {

/// Writes values of one type beside a number and reads them back as text.
class EncoderTest : public PostgresTest {
 protected:
  std::vector<std::string> round_trip(Type type, const std::vector<Value>& values,
                                      const std::string& column_type = "",
                                      const std::string& shown = "v::text") {
    SinkTable table;
    table.sink = "values_sink";
    table.table = "values";
    table.schema.fields = {{"n", int64_type, false}, {"v", type, true}};
    table.key = {0};
    if (!column_type.empty()) query("CREATE TABLE \"values\" (n bigint PRIMARY KEY, v " + column_type + ")");
    auto store = open_ready({table});
    std::vector<RowValues> rows;
    for (std::size_t i = 0; i < values.size(); ++i)
      rows.push_back({integer(static_cast<std::int64_t>(i)), values[i]});
    EpochBuilder epoch(1, "0", "1");
    auto writer = store->writer(0);
    auto report = writer.value()->commit(epoch.rows(*store, table, rows, true).write());
    EXPECT_TRUE(report.ok()) << (report.ok() ? "" : report.error().message());
    return query("SELECT " + shown + " FROM \"values\" ORDER BY n");
  }
};

TEST_F(EncoderTest, DecimalsKeepEveryDigit) {
  const Type type = decimal_type(38, 5);
  const std::vector<std::string> texts{"0.00000",
                                       "0.00001",
                                       "-0.00001",
                                       "1.00000",
                                       "-1.00000",
                                       "9999.00000",
                                       "10000.00000",
                                       "10000.00010",
                                       "99999999.99999",
                                       "100000000.00000",
                                       "0.10000",
                                       "0.00010",
                                       "12345.67890",
                                       "999999999999999999999999999999999.99999",
                                       "-999999999999999999999999999999999.99999",
                                       "18446744073709.55161",
                                       "184467440737095.51615",
                                       "184467440737095.51616"};
  std::vector<Value> values;
  for (const std::string& number : texts) values.push_back({type, *parse_decimal(number, 38, 5)});
  EXPECT_EQ(round_trip(type, values), texts);
}

TEST_F(EncoderTest, RandomDecimalsOfEveryScaleComeBack) {
  std::mt19937_64 random(20240601);
  for (int scale = 0; scale <= 38; ++scale) {
    query("DROP TABLE IF EXISTS \"values\"");
    query("DROP TABLE IF EXISTS weir_checkpoint, weir_rejects, weir_ledger, weir_member, weir_state");
    const Type type = decimal_type(38, static_cast<std::uint8_t>(scale));
    std::vector<Value> values;
    std::vector<std::string> texts;
    for (int i = 0; i < 200; ++i) {
      const int digits = static_cast<int>(random() % 39);
      Int128 number = static_cast<Int128>((static_cast<UInt128>(random()) << 64 | random()) %
                                          static_cast<UInt128>(power_of_ten(std::max(digits, 1))));
      // Runs of zeros are where digits are dropped or misplaced.
      if (random() % 3 == 0) number -= number % power_of_ten(static_cast<int>(random() % 20));
      if (random() % 2 == 0) number = -number;
      values.push_back({type, number});
      texts.push_back(decimal_to_string(number, scale));
    }
    ASSERT_EQ(round_trip(type, values), texts) << "scale " << scale;
  }
}

TEST_F(EncoderTest, TimestampsReachFromTheFirstToTheLastThatFits) {
  const Type type = timestamp_type;
  const std::vector<std::int64_t> times{0,
                                        -1,
                                        1,
                                        946'684'800'000'000,
                                        946'684'799'999'999,
                                        1'700'000'000'123'456,
                                        -210'866'803'200'000'000,
                                        253'402'300'799'999'999};

  std::vector<Value> values;
  std::vector<std::string> texts;
  for (const std::int64_t time : times) {
    values.push_back({type, time});
    texts.push_back(std::to_string(time));
  }
  EXPECT_EQ(round_trip(type, values, "", "(extract(epoch FROM v) * 1000000)::numeric(38,0)::text"), texts);
  EXPECT_EQ(one("SELECT v::text FROM \"values\" WHERE n = 5"), "2023-11-14 22:13:20.123456+00");
  values = {{type, std::numeric_limits<std::int64_t>::max()}};
  query("DROP TABLE \"values\"");
  query("TRUNCATE weir_checkpoint");
  EXPECT_EQ(round_trip(type, values), (std::vector<std::string>{"294247-01-10 04:00:54.775807+00"}));
}

TEST_F(EncoderTest, TimesThatPostgresCannotHoldAreRefused) {
  SinkTable table;
  table.sink = table.table = "times";
  table.schema.fields = {{"n", int64_type, false}, {"t", timestamp_type, true}, {"d", date_type, true}};
  table.key = {0};
  auto store = open();
  auto chunk =
      encode(*store, table,
             {{integer(1), {timestamp_type, std::numeric_limits<std::int64_t>::min()}, null_value(date_type)},
              {integer(2), null_value(timestamp_type), {date_type, std::numeric_limits<std::int32_t>::max()}},
              {integer(3), null_value(timestamp_type), {date_type, std::numeric_limits<std::int32_t>::min()}},
              {integer(4), null_value(timestamp_type), {date_type, std::int32_t{0}}}});
  ASSERT_EQ(chunk->rows.refused.size(), 3u);
  EXPECT_EQ(chunk->rows.refused[0].code, "timestamp_out_of_range");
  EXPECT_EQ(chunk->rows.refused[1].code, "date_out_of_range");
  EXPECT_EQ(chunk->rows.rows.size(), 1u);
}

TEST_F(EncoderTest, DatesComeBack) {
  const std::vector<std::string> texts{"1970-01-01", "2000-01-01", "1999-12-31",
                                       "2024-02-29", "0001-01-01", "9999-12-31"};
  std::vector<Value> values;
  for (const std::string& date : texts) values.push_back({date_type, *parse_date(date)});
  EXPECT_EQ(round_trip(date_type, values), texts);
}

TEST_F(EncoderTest, DoublesComeBackBitForBit) {
  std::mt19937_64 random(7);
  std::vector<Value> values;
  std::vector<std::string> texts;
  for (const double number :
       {0.1, -0.0, 1e308, 5e-324, std::numeric_limits<double>::infinity(), std::nan("")})
    values.push_back({float64_type, number});
  EXPECT_EQ(round_trip(float64_type, values),
            (std::vector<std::string>{"0.1", "-0", "1e+308", "5e-324", "Infinity", "NaN"}));
}

TEST_F(EncoderTest, IntegersBooleansAndIntervalsComeBack) {
  EXPECT_EQ(round_trip(int32_type, {{int32_type, std::numeric_limits<std::int32_t>::min()},
                                    {int32_type, std::int32_t{1}}}),
            (std::vector<std::string>{"-2147483648", "1"}));
  query("DROP TABLE \"values\"");
  query("TRUNCATE weir_checkpoint");
  EXPECT_EQ(round_trip(boolean_type, {{boolean_type, true}, {boolean_type, false}, null_value(boolean_type)}),
            (std::vector<std::string>{"true", "false", "~"}));
  query("DROP TABLE \"values\"");
  query("TRUNCATE weir_checkpoint");
  EXPECT_EQ(round_trip(interval_type, {{interval_type, Interval{14, -3, 4'500'001'999}}}),
            (std::vector<std::string>{"1 year 2 mons -3 days +00:00:04.500001"}));
}

TEST_F(EncoderTest, TextOfAnyLengthComesBack) {
  std::vector<Value> values;
  std::vector<std::string> texts{"",
                                 "a",
                                 "exactly12byt",
                                 "thirteen byte",
                                 "é",
                                 "\xF0\x9F\x98\x80",
                                 std::string(100'000, 'x'),
                                 "a\\b'c\"d\te\nf"};
  for (const std::string& one_text : texts) values.push_back(text(one_text));
  EXPECT_EQ(round_trip(string_type, values), texts);
}

TEST_F(EncoderTest, JsonGoesIntoBothJsonTypes) {
  const std::vector<Value> values{{json_type, std::string("{\"a\":  [1, \"x\"]}")},
                                  {json_type, std::string("null")}};
  EXPECT_EQ(round_trip(json_type, values), (std::vector<std::string>{"{\"a\": [1, \"x\"]}", "null"}));
  query("DROP TABLE \"values\"");
  query("TRUNCATE weir_checkpoint");
  EXPECT_EQ(round_trip(json_type, values, "json"),
            (std::vector<std::string>{"{\"a\":  [1, \"x\"]}", "null"}));
}

TEST_F(EncoderTest, ConstantColumnsStandForEveryRow) {
  SinkTable table = items();
  auto store = open_ready({table});
  Arena arena;
  ColumnWriter ids(int64_type, 3, arena);
  for (std::uint32_t i = 0; i < 3; ++i) ids.set(i, std::int64_t{i});
  const std::vector<Column> columns{ids.finish(),
                                    constant_column(text("constant text, long enough"), 3, arena),
                                    constant_column(null_value(int64_type), 3, arena)};
  const std::vector<std::uint32_t> rows{0, 2};
  auto encoder = store->encoder(table);
  EncodedRows encoded;
  encoder->encode_keys(columns, rows, rows, encoded);
  encoder->encode_values(columns, rows, encoded);
  EpochBuilder epoch(1, "0", "1");
  epoch.write().ledger.push_back({"views", "items_sink", 2});
  epoch.write().tables.push_back({&table, 0, {{&encoded, 0, 0}, {&encoded, 1, 0}}, false});
  ASSERT_TRUE(store->writer(0).value()->commit(epoch.write()).ok());
  EXPECT_EQ(query("SELECT * FROM items ORDER BY id"),
            (std::vector<std::string>{"0|constant text, long enough|~", "2|constant text, long enough|~"}));
}

}  // namespace weir::testing
