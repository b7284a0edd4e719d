// binder.cpp — from names and guesses to typed calls.
#include "engine/expression/binder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "engine/base/nearest_name.h"
#include "engine/base/source_lines.h"
#include "engine/expression/call_evaluation.h"
#include "engine/expression/implicit_cast.h"
#include "engine/expression/name_resolution.h"
#include "engine/expression/overload_resolution.h"

namespace weir {
namespace {

/// What a function says of its arguments is of one kind, unless it says itself of which.
Error at(Error error, const Location& where) {
  Error known = error.mistake().empty() ? std::move(error).as("W0308") : std::move(error);
  return known.where().is_known() ? known : std::move(known).at(where);
}

Error user_error(const char* mistake, std::string message, const Location& where) {
  return Error{ErrorKind::user, std::move(message), where}.as(mistake);
}

bool is_any_nullable(std::span<const ExpressionPtr> arguments, std::size_t first = 0, std::size_t step = 1) {
  for (std::size_t i = first; i < arguments.size(); i += step) {
    if (arguments[i]->nullable) return true;
  }
  return false;
}

bool is_case_nullable(std::span<const ExpressionPtr> arguments) {
  if (is_any_nullable(arguments, 1, 2)) return true;
  return arguments.size() % 2 == 0 || arguments.back()->nullable;
}

bool is_comparison(std::string_view name) {
  constexpr std::string_view comparisons[] = {"=", "<>", "<", "<=", ">", ">=", "<=>", "in"};
  return std::find(std::begin(comparisons), std::end(comparisons), name) != std::end(comparisons);
}

bool is_empty_text(const Expression& expression) {
  const auto* literal = std::get_if<Literal>(&expression.node);
  const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value.data);
  return text != nullptr && text->empty();
}

/// "name" in a .weir file: in YAML the quotes may be the value's own.
bool is_in_double_quotes(const Location& where) {
  if (!where.is_known() || where.column == 0) return false;
  const std::string_view text = line_of(where);
  return where.column <= text.size() && (text[where.column - 1] == '"' || text[where.column - 1] == '`');
}

bool is_time(const Type& type) { return type.kind == TypeKind::timestamp || type.kind == TypeKind::date; }

/// What to do about an operator that does not take its operands.
std::string hint_of_operator(std::string_view name, const std::vector<ExpressionPtr>& operands) {
  const auto any = [&](auto&& is) { return std::any_of(operands.begin(), operands.end(), [&](const ExpressionPtr& one) { return is(one->type); }); };
  const bool has_text = any([](const Type& type) { return type.kind == TypeKind::string; });
  const bool has_number = any([](const Type& type) { return type.is_numeric(); });
  if (name == "+" && has_text) return has_number ? "CAST(value AS type) converts; texts are joined by || or concat(...)" : "texts are joined by || or concat(...)";
  if (operands.size() == 2 && (name == "+" || name == "-") && any(is_time) && has_number)
    return fmt::format("write {} INTERVAL 1 DAY, or another span of time", name);
  if (is_comparison(name) && any([](const Type& type) { return type.kind == TypeKind::boolean; })) return "conditions stand beside each other by AND and OR; || joins texts";
  return "CAST(value AS type) converts";
}

/// What to do about arguments of types that a function does not take.
std::string hint_of_call(const Function& function, std::vector<ExpressionPtr> arguments, const std::string& forms) {
  const bool begins_with_number = !arguments.empty() && arguments.front()->type.is_numeric();
  std::reverse(arguments.begin(), arguments.end());
  if (arguments.size() == 2 && choose_overload(function, arguments)) return "the arguments stand the other way round";
  const bool takes_time = forms.find("(timestamp") != std::string::npos || forms.find("(date") != std::string::npos;
  if (takes_time && begins_with_number) return "timestamp_seconds(number), timestamp_millis(number) and timestamp_micros(number) make a time of a number";
  if (forms.find("T,") != std::string::npos) return "T is one type for all of them; CAST(value AS type) converts";
  const bool is_nested = std::any_of(arguments.begin(), arguments.end(), [](const ExpressionPtr& one) { return one->type.is_nested(); });
  return is_nested ? "" : "CAST(value AS type) converts";
}

/// What to do about a value of another type.
std::string hint_of_conversion(const Type& from, const Type& to) {
  if (to.kind == TypeKind::boolean && from.is_numeric()) return "compare it: value <> 0";
  if (to.kind == TypeKind::boolean && from.kind == TypeKind::string) return "compare it: value = '...'";
  return fmt::format("CAST(value AS {}) converts", to_string(to));
}

class Binder {
 public:
  Binder(const Scope& scope, const FunctionRegistry& functions, Diagnostics& diagnostics)
      : scope_(scope), functions_(functions), diagnostics_(diagnostics) {}

