// parse_tree.h — runs the generated parser.
#pragma once

#include "dsl/placed_text.h"

namespace antlr4 {
class ParserRuleContext;
}
namespace weir_grammar {
class WeirParser;
}

namespace weir {

/// The tree of an expression, or of a statement, that all tokens of `parser` make; it lives as long as the parser. Null after reporting the first
/// thing that is wrong: what a parser finds after recovering from that is mostly noise.
antlr4::ParserRuleContext* parse_expression_tree(weir_grammar::WeirParser& parser, const PlacedText& text, Diagnostics& diagnostics);
antlr4::ParserRuleContext* parse_statement_tree(weir_grammar::WeirParser& parser, const PlacedText& text, Diagnostics& diagnostics);

}  // namespace weir
