// column_spec.h — reads what a source says of one column: "bigint not null", "string from productName",
// "bigint metadata".
#pragma once

#include "dsl/syntax.h"

namespace weir {

/// `spec` is TYPE [not null] [metadata] [from NAME] [check (EXPRESSION)], the last four in any order and case; NAME may be
/// quoted. `column` is its name. What is wrong is reported, and the column comes as it was probably
/// meant, so that expressions over it can be checked.
SourceColumn read_column_spec(const Name& column, const std::string& spec, const Location& where, Diagnostics& diagnostics,
                              std::vector<CheckSyntax>& checks);

}  // namespace weir
