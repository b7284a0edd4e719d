// build_reports.h — checks the reports of a pipeline: what they ask, whom, and whether their charts can be drawn.
#pragma once

#include <vector>

#include "dsl/syntax.h"
#include "engine/plan/report.h"

namespace weir {

/// `plan`: or null where there was an error; then databases are not looked up. Reports everything that is wrong; then what is returned is good for
/// nothing.
std::vector<Report> build_reports(const PipelineSyntax& pipeline, const Plan* plan, Diagnostics& diagnostics);

}  // namespace weir
