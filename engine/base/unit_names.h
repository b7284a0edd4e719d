// unit_names.h — the words behind the number of a time span or an amount of memory, for schemas and suggestions.
#pragma once

#include <string>
#include <vector>

namespace weir {

/// What parse_duration() knows, in small letters.
std::vector<std::string> duration_units();
/// What parse_byte_size() knows, in small letters; it takes them in any case.
std::vector<std::string> byte_size_units();

}  // namespace weir
