// families.h — the parts of the catalogue, each in its file.
#pragma once

#include <vector>

#include "engine/plan/error_catalogue.h"

namespace weir {

std::vector<Mistake> mistakes_of_text();         // W00: files, YAML, variables
std::vector<Mistake> mistakes_of_statements();   // W01: statements, sections and keys
std::vector<Mistake> mistakes_of_names();        // W02: names and references
std::vector<Mistake> mistakes_of_expressions();  // W03: types and expressions
std::vector<Mistake> mistakes_of_time();         // W04: time, windows, aggregates, OVER
std::vector<Mistake> mistakes_of_joins();        // W05: joins and unions
std::vector<Mistake> mistakes_of_sinks();        // W06: sinks and tables
std::vector<Mistake> mistakes_of_options();      // W07: connectors, options, plugins
std::vector<Mistake> mistakes_of_services();     // W08: what check --connect finds
std::vector<Mistake> mistakes_of_warnings();     // W09
std::vector<Mistake> mistakes_of_tests();        // W10: tests in the file
std::vector<Mistake> mistakes_of_reports();      // W11: reports in the file

}  // namespace weir
