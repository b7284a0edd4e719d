// name_resolution.h — which column or function a name means, and what to say where it means none.
#pragma once

#include <string>
#include <vector>

#include "engine/expression/binder.h"

namespace weir {

/// The exact name first, then the only one that differs in case alone.
Result<std::size_t> find_column(const std::vector<std::string>& parts, const Scope& scope);

Error unknown_function(const std::string& name, const FunctionRegistry& functions, const Scope& scope);

}  // namespace weir
