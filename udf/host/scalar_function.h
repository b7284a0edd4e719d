// scalar_function.h — a plugin's scalar function as an overload that pipelines can call.
#pragma once

#include <string>

#include "engine/expression/function.h"
#include "udf/weir_udf.h"

namespace weir {

/// `where` begins its errors: "plugin acme (/lib/acme.so), function initials". `declared` has been checked, and outlives the overload.
Overload overload_of(const weir_function& declared, const std::string& where);

/// The result type that the plugin tells for a call: fixed, or resolved from the arguments' types.
Result<Type> result_type_of(const weir_function& declared, const CallSite& site, const std::string& where);

}  // namespace weir
