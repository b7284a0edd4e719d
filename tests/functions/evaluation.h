// evaluation.h — evaluates expressions given as text, the way a pipeline would: parse, bind, compile,
// evaluate.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/expression/ast.h"
#include "engine/expression/function.h"

namespace weir::test {

/// All built-in functions; made once.
const FunctionRegistry& builtin_functions();

/// What an expression gives for each row: its text, "NULL", or "error CODE".
struct Answers {
  Type type;
  std::vector<std::string> rows;
};

/// A column of an evaluation: its name, and a value for each row (all of one type or NULL).
struct TestColumn {
  std::string name;
  Type type;
  std::vector<Value> values;
};

Column column_of(const TestColumn& column, Arena& arena);
/// The text of a value, "NULL", or "error CODE".
std::string answer_at(const Column& column, std::uint32_t row);

/// An error where the expression does not parse or bind.
Result<AstPtr> parse(const std::string& expression);
Result<Answers> evaluate(const Ast& ast, const std::vector<TestColumn>& columns, std::uint32_t rows);

/// The answer of an expression without columns; its first compile error as "refused: MESSAGE".
std::string answer(const std::string& expression);

/// An expression and what it gives, as text.
struct Question {
  const char* expression;
  const char* answer;
};

inline void check(std::initializer_list<Question> questions) {
  for (const Question& question : questions)
    EXPECT_EQ(answer(question.expression), question.answer) << question.expression;
}

}  // namespace weir::test
