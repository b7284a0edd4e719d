// test_tables.cpp — gives rows as text, as the readers of files do.
#include "dsl/test_tables.h"

#include <fmt/format.h>

#include "dsl/test_value.h"
#include "engine/plan/builder_messages.h"

namespace weir {
namespace {

struct GivenCell {
  std::string text;
  bool is_null = true;
  Location where;
};
using GivenRow = std::vector<GivenCell>;

class GivenRows final : public LookupDefinition {
 public:
  explicit GivenRows(std::vector<GivenRow> rows) : rows_(std::move(rows)) {}

  Status read(LookupBuilder& builder) const override {
    if (!rows_.empty()) builder.set_source(rows_.front().front().where.source);
    for (const GivenRow& row : rows_) {
      std::vector<LookupCell> cells;
      for (const GivenCell& cell : row) cells.push_back({cell.text, cell.is_null, cell.where.line, cell.where.column, cell.where.length});
      WEIR_TRY(builder.add(cells));
    }
    return {};
  }
  Result<std::optional<std::string>> version() const override { return std::optional<std::string>("given"); }
  std::string describe() const override { return "rows given by a test"; }
  std::string fingerprint() const override { return "given"; }

 private:
  const std::vector<GivenRow> rows_;
};

std::vector<std::string> names_of(const LookupShape& shape) {
  std::vector<std::string> names;
  for (const LookupColumn& column : shape.columns) names.push_back(column.field.name);
  return names;
}

Result<GivenRow> row_of(const LookupShape& shape, const Config& config, std::int32_t day) {
  if (!config.is_map()) return Error{ErrorKind::user, "a row of a table is a map of its columns", config.where}.as("W1003").with_hint("write it as {COLUMN: VALUE, ...}");
  GivenRow row(shape.columns.size());
  for (GivenCell& cell : row) cell.where = config.where;
  for (const auto& [name, given] : std::get<Config::Map>(config.value)) {
    std::size_t c = 0;
    while (c < shape.columns.size() && shape.columns[c].field.name != name) ++c;
    if (c == shape.columns.size()) return unknown("W0201", "column of table " + shape.table, name, names_of(shape), given.key_where);
    auto value = read_test_value(given, shape.columns[c].field.type, day);
    if (!value.ok()) return std::move(value).error().in("column " + name);
    row[c] = {to_text(*value), value->is_null(), given.where};
  }
  return row;
}

}  // namespace

Result<std::shared_ptr<const LookupDefinition>> given_table(const LookupShape& shape, const std::vector<Config>& rows, std::int32_t day) {
  std::vector<GivenRow> given;
  for (const Config& config : rows) {
    WEIR_ASSIGN(GivenRow row, row_of(shape, config, day));
    given.push_back(std::move(row));
  }
  auto definition = std::make_shared<GivenRows>(std::move(given));
  LookupBuilder check(shape);
  WEIR_TRY(definition->read(check));
  WEIR_TRY(check.finish());
  return std::shared_ptr<const LookupDefinition>(std::move(definition));
}

}  // namespace weir
