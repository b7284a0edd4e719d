// group_table_test.cpp — groups come out the same whatever the parts and the order of their rows, and after being saved and loaded.
#include "engine/state/group_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "engine/data/value.h"
#include "engine/state/group_key.h"

namespace weir::testing {
namespace {

const AggregateRegistry& aggregates() {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return *registry;
}

std::shared_ptr<const Aggregate> body_of(const char* name, std::vector<Type> types, Type result) {
  const CallSite site{types, std::vector<const Value*>(types.size(), nullptr), result};
  return std::move(aggregates().find(name)->prepare(site)).value();
}

/// count(*), sum(bigint), max(string), first(bigint).
GroupShape shape() {
  return GroupShape({string_type, float64_type},
                    {body_of("count", {}, int64_type), body_of("sum", {int64_type}, int64_type), body_of("max", {string_type}, string_type),
                     body_of("first", {int64_type}, int64_type)},
                    {int64_type, int64_type, string_type, int64_type});
}

struct Row {
  std::optional<std::string> name;
  std::optional<double> number;
  std::optional<std::int64_t> amount;
  std::optional<std::string> text;
  bool is_counted = true;
  std::uint64_t offset = 0;
};

/// A batch of rows as columns, and what the table is given of them.
class Rows {
 public:
  explicit Rows(const std::vector<Row>& rows) {
    const auto count = static_cast<std::uint32_t>(rows.size());
    ColumnWriter name(string_type, count, arena), number(float64_type, count, arena), amount(int64_type, count, arena),
        text(string_type, count, arena), counted(boolean_type, count, arena);
    for (std::uint32_t i = 0; i < count; ++i) {
      if (rows[i].name) name.set_text(i, *rows[i].name);
      if (rows[i].number) number.set(i, *rows[i].number);
      if (rows[i].amount) amount.set(i, *rows[i].amount);
      if (rows[i].text) text.set_text(i, *rows[i].text);
      counted.set_bool(i, rows[i].is_counted);
      numbers_.push_back(i);
      positions_.push_back({0, 1, rows[i].offset});
    }
    keys_ = {name.finish(), number.finish()};
    amount_ = {amount.finish()};
    text_ = {text.finish()};
    counted_ = counted.finish();
  }
  void add_to(GroupTable& table) {
    const std::vector<std::span<const Column>> arguments{{}, amount_, text_, amount_};
    const std::vector<const Column*> filters{&counted_, nullptr, nullptr, nullptr};
    table.add({keys_, arguments, filters, numbers_, positions_}, arena);
  }

 private:
  Arena arena;
  std::vector<Column> keys_, amount_, text_;
  Column counted_;
  std::vector<std::uint32_t> numbers_;
  std::vector<RowPosition> positions_;
};

/// Every group as text, by its key.
std::map<std::string, std::string> all_of(const GroupTable& table) {
  Arena arena;
  std::vector<std::uint32_t> groups(table.size());
  std::iota(groups.begin(), groups.end(), 0u);
  const std::vector<Column> columns = table.results(groups, arena);
  std::map<std::string, std::string> found;
  for (std::uint32_t row = 0; row < groups.size(); ++row) {
    std::string text;
    for (std::size_t c = 2; c < columns.size(); ++c) text += to_text(value_at(columns[c], row)) + " ";
    const std::string key = to_text(value_at(columns[0], row)) + "/" + to_text(value_at(columns[1], row));
    EXPECT_TRUE(found.emplace(key, text).second) << key << " is there twice";
  }
  return found;
}

Row random_row(std::mt19937_64& random, std::uint64_t offset) {
  static const std::vector<double> numbers{0.0, -0.0, 1.5, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::quiet_NaN()};
  Row row;
  if (random() % 5 != 0) row.name = std::string(random() % 3 * 20, static_cast<char>('a' + random() % 3));
  if (random() % 5 != 0) row.number = numbers[random() % numbers.size()];
  if (random() % 4 != 0) row.amount = static_cast<std::int64_t>(random() % 100);
  if (random() % 4 != 0) row.text = std::string(random() % 4, 'z');
  row.is_counted = random() % 3 != 0;
  row.offset = offset;
  return row;
}

TEST(GroupTable, KeysThatAreEqualInSqlAreOneGroup) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 0.0, 1, "x"}, {"a", -0.0, 2, "y"}, {std::nullopt, std::nullopt, 3, "z"}, {std::nullopt, std::nullopt, 4, std::nullopt},
        {"", 0.0, 5, "x", false}})
      .add_to(table);
  const std::map<std::string, std::string> expected{{"a/0.0", "2 3 y 1 "}, {"NULL/NULL", "2 7 z 3 "}, {"/0.0", "0 5 x 5 "}};
  EXPECT_EQ(all_of(table), expected);
}

