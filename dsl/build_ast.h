// build_ast.h — turns the parser's tree of an expression into the engine's.
#pragma once

#include "WeirParser.h"
#include "dsl/placed_text.h"
#include "engine/expression/ast.h"

namespace weir {

/// Null after reporting every wrong literal and type.
AstPtr build_ast(weir_grammar::WeirParser::ExpressionContext* expression, const PlacedText& text,
                 Diagnostics& diagnostics);

}  // namespace weir
