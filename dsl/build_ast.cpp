// build_ast.cpp — turns the parser's tree of an expression into the engine's.
#include "dsl/build_ast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "WeirParser.h"
#include "dsl/json_path_text.h"
#include "dsl/literal.h"
#include "dsl/unknown_type.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;
using antlr4::ParserRuleContext;
using antlr4::tree::TerminalNode;

// Binder and evaluation recurse over the tree.
constexpr std::size_t max_depth = 500;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

bool is_quoted(const std::string& text) { return text.front() == '`' || text.front() == '"'; }
std::string name_text(ParserRuleContext* name) {
  const std::string text = name->getText();
  return is_quoted(text) ? unquoted(text) : text;
}

std::vector<AstPtr> list_of(AstPtr first) {
  std::vector<AstPtr> list;
  list.push_back(std::move(first));
  return list;
}
std::vector<AstPtr> list_of(AstPtr first, AstPtr second) {
  std::vector<AstPtr> list = list_of(std::move(first));
  list.push_back(std::move(second));
  return list;
}

// The left-recursive rules nest once per operator: this walks down to the first operand without recursion.
// `left` gives the next context or null; the result is in the order of the text.
template <typename Rule, typename Left>
std::vector<Rule*> chain(Rule* last, Left left) {
  std::vector<Rule*> links;
  for (Rule* link = last; link != nullptr; link = left(link)) links.push_back(link);
  std::reverse(links.begin(), links.end());
  return links;
}

class AstBuilder {
 public:
  AstBuilder(const PlacedText& text, Diagnostics& diagnostics) : text_(text), diagnostics_(diagnostics) {}

  AstPtr expression(Parser::ExpressionContext* context);
  bool failed() const { return failed_; }

 private:
  AstPtr logical(const std::string& function, std::vector<Parser::ExpressionContext*> operands);
  AstPtr predicate(Parser::PredicateContext* context);
  AstPtr truth(AstPtr left, Parser::IsContext* context);
  AstPtr test(AstPtr left, Parser::TestContext* context, ParserRuleContext* whole);
  AstPtr value(Parser::ValueContext* context);
  AstPtr sign(Parser::SignContext* context);
  AstPtr primary(Parser::PrimaryContext* context);
  AstPtr first_primary(Parser::PrimaryContext* context);
  AstPtr json_path(AstPtr left, Parser::PathContext* context);
  AstPtr literal(Parser::LiteralContext* context, bool is_negative = false);
  Result<Value> literal_value(Parser::LiteralContext* context, bool is_negative);
  AstPtr case_of(Parser::CaseContext* context);
  AstPtr extract(Parser::ExtractContext* context);
  AstPtr column(Parser::ColumnContext* context);
  std::shared_ptr<OverAst> over_of(Parser::OverContext* context);
  AstPtr cast(AstPtr operand, Parser::TypeNameContext* type, bool is_try, ParserRuleContext* whole);
  AstPtr call(std::string function, std::vector<AstPtr> arguments, ParserRuleContext* whole) {
    return make(CallAst{std::move(function), std::move(arguments)}, place(whole));
  }
  AstPtr negated(bool is_negated, AstPtr operand) {
    if (!is_negated) return operand;
    const Location where = operand->where;
    return make(CallAst{"not", list_of(std::move(operand))}, where);
  }

  template <typename Node>
  AstPtr make(Node node, Location where) {
    return std::make_unique<Ast>(Ast{std::move(node), std::move(where)});
  }
  Location place(const ParserRuleContext* context) const {
    return text_.span(context->start->getStartIndex(), context->stop->getStopIndex());
  }
  Location place(const ParserRuleContext* first, const ParserRuleContext* last) const {
    return text_.span(first->start->getStartIndex(), last->stop->getStopIndex());
  }
  void report(Error error, const Location& where) {
    diagnostics_.error(std::move(error).at(where));
    failed_ = true;
  }

  const PlacedText& text_;
  Diagnostics& diagnostics_;
  bool failed_ = false;
};

AstPtr AstBuilder::expression(Parser::ExpressionContext* context) {
  if (auto* condition = dynamic_cast<Parser::ConditionContext*>(context))
    return predicate(condition->predicate());
  if (auto* negation = dynamic_cast<Parser::NotContext*>(context)) {
    return call("not", list_of(expression(negation->expression())), context);
  }
  const auto operands_of = [&]<typename Operator>(Operator* last) {
    const auto links =
        chain<Operator>(last, [](Operator* link) { return dynamic_cast<Operator*>(link->expression(0)); });
    std::vector<Parser::ExpressionContext*> operands = {links.front()->expression(0)};
    for (Operator* link : links) operands.push_back(link->expression(1));
    return operands;
  };
  if (auto* conjunction = dynamic_cast<Parser::AndContext*>(context))
    return logical("and", operands_of(conjunction));
  return logical("or", operands_of(dynamic_cast<Parser::OrContext*>(context)));
}

