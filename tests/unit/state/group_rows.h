// group_rows.h — rows of a small batch for tables of groups, and all groups of a table as text.
#pragma once

#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "engine/data/value.h"
#include "engine/state/group_table.h"

namespace weir::testing {

inline const AggregateRegistry& aggregates() {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return *registry;
}

inline std::shared_ptr<const Aggregate> body_of(const char* name, std::vector<Type> types, Type result) {
  const CallSite site{types, std::vector<const Value*>(types.size(), nullptr), result};
  return std::move(aggregates().find(name)->prepare(site)).value();
}

/// count(*), sum(bigint), max(string), first(bigint).
inline GroupShape shape() {
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
inline std::map<std::string, std::string> all_of(const GroupTable& table) {
  Arena arena;
  std::vector<std::uint32_t> groups;
  for (std::uint32_t group = 0; group < table.end(); ++group) {
    if (table.holds(group)) groups.push_back(group);
  }
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

inline Row random_row(std::mt19937_64& random, std::uint64_t offset) {
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

}  // namespace weir::testing
