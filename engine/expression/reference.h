// reference.h — the reference page of functions, printed from their declarations.
#pragma once

#include <string>

#include "engine/expression/function.h"

namespace weir {

/// Markdown: one section a family in alphabetical order, operators last; every function with its signature,
/// sentence, other names and examples. The same registry always gives the same text.
std::string functions_reference(const FunctionRegistry& registry);

}  // namespace weir
