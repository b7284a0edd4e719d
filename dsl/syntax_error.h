// syntax_error.h — says in plain words what the parser expected.
#pragma once

#include "dsl/placed_text.h"

namespace antlr4 {
class Token;
}
namespace weir_grammar {
class WeirParser;
}

namespace weir {

/// `offending` is the token at which `parser` could not go on. The text of the end is ";" where it is the end of a statement.
Error syntax_error(weir_grammar::WeirParser& parser, antlr4::Token& offending, const PlacedText& text);

}  // namespace weir
