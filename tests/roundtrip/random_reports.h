// random_reports.h — reports of pipelines, with SQL and values that are awkward to write.
#pragma once

#include "tests/roundtrip/random_pipeline.h"

namespace weir::testing {

/// One entry of the section `reports`, which asks the connection `store`.
Setting random_report(Draw& draw);

}  // namespace weir::testing
