// coverage.h — which places of the program were reached, where it is compiled so that they are counted (preset fuzz); else nothing is.
#pragma once

#include <cstddef>

namespace weir::testing::coverage {

/// Before a text is taken; gives reached().
std::size_t begin();
/// Ways from one place to the next, of all texts so far.
std::size_t reached();

}  // namespace weir::testing::coverage
