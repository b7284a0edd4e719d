// operators_logic.cpp — AND, OR, NOT and IS NULL over whole bitmaps.
#include <algorithm>

#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/operators.h"

namespace weir {
namespace {

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

/// 64 rows of a bitmap; a constant's one bit stands for all of them.
std::uint64_t word_at(const void* bits, const Column& column, std::size_t index) {
  if (column.is_constant()) return get_bit(static_cast<const std::uint8_t*>(bits), 0) ? all_ones : 0;
  return static_cast<const std::uint64_t*>(bits)[index];
}

std::uint64_t valid_word(const Column& column, std::size_t index) {
  return column.validity == nullptr ? all_ones : word_at(column.validity, column, index);
}

Column boolean_column(std::uint32_t rows, const std::uint64_t* values, const std::uint64_t* validity,
                      const Arena& arena) {
  Column column;
  column.type = boolean_type;
  column.size = rows;
  column.values = values;
  column.validity = reinterpret_cast<const std::uint8_t*>(validity);
  column.arena = &arena;
  return column;
}

/// The first error of each row that no decided row overrides; `is_decided` has a bit set where an error does
/// not matter.
std::shared_ptr<const RowErrors> remaining_errors(std::span<const Column> arguments, std::uint32_t rows,
                                                  const std::uint64_t* is_decided) {
  const auto has_errors = [](const Column& column) { return column.errors != nullptr; };
  if (std::none_of(arguments.begin(), arguments.end(), has_errors)) return nullptr;
  const auto* decided = reinterpret_cast<const std::uint8_t*>(is_decided);
  auto errors = std::make_shared<RowErrors>();
  for (std::uint32_t row = 0; row < rows; ++row) {
    if (get_bit(decided, row)) continue;
    for (const Column& argument : arguments) {
      const RowError* error =
          argument.errors == nullptr ? nullptr : argument.errors->find(row & argument.row_mask);
      if (error == nullptr) continue;
      errors->rows.push_back({row, error->code, error->message});
      break;
    }
  }
  if (errors->rows.empty()) return nullptr;
  return errors;
}

/// AND and OR are one: a value that decides (false or true), and one that all must have for the other result.
template <bool deciding>
class Junction final : public Kernel {
 public:
  explicit Junction(const CallSite&) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const std::size_t words = bitmap_bytes(context.rows) / 8;
    auto* values = context.arena.allocate_array<std::uint64_t>(words);
    auto* validity = context.arena.allocate_array<std::uint64_t>(words);
    auto* decided = context.arena.allocate_array<std::uint64_t>(words);
    bool has_nulls = false;
    for (const Column& argument : arguments) has_nulls = has_nulls || argument.validity != nullptr;
    for (std::size_t i = 0; i < words; ++i) {
      std::uint64_t is_decided = 0;
      std::uint64_t is_agreed = all_ones;
      for (const Column& argument : arguments) {
        const std::uint64_t value = word_at(argument.values, argument, i);
        const std::uint64_t valid = valid_word(argument, i);
        is_decided |= (deciding ? value : ~value) & valid;
        is_agreed &= (deciding ? ~value : value) & valid;
      }
      values[i] = deciding ? is_decided : is_agreed;
      validity[i] = is_decided | is_agreed;
      decided[i] = is_decided;
    }
    Column result = boolean_column(context.rows, values, has_nulls ? validity : nullptr, context.arena);
    if (has_nulls) result.errors = remaining_errors(arguments, context.rows, decided);
    return result;
  }
};

/// One condition after another: where the first is not true, the second is not looked at, and so its errors don't count. Never NULL.
class InTurn final : public Kernel {
 public:
  explicit InTurn(const CallSite&) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const std::size_t words = bitmap_bytes(context.rows) / 8;
    auto* values = context.arena.allocate_array<std::uint64_t>(words);
    for (std::size_t i = 0; i < words; ++i) {
      values[i] = all_ones;
      for (const Column& argument : arguments) values[i] &= word_at(argument.values, argument, i) & valid_word(argument, i);
    }
    Column result = boolean_column(context.rows, values, nullptr, context.arena);
    const auto has_errors = [](const Column& column) { return column.errors != nullptr; };
    if (std::any_of(arguments.begin(), arguments.end(), has_errors)) add_errors(arguments, context, result);
    return result;
  }

