// hash_test.cpp — canonical keys: equality, order, freedom from prefixes; and their hashes.
#include "engine/data/hash.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

#include "engine/data/value.h"

namespace weir {
namespace {

std::string key_of(const Value& value) {
  Arena arena;
  std::string key;
  append_key(constant_column(value, 1, arena), 0, key);
  return key;
}

// The values, given in ascending order, have keys in strictly ascending order, and none is a prefix of
// another.
void expect_ascending(const std::vector<Value>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < values.size(); ++j) {
      const std::string a = key_of(values[i]), b = key_of(values[j]);
      EXPECT_EQ(a < b, i < j) << to_text(values[i]) << " and " << to_text(values[j]);
      EXPECT_EQ(b.starts_with(a), i == j) << to_text(values[i]) << " and " << to_text(values[j]);
    }
  }
}

template <typename T>
std::vector<Value> values_of(Type type, std::initializer_list<T> numbers) {
  std::vector<Value> values;
  for (const T& number : numbers) values.push_back({type, number});
  values.push_back({type, std::monostate()});  // NULL last
  return values;
}

TEST(Key, OrdersNumbers) {
  using I = std::numeric_limits<std::int32_t>;
  using L = std::numeric_limits<std::int64_t>;
  using D = std::numeric_limits<double>;
  expect_ascending(values_of<std::int32_t>(int32_type, {I::min(), -256, -1, 0, 1, 255, 256, I::max()}));
  expect_ascending(values_of<std::int32_t>(date_type, {-719162, -1, 0, 2932896}));
  expect_ascending(values_of<std::int64_t>(int64_type, {L::min(), -65536, -1, 0, 1, 65536, L::max()}));
  expect_ascending(values_of<std::int64_t>(timestamp_type, {L::min(), -1, 0, L::max()}));
  expect_ascending(
      values_of<double>(float64_type, {-D::infinity(), -D::max(), -1.5, -1, -D::min(), -5e-324, 0.0, 5e-324,
                                       D::min(), 1, 1.5, D::max(), D::infinity(), D::quiet_NaN()}));
  const Int128 widest = power_of_ten(38) - 1;
  expect_ascending(
      values_of<Int128>(decimal_type(38, 2), {-widest, -(Int128{1} << 64), -(Int128{1} << 64) + 1, -1, 0, 1,
                                              (Int128{1} << 64) - 1, Int128{1} << 64, widest}));
  expect_ascending(values_of<bool>(boolean_type, {false, true}));
  expect_ascending(values_of<Interval>(interval_type, {{-1, 0, 0},
                                                       {0, -29, 0},
                                                       {0, 0, -1},
                                                       {},
                                                       {0, 0, 1},
                                                       {0, 0, 86'399'999'999'999},
                                                       {0, 1, 0},
                                                       {1, 0, 0},
                                                       {1, 0, 1}}));
}

TEST(Key, OrdersTextByBytes) {
  const std::string zero(1, '\0');
  std::vector<Value> values;
  for (const std::string& text :
       {std::string(), zero, zero + zero, zero + "a", zero + "\xFF", std::string("\x01"), std::string("a"),
        "a" + zero, "a" + zero + zero, "a" + zero + "\x01", "a" + zero + "\xFF", std::string("a\x01"),
        std::string("aa"), std::string("b"), std::string("\xC3\xA9"), std::string("\xFF"),
        std::string("\xFF\xFF")}) {
    values.push_back({bytes_type, text});
  }
  values.push_back({bytes_type, std::monostate()});
  expect_ascending(values);
}

TEST(Key, IsEqualForEqualValues) {
  EXPECT_EQ(key_of({float64_type, 0.0}), key_of({float64_type, -0.0}));
  EXPECT_EQ(key_of({float64_type, std::nan("1")}), key_of({float64_type, -std::nan("2")}));
  EXPECT_EQ(key_of({interval_type, Interval{1, 0, 0}}), key_of({interval_type, Interval{0, 30, 0}}));
  EXPECT_EQ(key_of({interval_type, Interval{0, 1, 0}}),
            key_of({interval_type, Interval{0, 0, 86'400'000'000'000}}));
  EXPECT_EQ(key_of({decimal_type(10, 2), *parse_decimal("1.0", 10, 2)}),
            key_of({decimal_type(10, 2), *parse_decimal("1.00", 10, 2)}));
}

