// random_layout.h — one meaning, spelled in any way that a person may choose.
#pragma once

#include <string>
#include <vector>

#include "tests/roundtrip/random_pipeline.h"

namespace weir::testing {

struct LaidOut {
  std::string text;
  std::vector<std::string> notes;  // what its comments say, each another thing
};

/// As YAML: blocks or brackets, any of the ways to write a text, comments between.
LaidOut random_yaml(const Setting& pipeline, Draw& draw);
/// The same statements with other blanks and line breaks, keywords in other cases, comments between the words. Requires a text without comments.
LaidOut random_weir(const std::string& weir, Draw& draw);

}  // namespace weir::testing
