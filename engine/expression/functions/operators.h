// operators.h — the families that register_operators is made of.
#pragma once

namespace weir {

class FunctionRegistry;

void register_logic_operators(FunctionRegistry& registry);
void register_comparison_operators(FunctionRegistry& registry);
void register_membership_operators(FunctionRegistry& registry);
void register_arithmetic_operators(FunctionRegistry& registry);
void register_text_operators(FunctionRegistry& registry);

}  // namespace weir
