// evaluation.h — evaluates SQL expressions over small tables written as text, for the tests of this folder.
#pragma once

#include <string>
#include <vector>

#include "engine/expression/binder.h"
#include "engine/expression/program.h"

namespace weir::testing {

/// All built-in functions.
const FunctionRegistry& built_in();

/// One column of a test table: each cell is a constant SQL expression, or ERROR for a value that failed
/// before.
struct TestColumn {
  std::string name;
  std::string type;
  std::vector<std::string> cells;
};

/// A batch and the memory it lives in.
struct TestTable {
  explicit TestTable(const std::vector<TestColumn>& columns);
  Arena arena;
  Batch batch;
  Scope scope() const { return {batch.schema.get(), "the table"}; }
};

/// Null after a syntax or binding error.
ExpressionPtr bind_text(const std::string& text, const Scope& scope, Diagnostics& diagnostics);
/// Fails the test where `text` has an error.
ExpressionPtr bound(const std::string& text, const TestTable& table);

/// The values of one column as CAST to string prints them, NULL as NULL, an error as !code.
std::vector<std::string> texts(const Column& column, std::uint32_t rows);
std::vector<std::string> evaluate(const std::string& text, const TestTable& table);
/// The value of an expression without columns; an error as "!code: message".
std::string value_of(const std::string& text);
std::string type_of(const std::string& text);
/// Every error as "message" or "message | hint".
std::vector<std::string> errors_of(const std::string& text, const TestTable& table);

}  // namespace weir::testing
