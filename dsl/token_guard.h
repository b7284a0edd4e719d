// token_guard.h — refuses tokens that no parser should be given.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dsl/placed_text.h"
#include "engine/base/error.h"

namespace antlr4 {
class Token;
}
namespace weir_grammar {
class WeirLexer;
}

namespace weir {

using Tokens = std::vector<std::unique_ptr<antlr4::Token>>;

/// What is wrong with a name of more than 1,000 bytes; else nothing. The keys of YAML end at 1,024 characters, and every name may become one.
std::optional<Error> too_long(std::string_view name, const Location& where);

/// What is wrong with a token by itself: a quote or comment that is not closed, a character that starts no token.
std::optional<Error> lexical_error(const antlr4::Token& token, const Location& where);

/// Counts the tokens of one text, and how deep the parser would recurse over them: brackets, CASE, and signs or NOTs before an operand; and the
/// parts of paths. May count too much, never too little.
class TokenGuard {
 public:
  /// `what` names the text in messages: "the expression".
  TokenGuard(const char* what, std::size_t max_tokens) : what_(what), max_tokens_(max_tokens) {}

  /// An error at the first token that is one too many, or nested deeper than 200 levels (the parser and everything after it recurse).
  std::optional<Error> add(const antlr4::Token& token, const Location& where);

 private:
  enum class Kind { bracket, choice, type };  // ( [, CASE, array<
  struct Level {
    std::size_t weight;
    Kind kind;
  };
  void count(std::size_t type);
  void count_part(std::size_t type, bool is_name);
  void open(Kind kind);
  void close(Kind kind);

  const char* what_;
  std::size_t max_tokens_;
  std::size_t tokens_ = 0;
  std::size_t previous_ = 0;
  bool is_after_nested_type_ = false;
  std::size_t depth_ = 0;
  std::size_t prefixes_ = 0;
  std::size_t parts_ = 0;  // of a path: a.b.c
  std::vector<Level> levels_;
};

/// All tokens of an expression and the end, or nothing after reporting: what is wrong with one by itself, more than 10 000 of them, and what
/// the guard refuses.
std::optional<Tokens> tokenize(weir_grammar::WeirLexer& lexer, const PlacedText& text,
                               Diagnostics& diagnostics);

}  // namespace weir