// AND and OR are associative: a balanced tree keeps long conditions shallow.
AstPtr AstBuilder::logical(const std::string& function, std::vector<Parser::ExpressionContext*> operands) {
  struct Part {
    AstPtr ast;
    ParserRuleContext* first;
    ParserRuleContext* last;
  };
  std::vector<Part> parts;
  for (auto* operand : operands) parts.push_back({expression(operand), operand, operand});
  while (parts.size() > 1) {
    std::vector<Part> joined;
    for (std::size_t at = 0; at < parts.size(); at += 2) {
      if (at + 1 == parts.size()) {
        joined.push_back(std::move(parts[at]));
        break;
      }
      Part& left = parts[at];
      Part& right = parts[at + 1];
      AstPtr both = make(CallAst{function, list_of(std::move(left.ast), std::move(right.ast))},
                         place(left.first, right.last));
      joined.push_back({std::move(both), left.first, right.last});
    }
    parts = std::move(joined);
  }
  return std::move(parts.front().ast);
}

AstPtr AstBuilder::predicate(Parser::PredicateContext* context) {
  const auto links = chain<Parser::PredicateContext>(
      context, [](auto* link) { return link->template getRuleContext<Parser::PredicateContext>(0); });
  AstPtr result = value(dynamic_cast<Parser::OperandContext*>(links.front())->value());
  for (std::size_t at = 1; at < links.size(); ++at) {
    if (auto* compare = dynamic_cast<Parser::CompareContext*>(links[at])) {
      std::string name = compare->comparison()->getText();
      if (name == "==") name = "=";
      if (name == "!=") name = "<>";
      result = call(std::move(name), list_of(std::move(result), value(compare->value())), compare);
    } else if (auto* is = dynamic_cast<Parser::IsContext*>(links[at])) {
      result = truth(std::move(result), is);
    } else {
      auto* negatable = dynamic_cast<Parser::NegatableContext*>(links[at]);
      result = negated(negatable->K_NOT() != nullptr, test(std::move(result), negatable->test(), negatable));
    }
  }
  return result;
}

AstPtr AstBuilder::truth(AstPtr left, Parser::IsContext* context) {
  Parser::TruthContext* what = context->truth();
  const bool is_negated = context->K_NOT() != nullptr;
  if (what->K_NULL() != nullptr)
    return negated(is_negated, call("is_null", list_of(std::move(left)), context));
  if (what->K_DISTINCT() != nullptr) {
    return negated(!is_negated, call("<=>", list_of(std::move(left), value(what->value())), context));
  }
  AstPtr constant = make(LiteralAst{Value{boolean_type, what->K_TRUE() != nullptr}}, place(what));
  return negated(is_negated, call("<=>", list_of(std::move(left), std::move(constant)), context));
}

AstPtr AstBuilder::test(AstPtr left, Parser::TestContext* context, ParserRuleContext* whole) {
  std::vector<AstPtr> arguments = list_of(std::move(left));
  if (auto* in = dynamic_cast<Parser::InContext*>(context)) {
    for (auto* candidate : in->expression()) arguments.push_back(expression(candidate));
    return call("in", std::move(arguments), whole);
  }
  const auto add_values = [&](const std::vector<Parser::ValueContext*>& values) {
    for (auto* operand : values) arguments.push_back(value(operand));
  };
  if (auto* between = dynamic_cast<Parser::BetweenContext*>(context)) {
    add_values(between->value());
    return call("between", std::move(arguments), whole);
  }
  if (auto* like = dynamic_cast<Parser::LikeContext*>(context)) {
    add_values(like->value());
    return call("like", std::move(arguments), whole);
  }
  if (auto* ilike = dynamic_cast<Parser::IlikeContext*>(context)) {
    arguments.push_back(value(ilike->value()));
    return call("ilike", std::move(arguments), whole);
  }
  arguments.push_back(value(dynamic_cast<Parser::RlikeContext*>(context)->value()));
  return call("rlike", std::move(arguments), whole);
}

// Most operators are functions of their own name.
std::string function_of(const std::string& symbol) {
  if (symbol == "&") return "bitand";
  if (symbol == "^") return "bitxor";
  if (symbol == "|") return "bitor";
  return lower(symbol);  // DIV
}

