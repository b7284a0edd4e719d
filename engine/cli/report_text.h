// report_text.h — results of reports for people at a terminal: aligned tables, and bars beside them.
#pragma once

#include <string>

#include "engine/report/answer.h"

namespace weir {

/// Title, table and what else is to be said of it. `width`: columns of the terminal, which bars are fitted into.
std::string report_text(const ReportAnswer& answer, std::size_t width);

}  // namespace weir
