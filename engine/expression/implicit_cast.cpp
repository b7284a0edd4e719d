// implicit_cast.cpp — the lattice of implicit conversions.
#include "engine/expression/implicit_cast.h"

#include <algorithm>

namespace weir {
namespace {

constexpr int null_cost = 1;
constexpr int widening_cost = 10;  // a step on int, bigint, decimal, double
constexpr int text_cost = 50;

/// The place on the ladder int, bigint, decimal, double.
int numeric_rank(TypeKind kind) {
  switch (kind) {
    case TypeKind::int32:
      return 0;
    case TypeKind::int64:
      return 1;
    case TypeKind::decimal:
      return 2;
    default:
      return 3;
  }
}

bool is_literal(const Expression& expression) { return std::holds_alternative<Literal>(expression.node); }

std::optional<int> numeric_cost(const Type& from, const Type& to) {
  const int steps = numeric_rank(to.kind) - numeric_rank(from.kind);
  if (steps < 0) return std::nullopt;
  // Digits behind the point are never lost without being asked for; too many before it are an overflow at run
  // time.
  if (from.kind == TypeKind::decimal && to.kind == TypeKind::decimal && to.scale < from.scale)
    return std::nullopt;
  return steps == 0 ? 1 : steps * widening_cost;
}

std::uint8_t digits_of(const Value& value, std::uint8_t otherwise) {
  std::int64_t rest = 0;
  if (const auto* small = std::get_if<std::int32_t>(&value.data))
    rest = *small;
  else if (const auto* large = std::get_if<std::int64_t>(&value.data))
    rest = *large;
  else
    return otherwise;
  std::uint8_t digits = 1;
  while ((rest /= 10) != 0) ++digits;
  return digits;
}

/// Stands for the values of a part of a nested type, of which none is a literal.
Expression part_of(const Type& type) {
  Expression part;
  part.type = type;
  return part;
}

bool is_same_name(const std::string& a, const std::string& b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// Of one kind, with as many fields of the same names.
bool have_same_shape(const Type& a, const Type& b) {
  if (a.kind != b.kind || !a.is_nested()) return false;
  const auto& left = a.nested->fields;
  const auto& right = b.nested->fields;
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](const Field& x, const Field& y) { return is_same_name(x.name, y.name); });
}

Type nested_type(TypeKind kind, std::vector<Field> fields) {
  if (kind == TypeKind::array) return array_type(fields[0].type, fields[0].nullable);
  if (kind == TypeKind::map) return map_type(fields[0].type, fields[1].type, fields[1].nullable);
  return struct_type(std::move(fields));
}

std::optional<Type> common_of_two(const Expression& expression, const Type& so_far);

/// Part by part, under the names of the first.
std::optional<Type> common_nested(const Type& first, const Type& second) {
  if (!have_same_shape(first, second)) return std::nullopt;
  std::vector<Field> fields;
  for (std::size_t i = 0; i < first.nested->fields.size(); ++i) {
    const Field& field = first.nested->fields[i];
    const Field& other = second.nested->fields[i];
    const std::optional<Type> type = common_of_two(part_of(other.type), field.type);
    if (!type) return std::nullopt;
    fields.push_back({field.name, *type, field.nullable || other.nullable});
  }
  return nested_type(first.kind, std::move(fields));
}

std::optional<int> nested_cost(const Type& from, const Type& to) {
  if (!have_same_shape(from, to)) return std::nullopt;
  int cost = 1;
  for (std::size_t i = 0; i < from.nested->fields.size(); ++i) {
    const Field& field = from.nested->fields[i];
    const Field& wanted = to.nested->fields[i];
    if (field.nullable && !wanted.nullable) return std::nullopt;
    const auto part = implicit_cast_cost(part_of(field.type), wanted.type);
    if (!part) return std::nullopt;
    cost += *part;
  }
  return cost;
}

std::optional<Type> common_of_two(const Expression& expression, const Type& so_far) {
  const Type& type = expression.type;
  if (type.kind == TypeKind::null || type == so_far) return so_far;
  if (so_far.kind == TypeKind::null) return type;
  if (type.is_nested()) return common_nested(so_far, type);
  if (type.is_numeric() && so_far.is_numeric()) {
    const int rank = std::max(numeric_rank(type.kind), numeric_rank(so_far.kind));
    if (rank == 3) return float64_type;
    if (rank == 1) return int64_type;
    if (rank == 0) return int32_type;
    const Type other =
        so_far.kind == TypeKind::decimal ? so_far : decimal_type(so_far.kind == TypeKind::int32 ? 10 : 20, 0);
    return wider_decimal(decimal_type_of(expression), other);
  }
  const auto is_pair = [&](TypeKind a, TypeKind b) {
    return (type.kind == a && so_far.kind == b) || (type.kind == b && so_far.kind == a);
  };
  if (is_pair(TypeKind::date, TypeKind::timestamp)) return timestamp_type;
  return std::nullopt;
}

bool is_string(const ExpressionPtr& expression) { return expression->type.kind == TypeKind::string; }

}  // namespace

