// table_function.cpp — how a call of a table function chooses its overload.
#include "engine/expression/table_function.h"

#include <fmt/format.h>

#include "engine/expression/bound_arguments.h"

namespace weir {
namespace {

// Whether the made rows can be used as they lie: each is wanted, and no other.
bool is_as_made(const MadeRows& made, const ExpandedRows& expanded, std::size_t kept_empty) {
  return kept_empty == 0 && expanded.parents.size() == made.offsets.back();
}

Column numbers_of(const std::vector<std::uint32_t>& parents, const std::vector<std::uint32_t>& taken, Arena& arena) {
  ColumnWriter writer(int32_type, static_cast<std::uint32_t>(parents.size()), arena);
  std::int32_t number = 0;
  for (std::uint32_t row = 0; row < parents.size(); ++row) {
    number = row > 0 && parents[row] == parents[row - 1] ? number + 1 : 0;
    if (taken[row] != ~0u) writer.set(row, number);
  }
  return writer.finish();
}

}  // namespace

Result<BoundTableFunction> bind_table_function(const TableFunction& function, std::vector<ExpressionPtr> arguments,
                                               const FunctionRegistry& functions) {
  WEIR_ASSIGN(BoundArguments bound, bind_arguments(function.declaration, std::move(arguments), functions));
  WEIR_ASSIGN(std::unique_ptr<TableBody> body, function.prepare(bound.site));
  WEIR_CHECK(bound.site.result.kind == TypeKind::structure, "the result of a table function is a struct of its columns");
  return BoundTableFunction{&function, std::move(bound.arguments), bound.site.result.nested->fields, std::move(body)};
}

ExpandedRows expand(const TableBody& body, const ExpandRules& rules, std::span<const Column> arguments, EvaluationContext& context) {
  MadeRows made = body.expand(arguments, context);
  ExpandedRows expanded;
  std::vector<std::uint32_t> taken;  // of each row: which of the made ones, ~0u for none
  taken.reserve(made.offsets.back());
  expanded.parents.reserve(made.offsets.back());
  std::size_t kept_empty = 0;
  auto error = made.errors.begin();
  for (std::uint32_t row = 0; row < context.rows; ++row) {
    const bool has_error = error != made.errors.end() && error->row == row;
    if (has_error && !rules.errors_are_null) {
      expanded.errors.push_back(std::move(*error++));
      continue;
    }
    if (has_error) ++error;
    const std::uint32_t first = made.offsets[row], end = has_error ? first : made.offsets[row + 1];
    for (std::uint32_t i = first; i < end; ++i) {
      expanded.parents.push_back(row);
      taken.push_back(i);
    }
    if (first != end) continue;
    if (!rules.keeps_empty) {
      ++expanded.empty;
      continue;
    }
    ++kept_empty;
    expanded.parents.push_back(row);
    taken.push_back(~0u);
  }
  if (rules.numbers_rows) expanded.columns.push_back(numbers_of(expanded.parents, taken, context.arena));
  const bool as_made = is_as_made(made, expanded, kept_empty);
  for (Column& column : made.columns) expanded.columns.push_back(as_made ? std::move(column) : gather(column, taken, context.arena));
  return expanded;
}

std::string to_text(const ExpandedRows& expanded) {
  std::vector<std::string> rows;
  for (std::uint32_t row = 0; row < expanded.parents.size(); ++row) {
    std::vector<std::string> values;
    for (const Column& column : expanded.columns) values.push_back(to_text(value_at(column, row)));
    rows.push_back(fmt::format("{}", fmt::join(values, ", ")));
  }
  for (const RowError& error : expanded.errors) rows.push_back("error " + error.code);
  return fmt::format("{}", fmt::join(rows, "; "));
}

std::string print(const BoundTableFunction& call) {
  std::vector<std::string> arguments;
  for (const ExpressionPtr& argument : call.arguments) arguments.push_back(print(*argument));
  return fmt::format("{}({})", call.function->declaration.name, fmt::join(arguments, ", "));
}

}  // namespace weir
