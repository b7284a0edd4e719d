// expression_print.cpp — a typed expression as the SQL that would give it.
#include <fmt/format.h>

#include <array>
#include <cctype>

#include "engine/expression/expression.h"

namespace weir {
namespace {

enum Precedence {
  lowest = 0,
  disjunction,
  conjunction,
  negation,
  comparison,
  concatenation,
  sum,
  product,
  sign,
  primary
};

struct Infix {
  std::string_view name;
  std::string_view spelling;
  Precedence precedence;
  bool is_associative;
};

constexpr std::array infixes{
    Infix{"or", " OR ", disjunction, true},
    Infix{"and", " AND ", conjunction, true},
    Infix{"and then", " AND ", conjunction, true},
    Infix{"=", " = ", comparison, false},
    Infix{"<>", " <> ", comparison, false},
    Infix{"<", " < ", comparison, false},
    Infix{"<=", " <= ", comparison, false},
    Infix{">", " > ", comparison, false},
    Infix{">=", " >= ", comparison, false},
    Infix{"<=>", " <=> ", comparison, false},
    Infix{"like", " LIKE ", comparison, false},
    Infix{"rlike", " RLIKE ", comparison, false},
    Infix{"||", " || ", concatenation, true},
    Infix{"+", " + ", sum, false},
    Infix{"-", " - ", sum, false},
    Infix{"*", " * ", product, false},
    Infix{"/", " / ", product, false},
    Infix{"%", " % ", product, false},
};

const Infix* find_infix(std::string_view name) {
  for (const Infix& infix : infixes) {
    if (infix.name == name) return &infix;
  }
  return nullptr;
}

bool is_call_of(const Expression& expression, std::string_view name) {
  const auto* call = std::get_if<Call>(&expression.node);
  return call != nullptr && call->function->name == name;
}

bool is_plain_name(std::string_view name) {
  if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) != 0) return false;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '_') return false;
  }
  return true;
}

std::string print_name(const std::string& name) {
  if (is_plain_name(name)) return name;
  std::string text = "`";
  for (const char c : name) text += c == '`' ? "``" : std::string(1, c);
  return text + "`";
}

struct Printed {
  std::string text;
  Precedence precedence;
};

Printed print_node(const Expression& expression);

std::string print_in(const Expression& expression, Precedence least) {
  Printed printed = print_node(expression);
  return printed.precedence < least ? "(" + printed.text + ")" : printed.text;
}

std::string print_list(const std::vector<ExpressionPtr>& arguments, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < arguments.size(); ++i) {
    if (i > first) text += ", ";
    text += print_in(*arguments[i], lowest);
  }
  return text;
}

Printed print_infix(const Infix& infix, const Call& call) {
  const bool is_comparison = infix.precedence == comparison;
  const Precedence above = static_cast<Precedence>(infix.precedence + 1);
  std::string text = print_in(*call.arguments[0], is_comparison ? above : infix.precedence);
  for (std::size_t i = 1; i < call.arguments.size(); ++i) {
    text += infix.spelling;
    const bool is_same = infix.is_associative && is_call_of(*call.arguments[i], infix.name);
    text += print_in(*call.arguments[i], is_same ? infix.precedence : above);
  }
  return {text, infix.precedence};
}

Printed print_case(const Call& call) {
  std::string text = "CASE";
  std::size_t i = 0;
  for (; i + 1 < call.arguments.size(); i += 2) {
    text += fmt::format(" WHEN {} THEN {}", print_in(*call.arguments[i], lowest),
                        print_in(*call.arguments[i + 1], lowest));
  }
  if (i < call.arguments.size()) {
    const auto* otherwise = std::get_if<Literal>(&call.arguments[i]->node);
    const bool is_null = otherwise != nullptr && otherwise->value.is_null();
    if (!is_null) text += " ELSE " + print_in(*call.arguments[i], lowest);
  }
  return {text + " END", primary};
}

Printed print_not(const Expression& operand) {
  if (is_call_of(operand, "is_null")) {
    return {print_in(*std::get<Call>(operand.node).arguments[0], concatenation) + " IS NOT NULL", comparison};
  }
  if (is_call_of(operand, "in")) {
    const auto& arguments = std::get<Call>(operand.node).arguments;
    return {fmt::format("{} NOT IN ({})", print_in(*arguments[0], concatenation), print_list(arguments, 1)),
            comparison};
  }
  return {"NOT " + print_in(operand, negation), negation};
}

Printed print_call(const Expression& expression, const Call& call) {
  const std::string& name = call.function->name;
  const auto& arguments = call.arguments;
  if (const Infix* infix = find_infix(name); infix != nullptr && arguments.size() >= 2) {
    // An escape character of LIKE is a third argument.
    if (name != "like" || arguments.size() == 2) return print_infix(*infix, call);
    return {fmt::format("{} LIKE {} ESCAPE {}", print_in(*arguments[0], concatenation),
                        print_in(*arguments[1], concatenation), print_in(*arguments[2], concatenation)),
            comparison};
  }
  if (name == "case") return print_case(call);
  if (name == "get_item") return {fmt::format("{}[{}]", print_in(*arguments[0], primary), print_in(*arguments[1], lowest)), primary};
  if (name == "get_field") {
    const auto* field = std::get_if<Literal>(&arguments[1]->node);
    const auto* text = field == nullptr ? nullptr : std::get_if<std::string>(&field->value.data);
    if (text != nullptr) return {print_in(*arguments[0], primary) + "." + print_name(*text), primary};
  }
  if (name == "not") return print_not(*arguments[0]);
  if (name == "is_null") return {print_in(*arguments[0], concatenation) + " IS NULL", comparison};
  if (name == "negate") return {"-" + print_in(*arguments[0], primary), sign};
  if (name == "in") {
    return {fmt::format("{} IN ({})", print_in(*arguments[0], concatenation), print_list(arguments, 1)),
            comparison};
  }
  if (name == "cast" || name == "try_cast") {
    return {fmt::format("{}({} AS {})", name == "cast" ? "CAST" : "TRY_CAST", print_in(*arguments[0], lowest),
                        to_string(expression.type)),
            primary};
  }
  return {fmt::format("{}({})", name, print_list(arguments, 0)), primary};
}

Printed print_node(const Expression& expression) {
  if (const auto* column = std::get_if<ColumnReference>(&expression.node))
    return {print_name(column->name), primary};
  if (const auto* literal = std::get_if<Literal>(&expression.node)) {
    std::string text = to_sql(literal->value);
    const bool is_signed = !text.empty() && text[0] == '-';
    return {std::move(text), is_signed ? sign : primary};
  }
  return print_call(expression, std::get<Call>(expression.node));
}

}  // namespace

std::string print(const Expression& expression) { return print_in(expression, lowest); }

}  // namespace weir
