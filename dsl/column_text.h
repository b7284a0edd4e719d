// column_text.h — what is said of a column, as it is written anew.
#pragma once

#include <string>

namespace weir {

/// "int not null check (a > 0)" with its words in capitals, as in .weir files, where what stands behind FROM is in quotes; or in small letters, as
/// in YAML. What stands in brackets and quotes stays as it is.
std::string column_text(const std::string& spec, bool is_in_capitals);

}  // namespace weir