TEST(GroupTable, PartsAndOrderDecideNothing) {
  std::mt19937_64 random(20241121);
  const GroupShape of = shape();
  for (int round = 0; round < 30; ++round) {
    std::vector<Row> rows;
    for (std::uint64_t i = 0; i < 300; ++i) rows.push_back(random_row(random, i));
    GroupTable whole(of);
    Rows(rows).add_to(whole);
    std::shuffle(rows.begin(), rows.end(), random);
    GroupTable merged(of);
    for (auto from = rows.begin(); from != rows.end();) {
      const auto to = from + std::min<std::ptrdiff_t>(rows.end() - from, static_cast<std::ptrdiff_t>(random() % 50 + 1));
      GroupTable part(of);
      Rows(std::vector<Row>(from, to)).add_to(part);
      merged.merge(part);
      from = to;
    }
    ASSERT_EQ(all_of(merged), all_of(whole));
  }
}

TEST(GroupTable, SavedGroupsGoOnWhereTheyWere) {
  std::mt19937_64 random(7);
  const GroupShape of = shape();
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < 2000; ++i) rows.push_back(random_row(random, i));
  GroupTable whole(of), half(of), restored(of);
  Rows(rows).add_to(whole);
  Rows({rows.begin(), rows.begin() + 1000}).add_to(half);
  for (std::uint32_t group = 0; group < half.size(); ++group) {
    std::string saved;
    half.save(group, saved);
    ASSERT_TRUE(restored.load(saved).ok());
  }
  EXPECT_TRUE(restored.changed().empty());
  Rows({rows.begin() + 1000, rows.end()}).add_to(restored);
  EXPECT_EQ(all_of(restored), all_of(whole));
}

TEST(GroupTable, TellsWhatChangedOnce) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}, {"a", 1.0, 1, "x"}}).add_to(table);
  EXPECT_EQ(table.changed(), (std::vector<std::uint32_t>{0, 1}));
  table.forget_changes();
  EXPECT_TRUE(table.changed().empty());
  GroupTable part(of);
  Rows({{"c", 1.0, 1, "x"}, {"b", 1.0, 1, "x"}}).add_to(part);
  table.merge(part);
  EXPECT_EQ(table.changed(), (std::vector<std::uint32_t>{2, 1}));
}

TEST(GroupTable, DamagedBytesAreRefused) {
  const GroupShape of = shape();
  GroupTable table(of);
  Rows({{"a", 1.0, 1, "x"}}).add_to(table);
  std::string saved;
  table.save(0, saved);
  for (std::size_t size = 0; size < saved.size(); ++size) {
    GroupTable other(of);
    ASSERT_FALSE(other.load(std::string_view(saved).substr(0, size)).ok()) << size;
  }
  GroupTable other(of);
  EXPECT_FALSE(other.load(saved + "x").ok());
  EXPECT_FALSE(table.load(saved).ok()) << "it is there already";
}

TEST(GroupTable, ManyGroupsAreFoundAgain) {
  const GroupShape of({int64_type}, {body_of("count", {}, int64_type)}, {int64_type});
  GroupTable table(of);
  constexpr std::uint32_t count = 200'000;
  Arena arena;
  ColumnWriter key(int64_type, count, arena);
  std::vector<std::uint32_t> rows(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    key.set(i, static_cast<std::int64_t>(i % (count / 2)));
    rows[i] = i;
  }
  const std::vector<Column> keys{key.finish()};
  const std::vector<std::span<const Column>> arguments{{}};
  const std::vector<const Column*> filters{nullptr};
  table.add({keys, arguments, filters, rows, {}}, arena);
  ASSERT_EQ(table.size(), count / 2);
  const std::vector<Column> results = table.results(table.changed(), arena);
  for (std::uint32_t i = 0; i < table.size(); ++i) ASSERT_EQ(results[1].at<std::int64_t>(i), 2);
}

TEST(GroupKey, EveryTypeComesBack) {
  const std::vector<Value> values{{boolean_type, true},          {int32_type, std::int32_t{-7}},      {int64_type, std::int64_t{1} << 40},
                                  {float64_type, -2.5},          {decimal_type(38, 5), Int128{-123}}, {string_type, std::string("é\0b", 4)},
                                  {bytes_type, std::string(300, '\xff')}, {date_type, std::int32_t{19000}},  {timestamp_type, std::int64_t{-1}}};
  Arena arena;
  std::vector<Column> columns;
  std::vector<Type> types;
  for (const Value& value : values) {
    ColumnWriter writer(value.type, 2, arena);
    writer.copy_from(0, constant_column(value, 1, arena), 0);
    columns.push_back(writer.finish());
    types.push_back(value.type);
  }
  std::string filled, empty;
  append_group_key(columns, 0, filled);
  append_group_key(columns, 1, empty);
  ASSERT_TRUE(is_group_key(filled, types));
  ASSERT_TRUE(is_group_key(empty, types));
  EXPECT_FALSE(is_group_key(filled.substr(1), types));
  const std::vector<std::string_view> keys{filled, empty};
  const std::vector<Column> back = group_key_columns(keys, types, arena);
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(to_text(value_at(back[i], 0)), to_text(values[i]));
    EXPECT_TRUE(back[i].is_null(1));
  }
}

}  // namespace
}  // namespace weir::testing
