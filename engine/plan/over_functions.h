// over_functions.h — the functions of OVER that are no aggregates: by the places of rows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/plan/plan.h"

namespace weir {

std::optional<OverNode::Kind> over_function(const std::string& name);
const std::vector<std::string>& over_functions();

}  // namespace weir
