// prefetch.h — has memory at hand that is read soon.
#pragma once

namespace weir {

/// Any address, also one of nothing. Not __builtin_prefetch() alone: gcc takes a function that does no more for one without effect, and leaves out calls of
/// it that it has not inlined before it finds that. The empty statement is an effect.
inline void prefetch(const void* place) {
  __builtin_prefetch(place);
  asm volatile("");
}

}  // namespace weir
