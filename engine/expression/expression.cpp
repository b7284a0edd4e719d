// expression.cpp — making, comparing, hashing and rewriting typed expressions.
#include "engine/expression/expression.h"

#include <cstring>

namespace weir {
namespace {

/// Literals are compared by their bits: 0.0 and -0.0 are different constants, a NaN is itself.
bool same_value(const Value& a, const Value& b) {
  if (a.type != b.type || a.data.index() != b.data.index()) return false;
  if (const double* left = std::get_if<double>(&a.data)) {
    return std::memcmp(left, &std::get<double>(b.data), sizeof(double)) == 0;
  }
  return a.data == b.data;
}

bool same_call(const Call& a, const Call& b) {
  if (a.function != b.function || a.overload != b.overload) return false;
  if (a.arguments.size() != b.arguments.size()) return false;
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    if (!same(*a.arguments[i], *b.arguments[i])) return false;
  }
  return true;
}

std::size_t mix(std::size_t hash, std::size_t value) {
  return (hash ^ (value + 0x9E3779B97F4A7C15ULL + (hash << 6) + (hash >> 2))) * 0xFF51AFD7ED558CCDULL;
}

struct HashNode {
  std::size_t operator()(const ColumnReference& column) const { return mix(1, column.index); }
  std::size_t operator()(const Literal& literal) const {
    return mix(2, std::hash<std::string>{}(to_sql(literal.value)));
  }
  std::size_t operator()(const Call& call) const {
    // By name, not by address: the hash of a plan must be the same in every run.
    std::size_t hash = mix(3, std::hash<std::string>{}(call.function->name));
    for (const auto& argument : call.arguments) hash = mix(hash, hash_of(*argument));
    return hash;
  }
};

}  // namespace

bool same(const Expression& a, const Expression& b) {
  if (&a == &b) return true;
  if (a.type != b.type || a.node.index() != b.node.index()) return false;
  if (const auto* column = std::get_if<ColumnReference>(&a.node)) {
    return column->index == std::get<ColumnReference>(b.node).index;
  }
  if (const auto* literal = std::get_if<Literal>(&a.node)) {
    return same_value(literal->value, std::get<Literal>(b.node).value);
  }
  return same_call(std::get<Call>(a.node), std::get<Call>(b.node));
}

std::size_t hash_of(const Expression& expression) {
  const Type& type = expression.type;
  const std::size_t type_hash =
      (static_cast<std::size_t>(type.kind) << 16) | (std::size_t{type.precision} << 8) | type.scale;
  return mix(type_hash, std::visit(HashNode{}, expression.node));
}

void mark_used_columns(const Expression& expression, std::vector<bool>& used) {
  if (const auto* column = std::get_if<ColumnReference>(&expression.node)) {
    WEIR_CHECK(column->index < used.size(), "an expression reads only columns of its scope");
    used[column->index] = true;
  } else if (const auto* call = std::get_if<Call>(&expression.node)) {
    for (const auto& argument : call->arguments) mark_used_columns(*argument, used);
  }
}

ExpressionPtr substitute(const ExpressionPtr& expression, const std::vector<ExpressionPtr>& replacements) {
  if (const auto* column = std::get_if<ColumnReference>(&expression->node)) {
    WEIR_CHECK(column->index < replacements.size(), "every column has a replacement");
    const ExpressionPtr& replacement = replacements[column->index];
    WEIR_CHECK(replacement->type == expression->type, "a replacement has its column's type");
    return replacement;
  }
  const auto* call = std::get_if<Call>(&expression->node);
  if (call == nullptr) return expression;
  std::vector<ExpressionPtr> arguments;
  bool is_changed = false;
  for (const auto& argument : call->arguments) {
    arguments.push_back(substitute(argument, replacements));
    is_changed = is_changed || arguments.back() != argument;
  }
  if (!is_changed) return expression;
  auto result = std::make_shared<Expression>(*expression);
  std::get<Call>(result->node).arguments = std::move(arguments);
  return result;
}

ExpressionPtr make_column(std::size_t index, const Field& field, Location where) {
  return std::make_shared<Expression>(
      Expression{field.type, field.nullable, std::move(where), ColumnReference{index, field.name}});
}

ExpressionPtr make_literal(Value value, Location where) {
  const Type type = value.type;
  const bool is_null = value.is_null();
  return std::make_shared<Expression>(Expression{type, is_null, std::move(where), Literal{std::move(value)}});
}

}  // namespace weir
