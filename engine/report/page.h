// page.h — the reports of a pipeline as one page of HTML: charts, and what they are made of as tables beneath; no script, nothing from outside.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "engine/report/answer.h"

namespace weir {

/// Rows of a table beyond these are not on the page, which says so.
inline constexpr std::size_t most_page_rows = 1000;

/// Well-formed XML, too.
std::string page_of(const std::string& pipeline, const std::vector<ReportAnswer>& answers, std::chrono::system_clock::time_point made_at);

}  // namespace weir
