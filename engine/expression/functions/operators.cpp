// operators.cpp — all operators of the language.
#include "engine/expression/functions/operators.h"

#include "engine/expression/functions/families.h"

namespace weir {

void register_operators(FunctionRegistry& registry) {
  register_logic_operators(registry);
  register_comparison_operators(registry);
  register_membership_operators(registry);
  register_arithmetic_operators(registry);
  register_text_operators(registry);
}

}  // namespace weir
