// weir_select.h — a plain SELECT ... FROM ... in a .weir file, as steps.
#pragma once

#include "dsl/weir_steps.h"

namespace weir {

/// Adds the steps of a SELECT whose FROM has been read: joins, where, aggregate, having, select. `selection` is the context of the grammar's rule
/// of that name.
void add_selection(antlr4::ParserRuleContext* selection, const QueryNames& names, WeirSteps& steps, WeirText& text);

}  // namespace weir
