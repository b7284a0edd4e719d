// coverage.cpp — which places of the program were reached.
#include "tests/fuzz/coverage.h"

#include <cstdint>

namespace weir::testing::coverage {
namespace {

constexpr std::size_t most_ways = std::size_t{1} << 20;
unsigned char ways[most_ways];
std::size_t count = 0;
thread_local std::uintptr_t previous = 0;

}  // namespace

std::size_t begin() {
  previous = 0;
  return count;
}
std::size_t reached() { return count; }

/// What the compiler calls at every place; at none in here.
extern "C" __attribute__((no_sanitize_coverage)) void __sanitizer_cov_trace_pc() {
  const auto place = reinterpret_cast<std::uintptr_t>(__builtin_return_address(0));
  unsigned char& way = ways[(place ^ (previous >> 1)) % most_ways];
  previous = place;
  count += way == 0 ? 1 : 0;
  way = 1;
}

}  // namespace weir::testing::coverage
