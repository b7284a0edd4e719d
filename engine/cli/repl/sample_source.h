// sample_source.h — a source of records that are there already: one split, which ends.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/component/source.h"

namespace weir {

std::shared_ptr<const SourceDefinition> sample_source(std::shared_ptr<const std::vector<std::string>> records);

}  // namespace weir
