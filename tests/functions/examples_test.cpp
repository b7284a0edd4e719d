// examples_test.cpp — runs every example of every function: as constants, and with its literals turned into
// columns.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "evaluation.h"
#include "literals.h"

namespace weir::test {
namespace {

constexpr std::uint32_t rows = 5;  // value, NULL, value, NULL, value

bool holds_value(std::uint32_t row) { return row % 2 == 0; }

TestColumn column_of_literal(const std::string& name, const Value& value) {
  TestColumn column{name, value.type, {}};
  for (std::uint32_t row = 0; row < rows; ++row)
    column.values.push_back(holds_value(row) ? value : Value{value.type, {}});
  return column;
}

/// Replaces the literals for which `is_chosen(index)` by columns.
template <typename Choose>
std::vector<TestColumn> literals_to_columns(AstPtr& ast, Choose&& is_chosen) {
  std::vector<TestColumn> columns;
  std::size_t index = 0;
  visit_literals(ast, [&](AstPtr& literal) {
    const Value value = std::get<LiteralAst>(literal->node).value;
    if (value.is_null() || !is_chosen(index++)) return;
    columns.push_back(column_of_literal(fmt::format("c{}", columns.size()), value));
    literal->node = NameAst{{columns.back().name}};
  });
  return columns;
}

std::size_t count_literals(const std::string& expression) {
  AstPtr ast = parse(expression).value();
  std::size_t count = 0;
  visit_literals(
      ast, [&](AstPtr& literal) { count += std::get<LiteralAst>(literal->node).value.is_null() ? 0 : 1; });
  return count;
}

/// A function may insist on constants, and some conversions are for literals only; then there is nothing to
/// compare.
bool may_refuse(const Error& error) {
  return error.message().find("constant") != std::string::npos ||
         error.message().find("literal") != std::string::npos;
}

template <typename Choose>
void check_with_columns(const FunctionExample& example, Choose&& is_chosen) {
  AstPtr ast = parse(example.expression).value();
  const std::vector<TestColumn> columns = literals_to_columns(ast, is_chosen);
  const Result<Answers> answers = evaluate(*ast, columns, rows);
  if (!answers.ok()) {
    EXPECT_TRUE(may_refuse(answers.error())) << example.expression << ": " << answers.error().message();
    return;
  }
  // The type of a number in a column is wider than that of the literal, and with it the result may differ.
  const Result<Answers> constant = evaluate(*parse(example.expression).value(), {}, 1);
  if (!constant.ok() || constant->type != answers->type) return;
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (holds_value(row)) {
      EXPECT_EQ(answers->rows[row], example.result) << example.expression << ", row " << row;
    }
  }
}

class Examples : public testing::TestWithParam<const Function*> {};

TEST_P(Examples, GiveTheirResultAsConstants) {
  for (const FunctionExample& example : GetParam()->examples) {
    EXPECT_EQ(answer(example.expression), example.result) << example.expression;
  }
}

TEST_P(Examples, GiveTheirResultOverColumnsWithNulls) {
  for (const FunctionExample& example : GetParam()->examples) {
    if (parse(example.expression).ok()) check_with_columns(example, [](std::size_t) { return true; });
  }
}

TEST_P(Examples, GiveTheirResultWithOneColumnAmongConstants) {
  for (const FunctionExample& example : GetParam()->examples) {
    if (!parse(example.expression).ok()) continue;
    const std::size_t count = count_literals(example.expression);
    for (std::size_t chosen = 0; chosen < count; ++chosen) {
      check_with_columns(example, [&](std::size_t index) { return index == chosen; });
    }
  }
}

TEST_P(Examples, GiveTheirResultWithOneConstantAmongColumns) {
  for (const FunctionExample& example : GetParam()->examples) {
    if (!parse(example.expression).ok()) continue;
    const std::size_t count = count_literals(example.expression);
    for (std::size_t kept = 0; kept < count; ++kept) {
      check_with_columns(example, [&](std::size_t index) { return index != kept; });
    }
  }
}

TEST_P(Examples, ComeWithASignatureAndASentence) {
  const Function& function = *GetParam();
  const bool can_be_written = function.name.find(' ') == std::string::npos;
  EXPECT_EQ(function.examples.empty(), !can_be_written) << function.name << " has no example";
  EXPECT_FALSE(function.signature.empty()) << function.name << " has no signature";
  EXPECT_FALSE(function.family.empty()) << function.name << " has no family";
  EXPECT_TRUE(function.summary.ends_with('.')) << function.name << " has no sentence";
}

std::string test_name(const testing::TestParamInfo<const Function*>& info) {
  std::string name;
  for (const char c : info.param->name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    name += is_plain ? std::string(1, c) : fmt::format("_{:02x}", static_cast<unsigned char>(c));
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Functions, Examples, testing::ValuesIn(builtin_functions().functions()), test_name);

}  // namespace
}  // namespace weir::test
