// report.h — what is wrong with a document, as an editor shows it.
#pragma once

#include "dsl/language_server/analysis.h"
#include "engine/component/json_writer.h"

namespace weir {

/// Whether what is said is that a variable has no value, or that a file with a secret is not there.
bool is_of_a_variable(const Error& error);

/// The value of publishDiagnostics: what weir check says. That a variable has no value is information, and no error: the environment of an editor
/// rarely is that of the run.
void write_diagnostics(const Document& document, const Analysis& analysis, JsonWriter& json);

}  // namespace weir
