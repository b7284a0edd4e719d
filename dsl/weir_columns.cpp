// weir_columns.cpp — expressions of queries in .weir files: what can be told of them before their names mean anything.
#include "dsl/weir_columns.h"

#include <algorithm>

#include "WeirParser.h"
#include "dsl/expression_text.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;
using antlr4::ParserRuleContext;
using antlr4::tree::ParseTree;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// The one thing that `tree` is made of: the way down through rules that add nothing to it.
ParseTree* only_part(ParseTree* tree) {
  while (dynamic_cast<Parser::PrimaryContext*>(tree) == nullptr && tree->children.size() == 1) tree = tree->children.front();
  return tree;
}

template <typename Visit>
void for_each_tree(ParseTree* root, Visit visit) {
  std::vector<ParseTree*> pending = {root};
  while (!pending.empty()) {
    ParseTree* tree = pending.back();
    pending.pop_back();
    visit(tree);
    pending.insert(pending.end(), tree->children.rbegin(), tree->children.rend());
  }
}

bool is_keyword(std::size_t type) { return type >= Parser::K_ADVANCE && type <= Parser::K_WITHIN; }

/// The tokens below `tree`, in their order.
std::vector<antlr4::Token*> tokens_of(ParseTree* tree) {
  std::vector<antlr4::Token*> tokens;
  for_each_tree(tree, [&](ParseTree* part) {
    if (auto* leaf = dynamic_cast<antlr4::tree::TerminalNode*>(part)) tokens.push_back(leaf->getSymbol());
  });
  return tokens;
}

std::vector<std::string> path_of(Parser::ColumnContext* column) {
  std::vector<std::string> parts = {WeirText::name(column->name())};
  for (auto* part : column->anyName()) parts.push_back(WeirText::name(part));
  return parts;
}

Parser::CallContext* call_of(ParserRuleContext* expression) { return dynamic_cast<Parser::CallContext*>(only_part(expression)); }

std::string function_of(Parser::CallContext* call) { return lower(WeirText::name(call->function())); }

std::string source_text(const antlr4::Token* from, std::size_t start, std::size_t end) {
  return start >= end ? "" : from->getInputStream()->getText(antlr4::misc::Interval(start, end - 1));
}

}  // namespace

std::optional<std::vector<std::string>> column_path(ParserRuleContext* expression) {
  auto* column = dynamic_cast<Parser::ColumnContext*>(only_part(expression));
  return column == nullptr ? std::nullopt : std::optional(path_of(column));
}

std::string called_function(ParserRuleContext* expression) {
  auto* call = call_of(expression);
  return call == nullptr ? "" : function_of(call);
}

bool is_window_function(std::string_view function) { return function == "tumble" || function == "hop" || function == "cumulate" || function == "session"; }

bool is_window(ParserRuleContext* expression) { return is_window_function(called_function(expression)); }

bool holds_aggregate(ParserRuleContext* expression, const QueryNames& names) {
  bool found = false;
  for_each_tree(expression, [&](ParseTree* part) {
    auto* call = dynamic_cast<Parser::CallContext*>(part);
    found = found || (call != nullptr && call->over() == nullptr && names.is_aggregate(function_of(call)));
  });
  return found;
}

std::vector<ParserRuleContext*> conditions_of(ParserRuleContext* expression) {
  std::vector<ParserRuleContext*> found;
  std::vector<ParserRuleContext*> pending = {expression};
  while (!pending.empty()) {
    ParserRuleContext* one = pending.back();
    pending.pop_back();
    auto* both = dynamic_cast<Parser::AndContext*>(one);
    if (both == nullptr) {
      found.push_back(one);
      continue;
    }
    pending.push_back(both->expression(1));
    pending.push_back(both->expression(0));
  }
  return found;
}

std::optional<std::pair<ParserRuleContext*, ParserRuleContext*>> sides_of(ParserRuleContext* expression) {
  auto* compare = dynamic_cast<Parser::CompareContext*>(only_part(expression));
  if (compare == nullptr || compare->comparison()->EQUAL() == nullptr) return std::nullopt;
  return std::pair<ParserRuleContext*, ParserRuleContext*>(compare->predicate(), compare->value());
}

void RelationNames::add(const std::string& called, const std::string& meant) {
  const auto [found, is_new] = meant_.emplace(called, meant);
  if (!is_new) {
    const auto [first, last] = called_.equal_range(found->second);
    called_.erase(std::find_if(first, last, [&](const auto& one) { return one.second == called; }));
    found->second = meant;
  }
  called_.emplace(meant, called);
}