Type decimal_type_of(const Expression& from) {
  if (from.type.kind == TypeKind::decimal) return from.type;
  const std::uint8_t digits = from.type.kind == TypeKind::int32   ? 10
                              : from.type.kind == TypeKind::int64 ? 20
                                                                  : 1;
  const auto* literal = std::get_if<Literal>(&from.node);
  return decimal_type(literal == nullptr ? digits : digits_of(literal->value, digits), 0);
}

Type wider_decimal(const Type& a, const Type& b) {
  const int scale = std::max(a.scale, b.scale);
  const int whole = std::max(a.precision - a.scale, b.precision - b.scale);
  // Digits before the point are worth more than those behind it.
  const int kept = std::min(scale, std::max(max_precision - whole, std::min(scale, 6)));
  return decimal_type(static_cast<std::uint8_t>(std::min(whole + kept, max_precision)),
                      static_cast<std::uint8_t>(kept));
}

std::optional<int> implicit_cast_cost(const Expression& from, const Type& to) {
  const Type& type = from.type;
  if (type == to) return 0;
  if (type.kind == TypeKind::null) return null_cost;
  if (type.is_numeric() && to.is_numeric()) return numeric_cost(type, to);
  if (type.kind == TypeKind::date && to.kind == TypeKind::timestamp) return widening_cost;
  if (type.kind == TypeKind::json && to.kind == TypeKind::string) return text_cost;
  if (type.is_nested() && to.kind == TypeKind::json) return text_cost;
  if (type.is_nested()) return nested_cost(type, to);
  const bool is_text_form =
      to.kind == TypeKind::date || to.kind == TypeKind::timestamp || to.kind == TypeKind::json;
  if (type.kind == TypeKind::string && is_literal(from) && is_text_form) return text_cost;
  return std::nullopt;
}

std::optional<Type> common_type(std::span<const ExpressionPtr> expressions) {
  std::optional<Type> common = null_type;
  for (const auto& expression : expressions) {
    // Literals of text follow the others; among themselves they are strings.
    if (is_string(expression) && is_literal(*expression)) continue;
    if (expression->type.kind == TypeKind::json && common->kind == TypeKind::string) continue;
    if (is_string(expression) && common->kind == TypeKind::json) common = string_type;
    common = common_of_two(*expression, *common);
    if (!common) return std::nullopt;
  }
  const bool has_strings = std::any_of(expressions.begin(), expressions.end(), is_string);
  if (has_strings && common->kind == TypeKind::null) return string_type;
  for (const auto& expression : expressions) {
    // Where 38 digits do not suffice the common decimal has a smaller scale than some of them.
    const bool is_number = expression->type.is_numeric() && common->is_numeric();
    if (!is_number && !implicit_cast_cost(*expression, *common)) return std::nullopt;
  }
  return common;
}

std::optional<Type> type_strings_are_compared_as(std::span<const ExpressionPtr> expressions) {
  if (std::none_of(expressions.begin(), expressions.end(), is_string)) return std::nullopt;
  std::optional<Type> other = null_type;
  for (const auto& expression : expressions) {
    if (!is_string(expression)) other = common_of_two(*expression, *other);
    if (!other) return std::nullopt;
  }
  switch (other->kind) {
    case TypeKind::int32:
    case TypeKind::int64:
      return int64_type;
    case TypeKind::decimal:
    case TypeKind::float64:
      return float64_type;
    case TypeKind::date:
    case TypeKind::timestamp:
    case TypeKind::boolean:
      return other;
    default:
      return std::nullopt;
  }
}

ExpressionPtr cast_to(ExpressionPtr expression, const Type& type, const FunctionRegistry& functions) {
  if (expression->type == type) return expression;
  const auto* literal = std::get_if<Literal>(&expression->node);
  if (literal != nullptr && literal->value.is_null()) return make_literal(Value{type, {}}, expression->where);
  const Function* cast = functions.find("cast");
  WEIR_CHECK(cast != nullptr && !cast->overloads.empty(), "the registry has a function cast");
  const bool nullable = expression->nullable;
  const Location where = expression->where;
  Call call{cast, &cast->overloads.front(), {std::move(expression)}};
  return fold_constants(std::make_shared<Expression>(Expression{type, nullable, where, std::move(call)}));
}

}  // namespace weir
