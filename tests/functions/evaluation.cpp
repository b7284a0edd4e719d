// evaluation.cpp — evaluates expressions given as text.
#include "evaluation.h"

#include <fmt/format.h>

#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"

namespace weir::test {
namespace {

void write_value(ColumnWriter& writer, std::uint32_t row, const Value& value) {
  if (value.is_null()) return writer.set_null(row);
  writer.copy_from(row, constant_column(value, 1, writer.arena()), 0);  // nested values are shared, not copied
}

Error first_error(const Diagnostics& diagnostics) {
  return diagnostics.errors().empty() ? Error{ErrorKind::user, "failed without an error"}
                                      : diagnostics.errors().front();
}

}  // namespace

Column column_of(const TestColumn& column, Arena& arena) {
  ColumnWriter writer(column.type, static_cast<std::uint32_t>(column.values.size()), arena);
  for (std::uint32_t row = 0; row < column.values.size(); ++row) write_value(writer, row, column.values[row]);
  return writer.finish();
}

std::string answer_at(const Column& column, std::uint32_t row) {
  if (!column.is_null(row)) return to_text(value_at(column, row));
  const RowError* error =
      column.errors == nullptr ? nullptr : column.errors->find(column.is_constant() ? 0 : row);
  return error == nullptr ? "NULL" : "error " + error->code;
}

const FunctionRegistry& builtin_functions() {
  static const FunctionRegistry* registry = [] {
    auto* made = new FunctionRegistry;
    register_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

Result<AstPtr> parse(const std::string& expression) {
  Diagnostics diagnostics;
  const auto source = std::make_shared<const SourceText>(SourceText{"expression", expression});
  AstPtr ast = parse_expression(expression, Location{source, 1, 1, 0}, diagnostics);
  if (ast == nullptr) return first_error(diagnostics);
  return ast;
}

Result<Answers> evaluate(const Ast& ast, const std::vector<TestColumn>& columns, std::uint32_t rows) {
  auto schema = std::make_shared<Schema>();
  Arena input_arena(4096);
  Batch batch;
  for (const TestColumn& column : columns) {
    schema->fields.push_back({column.name, column.type, true});
    batch.columns.push_back(column_of(column, input_arena));
  }
  batch.schema = schema;
  batch.row_count = rows;
  Diagnostics diagnostics;
  const ExpressionPtr bound = bind(ast, Scope{schema.get(), "test"}, builtin_functions(), diagnostics);
  if (bound == nullptr) return first_error(diagnostics);
  WEIR_ASSIGN(const Program program, Program::compile(std::vector<ExpressionPtr>{bound}));
  Arena arena(4096);
  const std::vector<Column> results = program.evaluate(batch, arena, 1'730'419'200'000'000);
  Answers answers{bound->type, {}};
  for (std::uint32_t row = 0; row < rows; ++row) {
    answers.rows.push_back(answer_at(results[0], row));
    if (answers.rows.back() == "NULL" && !bound->nullable)
      answers.rows.back() = "NULL of an expression that is never NULL";
  }
  return answers;
}

std::string answer(const std::string& expression) {
  const Result<AstPtr> ast = parse(expression);
  if (!ast.ok()) return "refused: " + ast.error().message();
  const Result<Answers> answers = evaluate(**ast, {}, 1);
  if (!answers.ok()) return "refused: " + answers.error().message();
  return answers->rows.front();
}

}  // namespace weir::test
