// function_origin.h — where a function comes from that does not ship with Weir.
#pragma once

#include <string>
#include <string_view>

#include "engine/expression/function.h"

namespace weir {

/// The overload, marked. `origin` changes whenever the function's results may: "plugin acme 1.2.0".
Overload with_origin(Overload overload, std::string origin);

/// Empty where the overload ships with Weir.
std::string_view origin_of(const Overload& overload);

}  // namespace weir
