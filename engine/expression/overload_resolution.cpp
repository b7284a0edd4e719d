// overload_resolution.cpp — matches argument types with the patterns of overloads.
#include "engine/expression/overload_resolution.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/expression/implicit_cast.h"

namespace weir {
namespace {

constexpr int pattern_cost = 1;  // "any" and "number" lose against a concrete type

struct Match {
  Type target;
  int cost;
};

/// Of a variadic overload the last pattern repeats, or the pair of a key and a value.
const std::string& pattern_at(const Overload& overload, std::size_t index) {
  if (overload.parameters == std::vector<std::string>{"K", "V"}) return overload.parameters[index % 2];
  return overload.parameters[std::min(index, overload.parameters.size() - 1)];
}

bool takes_count(const Overload& overload, std::size_t count) {
  const std::size_t most = overload.parameters.size();
  const std::size_t least = most - std::min(most, overload.optional);
  return count >= least && (count <= most || (overload.variadic && most != 0));
}

std::optional<Match> match_decimal(const Expression& argument) {
  const Type target = decimal_type_of(argument);
  const auto cost = implicit_cast_cost(argument, target);
  if (!cost) return std::nullopt;
  return Match{target, *cost};
}

/// "array", "map" and "struct" take any of that kind.
std::optional<TypeKind> nested_kind(std::string_view pattern) {
  if (pattern == "array") return TypeKind::array;
  if (pattern == "map") return TypeKind::map;
  if (pattern == "struct") return TypeKind::structure;
  return std::nullopt;
}

/// What a pattern with variables asks for: "T" any type, "S" any struct, "array<T>" and "map<K, V>". A
/// variable is one type throughout a call.
struct Shape {
  TypeKind kind = TypeKind::null;  // array or map; null where the argument itself is the variable
  std::string_view variables;      // one for each part; empty: a pattern without variables
};

Shape shape_of(std::string_view pattern) {
  if (pattern.size() == 1) return {TypeKind::null, pattern};
  if (pattern == "array<T>") return {TypeKind::array, "T"};
  if (pattern == "map<K, V>") return {TypeKind::map, "KV"};
  return {};
}

bool fits_shape(const Shape& shape, const Type& type) {
  if (shape.variables == "S") return type.kind == TypeKind::structure || type.kind == TypeKind::null;
  return shape.kind == TypeKind::null || type.kind == TypeKind::null || type.kind == shape.kind;
}

/// What stands for variable `index` of the shape in an argument that fits it.
ExpressionPtr part_of(const Shape& shape, const ExpressionPtr& argument, std::size_t index) {
  if (shape.kind == TypeKind::null || argument->type.kind == TypeKind::null) return argument;
  auto part = std::make_shared<Expression>();
  part->type = argument->type.nested->fields[index].type;
  return part;
}

/// The argument's own type where its parts are the variables' types already, so that what is not NULL in it
/// stays so.
Type with_parts(const Shape& shape, const Type& type, const std::vector<Type>& parts) {
  if (shape.kind == TypeKind::null) return parts[0];
  const bool is_null = type.kind == TypeKind::null;
  const bool nullable = is_null || type.nested->fields.back().nullable;
  return shape.kind == TypeKind::array ? array_type(parts[0], nullable)
                                       : map_type(parts[0], parts[1], nullable);
}

std::optional<Match> match(const std::string& pattern, const Expression& argument) {
  if (pattern == "any") return Match{argument.type, pattern_cost};
  if (pattern == "number") {
    if (argument.type.kind == TypeKind::null) return Match{float64_type, pattern_cost};
    if (!argument.type.is_numeric()) return std::nullopt;
    return Match{argument.type, pattern_cost};
  }
  if (pattern == "decimal") return match_decimal(argument);
  if (const auto kind = nested_kind(pattern)) {
    if (argument.type.kind != *kind) return std::nullopt;
    return Match{argument.type, 0};
  }
  const std::optional<Type> type = parse_type(pattern);
  WEIR_CHECK(type.has_value(),
             "a parameter pattern is a type, any, T, number, decimal, array, map or struct");
  const auto cost = implicit_cast_cost(argument, *type);
  if (!cost) return std::nullopt;
  return Match{*type, *cost};
}

/// The types of the variables in the patterns of a call; nothing where the arguments under one have none in
/// common.
std::optional<std::map<char, Type>> match_variables(const Overload& overload,
                                                    std::span<const ExpressionPtr> arguments) {
  std::map<char, std::vector<ExpressionPtr>> parts;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Shape shape = shape_of(pattern_at(overload, i));
    if (!fits_shape(shape, arguments[i]->type)) return std::nullopt;
    for (std::size_t v = 0; v < shape.variables.size(); ++v)
      parts[shape.variables[v]].push_back(part_of(shape, arguments[i], v));
  }
  std::map<char, Type> types;
  for (const auto& [variable, expressions] : parts) {
    const std::optional<Type> type = common_type(expressions);
    if (!type) return std::nullopt;
    types[variable] = *type;
  }
  return types;
}

struct Candidate {
  ChosenOverload chosen;
  int cost = 0;
};

std::optional<Candidate> match_overload(const Overload& overload, std::span<const ExpressionPtr> arguments) {
  if (!takes_count(overload, arguments.size())) return std::nullopt;
  const auto variables = match_variables(overload, arguments);
  if (!variables) return std::nullopt;
  Candidate candidate{{&overload, {}}, 0};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& pattern = pattern_at(overload, i);
    const Shape shape = shape_of(pattern);
    std::optional<Match> matched;
    if (shape.variables.empty()) {
      matched = match(pattern, *arguments[i]);
    } else {
      std::vector<Type> parts;
      for (const char variable : shape.variables) parts.push_back(variables->at(variable));
      const Type target = with_parts(shape, arguments[i]->type, parts);
      const int cost = implicit_cast_cost(*arguments[i], target).value_or(0);
      // An array under array<T> fits well, whatever its elements are turned into.
      matched =
          Match{target, shape.kind == TypeKind::null ? cost + pattern_cost : std::min(cost, pattern_cost)};
    }
    if (!matched) return std::nullopt;
    candidate.chosen.targets.push_back(matched->target);
    candidate.cost += matched->cost;
  }
  return candidate;
}

