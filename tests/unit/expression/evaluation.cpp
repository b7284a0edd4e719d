// evaluation.cpp — parse, bind, compile and evaluate in one go.
#include "tests/unit/expression/evaluation.h"

#include <gtest/gtest.h>

#include "dsl/compile.h"
#include "engine/expression/functions/families.h"

namespace weir::testing {
namespace {

Location place_of(const std::string& text) {
  return {std::make_shared<SourceText>(SourceText{"test", text}), 1, 1,
          static_cast<std::uint32_t>(text.size())};
}

Value cell_value(const std::string& cell, const Type& type) {
  const Scope nothing;
  Diagnostics diagnostics;
  const ExpressionPtr expression =
      bind_text("CAST(" + cell + " AS " + to_string(type) + ")", nothing, diagnostics);
  const auto* literal = expression == nullptr ? nullptr : std::get_if<Literal>(&expression->node);
  EXPECT_NE(literal, nullptr) << cell << " is no constant of type " << to_string(type);
  return literal == nullptr ? Value{type, {}} : literal->value;
}

Column make_test_column(const TestColumn& description, const Type& type, Arena& arena) {
  ColumnWriter writer(type, static_cast<std::uint32_t>(description.cells.size()), arena);
  for (std::uint32_t row = 0; row < description.cells.size(); ++row) {
    const std::string& cell = description.cells[row];
    if (cell == "ERROR") {
      writer.set_error(row, "test_" + description.name, "a value that failed");
    } else {
      writer.copy_from(row, constant_column(cell_value(cell, type), 1, arena), 0);
    }
  }
  return writer.finish();
}

std::string render_cell(const Column& column, std::uint32_t row) {
  if (column.errors != nullptr) {
    if (const RowError* error = column.errors->find(row)) return "!" + error->code;
  }
  return to_text(value_at(column, row));
}

}  // namespace

const FunctionRegistry& built_in() {
  static const FunctionRegistry* const registry = [] {
    auto* made = new FunctionRegistry;
    register_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

TestTable::TestTable(const std::vector<TestColumn>& columns) {
  auto schema = std::make_shared<Schema>();
  for (const TestColumn& column : columns) {
    const Type type = parse_type(column.type).value();
    schema->fields.push_back({column.name, type, true});
    batch.columns.push_back(make_test_column(column, type, arena));
    batch.row_count = static_cast<std::uint32_t>(column.cells.size());
  }
  if (columns.empty()) batch.row_count = 1;
  batch.schema = std::move(schema);
}

ExpressionPtr bind_text(const std::string& text, const Scope& scope, Diagnostics& diagnostics) {
  const AstPtr ast = parse_expression(text, place_of(text), diagnostics);
  return ast == nullptr ? nullptr : bind(*ast, scope, built_in(), diagnostics);
}

ExpressionPtr bound(const std::string& text, const TestTable& table) {
  Diagnostics diagnostics;
  ExpressionPtr expression = bind_text(text, table.scope(), diagnostics);
  for (const Error& error : diagnostics.errors()) ADD_FAILURE() << render(error);
  return expression == nullptr ? make_literal(Value{}) : expression;
}

std::vector<std::string> texts(const Column& column, std::uint32_t rows) {
  std::vector<std::string> result;
  for (std::uint32_t row = 0; row < rows; ++row) result.push_back(render_cell(column, row));
  return result;
}

std::vector<std::string> evaluate(const std::string& text, const TestTable& table) {
  const ExpressionPtr expression = bound(text, table);
  const auto program = Program::compile(std::span(&expression, 1));
  if (!program.ok()) return {program.error().message()};
  Arena arena;
  const std::vector<Column> results = program->evaluate(table.batch, arena, 0);
  EXPECT_EQ(results[0].type, expression->type) << text;
  return texts(results[0], table.batch.row_count);
}

std::string value_of(const std::string& text) {
  const TestTable nothing({});
  const ExpressionPtr expression = bound(text, nothing);
  const auto program = Program::compile(std::span(&expression, 1));
  if (!program.ok()) return program.error().message();
  Arena arena;
  const Column column = program->evaluate(nothing.batch, arena, 0)[0];
  const RowError* error = column.errors == nullptr ? nullptr : column.errors->find(0);
  return error == nullptr ? to_text(value_at(column, 0)) : "!" + error->code + ": " + error->message;
}

std::string type_of(const std::string& text) { return to_string(bound(text, TestTable({}))->type); }

std::vector<std::string> errors_of(const std::string& text, const TestTable& table) {
  Diagnostics diagnostics;
  bind_text(text, table.scope(), diagnostics);
  std::vector<std::string> result;
  for (const Error& error : diagnostics.errors()) {
    result.push_back(error.hint().empty() ? error.message() : error.message() + " | " + error.hint());
  }
  return result;
}

}  // namespace weir::testing
