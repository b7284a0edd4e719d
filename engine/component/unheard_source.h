// unheard_source.h — a source that never hears of commits, so that whoever reads it leaves no trace of that anywhere.
#pragma once

#include <memory>

#include "engine/component/source.h"

namespace weir {

/// The same rows from the same places; Source::committed() does nothing.
std::shared_ptr<const SourceDefinition> unheard(std::shared_ptr<const SourceDefinition> source);

}  // namespace weir