/// Types under the names that errors and schemas use for them.
std::string pattern_name(const std::string& pattern) {
  if (pattern == "decimal") return pattern;
  const std::optional<Type> type = parse_type(pattern);
  return type ? to_string(*type) : pattern;
}

std::string describe(const Overload& overload) {
  std::string text = "(";
  const std::size_t count = overload.parameters.size();
  const std::size_t required = count - std::min(count, overload.optional);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string separator = i == 0 ? "" : ", ";
    text += (i < required ? separator : "[" + separator) + pattern_name(overload.parameters[i]);
  }
  text += std::string(count - required, ']');
  if (overload.variadic) text += ", ...";
  return text + ")";
}

}  // namespace

std::optional<ChosenOverload> choose_overload(const Function& function,
                                              std::span<const ExpressionPtr> arguments) {
  std::optional<Candidate> best;
  for (const Overload& overload : function.overloads) {
    std::optional<Candidate> candidate = match_overload(overload, arguments);
    if (candidate && (!best || candidate->cost < best->cost)) best = std::move(candidate);
  }
  if (!best) return std::nullopt;
  return std::move(best->chosen);
}

std::string describe_overloads(const Function& function) {
  std::string text;
  for (const Overload& overload : function.overloads) {
    const std::string one = describe(overload);
    if (text.find(one) != std::string::npos) continue;
    if (!text.empty()) text += " or ";
    text += one;
  }
  return text;
}

std::string describe_types(std::span<const ExpressionPtr> arguments) {
  std::string text = "(";
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i != 0) text += ", ";
    text += arguments[i]->type.kind == TypeKind::null ? "NULL" : to_string(arguments[i]->type);
  }
  return text + ")";
}

const char* mistake_of_call(const Function& function, std::size_t arguments) {
  const bool is_taken = std::any_of(function.overloads.begin(), function.overloads.end(), [&](const Overload& overload) { return takes_count(overload, arguments); });
  return is_taken ? "W0302" : "W0303";
}

std::optional<std::size_t> first_wrong_argument(const Function& function,
                                                std::span<const ExpressionPtr> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bool is_reached = false;
    bool is_taken = false;
    for (const Overload& overload : function.overloads) {
      if (!takes_count(overload, arguments.size())) continue;
      is_reached = true;
      const Shape shape = shape_of(pattern_at(overload, i));
      is_taken =
          is_taken || (shape.variables.empty() ? match(pattern_at(overload, i), *arguments[i]).has_value()
                                               : fits_shape(shape, arguments[i]->type));
    }
    if (is_reached && !is_taken) return i;
  }
  return std::nullopt;
}

}  // namespace weir