std::string form_of(ParserRuleContext* expression) {
  std::string form;
  const std::vector<antlr4::Token*> tokens = tokens_of(expression);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool is_called = i + 1 < tokens.size() && tokens[i + 1]->getType() == Parser::OPEN;
    const bool is_behind_dot = i > 0 && tokens[i - 1]->getType() == Parser::DOT;
    const std::string text = tokens[i]->getText();
    form += (is_keyword(tokens[i]->getType()) && !is_behind_dot) || is_called ? lower(text) : text;
    form += ' ';
  }
  return form;
}

const std::string* RelationNames::meaning(const std::string& called) const {
  const auto found = meant_.find(called);
  return found == meant_.end() ? nullptr : &found->second;
}

Config RelationNames::scalar(ParserRuleContext* part, const WeirText& text) const {
  const std::vector<antlr4::Token*> tokens = tokens_of(part);
  std::string result;
  std::size_t at = part->start->getStartIndex();
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    const bool is_qualifier = tokens[i + 1]->getType() == Parser::DOT && (i == 0 || tokens[i - 1]->getType() != Parser::DOT);
    const std::size_t type = tokens[i]->getType();
    const bool is_name = type == Parser::IDENTIFIER || type == Parser::QUOTED || is_keyword(type);
    const std::string* meant = is_qualifier && is_name ? meaning(WeirText::name(tokens[i])) : nullptr;
    if (meant == nullptr) continue;
    result += source_text(tokens[i], at, tokens[i]->getStartIndex()) + (meant->empty() ? "" : quoted_name(*meant));
    at = meant->empty() ? tokens[i + 1]->getStopIndex() + 1 : tokens[i]->getStopIndex() + 1;
  }
  result += source_text(part->start, at, part->stop->getStopIndex() + 1);
  return WeirText::scalar(without_comments(result), text.place(part));
}

std::optional<std::vector<std::string>> RelationNames::path(ParserRuleContext* part) const {
  std::optional<std::vector<std::string>> parts = column_path(part);
  if (!parts || parts->size() < 2) return parts;
  const std::string* meant = meaning(parts->front());
  if (meant == nullptr) return parts;
  if (meant->empty()) {
    parts->erase(parts->begin());
  } else {
    parts->front() = *meant;
  }
  return parts;
}

void RelationColumns::look_into(ParserRuleContext* part, const ParserRuleContext* join) {
  if (part == nullptr) return;
  for_each_tree(part, [&](ParseTree* tree) {
    auto* column = dynamic_cast<Parser::ColumnContext*>(tree);
    const std::vector<std::string> parts = column == nullptr ? std::vector<std::string>{} : path_of(column);
    if (parts.size() >= 2) uses_[parts[0]].push_back({count_++, column, join, parts[1]});
  });
}

const std::vector<RelationColumns::Use>& RelationColumns::of(const std::string& called) const {
  static const std::vector<Use> none;
  const auto found = uses_.find(called);
  return found == uses_.end() ? none : found->second;
}

Config::Map RelationNames::columns_of(const std::string& meant, const RelationColumns& used, const ParserRuleContext* join, const WeirText& text) const {
  std::map<std::size_t, const RelationColumns::Use*> uses;
  const auto [first, last] = called_.equal_range(meant);
  for (auto called = first; called != last; ++called) {
    for (const RelationColumns::Use& use : used.of(called->second)) {
      if (use.join == nullptr || use.join != join) uses.emplace(use.number, &use);
    }
  }
  Config::Map columns;
  std::set<std::string> known;
  for (const auto& [number, use] : uses) {
    if (!known.insert(use->name).second) continue;
    columns.push_back(setting(meant + "." + use->name, text.place(use->column), WeirText::scalar(quoted_name(meant) + "." + quoted_name(use->name), text.place(use->column))));
  }
  return columns;
}

std::string quoted_name(const std::string& name) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  static const std::set<std::string> reserved = {"and", "or", "not", "is", "in", "between", "like", "ilike", "rlike", "regexp", "case", "when", "then", "else", "null", "true", "false"};
  const bool begins_plainly = !name.empty() && !(name.front() >= '0' && name.front() <= '9');
  if (begins_plainly && reserved.count(lower(name)) == 0 && std::all_of(name.begin(), name.end(), is_plain)) return name;
  std::string quoted = "`";
  for (const char c : name) quoted += c == '`' ? "``" : std::string(1, c);
  return quoted + "`";
}

}  // namespace weir
