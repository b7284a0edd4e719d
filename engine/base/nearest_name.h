// nearest_name.h — finds what the user most likely meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace weir {

/// The candidate nearest to `name` by edit distance (transpositions count once, case does not count), or an empty string
/// where none is near enough (more than a third of the letters differ).
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace weir
