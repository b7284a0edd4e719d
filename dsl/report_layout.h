// report_layout.h — what of a report is laid out in its own way: its SQL, and the values of its parameters.
#pragma once

#include <string>

#include "engine/component/config.h"

namespace weir {

/// Without the blanks around it where it is one line; else its lines as they are, without blank ones before and behind them, ending in a line break.
std::string laid_out_sql(const std::string& sql);
/// AS ...: between $$ where that can be.
std::string weir_sql(const std::string& sql);
/// Whether a text must be in quotes to be a text, because it looks like a number, true or false.
bool looks_like_no_text(const std::string& text);
/// A value that stays a number or a text in either spelling.
std::string weir_literal(const Config& value);
std::string yaml_literal(const Config& value, bool is_in_brackets);

}  // namespace weir
