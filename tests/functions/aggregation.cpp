// aggregation.cpp — parses calls and tables, and feeds aggregates.
#include "aggregation.h"

#include <algorithm>

#include "engine/expression/binder.h"

namespace weir::test {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(trimmed(text.substr(at, end - at)));
    at = end + 1;
  }
  return parts;
}

Value value_of(const Type& type, const std::string& text) {
  if (text == "NULL") return Value{type, {}};
  Arena arena;
  const AstPtr ast = std::make_unique<Ast>(Ast{CastAst{std::make_unique<Ast>(Ast{LiteralAst{Value{string_type, text}}, {}}), type, false}, {}});
  Diagnostics diagnostics;
  const Schema schema;
  const ExpressionPtr bound = bind(*ast, Scope{&schema, "test", nullptr}, builtin_functions(), diagnostics);
  WEIR_CHECK(bound != nullptr, "values of a test table have the type of their column");
  const Program program = Program::compile(std::vector<ExpressionPtr>{bound}).value();
  Batch batch;
  batch.schema = std::make_shared<const Schema>();
  batch.row_count = 1;
  return value_at(program.evaluate(batch, arena, 0)[0], 0);
}

TestColumn parse_column(const std::string& text) {
  const std::size_t colon = text.find(':');
  const std::string head = trimmed(text.substr(0, colon));
  const std::size_t blank = head.find(' ');
  const auto type = parse_type(trimmed(head.substr(blank)));
  WEIR_CHECK(type.has_value(), "a column of a test table has a type");
  TestColumn column{head.substr(0, blank), *type, {}};
  for (const std::string& value : split(text.substr(colon + 1), ',')) column.values.push_back(value_of(*type, value));
  return column;
}

/// The call as the expression grammar knows it, without `*` and DISTINCT.
std::string plain_call(std::string call, bool& is_distinct) {
  const std::size_t distinct = call.find("(DISTINCT ");
  is_distinct = distinct != std::string::npos;
  if (is_distinct) call.erase(distinct + 1, 9);
  const std::size_t star = call.find("(*)");
  if (star != std::string::npos) call.erase(star + 1, 1);
  return call;
}

}  // namespace

const AggregateRegistry& builtin_aggregates() {
  static const AggregateRegistry* registry = [] {
    auto* made = new AggregateRegistry;
    register_builtin_aggregates(*made);
    return made;
  }();
  return *registry;
}

std::vector<TestColumn> table_of(const std::string& text) {
  std::vector<TestColumn> table;
  for (const std::string& column : split(text, ';')) table.push_back(parse_column(column));
  return table;
}

Result<AggregateRun> AggregateRun::make(const std::string& call, const std::vector<TestColumn>& table) {
  bool is_distinct = false;
  WEIR_ASSIGN(const AstPtr ast, parse(plain_call(call, is_distinct)));
  const auto* parsed = std::get_if<CallAst>(&ast->node);
  const AggregateFunction* function = parsed == nullptr ? nullptr : builtin_aggregates().find(parsed->function);
  if (function == nullptr) return Error{ErrorKind::user, "no call of an aggregate: " + call};
  AggregateRun run;
  run.arena_ = std::make_shared<Arena>();
  Schema schema;
  Batch batch;
  for (const TestColumn& column : table) {
    schema.fields.push_back({column.name, column.type, std::any_of(column.values.begin(), column.values.end(), [](const Value& value) { return value.is_null(); })});
    batch.columns.push_back(column_of(column, *run.arena_));
    batch.row_count = static_cast<std::uint32_t>(column.values.size());
  }
  batch.schema = std::make_shared<const Schema>(schema);
  std::vector<ExpressionPtr> arguments;
  for (const AstPtr& argument : parsed->arguments) {
    Diagnostics diagnostics;
    arguments.push_back(bind(*argument, Scope{&schema, "test", nullptr}, builtin_functions(), diagnostics));
    if (arguments.back() == nullptr) return Error{ErrorKind::user, diagnostics.errors().front().message()};
  }
  WEIR_ASSIGN(run.bound_, bind_aggregate(*function, std::move(arguments), is_distinct, builtin_functions()));
  WEIR_ASSIGN(Program program, Program::compile(run.bound_.arguments));
  run.program_ = std::make_shared<const Program>(std::move(program));
  run.arguments_ = run.program_->evaluate(batch, *run.arena_, 0);
  run.rows_ = batch.row_count;
  for (std::uint32_t row = 0; row < run.rows_; ++row) run.positions_.push_back({0, 0, row});
  return run;
}

std::shared_ptr<void> AggregateRun::state() const {
  struct alignas(16) Piece { char bytes[16]; };
  auto* memory = new Piece[bound_.body->state_bytes() / sizeof(Piece) + 1];
  bound_.body->start(memory);
  return std::shared_ptr<void>(static_cast<void*>(memory), [body = bound_.body](void* state) {
    body->stop(state);
    delete[] static_cast<Piece*>(state);
  });
}

void AggregateRun::add(void* state, std::span<const std::uint32_t> rows) const {
  for (const std::uint32_t row : rows) add_range(state, row, row + 1);
}

void AggregateRun::add_range(void* state, std::uint32_t first, std::uint32_t last) const {
  std::vector<void*> states(rows_, nullptr);
  std::fill(states.begin() + first, states.begin() + last, state);
  bound_.body->add({arguments_, states, positions_});
}

std::string AggregateRun::answer(const void* state) const {
  Arena arena;
  ColumnWriter writer(bound_.type, 1, arena);
  bound_.body->result({&state, 1}, writer);
  return answer_at(writer.finish(), 0);
}

std::string aggregate_answer(const std::string& call, const std::string& table) {
  const Result<AggregateRun> run = AggregateRun::make(call, table_of(table));
  if (!run.ok()) return "refused: " + run.error().message();
  const std::shared_ptr<void> state = run->state();
  run->add_range(state.get(), 0, run->rows());
  return run->answer(state.get());
}

}  // namespace weir::test
