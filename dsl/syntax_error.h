// syntax_error.h — says in plain words what the parser expected.
#pragma once

#include "WeirParser.h"
#include "dsl/placed_text.h"

namespace weir {

/// `offending` is the token at which `parser` could not go on.
Error syntax_error(weir_grammar::WeirParser& parser, antlr4::Token& offending, const PlacedText& text);

}  // namespace weir
