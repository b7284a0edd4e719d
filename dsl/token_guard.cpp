// token_guard.cpp — cuts an expression into tokens and refuses what no parser should be given.
#include "dsl/token_guard.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "WeirLexer.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;

constexpr std::size_t max_tokens = 10'000;
constexpr std::size_t max_nesting = 200;

bool ends_operand(std::size_t type) {
  switch (type) {
    case WeirLexer::IDENTIFIER:
    case WeirLexer::QUOTED:
    case WeirLexer::INTEGER:
    case WeirLexer::DECIMAL:
    case WeirLexer::EXPONENT:
    case WeirLexer::STRING:
    case WeirLexer::BYTES:
    case WeirLexer::CLOSE:
    case WeirLexer::CLOSE_BRACKET:
    case WeirLexer::K_END:
    case WeirLexer::K_NULL:
    case WeirLexer::K_TRUE:
    case WeirLexer::K_FALSE:
    case WeirLexer::K_CAST:
    case WeirLexer::K_TRY_CAST:
    case WeirLexer::K_EXTRACT:
    case WeirLexer::K_AS:
    case WeirLexer::K_DATE:
    case WeirLexer::K_DISTINCT:
    case WeirLexer::K_DIV:
    case WeirLexer::K_DOUBLE:
    case WeirLexer::K_ESCAPE:
    case WeirLexer::K_FILTER:
    case WeirLexer::K_FROM:
    case WeirLexer::K_INTERVAL:
    case WeirLexer::K_PRECISION:
    case WeirLexer::K_TIMESTAMP:
    case WeirLexer::K_WHERE:
      return true;
    default:
      return false;
  }
}

// Counts how deep the parser would recurse: brackets, CASE, and signs or NOTs before an operand. May count
// too much, never too little.
class Nesting {
 public:
  void add(std::size_t type) {
    const bool is_name = previous_ == WeirLexer::DOT || previous_ == WeirLexer::COLON;
    if (!is_name) count(type);
    previous_ = type;
  }
  std::size_t depth() const { return depth_ + prefixes_; }

 private:
  void count(std::size_t type) {
    switch (type) {
      case WeirLexer::OPEN:
      case WeirLexer::OPEN_BRACKET:
        open(false);
        break;
      case WeirLexer::K_CASE:
        open(true);
        break;
      case WeirLexer::CLOSE:
      case WeirLexer::CLOSE_BRACKET:
        close(false);
        break;
      // END where an operand is expected is a column of that name.
      case WeirLexer::K_END:
        ends_operand(previous_) ? close(true) : void(prefixes_ = 0);
        break;
      case WeirLexer::K_NOT:
      case WeirLexer::MINUS:
      case WeirLexer::PLUS:
      case WeirLexer::TILDE:
        ++prefixes_;
        break;
      default:
        prefixes_ = 0;
    }
  }
  void open(bool is_case) {
    levels_.push_back({prefixes_ + 1, is_case});
    depth_ += prefixes_ + 1;
    prefixes_ = 0;
  }
  void close(bool is_case) {
    prefixes_ = 0;
    if (levels_.empty() || levels_.back().is_case != is_case) return;
    depth_ -= levels_.back().weight;
    levels_.pop_back();
  }

  struct Level {
    std::size_t weight;
    bool is_case;
  };
  std::size_t previous_ = WeirLexer::OPEN;
  std::size_t depth_ = 0;
  std::size_t prefixes_ = 0;
  std::vector<Level> levels_;
};

std::string excerpt(const std::string& text) {
  constexpr std::size_t limit = 30;
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while ((static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

std::optional<Error> lexical_error(const antlr4::Token& token, const Location& where) {
  const std::string text = token.getText();
  switch (token.getType()) {
    case WeirLexer::UNCLOSED_STRING:
      return Error{ErrorKind::user, fmt::format("this text is not closed: {}", excerpt(text)), where}
          .with_hint("end it with ', and write '' for an apostrophe inside");
    case WeirLexer::UNCLOSED_NAME:
      return Error{ErrorKind::user, fmt::format("this quoted name is not closed: {}", excerpt(text)), where}
          .with_hint(fmt::format("end it with {}", text.front()));
    case WeirLexer::UNCLOSED_COMMENT:
      return Error{ErrorKind::user, "this comment is not closed", where}.with_hint("end it with */");
    case WeirLexer::UNKNOWN:
      return Error{ErrorKind::user, fmt::format("unexpected character: {}", text), where};
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<Tokens> tokenize(WeirLexer& lexer, const PlacedText& text, Diagnostics& diagnostics) {
  Tokens tokens;
  Nesting nesting;
  while (tokens.empty() || tokens.back()->getType() != antlr4::Token::EOF) {
    tokens.push_back(lexer.nextToken());
    const antlr4::Token& token = *tokens.back();
    const Location where = text.span(token.getStartIndex(), token.getStopIndex());
    nesting.add(token.getType());
    std::optional<Error> error = lexical_error(token, where);
    if (!error && tokens.size() > max_tokens) {
      error =
          Error{ErrorKind::user,
                fmt::format("the expression is too long: more than {} words and signs", max_tokens), where};
    }
    if (!error && nesting.depth() > max_nesting) {
      error =
          Error{ErrorKind::user,
                fmt::format("the expression is nested too deeply: more than {} levels", max_nesting), where};
    }
    if (error) {
      diagnostics.error(std::move(*error));
      return std::nullopt;
    }
  }
  return tokens;
}

}  // namespace weir
