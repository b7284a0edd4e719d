// weir_options.h — the options behind WITH in a .weir file.
#pragma once

#include <string>
#include <vector>

#include "dsl/weir_text.h"

namespace weir {

/// A key that is no option in a statement, because the statement has a place of its own for what it says.
struct ReservedOption {
  const char* name;
  const char* instead;
};

/// The options of `with`, a context of the grammar's rule of that name, or null. Their names are YAML's keys. Reports options that are given twice
/// or reserved, and leaves them out.
Config::Map read_options(antlr4::ParserRuleContext* with, const std::vector<ReservedOption>& reserved, WeirText& text);

}  // namespace weir
