// syntax_error.cpp — says in plain words what the parser expected.
#include "dsl/syntax_error.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "WeirParser.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;

std::string shown(antlr4::Token& token) {
  if (token.getType() == antlr4::Token::EOF) return "the end";
  std::string text = token.getText();
  constexpr std::size_t limit = 30;
  if (text.size() > limit) {
    std::size_t end = limit;
    while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
    text = text.substr(0, end) + "…";
  }
  return text.front() == '\'' ? text : "'" + text + "'";
}

// Words that have a meaning of their own wherever they stand; all other keywords are names too.
bool is_reserved(std::size_t type) {
  switch (type) {
    case Parser::K_AND:
    case Parser::K_OR:
    case Parser::K_NOT:
    case Parser::K_IS:
    case Parser::K_IN:
    case Parser::K_BETWEEN:
    case Parser::K_LIKE:
    case Parser::K_ILIKE:
    case Parser::K_RLIKE:
    case Parser::K_CASE:
    case Parser::K_WHEN:
    case Parser::K_THEN:
    case Parser::K_ELSE:
      return true;
    default:
      return false;
  }
}

// Everything else that can follow an operand is an operator.
constexpr std::array<std::pair<std::size_t, const char*>, 9> structure = {{{Parser::COMMA, "','"},
                                                                           {Parser::CLOSE, "')'"},
                                                                           {Parser::CLOSE_BRACKET, "']'"},
                                                                           {Parser::K_WHEN, "WHEN"},
                                                                           {Parser::K_THEN, "THEN"},
                                                                           {Parser::K_ELSE, "ELSE"},
                                                                           {Parser::K_END, "END"},
                                                                           {Parser::K_AS, "AS"},
                                                                           {Parser::K_FROM, "FROM"}}};

std::string joined(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

std::string word_for(const Parser& parser, std::size_t type) {
  switch (type) {
    case Parser::IDENTIFIER:
      return "a name";
    case Parser::INTEGER:
      return "a number";
    case Parser::STRING:
      return "a text in '…'";
    case antlr4::Token::EOF:
      return "the end";
    default:
      break;
  }
  const std::string symbol = parser.getVocabulary().getSymbolicName(type);
  if (symbol.rfind("K_", 0) == 0) return symbol.substr(2);
  return parser.getVocabulary().getDisplayName(type);
}

std::string expectation(Parser& parser, bool got_end) {
  const antlr4::misc::IntervalSet expected = parser.getExpectedTokens();
  const auto has = [&](std::size_t type) { return expected.contains(type); };
  if (has(Parser::K_CASE) && has(Parser::BYTES)) {
    return has(Parser::CLOSE) ? "an expression or ')'" : "an expression";
  }
  std::vector<std::string> words;
  if (has(Parser::IDENTIFIER) && has(Parser::QUOTED)) {
    words.emplace_back("a name");
    if (has(Parser::OPEN_BRACKET)) words.emplace_back("'['");
    return joined(words);
  }
  if (has(Parser::PLUS) || has(Parser::K_AND)) {
    if (!got_end) words.emplace_back("an operator");
    if (!has(Parser::K_OR)) words.emplace_back("AND");  // of BETWEEN
    for (const auto& [type, word] : structure) {
      if (has(type)) words.emplace_back(word);
    }
    return words.empty() ? "an operator" : joined(words);
  }
  if (expected.size() == 1 && has(antlr4::Token::EOF)) return "an operator";
  for (const ssize_t type : expected.toList())
    words.push_back(word_for(parser, static_cast<std::size_t>(type)));
  return words.empty() ? "the end" : joined(words);
}

std::string hint_for(antlr4::Token& offending, antlr4::Token* previous, bool expected_operand) {
  const auto is_meant_as_column = [](antlr4::Token& token) {
    return is_reserved(token.getType()) && token.getType() != Parser::K_AND &&
           token.getType() != Parser::K_OR;
  };
  const bool is_end = offending.getType() == antlr4::Token::EOF;
  if (is_end && previous != nullptr && is_meant_as_column(*previous)) {
    return fmt::format("a column of that name is written `{}`", previous->getText());
  }
  if (!expected_operand) return {};
  if (is_meant_as_column(offending))
    return fmt::format("a column of that name is written `{}`", offending.getText());
  if (offending.getType() == Parser::AMPERSAND) return "write AND";
  return offending.getType() == Parser::STAR ? "name the columns or values you want" : "";
}

}  // namespace

Error syntax_error(Parser& parser, antlr4::Token& offending, const PlacedText& text) {
  const std::size_t index = offending.getTokenIndex();
  antlr4::Token* previous = index > 0 ? parser.getTokenStream()->get(index - 1) : nullptr;
  const std::string after = previous != nullptr ? " after " + shown(*previous) : "";
  const bool is_end = offending.getType() == antlr4::Token::EOF;
  const Location where = text.span(offending.getStartIndex(), offending.getStopIndex());
  // The parser may have looked ahead: then what it expects at its own place says nothing about this one.
  if (parser.getCurrentToken() != &offending) {
    return Error{ErrorKind::user, fmt::format("unexpected {}{}", shown(offending), after), where}.with_hint(
        hint_for(offending, previous, false));
  }
  const std::string expected = expectation(parser, is_end);
  if (offending.getType() == Parser::CLOSE && expected == "an operator") {
    return Error{ErrorKind::user, fmt::format("unexpected ')'{}", after), where}.with_hint(
        "there is no '(' for it");
  }
  const bool expected_operand = expected.rfind("an expression", 0) == 0;
  const std::string got = is_end && previous == nullptr ? "nothing" : shown(offending);
  return Error{ErrorKind::user, fmt::format("expected {}{}, got {}", expected, after, got), where}.with_hint(
      hint_for(offending, previous, expected_operand));
}

}  // namespace weir