  /// Null after an error was reported, as everything below.
  ExpressionPtr bind(const Ast& ast) {
    return std::visit([&](const auto& node) { return bind_node(node, ast.where); }, ast.node);
  }

  ExpressionPtr converted(ExpressionPtr expression, const Type& type) {
    const ExpressionPtr result = cast_to(expression, type, functions_);
    const auto* literal = std::get_if<Literal>(&expression->node);
    // A literal that cannot be read as its type is the author's mistake, not a row's.
    if (literal != nullptr && std::holds_alternative<Call>(result->node)) {
      report("W0307", fmt::format("not a valid {}: {}", to_string(type), to_sql(literal->value)), expression->where);
      return nullptr;
    }
    return result;
  }

 private:
  void report(const char* mistake, std::string message, const Location& where) {
    diagnostics_.error(user_error(mistake, std::move(message), where));
  }

  ExpressionPtr bind_node(const LiteralAst& literal, const Location& where) {
    return make_literal(literal.value, where);
  }

  ExpressionPtr bind_node(const NameAst& name, const Location& where) {
    const Result<std::size_t> index = find_column(name.parts, scope_);
    if (index.ok()) return make_column(*index, scope_.schema->fields[*index], where);
    if (name.parts.size() > 1) {
      const Result<std::size_t> outer = find_column({name.parts.front()}, scope_);
      if (outer.ok() && scope_.schema->fields[*outer].type.is_nested()) return bind_fields(*outer, name, where);
    }
    diagnostics_.error(with_hint_of_name(at(index.error(), where), name));
    return nullptr;
  }

  /// What a name was probably meant as that is no column.
  Error with_hint_of_name(Error error, const NameAst& name) const {
    const std::string& text = name.parts.front();
    if (is_in_double_quotes(error.where())) return std::move(error).with_hint(fmt::format("a text is written '{}'; double quotes and backticks are for names", text));
    const Result<std::size_t> outer = find_column({text}, scope_);
    if (name.parts.size() < 2 || !outer.ok()) return error;
    const Type& type = scope_.schema->fields[*outer].type;
    if (type.kind == TypeKind::json) return std::move(error).with_hint(fmt::format("fields of JSON are written {}:{}", text, name.parts[1]));
    return std::move(error).with_hint(fmt::format("{} is {}, which has no fields", text, to_string(type)));
  }

  /// column.field.field
  ExpressionPtr bind_fields(std::size_t column, const NameAst& name, const Location& where) {
    ExpressionPtr value = make_column(column, scope_.schema->fields[column], where);
    for (std::size_t i = 1; i < name.parts.size() && value != nullptr; ++i)
      value = make_operator("get_field", {std::move(value), make_literal(Value{string_type, name.parts[i]}, where)}, where);
    return value;
  }

  ExpressionPtr bind_node(const CallAst& call, const Location& where) {
    if (scope_.computed != nullptr) {
      const auto computed = scope_.computed->find(&call);
      if (computed != scope_.computed->end()) return computed->second;
    }
    if (call.over != nullptr) {
      report("W0414", fmt::format("{} OVER (...) stands in select and extend, where the rows are those of an aggregate", call.function), where);
      return nullptr;
    }
    const Function* function =
        call.function == "between" ? functions_.find("and") : functions_.find(call.function);
    if (function == nullptr) diagnostics_.error(at(unknown_function(call.function, functions_, scope_), where));
    const bool is_like_an_aggregate = call.is_star || call.is_distinct || call.filter != nullptr;
    if (function != nullptr && is_like_an_aggregate)
      report("W0312", fmt::format("{} is no aggregate: *, DISTINCT and FILTER belong to one", call.function), where);
    std::vector<ExpressionPtr> arguments = bind_all(call.arguments);
    if (function != nullptr) warn_of_null(*function, call, where);
    if (function == nullptr || is_like_an_aggregate || has_gap(arguments)) return nullptr;
    if (call.function == "between" && arguments.size() == 3) return bind_between(arguments, where);
    if (function->name == "struct") return bind_struct(call, arguments, where);
    if (function->name == "arrays_zip") return bind_zip(*function, call, std::move(arguments), where);
    return make_call(*function, std::move(arguments), where);
  }

