// tables_test.cpp — runs every example of every table function, and what the caller adds to a body's rows.
#include <gtest/gtest.h>

#include "engine/expression/binder.h"
#include "engine/expression/program.h"
#include "engine/expression/table_function.h"
#include "evaluation.h"

namespace weir::test {
namespace {

const TableFunctionRegistry& builtin_tables() {
  static const TableFunctionRegistry* registry = [] {
    auto* made = new TableFunctionRegistry;
    register_builtin_tables(*made);
    return made;
  }();
  return *registry;
}

Result<BoundTableFunction> bound_call(const std::string& text) {
  WEIR_ASSIGN(const AstPtr ast, parse(text));
  const auto& call = std::get<CallAst>(ast->node);
  const Schema schema;
  Diagnostics diagnostics;
  std::vector<ExpressionPtr> arguments;
  for (const AstPtr& argument : call.arguments) arguments.push_back(bind(*argument, Scope{&schema, "test"}, builtin_functions(), diagnostics));
  if (!diagnostics.ok()) return diagnostics.errors().front();
  return bind_table_function(*builtin_tables().find(call.function), std::move(arguments), builtin_functions());
}

// The rows that a call of literals makes of `rows` rows.
std::string answer_of(const std::string& text, std::uint32_t rows = 1) {
  const auto call = bound_call(text);
  if (!call.ok()) return "refused: " + call.error().message();
  Arena arena;
  Batch batch;
  batch.schema = std::make_shared<Schema>();
  batch.row_count = rows;
  const Program program = Program::compile(call->arguments).value();
  const std::vector<Column> arguments = program.evaluate(batch, arena, 0);
  EvaluationContext context{rows, arena, 0};
  return to_text(expand(*call->body, {call->function->keeps_empty, call->function->numbers_rows, false}, arguments, context));
}

class TableExamples : public testing::TestWithParam<const TableFunction*> {};

TEST_P(TableExamples, GiveTheirRows) {
  EXPECT_FALSE(GetParam()->examples.empty());
  for (const TableExample& example : GetParam()->examples) EXPECT_EQ(answer_of(example.call), example.rows) << example.call;
}

TEST_P(TableExamples, GiveThemForEachRow) {
  for (const TableExample& example : GetParam()->examples) {
    const std::string expected = example.rows.empty() ? "" : example.rows + "; " + example.rows;
    EXPECT_EQ(answer_of(example.call, 2), expected) << example.call;
  }
}

TEST_P(TableExamples, ComeWithASignatureAndASentence) {
  const Function& declaration = GetParam()->declaration;
  EXPECT_TRUE(declaration.signature.starts_with(declaration.name + "("));
  EXPECT_TRUE(declaration.summary.ends_with('.'));
  EXPECT_EQ(builtin_functions().find(declaration.name), nullptr) << "a scalar function has this name";
}

INSTANTIATE_TEST_SUITE_P(Tables, TableExamples, testing::ValuesIn(builtin_tables().functions()),
                         [](const auto& tested) { return tested.param->declaration.name; });

TEST(Tables, RefuseWhatTheyCannotTakeApart) {
  EXPECT_EQ(answer_of("explode('a')"), "refused: explode expects (array) or (map), got (string)");
  EXPECT_EQ(answer_of("inline(array(1, 2))"), "refused: inline expects an array of structs, got array<int>");
  EXPECT_EQ(answer_of("explode(array(1), 2)"), "refused: explode expects (array) or (map), got (array<int>, int)");
}

TEST(Tables, ANullStructIsARowOfNulls) {
  EXPECT_EQ(answer_of("inline(array(named_struct('a', 1, 'b', 'x'), CAST(NULL AS struct<a int, b string>)))"), "1, x; NULL, NULL");
}

/// Makes as many rows as each argument says; one below zero is an error, after which the rows do not count.
class Repeat final : public TableBody {
 public:
  MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const override {
    MadeRows made;
    made.offsets.push_back(0);
    std::uint32_t count = 0;
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const auto wanted = arguments[0].at<std::int32_t>(row);
      if (wanted < 0) made.errors.push_back({row, "below_zero", "it is below zero"});
      made.offsets.push_back(count += static_cast<std::uint32_t>(std::abs(wanted)));
    }
    ColumnWriter writer(int32_type, count, context.arena);
    for (std::uint32_t row = 0; row < count; ++row) writer.set(row, static_cast<std::int32_t>(row));
    made.columns.push_back(writer.finish());
    return made;
  }
};

ExpandedRows repeat(const ExpandRules& rules, const std::vector<std::int32_t>& counts, Arena& arena) {
  ColumnWriter writer(int32_type, static_cast<std::uint32_t>(counts.size()), arena);
  for (std::uint32_t row = 0; row < counts.size(); ++row) writer.set(row, counts[row]);
  EvaluationContext context{static_cast<std::uint32_t>(counts.size()), arena, 0};
  const std::vector<Column> arguments{writer.finish()};
  return expand(Repeat(), rules, arguments, context);
}

TEST(Tables, KeepNumberAndRejectRows) {
  Arena arena;
  const std::vector<std::int32_t> counts{2, 0, -1, 1};
  const ExpandedRows plain = repeat({}, counts, arena);
  EXPECT_EQ(to_text(plain), "0; 1; 3; error below_zero");
  EXPECT_EQ(plain.parents, (std::vector<std::uint32_t>{0, 0, 3}));
  EXPECT_EQ(plain.empty, 1u);
  EXPECT_EQ(plain.errors.front().row, 2u);
  EXPECT_EQ(to_text(repeat({.keeps_empty = true, .numbers_rows = true}, counts, arena)), "0, 0; 1, 1; NULL, NULL; 0, 3; error below_zero");
  EXPECT_EQ(to_text(repeat({.keeps_empty = true, .errors_are_null = true}, counts, arena)), "0; 1; NULL; NULL; 3");
  const ExpandedRows lenient = repeat({.errors_are_null = true}, counts, arena);
  EXPECT_EQ(to_text(lenient), "0; 1; 3");
  EXPECT_EQ(lenient.empty, 2u);
}

}  // namespace
}  // namespace weir::test
