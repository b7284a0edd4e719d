// syntax_error.cpp — says in plain words what the parser expected.
#include "dsl/syntax_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

#include "WeirParser.h"
#include "dsl/foreign_words.h"
#include "engine/base/nearest_name.h"

namespace weir {
namespace {

using Parser = weir_grammar::WeirParser;

bool is_end(const antlr4::Token& token) { return token.getType() == antlr4::Token::EOF; }

std::string shown(const antlr4::Token& token) {
  if (is_end(token)) return token.getText() == ";" ? "';'" : "the end";
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

// The grammar knows these words so as to say that what they stand for is not available: nobody is told to write them.
bool is_refused(std::size_t type) {
  switch (type) {
    case Parser::K_ANTI:
    case Parser::K_CROSS:
    case Parser::K_FULL:
    case Parser::K_INCLUDE:
    case Parser::K_LIMIT:
    case Parser::K_NATURAL:
    case Parser::K_ORDER:
    case Parser::K_RIGHT:
    case Parser::K_SEMI:
    case Parser::K_TEST:
      return true;
    default:
      return false;
  }
}

// Everything else that can follow an operand is an operator.
constexpr std::array<std::pair<std::size_t, const char*>, 18> structure = {{{Parser::COMMA, "','"},
                                                                            {Parser::CLOSE, "')'"},
                                                                            {Parser::CLOSE_BRACKET, "']'"},
                                                                            {Parser::K_WHEN, "WHEN"},
                                                                            {Parser::K_THEN, "THEN"},
                                                                            {Parser::K_ELSE, "ELSE"},
                                                                            {Parser::K_END, "END"},
                                                                            {Parser::K_AS, "AS"},
                                                                            {Parser::K_FROM, "FROM"},
                                                                            {Parser::K_WHERE, "WHERE"},
                                                                            {Parser::K_GROUP, "GROUP BY"},
                                                                            {Parser::K_HAVING, "HAVING"},
                                                                            {Parser::K_JOIN, "JOIN"},
                                                                            {Parser::K_WITHIN, "WITHIN"},
                                                                            {Parser::K_SELECT, "SELECT"},
                                                                            {Parser::K_POSITION, "POSITION"},
                                                                            {Parser::K_KEEP, "KEEP EMPTY"},
                                                                            {Parser::PIPE, "'|>'"}}};

std::string joined(const std::vector<std::string>& words) {
  if (words.size() == 1) return words.front();
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

bool is_in_statement(Parser& parser) {
  antlr4::RuleContext* context = parser.getContext();
  while (context != nullptr && context->parent != nullptr) context = dynamic_cast<antlr4::RuleContext*>(context->parent);
  return context != nullptr && context->getRuleIndex() == Parser::RuleOneStatement;
}

/// WHERE of K_WHERE; empty where the type is no keyword's.
std::string keyword(const Parser& parser, std::size_t type) {
  const std::string symbol = parser.getVocabulary().getSymbolicName(type);
  return symbol.rfind("K_", 0) == 0 ? symbol.substr(2) : std::string();
}

std::string word_for(Parser& parser, std::size_t type) {
  switch (type) {
    case Parser::IDENTIFIER:
      return "a name";
    case Parser::INTEGER:
      return "a number";
    case Parser::STRING:
      return "a text in '…'";
    case Parser::DOLLAR_STRING:
      return "$$…$$";
    case antlr4::Token::EOF:
      return is_in_statement(parser) ? "';'" : "the end";
    default:
      break;
  }
  if (type == Parser::EQUAL) return "'='";
  const std::string word = keyword(parser, type);
  return word.empty() ? parser.getVocabulary().getDisplayName(type) : word;
}

/// What one rule of the grammar stands for, where that says more than its first words.
std::string meant_rule(Parser& parser, const antlr4::misc::IntervalSet& expected) {
  const auto has = [&](std::size_t type) { return expected.contains(type); };
  if (has(Parser::K_CASE) && has(Parser::BYTES)) return has(Parser::CLOSE) ? "an expression or ')'" : "an expression";
  if (has(Parser::STRING) && has(Parser::INTEGER) && has(Parser::OPEN_BRACKET)) return has(Parser::CLOSE_BRACKET) ? "a value or ']'" : "a value";
  // All keywords that are names too can stand where any name can.
  const bool is_name = has(Parser::IDENTIFIER) && has(Parser::QUOTED) && has(Parser::K_UNBOUNDED);
  if (!is_name) return {};
  const std::size_t rule = parser.getContext()->getRuleIndex();
  if (rule == Parser::RuleTypeName) return "a type";
  const antlr4::Token* previous = parser.getTokenStream()->LT(-1);
  const bool begins_item = previous == nullptr || previous->getType() == Parser::OPEN || previous->getType() == Parser::COMMA;
  if (rule == Parser::RuleColumnItem && !begins_item) return "a type or AS";
  std::vector<std::string> words = {"a name"};
  if (has(Parser::OPEN_BRACKET)) words.emplace_back("'['");
  if (has(Parser::STRING) && is_in_statement(parser)) words.emplace_back("a text in '…'");
  return joined(words);
}

std::string expectation(Parser& parser, bool got_end) {
  const antlr4::misc::IntervalSet expected = parser.getExpectedTokens();
  const auto has = [&](std::size_t type) { return expected.contains(type); };
  if (std::string meant = meant_rule(parser, expected); !meant.empty()) return meant;
  std::vector<std::string> words;
  if (has(Parser::PLUS) || has(Parser::K_OR)) {
    if (!got_end) words.emplace_back("an operator");
    if (!has(Parser::K_OR)) words.emplace_back("AND");  // of BETWEEN
    for (const auto& [type, word] : structure) {
      if (has(type)) words.emplace_back(word);
    }
    if (has(antlr4::Token::EOF) && is_in_statement(parser)) words.emplace_back("';'");
    return words.empty() ? "an operator" : joined(words);
  }
  if (expected.size() == 1 && has(antlr4::Token::EOF) && !is_in_statement(parser)) return "an operator";
  for (const ssize_t one : expected.toList()) {
    const auto type = static_cast<std::size_t>(one);
    const bool is_alias = type == Parser::IDENTIFIER || type == Parser::QUOTED;
    const bool is_kind_of_join = (type == Parser::K_INNER || type == Parser::K_LEFT) && has(Parser::K_JOIN);
    if (is_refused(type) || is_kind_of_join || (is_alias && expected.size() > 2) || one == -1) continue;
    words.push_back(word_for(parser, type));
  }
  if (has(antlr4::Token::EOF)) words.push_back(word_for(parser, antlr4::Token::EOF));
  return words.empty() ? "the end" : joined(words);
}

/// The words that clauses and steps begin with.
const std::vector<std::string> clauses = {"FROM", "WHERE", "SELECT", "GROUP", "HAVING", "JOIN", "LEFT", "WITHIN", "WITH", "POSITION", "KEEP", "USING", "METADATA", "CHECK", "RETURNS", "LANGUAGE", "LIMIT"};

/// The expected keyword that a word was probably meant to be.
std::string nearest_keyword(Parser& parser, const antlr4::Token& token) {
  if (token.getType() != Parser::IDENTIFIER) return {};
  const antlr4::misc::IntervalSet expected = parser.getExpectedTokens();
  std::vector<std::string> candidates;
  for (std::size_t type = 1; type <= Parser::K_WITHIN; ++type) {
    if (!is_refused(type) && expected.contains(type)) candidates.push_back(keyword(parser, type));
  }
  return nearest_name(token.getText(), candidates);
}

std::string nearest_clause(const antlr4::Token& token) { return token.getType() == Parser::IDENTIFIER ? nearest_name(token.getText(), clauses) : std::string(); }

std::string hint_for_operand(const antlr4::Token& offending, const antlr4::Token* previous, bool expected_operand) {
  const auto is_meant_as_column = [](const antlr4::Token& token) {
    return is_reserved(token.getType()) && token.getType() != Parser::K_AND &&
           token.getType() != Parser::K_OR;
  };
  if (is_end(offending) && previous != nullptr && is_meant_as_column(*previous)) {
    return fmt::format("a column of that name is written `{}`", previous->getText());
  }
  if (!expected_operand) return {};
  if (is_meant_as_column(offending))
    return fmt::format("a column of that name is written `{}`", offending.getText());
  if (offending.getType() == Parser::AMPERSAND) return "write AND";
  const bool is_power = previous != nullptr && previous->getType() == Parser::STAR;
  return offending.getType() == Parser::STAR && !is_power ? "name the columns or values you want" : "";
}

// The ';' in front of them has ended the statement of the test.
std::string hint_for_step_of_test(Parser& parser, const antlr4::Token& offending) {
  switch (offending.getType()) {
    case Parser::K_INSERT: {
      auto& tokens = dynamic_cast<antlr4::BufferedTokenStream&>(*parser.getTokenStream());
      tokens.fill();
      const std::vector<antlr4::Token*> all = tokens.getTokens();
      const bool has_query = std::any_of(all.begin(), all.end(), [](const antlr4::Token* token) { return token->getType() == Parser::K_SELECT; });
      if (has_query) return {};  // it goes into a table
      break;
    }
    case Parser::K_ADVANCE:
    case Parser::K_CRASH:
    case Parser::K_END:
    case Parser::K_EXPECT:
    case Parser::K_GIVEN:
    case Parser::K_IDLE:
    case Parser::K_RESTART:
      break;
    default:
      return {};
  }
  return "steps of a test follow each other without ';': CREATE TEST NAME AS INSERT INTO ... EXPECT ...";
}

std::string hint_for_first_word(Parser& parser, const antlr4::Token& offending) {
  const std::string nearest = nearest_keyword(parser, offending);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  if (offending.getType() == Parser::K_WITH) return "rows get a name by CREATE STREAM NAME AS ...";
  return "statements begin with CREATE: CREATE SINK NAME WITH (...) AS FROM ... |> ...";
}

std::string hint_for_statement(Parser& parser, const antlr4::Token& offending, const antlr4::Token* previous, bool knows_expected) {
  if (previous == nullptr) return hint_for_first_word(parser, offending);
  const std::size_t type = offending.getType(), before = previous->getType();
  std::string nearest = knows_expected ? nearest_keyword(parser, offending) : "";
  if (nearest.empty()) nearest = nearest_clause(offending);
  if (!nearest.empty()) return fmt::format("did you mean {}?", nearest);
  if (before == Parser::COMMA && (type == Parser::CLOSE || type == Parser::CLOSE_BRACKET || is_end(offending) || type == Parser::PIPE)) return "leave the last ',' out";
  if (before == Parser::PIPE) return hint_for_foreign_step(offending.getText());
  if (type == Parser::OPEN && (before == Parser::K_FROM || before == Parser::K_JOIN)) return "give these rows a name: CREATE STREAM NAME AS SELECT ...";
  if (before == Parser::K_SELECT) return "a query stands in no expression: give its rows a name by CREATE STREAM, and join them";
  const bool expects_name = knows_expected && parser.getExpectedTokens().contains(static_cast<std::size_t>(Parser::IDENTIFIER));
  if (type == Parser::INTEGER && expects_name) return "names begin with a letter";
  // A misspelt keyword may have been taken for a name.
  const std::string taken = nearest_clause(*previous);
  if (!taken.empty()) return fmt::format("did you mean {} instead of {}?", taken, previous->getText());
  const bool are_operands = type == Parser::IDENTIFIER && (before == Parser::IDENTIFIER || before == Parser::STRING || before == Parser::CLOSE);
  return are_operands ? fmt::format("is a ',' or AS missing before {}?", offending.getText()) : std::string();
}

std::string foreign_hint(Parser& parser, const antlr4::Token& offending) {
  const std::size_t index = offending.getTokenIndex();
  const auto text = [&](std::size_t back) { return index >= back ? parser.getTokenStream()->get(index - back)->getText() : std::string(); };
  const std::string before = text(2), previous = text(1), last = offending.getText();
  return hint_for_foreign_words({before, previous, last, is_in_statement(parser)});
}

std::string hint_for(Parser& parser, const antlr4::Token& offending, const antlr4::Token* previous, bool expected_operand, bool knows_expected) {
  std::string hint = hint_for_operand(offending, previous, expected_operand);
  if (hint.empty() && previous == nullptr && is_in_statement(parser)) hint = hint_for_step_of_test(parser, offending);
  if (hint.empty() && (previous == nullptr || previous->getType() != Parser::PIPE)) hint = foreign_hint(parser, offending);
  if (hint.empty() && is_in_statement(parser)) hint = hint_for_statement(parser, offending, previous, knows_expected);
  return hint;
}

/// SELECT FROM t, SELECT a, FROM t: FROM was taken for a column.
bool is_taken_for_column(const antlr4::Token* from, const antlr4::Token* before) {
  return from != nullptr && before != nullptr && from->getType() == Parser::K_FROM && (before->getType() == Parser::K_SELECT || before->getType() == Parser::COMMA);
}

}  // namespace

Error syntax_error(Parser& parser, antlr4::Token& offending, const PlacedText& text) {
  const std::size_t index = offending.getTokenIndex();
  const antlr4::Token* previous = index > 0 ? parser.getTokenStream()->get(index - 1) : nullptr;
  const antlr4::Token* before = index > 1 ? parser.getTokenStream()->get(index - 2) : nullptr;
  const std::string after = previous != nullptr ? " after " + shown(*previous) : "";
  const auto place = [&](const antlr4::Token& token) { return text.span(token.getStartIndex(), token.getStopIndex()); };
  const Location where = place(offending);
  const auto unexpected = [&](std::string hint) { return Error{ErrorKind::user, fmt::format("unexpected {}{}", shown(offending), after), where}.as("W0101").with_hint(std::move(hint)); };
  if (is_in_statement(parser) && is_taken_for_column(previous, before)) {
    return Error{ErrorKind::user, fmt::format("expected an expression after {}, got 'FROM'", shown(*before)), place(*previous)}.as("W0101").with_hint(
        before->getType() == Parser::COMMA ? "leave the last ',' out" : "name the columns, or write * for all of them");
  }
  // The parser may have looked ahead: then what it expects at its own place says nothing about this one.
  if (parser.getCurrentToken() != &offending) return unexpected(hint_for(parser, offending, previous, false, false));
  const antlr4::misc::IntervalSet set = parser.getExpectedTokens();
  const std::string expected = expectation(parser, is_end(offending));
  const bool has_no_bracket = offending.getType() == Parser::CLOSE && !set.contains(static_cast<std::size_t>(Parser::CLOSE));
  if (has_no_bracket && (expected.rfind("an operator", 0) == 0 || expected == "';'")) return unexpected("there is no '(' for it");
  // Where a statement could end, everything else that could stand there has been tried.
  const bool is_next = offending.getType() == Parser::K_CREATE || offending.getType() == Parser::K_INCLUDE;
  if (expected == "';'" && offending.getType() == Parser::COMMA) return unexpected("relations are put beside each other by JOIN ... ON, and below each other by |> UNION");
  if (expected == "';'" && !is_next) return unexpected(hint_for(parser, offending, previous, false, false));
  const bool expected_operand = expected.rfind("an expression", 0) == 0;
  const std::string got = is_end(offending) && previous == nullptr ? "nothing" : shown(offending);
  return Error{ErrorKind::user, fmt::format("expected {}{}, got {}", expected, after, got), where}.as("W0101").with_hint(
      hint_for(parser, offending, previous, expected_operand, true));
}

}  // namespace weir
