// write_tests.h — tests of a pipeline, in either spelling.
#pragma once

#include <string>

#include "dsl/comments.h"

namespace weir {

/// The section `tests` as YAML, from its key on.
std::string yaml_tests(const Config& tests, Comments& comments);
/// CREATE TEST ... AS ..., without the semicolon.
std::string weir_test(const Config& test, Comments& comments);

}  // namespace weir