TEST(Key, OfSeveralColumnsOrdersLikeTuples) {
  std::mt19937_64 random(11);
  using Row = std::tuple<std::string, std::int64_t, std::string>;
  std::vector<std::pair<Row, std::string>> rows;
  const auto some_text = [&] {
    std::string text(random() % 4, '\0');
    for (char& c : text)
      c = static_cast<char>(
          "\0\x01\xFF"
          "ab"[random() % 5]);
    return text;
  };
  for (int i = 0; i < 600; ++i) {
    const Row row(some_text(), static_cast<std::int64_t>(random() % 5) - 2, some_text());
    std::string key = key_of({string_type, std::get<0>(row)}) + key_of({int64_type, std::get<1>(row)}) +
                      key_of({string_type, std::get<2>(row)});
    rows.emplace_back(row, std::move(key));
  }
  // std::string compares as unsigned bytes, as keys do.
  for (const auto& [row_a, key_a] : rows) {
    for (const auto& [row_b, key_b] : rows) {
      ASSERT_EQ(row_a < row_b, key_a < key_b);
      ASSERT_EQ(row_a == row_b, key_a == key_b);
    }
  }
}

TEST(Key, OrdersRandomNumbersLikeTheNumbers) {
  std::mt19937_64 random(5);
  for (int i = 0; i < 20'000; ++i) {
    const auto a = static_cast<std::int64_t>(random() >> random() % 64) * (random() % 2 == 0 ? 1 : -1);
    const auto b = static_cast<std::int64_t>(random() >> random() % 64) * (random() % 2 == 0 ? 1 : -1);
    ASSERT_EQ(a < b, key_of({int64_type, a}) < key_of({int64_type, b}));
    const double x = static_cast<double>(a) / 1e6, y = static_cast<double>(b) / 1e6;
    ASSERT_EQ(x < y, key_of({float64_type, x}) < key_of({float64_type, y}));
    const Int128 p = Int128{a} * 1'000'000'000, q = Int128{b} * 999'999'999;
    ASSERT_EQ(p < q, key_of({decimal_type(38, 0), p}) < key_of({decimal_type(38, 0), q}));
  }
}

TEST(HashRows, AreTheHashesOfTheKeys) {
  Arena arena;
  ColumnWriter texts(string_type, 400, arena), numbers(int32_type, 400, arena);
  for (std::uint32_t row = 0; row < 400; ++row) {
    std::string text(row, 'k');
    if (row % 3 == 1) text[row / 2] = '\0';
    if (row % 7 != 0) texts.set_text(row, text);
    if (row % 5 != 0) numbers.set(row, static_cast<std::int32_t>(row / 10));
  }
  const std::vector<Column> columns{texts.finish(), numbers.finish()};
  for (const std::size_t count : {1u, 2u}) {
    std::vector<Hash128> hashes(400);
    hash_rows(std::span(columns).first(count), hashes);
    for (std::uint32_t row = 0; row < 400; ++row) {
      std::string key;
      for (std::size_t i = 0; i < count; ++i) append_key(columns[i], row, key);
      ASSERT_EQ(hashes[row], hash_bytes(key)) << row;
    }
  }
}

TEST(HashRows, DifferForDifferentRows) {
  Arena arena;
  constexpr std::uint32_t rows = 20'000;
  ColumnWriter writer(int32_type, rows, arena, true);
  for (std::uint32_t row = 0; row < rows; ++row) writer.set(row, static_cast<std::int32_t>(row));
  const Column column = writer.finish();
  std::vector<Hash128> hashes(rows);
  hash_rows(std::span(&column, 1), hashes);
  EXPECT_EQ(std::set<Hash128>(hashes.begin(), hashes.end()).size(), rows);
}

TEST(HashRows, StayTheSameForEver) {
  // Stored hashes must mean the same in the next version.
  EXPECT_EQ(hash_bytes("").high, 0x99aa06d3014798d8u);
  EXPECT_EQ(hash_bytes("").low, 0x6001c324468d497fu);
}

}  // namespace
}  // namespace weir
