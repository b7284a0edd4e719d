// operator_declaration.h — what all operators have in common when they are registered.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/expression/functions/kernels.h"

namespace weir {

inline void add_operator(FunctionRegistry& registry, std::string name, std::string signature,
                         std::string summary, std::vector<FunctionExample> examples,
                         std::vector<Overload> overloads) {
  Function function;
  function.name = std::move(name);
  function.family = "operator";
  function.signature = std::move(signature);
  function.summary = std::move(summary);
  function.examples = std::move(examples);
  function.overloads = std::move(overloads);
  function.is_operator = true;
  add(registry, std::move(function));
}

/// An overload that looks at NULL and errors of its arguments itself; its kernel is made from the call site
/// alone.
template <typename KernelClass>
Overload non_strict(std::vector<std::string> parameters, Type result) {
  Overload overload;
  overload.parameters = std::move(parameters);
  overload.result = [result](const CallSite&) -> Result<Type> { return result; };
  overload.prepare = [](const CallSite& site) -> KernelResult { return kernel_of<KernelClass>(site); };
  overload.strict = false;
  return overload;
}

}  // namespace weir