AstPtr AstBuilder::value(Parser::ValueContext* context) {
  const auto links =
      chain<Parser::ValueContext>(context, [](Parser::ValueContext* link) -> Parser::ValueContext* {
        auto* arithmetic = dynamic_cast<Parser::ArithmeticContext*>(link);
        return arithmetic != nullptr ? arithmetic->value(0) : nullptr;
      });
  auto* single = dynamic_cast<Parser::SingleContext*>(links.front());
  AstPtr result = single != nullptr ? primary(single->primary())
                                    : sign(dynamic_cast<Parser::SignContext*>(links.front()));
  for (std::size_t at = 1; at < links.size(); ++at) {
    auto* arithmetic = dynamic_cast<Parser::ArithmeticContext*>(links[at]);
    result = call(function_of(arithmetic->children[1]->getText()), list_of(std::move(result), value(arithmetic->value(1))),
                  arithmetic);
  }
  return result;
}

// A minus belongs to the number it stands before, so that the smallest bigint can be written.
AstPtr AstBuilder::sign(Parser::SignContext* context) {
  if (context->PLUS() != nullptr) return value(context->value());
  if (context->TILDE() != nullptr) return call("bitnot", list_of(value(context->value())), context);
  if (auto* single = dynamic_cast<Parser::SingleContext*>(context->value())) {
    auto* constant = dynamic_cast<Parser::ConstantContext*>(single->primary());
    auto* number = constant != nullptr ? constant->literal() : nullptr;
    const bool is_number =
        number != nullptr && number->K_INTERVAL() == nullptr &&
        (!number->INTEGER().empty() || number->DECIMAL() != nullptr || number->EXPONENT() != nullptr);
    if (is_number) {
      AstPtr result = literal(number, true);
      result->where = place(context);
      return result;
    }
  }
  return call("negate", list_of(value(context->value())), context);
}

AstPtr AstBuilder::primary(Parser::PrimaryContext* context) {
  const auto links = chain<Parser::PrimaryContext>(
      context, [](auto* link) { return link->template getRuleContext<Parser::PrimaryContext>(0); });
  AstPtr result = first_primary(links.front());
  for (std::size_t at = 1; at < links.size(); ++at) {
    if (auto* short_cast = dynamic_cast<Parser::ShortCastContext*>(links[at])) {
      result = cast(std::move(result), short_cast->typeName(), false, short_cast);
    } else if (auto* element = dynamic_cast<Parser::ElementContext*>(links[at])) {
      result = call("get_item", list_of(std::move(result), expression(element->expression())), element);
    } else if (auto* field = dynamic_cast<Parser::FieldContext*>(links[at])) {
      AstPtr name = make(LiteralAst{Value{string_type, name_text(field->anyName())}}, place(field->anyName()));
      result = call("get_field", list_of(std::move(result), std::move(name)), field);
    } else {
      result = json_path(std::move(result), dynamic_cast<Parser::PathContext*>(links[at]));
    }
  }
  return result;
}

AstPtr AstBuilder::first_primary(Parser::PrimaryContext* context) {
  if (auto* constant = dynamic_cast<Parser::ConstantContext*>(context)) return literal(constant->literal());
  if (auto* name = dynamic_cast<Parser::ColumnContext*>(context)) return column(name);
  if (auto* inner = dynamic_cast<Parser::ParenthesesContext*>(context))
    return expression(inner->expression());
  if (auto* case_context = dynamic_cast<Parser::CaseContext*>(context)) return case_of(case_context);
  if (auto* extraction = dynamic_cast<Parser::ExtractContext*>(context)) return extract(extraction);
  if (auto* conversion = dynamic_cast<Parser::CastContext*>(context)) {
    return cast(expression(conversion->expression()), conversion->typeName(),
                conversion->K_TRY_CAST() != nullptr, conversion);
  }
  auto* function_call = dynamic_cast<Parser::CallContext*>(context);
  std::vector<AstPtr> arguments;
  for (auto* argument : function_call->expression()) arguments.push_back(expression(argument));
  const std::string written = function_call->function()->getText();
  CallAst made{is_quoted(written) ? unquoted(written) : lower(written), std::move(arguments)};
  made.is_star = function_call->STAR() != nullptr;
  made.is_distinct = function_call->K_DISTINCT() != nullptr;
  if (auto* filter = function_call->filter()) made.filter = expression(filter->expression());
  if (auto* over = function_call->over()) made.over = over_of(over);
  return make(std::move(made), place(function_call));
}

