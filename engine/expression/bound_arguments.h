// bound_arguments.h — a call whose overload is chosen and whose arguments are cast: what aggregates and table functions share.
#pragma once

#include <vector>

#include "engine/expression/expression.h"

namespace weir {

struct BoundArguments {
  const Overload* overload = nullptr;  // of the declaration
  std::vector<ExpressionPtr> arguments;
  CallSite site;  // its constants belong to the arguments; its result is the overload's
};

/// An error where no overload of `declaration` takes the arguments, or its result type cannot be told.
Result<BoundArguments> bind_arguments(const Function& declaration, std::vector<ExpressionPtr> arguments, const FunctionRegistry& functions);

}  // namespace weir
