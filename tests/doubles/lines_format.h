// lines_format.h — a format for tests: "KEY VALUE" lines become columns key and value; a line without a blank
// is rejected.
#pragma once

#include <memory>

#include "engine/component/format.h"

namespace weir::testing {

std::shared_ptr<const Format> lines_format();

}  // namespace weir::testing