  void warn_of_null(const Function& function, const CallAst& call, const Location& where) {
    if (!is_comparison(function.name) || function.name == "<=>" || function.name == "in") return;
    const auto is_null = [](const AstPtr& operand) {
      const auto* literal = std::get_if<LiteralAst>(&operand->node);
      return literal != nullptr && literal->value.is_null();
    };
    if (std::none_of(call.arguments.begin(), call.arguments.end(), is_null)) return;
    Error warning = user_error("W0909", "a comparison with NULL is never true", where);
    diagnostics_.warning(std::move(warning).with_hint("write IS NULL or IS NOT NULL"));
  }

  /// struct(a, b + 1) is named_struct('a', a, 'col2', b + 1).
  ExpressionPtr bind_struct(const CallAst& call, const std::vector<ExpressionPtr>& values, const Location& where) {
    std::vector<ExpressionPtr> named;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::string name = name_of(*call.arguments[i]).value_or(fmt::format("col{}", i + 1));
      named.push_back(make_literal(Value{string_type, name}, call.arguments[i]->where));
      named.push_back(values[i]);
    }
    return make_operator("named_struct", std::move(named), where);
  }

  /// The structs' fields, 0, 1, ... by themselves, get the names of the columns; where two have one name they keep their numbers.
  ExpressionPtr bind_zip(const Function& function, const CallAst& call, std::vector<ExpressionPtr> arrays, const Location& where) {
    const ExpressionPtr zipped = make_call(function, std::move(arrays), where);
    if (zipped == nullptr || zipped->type.kind != TypeKind::array) return zipped;
    std::vector<Field> fields = zipped->type.nested->fields[0].type.nested->fields;
    std::set<std::string> names;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      fields[i].name = name_of(*call.arguments[i]).value_or(fields[i].name);
      if (!names.insert(fields[i].name).second) return zipped;
    }
    return converted(zipped, array_type(struct_type(std::move(fields)), zipped->type.nested->fields[0].nullable));
  }

  /// The name that a value brings along: of a column, of a field, of a map's key.
  static std::optional<std::string> name_of(const Ast& ast) {
    if (const auto* name = std::get_if<NameAst>(&ast.node)) return name->parts.back();
    const auto* call = std::get_if<CallAst>(&ast.node);
    const bool is_part = call != nullptr && call->arguments.size() == 2 && (call->function == "get_field" || call->function == "get_item");
    const auto* literal = is_part ? std::get_if<LiteralAst>(&call->arguments[1]->node) : nullptr;
    const auto* text = literal == nullptr ? nullptr : std::get_if<std::string>(&literal->value.data);
    return text == nullptr ? std::nullopt : std::optional(*text);
  }

  ExpressionPtr bind_node(const CaseAst& node, const Location& where) {
    const ExpressionPtr operand = node.operand == nullptr ? nullptr : bind(*node.operand);
    std::vector<ExpressionPtr> conditions;
    std::vector<ExpressionPtr> values;
    for (const auto& [condition, value] : node.branches) {
      conditions.push_back(bind_condition(*condition, operand));
      values.push_back(bind(*value));
    }
    values.push_back(node.otherwise == nullptr ? make_literal(Value{}, where) : bind(*node.otherwise));
    if (node.operand != nullptr && operand == nullptr) return nullptr;
    if (has_gap(conditions) || has_gap(values)) return nullptr;
    return make_case(conditions, std::move(values), where);
  }

  ExpressionPtr bind_node(const CastAst& cast, const Location& where) {
    ExpressionPtr operand = bind(*cast.operand);
    if (operand == nullptr) return nullptr;
    if (operand->type == cast.type) return operand;
    if (operand->type.kind == TypeKind::null) return cast_to(std::move(operand), cast.type, functions_);
    const Function* function = functions_.find(cast.is_try ? "try_cast" : "cast");
    WEIR_CHECK(function != nullptr, "the registry has the functions cast and try_cast");
    return finish_call(*function, function->overloads.front(), {std::move(operand)}, cast.type, where);
  }

  std::vector<ExpressionPtr> bind_all(const std::vector<AstPtr>& asts) {
    std::vector<ExpressionPtr> bound;
    for (const AstPtr& ast : asts) bound.push_back(bind(*ast));
    return bound;
  }

  static bool has_gap(const std::vector<ExpressionPtr>& expressions) {
    return std::any_of(expressions.begin(), expressions.end(),
                       [](const auto& one) { return one == nullptr; });
  }

  ExpressionPtr make_operator(std::string_view name, std::vector<ExpressionPtr> arguments,
                              const Location& where) {
    const Function* function = functions_.find(name);
    WEIR_CHECK(function != nullptr, "the registry has every operator");
    return make_call(*function, std::move(arguments), where);
  }

  ExpressionPtr bind_between(const std::vector<ExpressionPtr>& arguments, const Location& where) {
    ExpressionPtr above = make_operator(">=", {arguments[0], arguments[1]}, where);
    ExpressionPtr below = make_operator("<=", {arguments[0], arguments[2]}, where);
    if (above == nullptr || below == nullptr) return nullptr;
    return make_operator("and", {std::move(above), std::move(below)}, where);
  }

  /// WHEN of a CASE; with an operand it is compared.
  ExpressionPtr bind_condition(const Ast& ast, const ExpressionPtr& operand) {
    ExpressionPtr condition = bind(ast);
    if (condition == nullptr) return nullptr;
    if (operand != nullptr) return make_operator("=", {operand, std::move(condition)}, ast.where);
    if (implicit_cast_cost(*condition, boolean_type)) return converted(std::move(condition), boolean_type);
    Error error = user_error("W0301", fmt::format("WHEN expects {}, got {}", to_string(boolean_type), to_string(condition->type)), ast.where);
    diagnostics_.error(std::move(error).with_hint(hint_of_conversion(condition->type, boolean_type)));
    return nullptr;
  }

  ExpressionPtr make_case(const std::vector<ExpressionPtr>& conditions, std::vector<ExpressionPtr> values,
                          const Location& where) {
    const std::optional<Type> type = common_type(values);
    if (!type) {
      report("W0305", "CASE gives values of different types: " + describe_types(values), where);
      return nullptr;
    }
    for (ExpressionPtr& value : values) value = converted(std::move(value), *type);
    if (has_gap(values)) return nullptr;
    std::vector<ExpressionPtr> arguments;
    for (std::size_t i = 0; i < conditions.size(); ++i) {
      arguments.push_back(conditions[i]);
      arguments.push_back(values[i]);
    }
    arguments.push_back(values.back());
    const Function* function = functions_.find("case");
    WEIR_CHECK(function != nullptr, "the registry has the function case");
    return finish_call(*function, function->overloads.front(), std::move(arguments), *type, where);
  }

  ExpressionPtr make_call(const Function& function, std::vector<ExpressionPtr> arguments,
                          const Location& where) {
    if (is_comparison(function.name) && !read_compared_strings(arguments)) return nullptr;
    if (function.name == "||") write_as_text(arguments);
    if (!function.setting.empty() && !add_setting(function, arguments, where)) return nullptr;
    const std::optional<ChosenOverload> chosen = choose_overload(function, arguments);
    if (!chosen) {
      report_mismatch(function, arguments, where);
      return nullptr;
    }
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = converted(std::move(arguments[i]), chosen->targets[i]);
    }
    if (has_gap(arguments)) return nullptr;
    const Result<Type> type =
        chosen->overload->result(call_site_of(Call{&function, chosen->overload, arguments}, null_type));
    if (!type.ok()) {
      diagnostics_.error(at(type.error(), where));
      return nullptr;
    }
    // Nothing to look into: no call, so that nothing is spent on it.
    if (!function.setting.empty() && is_empty_text(*arguments.back())) return make_literal(Value{*type, {}}, where);
    return finish_call(function, *chosen->overload, std::move(arguments), *type, where);
  }

  /// The pipeline's setting as the last argument, where the call has left that out. False after an error was reported.
  bool add_setting(const Function& function, std::vector<ExpressionPtr>& arguments, const Location& where) {
    if (arguments.size() + 1 != function.overloads.front().parameters.size()) return true;
    const auto* settings = scope_.settings;
    const auto found = settings == nullptr ? std::map<std::string, std::string>::const_iterator()
                                           : settings->find(function.setting);
    if (settings == nullptr || found == settings->end()) {
      Error error = user_error("W0313", fmt::format("{} needs the setting {}", function.name, function.setting), where);
      diagnostics_.error(std::move(error).with_hint(fmt::format(
          "add `settings: {{ {}: PATH }}` to the pipeline, or give the path as the last argument", function.setting)));
      return false;
    }
    if (found->second.empty()) warn_of_empty_setting(function, where);
    arguments.push_back(make_literal(Value{string_type, found->second}, where));
    return true;
  }

  /// Once for each setting, at the first call that needs it.
  void warn_of_empty_setting(const Function& function, const Location& where) {
    const std::string start = fmt::format("the setting {} is empty", function.setting);
    for (const Error& warning : diagnostics_.warnings()) {
      if (warning.message().starts_with(start)) return;
    }
    Error warning = user_error("W0907", fmt::format("{}: {} and others that need it give NULL", start, function.name), where);
    diagnostics_.warning(std::move(warning).with_hint("set it to the path of a file, if you have one"));
  }

  /// Strings that meet dates or numbers are read as such. False after an error was reported.
  bool read_compared_strings(std::vector<ExpressionPtr>& arguments) {
    const std::optional<Type> type = type_strings_are_compared_as(arguments);
    if (!type) return true;
    for (ExpressionPtr& argument : arguments) {
      if (argument->type.kind == TypeKind::string) argument = converted(std::move(argument), *type);
    }
    return !has_gap(arguments);
  }

  /// || joins numbers and times, too, as CAST prints them.
  void write_as_text(std::vector<ExpressionPtr>& arguments) {
    for (ExpressionPtr& argument : arguments) {
      if (!argument->type.is_text_like()) argument = cast_to(std::move(argument), string_type, functions_);
    }
  }

  void report_mismatch(const Function& function, const std::vector<ExpressionPtr>& arguments,
                       const Location& where) {
    if (function.is_operator) {
      Error error = user_error("W0304", 
          fmt::format("operator {} does not take {}", function.name == "negate" ? "-" : function.name, describe_types(arguments)), where);
      diagnostics_.error(std::move(error).with_hint(hint_of_operator(function.name, arguments)));
      return;
    }
    const auto wrong = first_wrong_argument(function, arguments);
    const std::string forms = describe_overloads(function);
    const char* mistake = mistake_of_call(function, arguments.size());
    Error error = user_error(mistake, fmt::format("{} expects {}, got {}", function.name, forms, describe_types(arguments)), wrong ? arguments[*wrong]->where : where);
    diagnostics_.error(mistake == std::string_view("W0302") ? std::move(error).with_hint(hint_of_call(function, arguments, forms)) : std::move(error));
  }

  /// The call itself: its body is made once to find errors in its literals, and computed if all arguments are
  /// literals.
  ExpressionPtr finish_call(const Function& function, const Overload& overload,
                            std::vector<ExpressionPtr> arguments, const Type& type, const Location& where) {
    // JSON's null is NULL in any type.
    const bool is_from_json = function.name == "cast" && arguments[0]->type.kind == TypeKind::json;
    const bool nullable = is_from_json || is_nullable(function, overload, arguments);
    auto expression = std::make_shared<Expression>(
        Expression{type, nullable, where, Call{&function, &overload, std::move(arguments)}});
    const auto prepared = PreparedCall::prepare(*expression);
    if (!prepared.ok()) {
      diagnostics_.error(at(prepared.error(), where));
      return nullptr;
    }
    const std::optional<Value> value = constant_value(*expression);
    if (value) return make_literal(*value, where);
    return expression;
  }

  const Scope& scope_;
  const FunctionRegistry& functions_;
  Diagnostics& diagnostics_;
};

}  // namespace

