// diagnostic_formats.h — what was found wrong with pipeline files, for programs: editors, CI and other tools.
#pragma once

#include <string>
#include <vector>

#include "engine/base/error.h"

namespace weir {

struct CheckedFile {
  std::string path;
  Diagnostics diagnostics;
};

/// A line of JSON for each error, then for each warning. Keys: code, severity, message, hint, file, line, column, end_line, end_column, notes; what is
/// not known is null. Lines and columns count from 1, columns in characters; the end is the first column behind. Notes have message and the place's keys.
std::string diagnostics_json(const CheckedFile& file);
/// One log of SARIF 2.1.0 with one run, its rules from the catalogue.
std::string diagnostics_sarif(const std::vector<CheckedFile>& files);

}  // namespace weir
