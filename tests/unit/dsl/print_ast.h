// print_ast.h — an expression tree as text with every parenthesis, for tests.
#pragma once

#include <string>

#include "engine/expression/ast.h"

namespace weir {

/// (a + (b * 2)), sha2(concat(a, b), 256), CAST(a AS int): shows how the text was understood.
std::string print_ast(const Ast& ast);

}  // namespace weir
