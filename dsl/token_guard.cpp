// token_guard.cpp — refuses tokens that no parser should be given.
#include "dsl/token_guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

#include "WeirLexer.h"
#include "dsl/foreign_words.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;

constexpr std::size_t max_tokens = 10'000;
constexpr std::size_t max_nesting = 200;

// Words are names too, but for the few that join or begin an expression.
bool ends_operand(std::size_t type) {
  switch (type) {
    case WeirLexer::K_AND:
    case WeirLexer::K_OR:
    case WeirLexer::K_NOT:
    case WeirLexer::K_IS:
    case WeirLexer::K_IN:
    case WeirLexer::K_BETWEEN:
    case WeirLexer::K_LIKE:
    case WeirLexer::K_ILIKE:
    case WeirLexer::K_RLIKE:
    case WeirLexer::K_CASE:
    case WeirLexer::K_WHEN:
    case WeirLexer::K_THEN:
    case WeirLexer::K_ELSE:
      return false;
    case WeirLexer::CLOSE:
    case WeirLexer::CLOSE_BRACKET:
      return true;
    default:
      return type != 0 && (type < WeirLexer::EQUAL || type > WeirLexer::PIPE);
  }
}

bool is_of_statements(std::size_t type) {
  switch (type) {
    case WeirLexer::SEMICOLON:
    case WeirLexer::VARIABLE:
    case WeirLexer::DOLLAR_STRING:
    case WeirLexer::UNCLOSED_DOLLAR:
      return true;
    default:
      return false;
  }
}

bool is_nested_type(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word == "array" || word == "map" || word == "struct";
}

std::string excerpt(const std::string& whole) {
  constexpr std::size_t limit = 30;
  const std::string text = whole.substr(0, whole.find_first_of("\r\n"));
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

}  // namespace

std::optional<Error> too_long(std::string_view name, const Location& where) {
  constexpr std::size_t longest_name = 1000;
  if (name.size() <= longest_name) return std::nullopt;
  return Error{ErrorKind::user, "this name is too long: more than 1,000 bytes", where}.as("W0004");
}

std::optional<Error> lexical_error(const antlr4::Token& token, const Location& where) {
  const std::string text = token.getText();
  switch (token.getType()) {
    case WeirLexer::UNCLOSED_STRING:
      return Error{ErrorKind::user, fmt::format("this text is not closed: {}", excerpt(text)), where}.as("W0102")
          .with_hint("end it with ', and write '' for an apostrophe inside");
    case WeirLexer::UNCLOSED_NAME:
      return Error{ErrorKind::user, fmt::format("this quoted name is not closed: {}", excerpt(text)), where}.as("W0102")
          .with_hint(fmt::format("end it with {}", text.front()));
    case WeirLexer::UNCLOSED_COMMENT:
      return Error{ErrorKind::user, "this comment is not closed", where}.as("W0102").with_hint("end it with */");
    case WeirLexer::UNCLOSED_DOLLAR:
      return Error{ErrorKind::user, fmt::format("this text is not closed: {}", excerpt(text)), where}.as("W0102").with_hint("end it with $$");
    case WeirLexer::IDENTIFIER:
      return too_long(text, where);
    case WeirLexer::QUOTED:
      return too_long(std::string_view(text).substr(1, text.size() - 2), where);
    case WeirLexer::UNKNOWN:
      return Error{ErrorKind::user, fmt::format("unexpected character: {}", text), where}.as("W0103").with_hint(hint_for_foreign_sign(text));
    default:
      return std::nullopt;
  }
}

std::optional<Error> TokenGuard::add(const antlr4::Token& token, const Location& where) {
  const std::size_t type = token.getType();
  const bool is_name = previous_ == WeirLexer::DOT || previous_ == WeirLexer::COLON;
  if (!is_name) count(type);
  count_part(type, is_name);
  previous_ = type;
  is_after_nested_type_ = type == WeirLexer::IDENTIFIER && is_nested_type(token.getText());
  if (++tokens_ > max_tokens_) return Error{ErrorKind::user, fmt::format("{} is too long: more than {} words and signs", what_, max_tokens_), where}.as("W0004");
  if (std::max(depth_ + prefixes_, parts_) > max_nesting) return Error{ErrorKind::user, fmt::format("{} is nested too deeply: more than {} levels", what_, max_nesting), where}.as("W0004");
  return std::nullopt;
}

void TokenGuard::count(std::size_t type) {
  switch (type) {
    case WeirLexer::OPEN:
    case WeirLexer::OPEN_BRACKET:
      return open(Kind::bracket);
    case WeirLexer::K_CASE:
      return open(Kind::choice);
    case WeirLexer::CLOSE:
    case WeirLexer::CLOSE_BRACKET:
      return close(Kind::bracket);
    case WeirLexer::LESS:
      return is_after_nested_type_ ? open(Kind::type) : void(prefixes_ = 0);
    case WeirLexer::GREATER:
      return close(Kind::type);
    // END where an operand is expected is a column of that name.
    case WeirLexer::K_END:
      return ends_operand(previous_) ? close(Kind::choice) : void(prefixes_ = 0);
    case WeirLexer::K_NOT:
    case WeirLexer::MINUS:
    case WeirLexer::PLUS:
    case WeirLexer::TILDE:
      ++prefixes_;
      return;
    default:
      prefixes_ = 0;
  }
}

// What may follow a part of a path, the parser finds out by looking at all that follow.
void TokenGuard::count_part(std::size_t type, bool is_name) {
  switch (type) {
    case WeirLexer::DOT:
      ++parts_;
      return;
    case WeirLexer::COLON:
    case WeirLexer::OPEN_BRACKET:
    case WeirLexer::CLOSE_BRACKET:
    case WeirLexer::INTEGER:
    case WeirLexer::STRING:
      return;
    default:
      if (!is_name) parts_ = 0;
  }
}

void TokenGuard::open(Kind kind) {
  levels_.push_back({prefixes_ + 1, kind});
  depth_ += prefixes_ + 1;
  prefixes_ = 0;
}

void TokenGuard::close(Kind kind) {
  prefixes_ = 0;
  const auto pop = [&] {
    depth_ -= levels_.back().weight;
    levels_.pop_back();
  };
  // map < 3 in brackets was a column after all.
  while (kind != Kind::type && !levels_.empty() && levels_.back().kind == Kind::type) pop();
  if (!levels_.empty() && levels_.back().kind == kind) pop();
}

std::optional<Tokens> tokenize(WeirLexer& lexer, const PlacedText& text, Diagnostics& diagnostics) {
  Tokens tokens;
  TokenGuard guard("the expression", max_tokens);
  while (tokens.empty() || tokens.back()->getType() != antlr4::Token::EOF) {
    tokens.push_back(lexer.nextToken());
    const antlr4::Token& token = *tokens.back();
    const Location where = text.span(token.getStartIndex(), token.getStopIndex());
    std::optional<Error> limit = guard.add(token, where);
    std::optional<Error> error = lexical_error(token, where);
    if (!error && is_of_statements(token.getType()))
      error = Error{ErrorKind::user, fmt::format("unexpected character: {}", token.getText().substr(0, 1)), text.span(token.getStartIndex(), token.getStartIndex())}.as("W0103").with_hint(hint_for_foreign_sign(token.getText().substr(0, 1)));
    if (!error) error = std::move(limit);
    if (error) {
      diagnostics.error(std::move(*error));
      return std::nullopt;
    }
  }
  return tokens;
}

}  // namespace weir
