// parse_expression.cpp — from the text of an expression to its tree: guards, then the generated parser, then
// our own tree.
#include <optional>

#include "WeirLexer.h"
#include "WeirParser.h"

#include "dsl/build_ast.h"
#include "dsl/compile.h"
#include "dsl/syntax_error.h"
#include "dsl/token_guard.h"
#include "engine/data/utf8.h"

namespace weir {
namespace {

using weir_grammar::WeirLexer;
using weir_grammar::WeirParser;

// Stops at the first syntax error: what a parser finds after recovering from one is mostly noise.
class FirstError final : public antlr4::BaseErrorListener {
 public:
  FirstError(WeirParser& parser, const PlacedText& text) : parser_(parser), text_(text) {}

  void syntaxError(antlr4::Recognizer*, antlr4::Token* offending, std::size_t, std::size_t,
                   const std::string&, std::exception_ptr) override {
    error_ = syntax_error(parser_, *offending, text_);
    throw antlr4::ParseCancellationException();
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  WeirParser& parser_;
  const PlacedText& text_;
  std::optional<Error> error_;
};

// The quick mode understands nearly everything; what it refuses is parsed again with full context, which also
// finds the error's place.
WeirParser::ExpressionContext* parse_quickly(WeirParser& parser) {
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::SLL);
  parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
  try {
    return parser.standalone()->expression();
  } catch (const antlr4::ParseCancellationException&) {
    return nullptr;
  }
}

WeirParser::ExpressionContext* parse_thoroughly(WeirParser& parser, const PlacedText& text,
                                                Diagnostics& diagnostics) {
  parser.reset();
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::LL);
  parser.setErrorHandler(std::make_shared<antlr4::DefaultErrorStrategy>());
  FirstError listener(parser, text);
  parser.addErrorListener(&listener);
  try {
    return parser.standalone()->expression();
  } catch (const antlr4::ParseCancellationException&) {
    diagnostics.error(*listener.error());
    return nullptr;
  }
}

}  // namespace

AstPtr parse_expression(const std::string& text, const Location& where, Diagnostics& diagnostics) {
  if (!is_valid_utf8(text)) {
    diagnostics.error(Error{ErrorKind::user, "the expression is not valid UTF-8", where});
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
  parser.removeErrorListeners();
  WeirParser::ExpressionContext* tree = parse_quickly(parser);
  if (tree == nullptr) tree = parse_thoroughly(parser, placed, diagnostics);
  return tree != nullptr ? build_ast(tree, placed, diagnostics) : nullptr;
}

}  // namespace weir
