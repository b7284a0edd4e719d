// build_tests.h — checks the tests of a pipeline against its plan: names, and values by the types of their columns.
#pragma once

#include <vector>

#include "dsl/syntax.h"
#include "engine/plan/pipeline_test.h"

namespace weir {

/// Reports everything that is wrong; then what is returned is good for nothing.
std::vector<PipelineTest> build_tests(const PipelineSyntax& pipeline, const Plan& plan, Diagnostics& diagnostics);

}  // namespace weir
