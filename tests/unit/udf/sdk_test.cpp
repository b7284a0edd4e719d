// sdk_test.cpp — functions written with weir_udf.hpp, called the way the engine calls them.
#include <gtest/gtest.h>

#include <new>
#include <thread>

#include "columns.h"
#include "udf/host/aggregate_function.h"
#include "udf/host/descriptor.h"
#include "udf/host/scalar_function.h"
#include "udf/host/table_function.h"
#include "udf/weir_udf.hpp"

namespace weir::test {
namespace {

using udf::Plugin;
using Texts = std::vector<std::string>;

// The description of the only function of a plugin.
const weir_function& only_function(Plugin& plugin) {
  const weir_plugin* described = plugin.description();
  const Status status = check_descriptor(*described);
  EXPECT_TRUE(status.ok()) << (status.ok() ? "" : status.error().message());
  return *described->functions[0];
}

CallSite site_of(std::vector<Type> types) {
  CallSite site{std::move(types), {}, null_type};
  site.constants.resize(site.types.size());
  return site;
}

Texts evaluate(Plugin& plugin, const std::vector<Column>& arguments, std::uint32_t rows) {
  const weir_function& declared = only_function(plugin);
  const Overload overload = overload_of(declared, "here");
  CallSite site = site_of({});
  for (const Column& argument : arguments) site.types.push_back(argument.type);
  site.constants.resize(site.types.size());
  site.result = *overload.result(site);
  const auto kernel = overload.prepare(site);
  if (!kernel.ok()) return {kernel.error().message()};
  Arena arena;
  EvaluationContext context{rows, arena, 0};
  return shown((*kernel)->evaluate(arguments, context));
}

TEST(Sdk, AStrictFunctionIsNotCalledForNull) {
  Plugin plugin("test", "1");
  int calls = 0;
  plugin.scalar("f", [&calls](std::string_view text) { return ++calls, static_cast<std::int64_t>(text.size()); }).summary("S.");
  Arena arena;
  EXPECT_EQ(evaluate(plugin, {texts_column({"ab", std::nullopt, "a text of more than twelve bytes"}, arena)}, 3),
            (Texts{"2", "NULL", "32"}));
  EXPECT_EQ(calls, 2);
}

TEST(Sdk, OptionalsSeeAndMakeNull) {
  Plugin plugin("test", "1");
  plugin.scalar("f", [](std::optional<std::int64_t> a, std::int64_t b) -> std::optional<std::int64_t> {
          if (!a) return b;
          if (*a == b) return std::nullopt;
          return *a;
        })
      .summary("S.");
  Arena arena;
  const Column a = column_of<std::int64_t>(int64_type, {1, std::nullopt, 3}, arena);
  const Column b = column_of<std::int64_t>(int64_type, {1, 2, 4}, arena);
  EXPECT_EQ(evaluate(plugin, {a, b}, 3), (Texts{"NULL", "2", "3"}));
}

template <typename T>
void expect_identity(const Type& type, const Column& column, const Texts& expected) {
  Plugin plugin("test", "1");
  plugin.scalar("f", [](T value) { return value; }).summary("S.");
  EXPECT_EQ(parse_type(plugin.description()->functions[0]->result), type);
  Plugin again("test", "1");
  again.scalar("f", [](T value) { return value; }).summary("S.");
  EXPECT_EQ(evaluate(again, {column}, column.size), expected);
}

TEST(Sdk, EveryTypeGoesThereAndBack) {
  Arena arena;
  ColumnWriter flags(boolean_type, 9, arena);
  for (std::uint32_t row = 0; row < 9; ++row) flags.set_bool(row, row % 2 == 0);
  expect_identity<bool>(boolean_type, flags.finish(), {"true", "false", "true", "false", "true", "false", "true", "false", "true"});
  expect_identity<std::int32_t>(int32_type, column_of<std::int32_t>(int32_type, {-7}, arena), {"-7"});
  expect_identity<std::int64_t>(int64_type, column_of<std::int64_t>(int64_type, {1LL << 40}, arena), {"1099511627776"});
  expect_identity<double>(float64_type, column_of<double>(float64_type, {0.5}, arena), {"0.5"});
  expect_identity<udf::Decimal<10, 2>>(decimal_type(10, 2), column_of<Int128>(decimal_type(10, 2), {-1250}, arena), {"-12.50"});
  expect_identity<std::string_view>(string_type, texts_column({"", "x"}, arena), {"", "x"});
  expect_identity<std::string>(string_type, texts_column({"y"}, arena), {"y"});
  expect_identity<udf::Json>(json_type, column_of<std::string>(json_type, {"[1]"}, arena), {"[1]"});
  expect_identity<udf::Date>(date_type, column_of<std::int32_t>(date_type, {0}, arena), {"1970-01-01"});
  expect_identity<udf::Timestamp>(timestamp_type, column_of<std::int64_t>(timestamp_type, {0}, arena), {"1970-01-01 00:00:00"});
  const Column bytes = column_of<std::string>(bytes_type, {std::string("\xFF\0", 2)}, arena);
  expect_identity<udf::BytesView>(bytes_type, bytes, shown(bytes));
}

TEST(Sdk, ExceptionsAreErrorsOfTheirRows) {
  Plugin plugin("test", "1");
  plugin.scalar("f", [](std::int64_t number) -> std::int64_t {
          if (number == 1) throw std::runtime_error("one");
          if (number == 2) throw udf::RowError("two", "2");
          if (number == 3) throw 3;
          return number;
        })
      .summary("S.");
  Arena arena;
  EXPECT_EQ(evaluate(plugin, {column_of<std::int64_t>(int64_type, {0, 1, 2, 3, 4}, arena)}, 5),
            (Texts{"0", "!udf_exception: here: one", "!two: here: 2", "!udf_exception: here: threw something that is no std::exception", "4"}));
}

TEST(Sdk, ABatchFunctionThatGivesTooFewRowsIsFound) {
  Plugin plugin("test", "1");
  plugin.batch("f", [](udf::Results<std::int64_t>& results, udf::Values<std::int64_t> values) {
          for (std::size_t row = 1; row < values.size(); ++row) results.add(values[row]);
        })
      .summary("S.");
  Arena arena;
  EXPECT_EQ(evaluate(plugin, {column_of<std::int64_t>(int64_type, {1, 2}, arena)}, 2),
            (Texts{"!udf_bad_result: here: the result has 1 rows, expected 2", "!udf_bad_result: here: the result has 1 rows, expected 2"}));
}

TEST(Sdk, AColumnOfOneValueHasItInEveryRow) {
  Plugin plugin("test", "1");
  plugin.scalar("f", [](std::string_view a, std::int64_t b) { return std::string(a) + std::to_string(b); }).summary("S.");
  Arena arena;
  const Column a = constant_column({string_type, std::string("a text of more than twelve bytes")}, 2, arena);
  EXPECT_EQ(evaluate(plugin, {a, column_of<std::int64_t>(int64_type, {1, 2}, arena)}, 2),
            (Texts{"a text of more than twelve bytes1", "a text of more than twelve bytes2"}));
}

TEST(Sdk, APreparedFunctionSeesItsLiterals) {
  Plugin plugin("test", "1");
  plugin.prepared("f", [](const udf::CallSite& site) {
          const auto by = site.constant<std::int64_t>(1);
          if (!by) throw std::invalid_argument("the second argument must be a literal");
          return [by = *by](std::int64_t number, std::int64_t) { return number * by; };
        })
      .summary("S.");
  const weir_function& declared = only_function(plugin);
  const Overload overload = overload_of(declared, "here");
  CallSite site = site_of({int64_type, int64_type});
  site.result = int64_type;
  EXPECT_EQ(overload.prepare(site).error().message(), "here: the second argument must be a literal");
  const Value literal{int64_type, std::int64_t{5}};
  site.constants[1] = &literal;
  const auto kernel = overload.prepare(site);
  ASSERT_TRUE(kernel.ok());
  Arena arena;
  EvaluationContext context{1, arena, 0};
  const std::vector<Column> arguments{column_of<std::int64_t>(int64_type, {4}, arena), constant_column(literal, 1, arena)};
  EXPECT_EQ(shown((*kernel)->evaluate(arguments, context)), (Texts{"20"}));
}

TEST(Sdk, ThreadsHaveStatesOfTheirOwn) {
  Plugin plugin("test", "1");
  // Counts in a captured variable: with a shared one the results would come out of order.
  plugin.scalar("f", [buffer = std::string()](std::int64_t number) mutable {
          buffer.clear();
          for (int i = 0; i < 20; ++i) buffer += static_cast<char>('a' + number);
          return buffer;
        })
      .summary("S.");
  const weir_function& declared = only_function(plugin);
  const Overload overload = overload_of(declared, "here");
  CallSite site = site_of({int64_type});
  site.result = string_type;
  const auto kernel = overload.prepare(site);
  const auto work = [&](std::int64_t number) {
    for (int round = 0; round < 200; ++round) {
      Arena arena;
      EvaluationContext context{2, arena, 0};
      const std::string expected(20, static_cast<char>('a' + number));
      const std::vector<Column> arguments{column_of<std::int64_t>(int64_type, {number, number}, arena)};
      ASSERT_EQ(shown((*kernel)->evaluate(arguments, context)), (Texts{expected, expected}));
    }
  };
  std::vector<std::thread> threads;
  for (std::int64_t number = 0; number < 4; ++number) threads.emplace_back(work, number);
  for (std::thread& thread : threads) thread.join();
}

TEST(Sdk, ATableFunctionMakesRowsOfRows) {
  Plugin plugin("test", "1");
  plugin.table("f", {"letter", "place"}, [](udf::Rows<std::string_view, std::int32_t>& out, std::string_view text) {
          for (std::size_t i = 0; i < text.size(); ++i) out.add(text.substr(i, 1), static_cast<std::int32_t>(i));
          if (text == "bad") throw udf::RowError("bad_text", "it is bad");
        })
      .summary("S.");
  const weir_function& declared = only_function(plugin);
  EXPECT_EQ(signature_of(declared), "f(string) -> rows (letter string, place int)");
  const auto function = prepare_table(declared, site_of({string_type}), "here");
  ASSERT_TRUE(function.ok());
  Arena arena;
  EvaluationContext context{5, arena, 0};
  const std::vector<Column> arguments{texts_column({"ab", std::nullopt, "", "c", "bad"}, arena)};
  const MadeRows made = (*function)->expand(arguments, context);
  EXPECT_EQ(made.offsets, (std::vector<std::uint32_t>{0, 2, 2, 2, 3, 6}));
  EXPECT_EQ(shown(made.columns[0]), (Texts{"a", "b", "c", "b", "a", "d"}));
  EXPECT_EQ(shown(made.columns[1]), (Texts{"0", "1", "0", "0", "1", "2"}));
  ASSERT_EQ(made.errors.size(), 1u);
  EXPECT_EQ(made.errors[0].row, 4u);
  EXPECT_EQ(made.errors[0].code, "bad_text");
  EXPECT_EQ(made.errors[0].message, "here: it is bad");
}

// Kept by save and load, as its bytes are not all there is to it.
struct Longest {
  std::string text;
  void add(std::string_view one) {
    if (one == "bad") throw udf::RowError("bad_text", "it is bad");
    if (one.size() > text.size()) text = one;
  }
  void merge(const Longest& other) { add(other.text); }
  std::optional<std::string> finish() const { return text.empty() ? std::nullopt : std::optional(text); }
  std::string save() const { return text; }
  static Longest load(std::string_view bytes) { return {std::string(bytes)}; }
};

// Groups of one call site, as GROUP BY keeps them.
struct Groups {
  Groups(Plugin& plugin, const Type& argument) : body(std::move(prepare_aggregate(only_function(plugin), site_of({argument}), "here")).value()) {}
  ~Groups() {
    for (void* state : states) {
      body->stop(state);
      ::operator delete(state, std::align_val_t{16});
    }
  }
  void* make() {
    states.push_back(::operator new(body->state_bytes(), std::align_val_t{16}));
    body->start(states.back());
    return states.back();
  }
  Texts results() {
    ColumnWriter writer(string_type, static_cast<std::uint32_t>(states.size()), arena);
    const std::vector<const void*> all(states.begin(), states.end());
    body->result(all, writer);
    return shown(writer.finish());
  }
  Arena arena;
  std::unique_ptr<Aggregate> body;
  std::vector<void*> states;
};

TEST(Sdk, AnAggregateGoesOnFromASavedState) {
  Plugin plugin("test", "1");
  plugin.aggregate<Longest>("f").summary("S.");
  Groups groups(plugin, string_type);
  void* const a = groups.make();
  void* const b = groups.make();
  const std::vector<Column> arguments{texts_column({"a", "bb", std::nullopt, "left out"}, groups.arena)};
  groups.body->add({arguments, std::vector<void*>{a, b, b, nullptr}, {}});
  EXPECT_EQ(groups.results(), (Texts{"a", "bb"}));
  std::string saved;
  groups.body->save(b, saved);
  void* const c = groups.make();
  ASSERT_TRUE(groups.body->load(saved, c).ok());
  groups.body->merge(a, c);
  EXPECT_EQ(groups.results(), (Texts{"bb", "bb", "bb"}));
}

TEST(Sdk, AGroupWithARowThatCannotBeAddedHasItsErrorAlsoWhenSaved) {
  Plugin plugin("test", "1");
  plugin.aggregate<Longest>("f").summary("S.");
  Groups groups(plugin, string_type);
  void* const a = groups.make();
  void* const b = groups.make();
  const std::vector<Column> arguments{texts_column({"bad", "good"}, groups.arena)};
  groups.body->add({arguments, std::vector<void*>{a, b}, {}});
  std::string saved;
  groups.body->save(a, saved);
  void* const c = groups.make();
  ASSERT_TRUE(groups.body->load(saved, c).ok());
  EXPECT_EQ(groups.results(), (Texts{"!bad_text: here: it is bad", "good", "!bad_text: here: it is bad"}));
  groups.body->merge(b, c);
  EXPECT_EQ(groups.results()[1], "!bad_text: here: it is bad");
}

struct Sum {
  std::int64_t sum = 0;
  void add(std::int64_t number) { sum += number; }
  void merge(const Sum& other) { sum += other.sum; }
  std::int64_t finish() const { return sum; }
};

TEST(Sdk, ASavedGroupOfAnotherSizeIsRefused) {
  Plugin plugin("test", "1");
  plugin.aggregate<Sum>("f").summary("S.");
  Groups groups(plugin, int64_type);
  void* const group = groups.make();
  EXPECT_EQ(groups.body->load("+short", group).error().message(), "here: the saved group is of another size");
  EXPECT_EQ(groups.body->load("", group).error().message(), "here: the saved group is empty");
}

}  // namespace
}  // namespace weir::test