 private:
  static void add_errors(std::span<const Column> arguments, EvaluationContext& context, Column& result) {
    const std::size_t words = bitmap_bytes(context.rows) / 8;
    auto* validity = context.arena.allocate_array<std::uint64_t>(words);
    std::fill_n(validity, words, all_ones);
    auto errors = std::make_shared<RowErrors>();
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      for (const Column& argument : arguments) {
        const RowError* error = argument.errors == nullptr ? nullptr : argument.errors->find(row & argument.row_mask);
        if (error != nullptr) {
          errors->rows.push_back({row, error->code, error->message});
          validity[row / 64] &= ~(std::uint64_t{1} << (row % 64));
        }
        if (error != nullptr || argument.is_null(row) || !argument.bool_at(row)) break;
      }
    }
    result.validity = reinterpret_cast<const std::uint8_t*>(validity);
    if (!errors->rows.empty()) result.errors = std::move(errors);
  }
};

class Not final : public Kernel {
 public:
  explicit Not(const CallSite&) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const std::size_t words = bitmap_bytes(context.rows) / 8;
    auto* values = context.arena.allocate_array<std::uint64_t>(words);
    for (std::size_t i = 0; i < words; ++i) values[i] = ~word_at(arguments[0].values, arguments[0], i);
    return boolean_column(context.rows, values, nullptr, context.arena);
  }
};

/// Never NULL, but asking whether a failed value is NULL uses it.
class IsNull final : public Kernel {
 public:
  explicit IsNull(const CallSite&) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& argument = arguments[0];
    if (argument.errors != nullptr) return evaluate_with_errors(argument, context);
    const std::size_t words = bitmap_bytes(context.rows) / 8;
    auto* values = context.arena.allocate_array<std::uint64_t>(words);
    const bool is_untyped = argument.type.kind == TypeKind::null;
    for (std::size_t i = 0; i < words; ++i) values[i] = is_untyped ? all_ones : ~valid_word(argument, i);
    return boolean_column(context.rows, values, nullptr, context.arena);
  }

 private:
  static Column evaluate_with_errors(const Column& argument, EvaluationContext& context) {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      const RowError* error = argument.errors->find(row & argument.row_mask);
      if (error != nullptr)
        writer.set_error(row, error->code, error->message);
      else
        writer.set_bool(row, argument.is_null(row));
    }
    return writer.finish();
  }
};

Overload junction(Overload overload) {
  overload.variadic = true;
  return overload;
}

}  // namespace

void register_logic_operators(FunctionRegistry& registry) {
  add_operator(registry, "and", "a boolean AND b boolean -> boolean",
               "False if either is false, true if both are true, else NULL.",
               {{"true AND NULL", "NULL"}, {"false AND NULL", "false"}},
               {junction(non_strict<Junction<false>>({"boolean", "boolean"}, boolean_type))});
  add_operator(registry, "or", "a boolean OR b boolean -> boolean",
               "True if either is true, false if both are false, else NULL.",
               {{"true OR NULL", "true"}, {"false OR NULL", "NULL"}},
               {junction(non_strict<Junction<true>>({"boolean", "boolean"}, boolean_type))});
  // Steps `where` that are joined into one; it has no spelling of its own.
  Overload in_turn = junction(non_strict<InTurn>({"boolean", "boolean"}, boolean_type));
  in_turn.never_null = true;
  add_operator(registry, "and then", "a boolean AND THEN b boolean -> boolean", "True if both are true, one looked at after the other.", {}, {std::move(in_turn)});
  add_operator(
      registry, "not", "NOT a boolean -> boolean", "The opposite; NULL stays NULL.", {{"NOT true", "false"}},
      {prepared({"boolean"}, boolean_type, [](const CallSite& site) { return kernel_of<Not>(site); })});
  Overload is_null = non_strict<IsNull>({"any"}, boolean_type);
  is_null.never_null = true;
  add_operator(registry, "is_null", "a IS [NOT] NULL -> boolean", "Whether the value is NULL.",
               {{"NULL IS NULL", "true"}, {"1 IS NOT NULL", "true"}}, {std::move(is_null)});
}

}  // namespace weir
