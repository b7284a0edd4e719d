// token_guard.h — cuts an expression into tokens and refuses what no parser should be given.
#pragma once

#include <memory>
#include <optional>
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

/// All tokens and the end, or nothing after reporting: characters that start no token, quotes and comments
/// that are not closed, more than 10 000 tokens, and nesting deeper than 200 (the parser and everything after
/// it recurse).
std::optional<Tokens> tokenize(weir_grammar::WeirLexer& lexer, const PlacedText& text,
                               Diagnostics& diagnostics);

}  // namespace weir
