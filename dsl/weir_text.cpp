// weir_text.cpp — what the parser found in a .weir file, as settings with their places.
#include "dsl/weir_text.h"

#include <antlr4-runtime.h>

#include "dsl/expression_text.h"
#include "dsl/literal.h"
#include "dsl/token_guard.h"

namespace weir {

Location WeirText::place(const antlr4::Token* token) const { return placed_.span(token->getStartIndex(), token->getStopIndex()); }

Location WeirText::place(const antlr4::ParserRuleContext* context) const {
  return placed_.span(context->start->getStartIndex(), context->stop->getStopIndex());
}

std::string WeirText::written(const antlr4::ParserRuleContext* context) const {
  return context->start->getInputStream()->getText(antlr4::misc::Interval(context->start->getStartIndex(), context->stop->getStopIndex()));
}

namespace {

std::string without_quotes(const std::string& text) { return text.front() == '`' || text.front() == '"' || text.front() == '\'' ? unquoted(text) : text; }

}  // namespace

std::string WeirText::name(antlr4::tree::ParseTree* name) { return without_quotes(name->getText()); }
std::string WeirText::name(const antlr4::Token* name) { return without_quotes(name->getText()); }

Config WeirText::scalar_between(const antlr4::ParserRuleContext* first, const antlr4::ParserRuleContext* last) const {
  const std::size_t start = first->start->getStartIndex(), end = last->stop->getStopIndex();
  return scalar(without_comments(first->start->getInputStream()->getText(antlr4::misc::Interval(start, end))), placed_.span(start, end));
}

Config WeirText::scalar(std::string text, Location where) {
  Config config;
  config.where = std::move(where);
  config.value = std::move(text);
  config.is_quoted = true;  // nothing was cut off behind it
  return config;
}

Config WeirText::named(antlr4::ParserRuleContext* name) const { return scalar(without_quotes(name->getText()), place(name)); }

Config WeirText::quoted(const antlr4::Token* token) const {
  const std::string text = token->getText();
  const bool is_short = text.front() == '\'';
  std::string inner = is_short ? unquoted(text) : text.substr(2, text.size() - 4);
  std::size_t start = token->getStartIndex() + (is_short ? 1 : 2);
  if (!is_short && inner.rfind("\r\n", 0) == 0) inner.erase(0, 1), ++start;
  if (!is_short && inner.rfind('\n', 0) == 0) inner.erase(0, 1), ++start;
  Location where = placed_.span(start, token->getStopIndex() - (is_short ? 1 : 2));
  if (inner.empty()) where.length = 0;
  return scalar(std::move(inner), std::move(where));
}

void WeirText::report(const char* mistake, const Location& where, std::string message, std::string hint) {
  diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
}

void WeirText::warn(const char* mistake, const Location& where, std::string message, std::string hint) {
  diagnostics_.warning(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_hint(std::move(hint)));
}

void WeirText::report_twice(const char* mistake, const Location& where, std::string message, const Location& first) {
  diagnostics_.error(Error{ErrorKind::user, std::move(message), where}.as(mistake).with_note("the first one is here", first));
}

void WeirText::refuse(const char* mistake, const Location& where, std::string message, std::string hint) {
  report(mistake, where, std::move(message), std::move(hint));
  is_refused_ = true;
}

void WeirText::check_key(const std::string& key, const Location& where) {
  std::optional<Error> error = too_long(key, where);
  if (!error) return;
  diagnostics_.error(*std::move(error));
  is_refused_ = true;
}

std::pair<std::string, Config> setting(std::string key, Location key_where, Config value) {
  value.key_where = std::move(key_where);
  return {std::move(key), std::move(value)};
}

Config map_of(Config::Map entries, Location where) {
  Config config;
  config.where = std::move(where);
  config.value = std::move(entries);
  return config;
}

Config list_of(Config::List items, Location where) {
  Config config;
  config.where = std::move(where);
  config.value = std::move(items);
  return config;
}

}  // namespace weir
