// parse_expression.cpp — from the text of an expression to its tree: guards, then the generated parser, then
// our own tree.
#include <optional>

#include "WeirLexer.h"
#include "WeirParser.h"

#include "dsl/build_ast.h"
#include "dsl/compile.h"
#include "dsl/parse_tree.h"
#include "dsl/token_guard.h"
#include "engine/data/utf8.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;
using weir_grammar::WeirParser;

}  // namespace

AstPtr parse_expression(const std::string& text, const Location& where, Diagnostics& diagnostics) {
  if (!is_valid_utf8(text)) {
    diagnostics.error(Error{ErrorKind::user, "the expression is not valid UTF-8", where}.as("W0003"));
    return nullptr;
  }
  const PlacedText placed(text, where);
  antlr4::ANTLRInputStream input(text);
  WeirLexer lexer(&input);
  lexer.removeErrorListeners();
  std::optional<Tokens> tokens = tokenize(lexer, placed, diagnostics);
  if (!tokens) return nullptr;

  antlr4::ListTokenSource source(std::move(*tokens));
  antlr4::CommonTokenStream stream(&source);
  WeirParser parser(&stream);
  antlr4::ParserRuleContext* tree = parse_expression_tree(parser, placed, diagnostics);
  return tree != nullptr ? build_ast(tree, placed, diagnostics) : nullptr;
}

}  // namespace weir
