// python_function.h — a function whose body is Python, computed by worker processes.
#pragma once

#include "engine/component/registry.h"

namespace weir {

/// Adds the function. Its text is compiled where it is called; what is wrong with it is an error of the call. NULL in an argument gives NULL, without a
/// call. An exception is an error of its row. The interpreter is python3, or what WEIR_PYTHON says.
Status define_python_function(const ScriptFunction& script, FunctionRegistry& functions);

}  // namespace weir