bool is_nullable(const Function& function, const Overload& overload, std::span<const ExpressionPtr> arguments) {
  if (overload.strict) return !overload.never_null || is_any_nullable(arguments);
  if (overload.never_null) return false;
  if (function.name == "and" || function.name == "or" || function.name == "in")
    return is_any_nullable(arguments);
  if (function.name == "case") return is_case_nullable(arguments);
  if (function.name == "if" || function.name == "nvl2") return is_any_nullable(arguments, 1);
  const bool takes_first_known = function.name == "coalesce" || function.name == "ifnull" ||
                                 function.name == "greatest" || function.name == "least";
  if (!takes_first_known) return true;
  return std::all_of(arguments.begin(), arguments.end(),
                     [](const auto& argument) { return argument->nullable; });
}

ExpressionPtr bind(const Ast& ast, const Scope& scope, const FunctionRegistry& functions,
                   Diagnostics& diagnostics) {
  return Binder(scope, functions, diagnostics).bind(ast);
}

ExpressionPtr coerce(ExpressionPtr expression, const Type& type, const std::string& what,
                     const FunctionRegistry& functions, Diagnostics& diagnostics) {
  if (!implicit_cast_cost(*expression, type)) {
    Error error = Error{ErrorKind::user,
                fmt::format("{}: expected {}, got {}", what, to_string(type), to_string(expression->type)),
                expression->where}.as("W0301");
    diagnostics.error(std::move(error).with_hint(hint_of_conversion(expression->type, type)));
    return nullptr;
  }
  const Scope nothing;
  return Binder(nothing, functions, diagnostics).converted(std::move(expression), type);
}

}  // namespace weir
