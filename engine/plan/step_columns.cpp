// step_columns.cpp — columns as they are, and names that must differ.
#include "engine/plan/step_columns.h"

#include <fmt/format.h>

#include "engine/plan/builder_messages.h"

namespace weir {

std::vector<ExpressionPtr> columns_of(const Schema& schema) {
  std::vector<ExpressionPtr> columns;
  for (std::size_t i = 0; i < schema.fields.size(); ++i) columns.push_back(make_column(i, schema.fields[i]));
  return columns;
}

bool check_distinct(const std::vector<PlanBuilder::NamedAst>& columns, Diagnostics& diagnostics) {
  std::map<std::string, Location> seen;
  bool is_good = true;
  for (const auto& column : columns) {
    const auto [first, is_new] = seen.emplace(column.name, column.where);
    if (is_new) continue;
    is_good = false;
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("column {} is given twice", column.name), column.where}.as("W0212").with_note("the first one is here", first->second));
  }
  return is_good;
}

}  // namespace weir
