// plugin_check.cpp — runs the examples of a plugin's functions.
#include "engine/cli/plugin_check.h"

#include <fmt/format.h>

#include "dsl/compile.h"
#include "engine/expression/binder.h"
#include "engine/expression/program.h"

namespace weir {
namespace {

constexpr std::uint32_t rows_of_columns = 5;  // value, NULL, value, NULL, value

// Columns that stand for the literals of an expression.
struct Columns {
  Arena arena{4096};
  Batch batch;
  std::shared_ptr<Schema> schema = std::make_shared<Schema>();
};

Column every_other(const Value& value, Arena& arena) {
  const Column constant = constant_column(value, 1, arena);
  ColumnWriter writer(value.type, rows_of_columns, arena);
  for (std::uint32_t row = 0; row < rows_of_columns; row += 2) writer.copy_from(row, constant, 0);
  return writer.finish();
}

// Only calls are gone into: the literals of a CASE or a cast are often the point of the example.
void literals_to_columns(Ast& ast, Columns& columns) {
  if (auto* call = std::get_if<CallAst>(&ast.node)) {
    for (const AstPtr& argument : call->arguments) literals_to_columns(*argument, columns);
    return;
  }
  const auto* literal = std::get_if<LiteralAst>(&ast.node);
  if (literal == nullptr || literal->value.is_null()) return;
  const std::string name = fmt::format("c{}", columns.schema->fields.size());
  columns.schema->fields.push_back({name, literal->value.type, true});
  columns.batch.columns.push_back(every_other(literal->value, columns.arena));
  ast.node = NameAst{{name}};
}

AstPtr parse(const std::string& expression, Diagnostics& diagnostics) {
  const auto text = std::make_shared<const SourceText>(SourceText{"example", expression});
  return parse_expression(expression, Location{text, 1, 1, 0}, diagnostics);
}

std::string text_at(const Column& column, std::uint32_t row) {
  const RowError* error = column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
  return error == nullptr ? to_text(value_at(column, row)) : fmt::format("error {}: {}", error->code, error->message);
}

struct Answer {
  Type type;
  std::vector<std::string> rows;
};

Result<Answer> answer(const Ast& ast, const Batch& batch, const FunctionRegistry& functions) {
  Diagnostics diagnostics;
  const ExpressionPtr bound = bind(ast, Scope{batch.schema.get(), "the example"}, functions, diagnostics);
  if (bound == nullptr) return diagnostics.errors().front();
  WEIR_ASSIGN(const Program program, Program::compile(std::vector<ExpressionPtr>{bound}));
  Arena arena;
  const std::vector<Column> results = program.evaluate(batch, arena, 0);
  Answer found{bound->type, {}};
  for (std::uint32_t row = 0; row < batch.row_count; ++row) found.rows.push_back(text_at(results[0], row));
  return found;
}

ExampleOutcome run_example(const FunctionExample& example, const FunctionRegistry& functions) {
  ExampleOutcome outcome{example.expression, example.result, {}};
  Diagnostics diagnostics;
  const AstPtr ast = parse(example.expression, diagnostics);
  if (ast == nullptr) {
    outcome.found = diagnostics.errors().front().message();
    return outcome;
  }
  Columns none;
  none.batch.schema = none.schema;
  none.batch.row_count = 1;
  const auto single = answer(*ast, none.batch, functions);
  outcome.found = single.ok() ? single->rows.front() : single.error().message();
  if (!outcome.is_good()) return outcome;
  Columns columns;
  literals_to_columns(*ast, columns);
  columns.batch.schema = columns.schema;
  columns.batch.row_count = rows_of_columns;
  const auto several = answer(*ast, columns.batch, functions);
  if (!several.ok() || several->type != single->type) return outcome;
  for (std::uint32_t row = 0; row < rows_of_columns; row += 2) {
    if (several->rows[row] == example.result) continue;
    outcome.found = fmt::format("{} (in row {} of {}, over columns)", several->rows[row], row, rows_of_columns);
    break;
  }
  return outcome;
}

Result<std::string> rows_of(const TableFunction& table, const Ast& ast, const FunctionRegistry& functions) {
  const auto* call = std::get_if<CallAst>(&ast.node);
  if (call == nullptr) return Error{ErrorKind::user, "the example is no call"};
  const Schema schema;
  Diagnostics diagnostics;
  std::vector<ExpressionPtr> arguments;
  for (const AstPtr& argument : call->arguments) arguments.push_back(bind(*argument, Scope{&schema, "the example"}, functions, diagnostics));
  if (!diagnostics.ok()) return diagnostics.errors().front();
  WEIR_ASSIGN(const BoundTableFunction bound, bind_table_function(table, std::move(arguments), functions));
  WEIR_ASSIGN(const Program program, Program::compile(bound.arguments));
  Batch batch;
  batch.row_count = 1;
  Arena arena;
  const std::vector<Column> values = program.evaluate(batch, arena, 0);
  EvaluationContext context{1, arena, 0};
  return to_text(expand(*bound.body, {table.keeps_empty, table.numbers_rows, false}, values, context));
}

ExampleOutcome run_example(const TableFunction& table, const TableExample& example, const FunctionRegistry& functions) {
  ExampleOutcome outcome{example.call, example.rows, {}};
  Diagnostics diagnostics;
  const AstPtr ast = parse(example.call, diagnostics);
  if (ast == nullptr) {
    outcome.found = diagnostics.errors().front().message();
    return outcome;
  }
  const auto rows = rows_of(table, *ast, functions);
  outcome.found = rows.ok() ? *rows : rows.error().message();
  return outcome;
}

}  // namespace

std::vector<ExampleOutcome> run_examples(const TableFunction& table, const FunctionRegistry& functions) {
  std::vector<ExampleOutcome> outcomes;
  for (const TableExample& example : table.examples) outcomes.push_back(run_example(table, example, functions));
  return outcomes;
}

std::vector<ExampleOutcome> run_examples(const Function& function, const FunctionRegistry& functions) {
  std::vector<ExampleOutcome> outcomes;
  for (const FunctionExample& example : function.examples) outcomes.push_back(run_example(example, functions));
  return outcomes;
}

}  // namespace weir