std::shared_ptr<OverAst> AstBuilder::over_of(Parser::OverContext* context) {
  auto made = std::make_shared<OverAst>();
  for (auto* key : context->expression()) made->partition.push_back(expression(key));
  for (auto* ordering : context->ordering()) {
    OverAst::Order order{expression(ordering->expression()), ordering->K_DESC() != nullptr};
    if (ordering->K_NULLS() != nullptr) order.nulls_first = ordering->K_FIRST() != nullptr;
    made->order.push_back(std::move(order));
  }
  if (auto* frame = context->frame()) {
    made->is_by_rows = frame->K_ROWS() != nullptr;
    auto* start = frame->frameStart();
    if (start->literal() != nullptr) made->preceding = literal(start->literal());
    if (start->K_CURRENT() != nullptr) made->preceding = make(LiteralAst{Value{int32_type, std::int32_t{0}}}, place(start));
  }
  return made;
}

AstPtr AstBuilder::column(Parser::ColumnContext* context) {
  NameAst result;
  result.parts.push_back(name_text(context->name()));
  for (auto* part : context->anyName()) result.parts.push_back(name_text(part));
  return make(std::move(result), place(context));
}

AstPtr AstBuilder::json_path(AstPtr left, Parser::PathContext* context) {
  std::string path = "$";
  for (antlr4::tree::ParseTree* part : context->jsonPath()->children) {
    if (auto* name = dynamic_cast<Parser::AnyNameContext*>(part)) add_json_key(path, name_text(name));
    if (auto* subscript = dynamic_cast<Parser::SubscriptContext*>(part)) {
      const std::string inner = subscript->children[1]->getText();
      subscript->STRING() != nullptr ? add_json_key(path, unquoted(inner)) : void(path += "[" + inner + "]");
    }
  }
  AstPtr text = make(LiteralAst{Value{string_type, std::move(path)}}, place(context->jsonPath()));
  return call("json_path", list_of(std::move(left), std::move(text)), context);
}

AstPtr AstBuilder::literal(Parser::LiteralContext* context, bool is_negative) {
  Result<Value> value = literal_value(context, is_negative);
  if (value.ok()) return make(LiteralAst{*std::move(value)}, place(context));
  report(std::move(value).error().as("W0306"), place(context));
  return make(LiteralAst{Value{}}, place(context));
}

Result<Value> AstBuilder::literal_value(Parser::LiteralContext* context, bool is_negative) {
  const std::string first = context->children.front()->getText();
  const auto string = [&] { return unquoted(context->STRING()->getText()); };
  if (context->K_DATE() != nullptr) return date_literal(string());
  if (context->K_TIMESTAMP() != nullptr) return timestamp_literal(string());
  if (context->K_INTERVAL() != nullptr) {
    std::string parts = context->STRING() != nullptr ? string() : "";
    for (std::size_t at = context->STRING() != nullptr ? 2 : 1; at < context->children.size(); ++at) {
      parts += " " + context->children[at]->getText();
    }
    return interval_literal(parts);
  }
  if (!context->INTEGER().empty()) return integer_literal(first, is_negative);
  if (context->DECIMAL() != nullptr) return decimal_literal(first, is_negative);
  if (context->EXPONENT() != nullptr) return double_literal(first, is_negative);
  if (context->STRING() != nullptr) return Value{string_type, string()};
  if (context->BYTES() != nullptr) return bytes_literal(std::string_view(first).substr(2, first.size() - 3));
  if (context->K_NULL() != nullptr) return Value{};
  return Value{boolean_type, context->K_TRUE() != nullptr};
}

AstPtr AstBuilder::case_of(Parser::CaseContext* context) {
  CaseAst result;
  auto operands = context->expression();
  const bool has_otherwise = context->K_ELSE() != nullptr;
  if (operands.size() > (has_otherwise ? 1U : 0U)) result.operand = expression(operands.front());
  for (auto* branch : context->branch()) {
    AstPtr condition = expression(branch->expression(0));
    result.branches.emplace_back(std::move(condition), expression(branch->expression(1)));
  }
  if (has_otherwise) result.otherwise = expression(operands.back());
  return make(std::move(result), place(context));
}

