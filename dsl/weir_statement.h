// weir_statement.h — one statement of a .weir file as the setting that YAML has for it.
#pragma once

#include "dsl/weir_query.h"

namespace weir {

/// What a statement makes: an entry of a section (`sources`, `sinks`, ...), or with an empty name settings of the pipeline itself.
struct WeirPart {
  std::string section;
  std::string name;
  Location where;  // of the name
  Config value;
};

/// What `statement`, a context of the grammar's rule of that name, is called and where it belongs; its value is empty.
WeirPart part_of(antlr4::ParserRuleContext* statement, const WeirText& text);
/// The same with its value. What is wrong is reported and left out.
WeirPart read_statement(antlr4::ParserRuleContext* statement, const QueryNames& names, WeirText& text);

}  // namespace weir
