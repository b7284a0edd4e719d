// table_function.h — what a table function is: its declaration, and the body that makes any number of rows of one.
//
// A call stands where rows are made: the step explode, or alone as a column of select or extend.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/expression/expression.h"
#include "engine/expression/function_table.h"

namespace weir {

/// The rows made of a batch: those of row i are offsets[i] to offsets[i + 1] of the columns.
struct MadeRows {
  std::vector<std::uint32_t> offsets;  // one more than there were rows; ascending from 0
  std::vector<Column> columns;
  std::vector<RowError> errors;        // ascending, of the rows that they were to be made of: what was made of such a row does not count
};

/// The body of one call site. Const: several threads call it at once.
class TableBody {
 public:
  virtual ~TableBody() = default;
  /// `arguments` have the types that `bind_table_function` resolved, `context.rows` rows, and no errors. Results live in context.arena and where
  /// the arguments' values do.
  virtual MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const = 0;
};

using TableBodyResult = Result<std::unique_ptr<TableBody>>;

/// "posexplode(array('a', 'b'))", "0, a; 1, b": the rows it makes. Run as a test.
struct TableExample {
  std::string call;
  std::string rows;
};

/// `declaration` has everything that functions have but kernels and examples; the result of its overloads is a struct of the columns made.
struct TableFunction {
  Function declaration;
  std::vector<TableExample> examples;
  std::function<TableBodyResult(const CallSite&)> prepare;
  bool keeps_empty = false;   // a row of which nothing is made gives one row of NULLs
  bool numbers_rows = false;  // the number of each row, from 0, is the first column: made by the caller, not by the body
};

class TableFunctionRegistry final : public FunctionTable<TableFunction> {};

/// The one list of built-in table functions.
void register_builtin_tables(TableFunctionRegistry& registry);

/// A call as the step explode needs it: the arguments to evaluate, with casts, and the body that takes them.
struct BoundTableFunction {
  const TableFunction* function;
  std::vector<ExpressionPtr> arguments;
  std::vector<Field> columns;  // that the body makes; a row's number not among them
  std::shared_ptr<const TableBody> body;
};

/// Chooses the overload and casts the arguments.
Result<BoundTableFunction> bind_table_function(const TableFunction& function, std::vector<ExpressionPtr> arguments,
                                               const FunctionRegistry& functions);

/// What a step asks of a call beside its body.
struct ExpandRules {
  bool keeps_empty = false;
  bool numbers_rows = false;
  bool errors_are_null = false;  // a row that a table function fails on is as one of which nothing is made
};

/// The rows that a body made, with what the rules add.
struct ExpandedRows {
  std::vector<std::uint32_t> parents;  // of each made row: the row it was made of; ascending
  std::vector<Column> columns;         // the number first, if rows are numbered
  std::vector<RowError> errors;        // ascending: rows of which nothing was made for that
  std::uint32_t empty = 0;             // rows of which nothing was made, and no error
};

ExpandedRows expand(const TableBody& body, const ExpandRules& rules, std::span<const Column> arguments, EvaluationContext& context);

/// The rows as examples show them: "0, a; 1, b", an error as "error CODE" after them.
std::string to_text(const ExpandedRows& expanded);

/// As SQL: "explode(items)".
std::string print(const BoundTableFunction& call);

}  // namespace weir
