// builder_messages.h — sentences that several parts of the plan builder say.
#pragma once

#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

/// "unknown column: amout", with the nearest of `known` as a hint, or all of them where none is near.
Error unknown(const char* mistake, const std::string& what, const std::string& name, const std::vector<std::string>& known,
              const Location& where);
/// What an aggregate or a table function says of its arguments, at the place of the call.
Error argument_error(Error error, const Location& where);
/// What a source may say whatever it is of, and whatever its format.
const std::vector<std::string>& source_keys();
std::vector<std::string> field_names(const Schema& schema);
/// "a, b, c".
std::string join(const std::vector<std::string>& words, const char* separator = ", ");
/// Reports tables that refer to each other in a circle.
void check_write_orders(const Plan& plan, Diagnostics& diagnostics);

}  // namespace weir
