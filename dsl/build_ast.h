// build_ast.h — turns the parser's tree of an expression into the engine's.
#pragma once

#include "dsl/placed_text.h"
#include "engine/expression/ast.h"

namespace antlr4 {
class ParserRuleContext;
}

namespace weir {

/// `expression` is the context of the grammar's rule of that name. Null after reporting every wrong literal
/// and type.
AstPtr build_ast(antlr4::ParserRuleContext* expression, const PlacedText& text, Diagnostics& diagnostics);

}  // namespace weir
