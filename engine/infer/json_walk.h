// json_walk.h — goes through one value of a JSON document that has been checked: objects, arrays and what they hold.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "connectors/formats/json_reader.h"

namespace weir {

/// The kind of `text`, a whole JSON value without blanks around it.
JsonKind kind_of_json(std::string_view text);
/// What a JSON string says, without quotes and escapes.
std::string json_string(std::string_view text);
/// Whether a JSON number has neither fraction nor exponent.
bool is_json_integer(std::string_view text);
/// Calls `visit(name, value)` for each member of an object, `visit("", value)` for each element of an array; values are texts as kind_of_json() takes
/// them.
void walk_json(std::string_view text, const std::function<void(const std::string& name, std::string_view value)>& visit);

}  // namespace weir
