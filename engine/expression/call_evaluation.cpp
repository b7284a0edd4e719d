// call_evaluation.cpp — evaluates one call over a batch, with NULL and errors of strict calls.
#include "engine/expression/call_evaluation.h"

#include <algorithm>
#include <cstring>
#include <map>

namespace weir {
namespace {

using ErrorsByRow = std::map<std::uint32_t, const RowError*>;

void collect_argument_errors(const Column& argument, std::uint32_t rows, ErrorsByRow& found) {
  if (argument.errors == nullptr || argument.errors->rows.empty()) return;
  if (argument.is_constant()) {
    for (std::uint32_t row = 0; row < rows; ++row) found.emplace(row, &argument.errors->rows.front());
    return;
  }
  for (const RowError& error : argument.errors->rows) found.emplace(error.row, &error);
}

bool is_any_null(std::span<const Column> arguments, std::uint32_t row) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [&](const Column& argument) { return argument.is_null(row); });
}

std::shared_ptr<const RowErrors> combine_errors(const Column& result, std::span<const Column> arguments,
                                                std::uint32_t rows) {
  ErrorsByRow found;
  for (const Column& argument : arguments) collect_argument_errors(argument, rows, found);
  if (result.errors != nullptr) {
    for (const RowError& error : result.errors->rows) {
      if (!is_any_null(arguments, error.row)) found.emplace(error.row, &error);
    }
  }
  if (found.empty()) return nullptr;
  auto errors = std::make_shared<RowErrors>();
  errors->rows.reserve(found.size());
  for (const auto& [row, error] : found) errors->rows.push_back({row, error->code, error->message});
  return errors;
}

void intersect(std::uint64_t* words, std::size_t count, const Column& column) {
  if (column.validity == nullptr) return;
  if (column.is_constant()) {
    if (!get_bit(column.validity, 0)) std::memset(words, 0, count * 8);
    return;
  }
  const auto* other = reinterpret_cast<const std::uint64_t*>(column.validity);
  for (std::size_t i = 0; i < count; ++i) words[i] &= other[i];
}

Error located(const Error& error, const Expression& expression) {
  Error result = error;
  return error.where().is_known() ? result : std::move(result).at(expression.where);
}

bool has_errors(const Column& column) { return column.errors != nullptr; }

/// Too long a list to be written out wherever the expression is printed: it is made once for each chunk instead.
bool is_long(const Column& constant) {
  constexpr std::uint32_t longest_literal = 100;
  return constant.type.is_list() && !constant.is_null(0) && constant.at<Span>(0).length > longest_literal;
}

}  // namespace

CallSite call_site_of(const Call& call, const Type& result) {
  CallSite site;
  for (const auto& argument : call.arguments) {
    site.types.push_back(argument->type);
    const auto* literal = std::get_if<Literal>(&argument->node);
    site.constants.push_back(literal == nullptr ? nullptr : &literal->value);
  }
  site.result = result;
  return site;
}

Column expand_constant(const Column& column, std::uint32_t rows, Arena& arena) {
  ColumnWriter writer(column.type, rows, arena);
  for (std::uint32_t row = 0; row < rows; ++row) writer.copy_from(row, column, 0);
  return writer.finish();
}

Column combine_strictly(Column result, std::span<const Column> arguments, std::uint32_t rows, Arena& arena) {
  const bool has_nulls = std::any_of(arguments.begin(), arguments.end(),
                                     [](const Column& argument) { return argument.validity != nullptr; });
  if (!has_nulls) return result;
  if (result.is_constant()) result = expand_constant(result, rows, arena);
  const std::size_t words = bitmap_bytes(rows) / 8;
  auto* validity = arena.allocate_array<std::uint64_t>(words);
  if (words != 0) std::memset(validity, 0xFF, words * 8);
  intersect(validity, words, result);
  for (const Column& argument : arguments) intersect(validity, words, argument);
  const bool is_failed = has_errors(result) || std::any_of(arguments.begin(), arguments.end(), has_errors);
  result.validity = reinterpret_cast<const std::uint8_t*>(validity);
  if (is_failed) result.errors = combine_errors(result, arguments, rows);
  return result;
}

Result<PreparedCall> PreparedCall::prepare(const Expression& expression) {
  const Call& call = std::get<Call>(expression.node);
  auto kernel = call.overload->prepare(call_site_of(call, expression.type));
  if (!kernel.ok()) return located(kernel.error(), expression);
  return PreparedCall(std::move(kernel).value(), expression.type, call.overload->strict,
                      call.function->deterministic);
}

Status PreparedCall::load(const Expression& expression) {
  const Status status = kernel_->load();
  return status.ok() ? Status() : Status(located(status.error(), expression));
}

/// A NULL that stands for every row decides a strict call, unless an error stands against it.
bool PreparedCall::gives_null(std::span<const Column> arguments) const {
  if (!is_strict_ || std::any_of(arguments.begin(), arguments.end(), has_errors)) return false;
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const Column& argument) { return argument.is_constant() && argument.is_null(0); });
}

Column PreparedCall::evaluate(std::span<const Column> arguments, std::uint32_t rows, Arena& arena,
                              std::int64_t now_microseconds) const {
  if (gives_null(arguments)) return constant_column(Value{type_, {}}, rows, arena);
  const bool is_constant = rows != 0 && is_deterministic_ &&
                           std::all_of(arguments.begin(), arguments.end(),
                                       [](const Column& argument) { return argument.is_constant(); });
  const std::uint32_t computed = is_constant ? 1 : rows;
  EvaluationContext context{computed, arena, now_microseconds};
  Column result = kernel_->evaluate(arguments, context);
  if (is_strict_) result = combine_strictly(std::move(result), arguments, computed, arena);
  result.size = rows;
  if (is_constant) result.row_mask = 0;
  return result;
}

std::optional<Value> constant_value(const Expression& expression) {
  const auto* call = std::get_if<Call>(&expression.node);
  if (call == nullptr || !call->function->deterministic) return std::nullopt;
  Arena arena(4096);
  std::vector<Column> arguments;
  for (const auto& argument : call->arguments) {
    const auto* literal = std::get_if<Literal>(&argument->node);
    if (literal == nullptr) return std::nullopt;
    arguments.push_back(constant_column(literal->value, 1, arena));
  }
  auto prepared = PreparedCall::prepare(expression);
  if (!prepared.ok() || !prepared->load(expression).ok()) return std::nullopt;
  const Column column = prepared->evaluate(arguments, 1, arena, 0);
  if (column.errors != nullptr || is_long(column)) return std::nullopt;
  return value_at(column, 0);
}

}  // namespace weir
