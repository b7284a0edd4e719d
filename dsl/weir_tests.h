// weir_tests.h — CREATE TEST as the settings that YAML has for it.
#pragma once

#include "dsl/weir_text.h"

namespace weir {

/// `test` is a context of the grammar's alternative createTest. What is wrong is reported and left out.
Config::Map test_settings(antlr4::ParserRuleContext* test, WeirText& text);

}  // namespace weir
