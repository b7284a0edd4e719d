// parse_tree.cpp — runs the generated parser.
#include "dsl/parse_tree.h"

#include <optional>

#include "WeirParser.h"
#include "dsl/syntax_error.h"

namespace weir {
namespace {

using antlr4::ParserRuleContext;
using weir_grammar::WeirParser;

// Stops at the first syntax error.
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

using Rule = ParserRuleContext* (*)(WeirParser&);

// The quick mode understands nearly everything; what it refuses is parsed again with full context, which also
// finds the error's place.
ParserRuleContext* parse_quickly(WeirParser& parser, Rule rule) {
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::SLL);
  parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
  try {
    return rule(parser);
  } catch (const antlr4::ParseCancellationException&) {
    return nullptr;
  }
}

ParserRuleContext* parse_thoroughly(WeirParser& parser, Rule rule, const PlacedText& text, Diagnostics& diagnostics) {
  parser.reset();
  parser.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(
      antlr4::atn::PredictionMode::LL);
  parser.setErrorHandler(std::make_shared<antlr4::DefaultErrorStrategy>());
  FirstError listener(parser, text);
  parser.addErrorListener(&listener);
  try {
    ParserRuleContext* tree = rule(parser);
    parser.removeErrorListeners();
    return tree;
  } catch (const antlr4::ParseCancellationException&) {
    parser.removeErrorListeners();
    diagnostics.error(*listener.error());
    return nullptr;
  }
}

ParserRuleContext* parse(WeirParser& parser, Rule rule, const PlacedText& text, Diagnostics& diagnostics) {
  parser.removeErrorListeners();
  ParserRuleContext* tree = parse_quickly(parser, rule);
  return tree != nullptr ? tree : parse_thoroughly(parser, rule, text, diagnostics);
}

}  // namespace

ParserRuleContext* parse_expression_tree(WeirParser& parser, const PlacedText& text, Diagnostics& diagnostics) {
  return parse(parser, [](WeirParser& one) -> ParserRuleContext* { return one.standalone()->expression(); }, text, diagnostics);
}

ParserRuleContext* parse_statement_tree(WeirParser& parser, const PlacedText& text, Diagnostics& diagnostics) {
  return parse(parser, [](WeirParser& one) -> ParserRuleContext* { return one.oneStatement()->statement(); }, text, diagnostics);
}

}  // namespace weir
