// store_contract_lookup.cpp — queries and tables of a store as lookup tables.
#include "engine/component/store_lookup.h"
#include "tests/contract/store_contract.h"

namespace weir::testing {
namespace {

Config option(const std::string& name, const std::string& value) { return Config{.value = Config::Map{{name, Config{.value = value}}}}; }

std::string read_as_text(const LookupDefinition& definition, const LookupShape& shape) {
  LookupBuilder rows(shape);
  if (const Status read = definition.read(rows); !read.ok()) return read.error().message();
  const auto table = rows.finish();
  if (!table.ok()) return table.error().message();
  std::string text;
  for (std::uint32_t row = 0; row < (*table)->row_count(); ++row) {
    for (const Column& column : (*table)->columns()) text += to_text(value_at(column, row)) + "|";
    text += " ";
  }
  return text;
}

const LookupShape& rates() {
  static const LookupShape shape{
      "rates",
      {{{"currency", string_type, false}, "currency"}, {{"rate", decimal_type(10, 4)}, "rate"}, {{"known", boolean_type}, "known"}, {{"since", timestamp_type}, "since"}},
      {0}};
  return shape;
}

TEST_P(StoreContract, GivesRowsOfQueriesAndTablesForLookups) {
  const auto store = open();
  const std::string bool_type = GetParam().name == "postgres" ? "boolean" : "integer";
  const std::string time_type = GetParam().name == "postgres" ? "timestamptz" : "text";
  query(*store, "CREATE TABLE rates (currency text, rate text, known " + bool_type + ", since " + time_type + ", more text)");
  const std::string truth = GetParam().name == "postgres" ? "true" : "1";
  query(*store, "INSERT INTO rates VALUES ('EUR', '1', " + truth + ", '2024-11-01 10:00:00.5+00', 'x'), ('USD', '0.9', NULL, NULL, NULL)");
  Diagnostics diagnostics;
  const auto by_query = parse_store_lookup(option("query", "SELECT since, known, currency, rate FROM rates ORDER BY currency"), "warehouse", definition_, diagnostics);
  ASSERT_NE(by_query, nullptr);
  const std::string expected = "EUR|1.0000|true|2024-11-01 10:00:00.5|USD|0.9000|NULL|NULL|";
  std::string read = read_as_text(*by_query, rates());
  std::erase(read, ' ');
  std::string without_blanks = expected;
  std::erase(without_blanks, ' ');
  EXPECT_EQ(read, without_blanks);
  EXPECT_FALSE(by_query->version()->has_value());

  const auto whole = parse_store_lookup(option("table", "rates"), "warehouse", definition_, diagnostics);
  ASSERT_NE(whole, nullptr);
  std::string all = read_as_text(*whole, rates());
  std::erase(all, ' ');
  EXPECT_EQ(all, without_blanks);

  LookupShape missing = rates();
  missing.columns[1].from = "rat";
  EXPECT_EQ(read_as_text(*whole, missing), "there is no column rat");
  query(*store, "INSERT INTO rates VALUES ('EUR', '2', NULL, NULL, NULL)");
  EXPECT_EQ(read_as_text(*whole, rates()), "two rows have the key currency = 'EUR': row 1 and row 3");
  const auto wrong = parse_store_lookup(option("table", "no_such_table"), "warehouse", definition_, diagnostics);
  EXPECT_NE(read_as_text(*wrong, rates()).find("no_such_table"), std::string::npos);
  EXPECT_TRUE(diagnostics.ok());
}

}  // namespace
}  // namespace weir::testing