// EXTRACT(field FROM x) is the function of that name.
AstPtr AstBuilder::extract(Parser::ExtractContext* context) {
  static constexpr std::array<std::pair<const char*, const char*>, 12> fields = {{{"year", "year"},
                                                                                  {"quarter", "quarter"},
                                                                                  {"month", "month"},
                                                                                  {"week", "weekofyear"},
                                                                                  {"day", "day"},
                                                                                  {"dayofweek", "dayofweek"},
                                                                                  {"dow", "dayofweek"},
                                                                                  {"doy", "dayofyear"},
                                                                                  {"dayofyear", "dayofyear"},
                                                                                  {"hour", "hour"},
                                                                                  {"minute", "minute"},
                                                                                  {"second", "second"}}};
  const std::string wanted = lower(name_text(context->name()));
  AstPtr operand = expression(context->expression());
  std::vector<std::string> names;
  for (const auto& [field, function] : fields) {
    if (wanted == field) return call(function, list_of(std::move(operand)), context);
    names.emplace_back(field);
  }
  for (const char* field : {"yearofweek", "isoyear", "dayofweek_iso", "isodow", "epoch", "milliseconds", "microseconds",
                            "decade", "century", "millennium"}) {
    names.emplace_back(field);
    if (wanted != field) continue;
    AstPtr name = make(LiteralAst{Value{string_type, wanted}}, place(context->name()));
    return call("date_part", list_of(std::move(name), std::move(operand)), context);
  }
  const std::string nearest = nearest_name(wanted, names);
  report(Error{ErrorKind::user, fmt::format("unknown field of EXTRACT: {}", wanted)}.as("W0314").with_hint(
             nearest.empty() ? fmt::format("fields are {}", fmt::join(names, ", "))
                             : fmt::format("did you mean {}?", nearest)),
         place(context->name()));
  return operand;
}

// getText() joins tokens without what stood between them.
std::string text_with_blanks(antlr4::tree::ParseTree* tree) {
  if (tree->children.empty()) return tree->getText();
  std::string text;
  for (antlr4::tree::ParseTree* child : tree->children) text += (text.empty() ? "" : " ") + text_with_blanks(child);
  return text;
}

AstPtr AstBuilder::cast(AstPtr operand, Parser::TypeNameContext* type, bool is_try,
                        ParserRuleContext* whole) {
  std::string text = type->K_PRECISION() != nullptr && type->name() == nullptr ? "double precision"
                                                                               : name_text(type->name());
  if (type->LESS() != nullptr) {
    text = text_with_blanks(type);
  } else {
    for (std::size_t at = type->name() != nullptr ? 1 : 2; at < type->children.size(); ++at)
      text += type->children[at]->getText();
  }
  const auto target = parse_type(text);
  if (target) return make(CastAst{std::move(operand), *target, is_try}, place(whole));
  report(unknown_type(text, {}), place(type));
  return operand;
}

// Visits every node without recursion, giving each node's depth and where its children are kept.
void push_children(Ast& ast, std::size_t depth, std::vector<std::pair<AstPtr*, std::size_t>>& pending) {
  const auto push = [&](AstPtr& child) {
    if (child != nullptr) pending.emplace_back(&child, depth + 1);
  };
  if (auto* call = std::get_if<CallAst>(&ast.node)) {
    for (AstPtr& argument : call->arguments) push(argument);
    push(call->filter);
    if (call->over != nullptr) {
      for (AstPtr& key : call->over->partition) push(key);
      for (OverAst::Order& order : call->over->order) push(order.expression);
      push(call->over->preceding);
    }
  } else if (auto* cast = std::get_if<CastAst>(&ast.node)) {
    push(cast->operand);
  } else if (auto* choice = std::get_if<CaseAst>(&ast.node)) {
    push(choice->operand);
    push(choice->otherwise);
    for (auto& [condition, result] : choice->branches) {
      push(condition);
      push(result);
    }
  }
}

// The first subtree below the limit; null if there is none. Taken out, so that destroying either part stays
// shallow.
AstPtr cut_too_deep(AstPtr& root) {
  std::vector<std::pair<AstPtr*, std::size_t>> pending = {{&root, 0}};
  while (!pending.empty()) {
    const auto [ast, depth] = pending.back();
    pending.pop_back();
    if (depth > max_depth) return std::move(*ast);
    push_children(**ast, depth, pending);
  }
  return nullptr;
}

}  // namespace

AstPtr build_ast(ParserRuleContext* expression, const PlacedText& text, Diagnostics& diagnostics) {
  AstBuilder builder(text, diagnostics);
  AstPtr result = builder.expression(dynamic_cast<Parser::ExpressionContext*>(expression));
  if (builder.failed()) return nullptr;
  bool is_too_deep = false;
  for (AstPtr below = cut_too_deep(result); below != nullptr; below = cut_too_deep(below)) is_too_deep = true;
  if (!is_too_deep) return result;
  diagnostics.error(
      Error{ErrorKind::user,
            fmt::format("the expression is too deep: more than {} operators in one another", max_depth),
            text.whole()}
          .as("W0004")
          .with_hint("split it into several columns with extend, or use concat(...) for long texts"));
  return nullptr;
}

}  // namespace weir
