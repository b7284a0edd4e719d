// check.h — checks of our own assumptions, always on; a failed one prints its sentence and aborts.
#pragma once

namespace weir {
[[noreturn]] void check_failed(const char* file, int line, const char* condition, const char* sentence) noexcept;
}  // namespace weir

#define WEIR_CHECK(condition, sentence)                                         \
  do {                                                                          \
    if (__builtin_expect(!(condition), 0)) {                                    \
      ::weir::check_failed(__FILE__, __LINE__, #condition, sentence);           \
    }                                                                           \
  } while (false)
