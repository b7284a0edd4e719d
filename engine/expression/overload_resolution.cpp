// overload_resolution.cpp — matches argument types with the patterns of overloads.
#include "engine/expression/overload_resolution.h"

#include <fmt/format.h>

#include "engine/expression/implicit_cast.h"

namespace weir {
namespace {

constexpr int pattern_cost = 1;  // "any" and "number" lose against a concrete type

struct Match {
  Type target;
  int cost;
};

const std::string& pattern_at(const Overload& overload, std::size_t index) {
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
  WEIR_CHECK(type.has_value(), "a parameter pattern is a type, any, T, number, decimal, array, map or struct");
  const auto cost = implicit_cast_cost(argument, *type);
  if (!cost) return std::nullopt;
  return Match{*type, *cost};
}

/// The type of all arguments under the pattern T.
std::optional<Type> match_shared(const Overload& overload, std::span<const ExpressionPtr> arguments) {
  std::vector<ExpressionPtr> shared;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (pattern_at(overload, i) == "T") shared.push_back(arguments[i]);
  }
  return common_type(shared);
}

struct Candidate {
  ChosenOverload chosen;
  int cost = 0;
};

std::optional<Candidate> match_overload(const Overload& overload, std::span<const ExpressionPtr> arguments) {
  if (!takes_count(overload, arguments.size())) return std::nullopt;
  const std::optional<Type> shared = match_shared(overload, arguments);
  Candidate candidate{{&overload, {}}, 0};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& pattern = pattern_at(overload, i);
    std::optional<Match> matched;
    if (pattern != "T") {
      matched = match(pattern, *arguments[i]);
    } else if (shared) {
      matched = Match{*shared, implicit_cast_cost(*arguments[i], *shared).value_or(0) + pattern_cost};
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

std::optional<std::size_t> first_wrong_argument(const Function& function,
                                                std::span<const ExpressionPtr> arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    bool is_reached = false;
    bool is_taken = false;
    for (const Overload& overload : function.overloads) {
      if (!takes_count(overload, arguments.size())) continue;
      is_reached = true;
      is_taken = is_taken || pattern_at(overload, i) == "T" || match(pattern_at(overload, i), *arguments[i]);
    }
    if (is_reached && !is_taken) return i;
  }
  return std::nullopt;
}

}  // namespace weir
