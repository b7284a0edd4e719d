// hostile_values_test.cpp — calls every function with values at the edges of their types: whatever comes out,
// text is UTF-8.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "engine/data/utf8.h"
#include "evaluation.h"
#include "literals.h"

namespace weir::test {
namespace {

constexpr std::uint32_t rows = 200;

std::vector<Value> texts(const Type& type, const std::string& own) {
  std::vector<Value> values;
  for (const std::string& text : {std::string(),
                                  own,
                                  own + own,
                                  std::string(" "),
                                  std::string("é"),
                                  std::string("日本語😀"),
                                  std::string("\0x", 2),
                                  std::string(300, 'a'),
                                  std::string(40, '['),
                                  std::string("\\"),
                                  std::string("\"\\u00"),
                                  std::string("$.a[0]"),
                                  std::string("%"),
                                  std::string("%F"),
                                  std::string("-9223372036854775808"),
                                  std::string("1e400"),
                                  std::string("9999-12-31 23:59:59.999999"),
                                  std::string("yyyy''"),
                                  std::string("http://@:?#"),
                                  std::string("://"),
                                  std::string("$1${x}"),
                                  std::string("[[]]"),
                                  std::string("\xc2\x80\xdf\xbf"),
                                  own.substr(own.size() / 2)}) {
    if (is_valid_utf8(text)) values.push_back(Value{type, text});
  }
  return values;
}

template <typename T>
std::vector<Value> integers(const Type& type, T own) {
  std::vector<Value> values;
  for (const T value : {T{0}, T{1}, T{-1}, T{2}, T{-38}, T{39}, T{64}, std::numeric_limits<T>::min(),
                        std::numeric_limits<T>::max(), own}) {
    values.push_back(Value{type, value});
  }
  return values;
}

std::vector<Value> hostile_values(const Value& own) {
  const Type& type = own.type;
  switch (type.kind) {
    case TypeKind::string:
      return texts(type, std::get<std::string>(own.data));
    case TypeKind::int32:
      return integers<std::int32_t>(type, std::get<std::int32_t>(own.data));
    case TypeKind::int64:
      return integers<std::int64_t>(type, std::get<std::int64_t>(own.data));
    case TypeKind::date:
      return {own, Value{type, std::int32_t{-719162}}, Value{type, std::int32_t{2932896}},
              Value{type, std::int32_t{-1}}};
    case TypeKind::timestamp:
      return {own, Value{type, std::int64_t{-62135596800000000}},
              Value{type, std::int64_t{253402300799999999}}, Value{type, std::int64_t{-1}}};
    case TypeKind::decimal: {
      const Int128 largest = power_of_ten(type.precision) - 1;
      return {own, Value{type, largest}, Value{type, -largest}, Value{type, Int128{0}},
              Value{type, Int128{1}}};
    }
    case TypeKind::float64: {
      using Limits = std::numeric_limits<double>;
      return {own,
              Value{type, 0.0},
              Value{type, -0.0},
              Value{type, Limits::quiet_NaN()},
              Value{type, Limits::infinity()},
              Value{type, -Limits::infinity()},
              Value{type, Limits::max()},
              Value{type, Limits::denorm_min()},
              Value{type, -1e18}};
    }
    default:
      return {own};
  }
}

TestColumn hostile_column(const std::string& name, const Value& own, std::mt19937& random) {
  const std::vector<Value> values = hostile_values(own);
  TestColumn column{name, own.type, {}};
  for (std::uint32_t row = 0; row < rows; ++row) {
    const bool is_null = random() % 8 == 0;
    column.values.push_back(is_null ? Value{own.type, {}} : values[random() % values.size()]);
  }
  return column;
}

void call_with_hostile_values(const std::string& expression, std::mt19937& random, std::uint32_t chosen) {
  AstPtr ast = parse(expression).value();
  std::vector<TestColumn> columns;
  std::uint32_t index = 0;
  visit_literals(ast, [&](AstPtr& literal) {
    const Value value = std::get<LiteralAst>(literal->node).value;
    if (value.is_null() || ((chosen >> index++) & 1) == 0) return;
    columns.push_back(hostile_column(fmt::format("c{}", columns.size()), value, random));
    literal->node = NameAst{{columns.back().name}};
  });
  const Result<Answers> answers = evaluate(*ast, columns, rows);
  if (!answers.ok() || answers->type.kind == TypeKind::bytes) return;
  for (const std::string& text : answers->rows) ASSERT_TRUE(is_valid_utf8(text)) << expression;
}

TEST(HostileValues, BreakNoFunction) {
  std::mt19937 random(7);
  for (const Function* function : builtin_functions().functions()) {
    for (const FunctionExample& example : function->examples) {
      if (!parse(example.expression).ok()) continue;
      for (std::uint32_t chosen = 1; chosen < 8; ++chosen)
        call_with_hostile_values(example.expression, random, chosen);
    }
  }
}

}  // namespace
}  // namespace weir::test
