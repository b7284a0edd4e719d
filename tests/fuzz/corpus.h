// corpus.h — texts to begin with: what is shipped, what is shown, and what is known to be wrong.
#pragma once

#include <string>
#include <vector>

namespace weir::testing {

/// Files of pipelines/, tests/errors, tests/plans and tests/pipelines, and the examples of docs: of both spellings together, as a text may be
/// given to the wrong reader; and expressions, one by one.
std::vector<std::string> corpus();

}  // namespace weir::testing
