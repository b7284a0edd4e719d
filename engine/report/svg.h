// svg.h — a chart as SVG: no script, nothing from outside, light and dark, with title, description and legend.
#pragma once

#include <string>

#include "engine/report/chart.h"

namespace weir {

/// A file of its own. Of any report but a table.
Result<std::string> svg_of(const Report& report, const QueryResult& result);
/// An element within a page that has svg_style(). `id` begins the ids of what is in it.
std::string svg_element(const Report& report, const QueryResult& result, const Chart& chart, const std::string& id);
/// The rules that the elements are drawn by.
std::string svg_style();

}  // namespace weir
