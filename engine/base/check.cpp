// check.cpp — the end of a run whose own assumptions were wrong.
#include "engine/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace weir {

void check_failed(const char* file, int line, const char* condition, const char* sentence) noexcept {
  std::fprintf(stderr, "weir: internal error at %s:%d: %s (%s is false). This is a bug of weir: please report it.\n", file,
               line, sentence, condition);
  std::abort();
}

}  // namespace weir
