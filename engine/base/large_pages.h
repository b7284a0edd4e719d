// large_pages.h — memory in pages of 2 MB, for tables that are read at random and for blocks that many go through: each page of 4 kB costs a fault when it is
// first touched, and a place among the few translations that the processor remembers.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace weir {

inline constexpr std::size_t large_page_bytes = std::size_t{2} << 20;

/// Asks for large pages where the kernel gives them (transparent huge pages, `always` or `madvise`); nothing changes where it does not.
inline void wish_large_pages(void* memory, std::size_t bytes) {
#ifdef MADV_HUGEPAGE
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
}

/// For containers: from one large page on, memory begins at a multiple of one.
template <typename T>
struct LargePageAllocator {
  using value_type = T;
  LargePageAllocator() = default;
  template <typename Other>
  LargePageAllocator(const LargePageAllocator<Other>&) {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes < large_page_bytes) return static_cast<T*>(::operator new(bytes));
    void* memory = ::operator new(bytes, std::align_val_t{large_page_bytes});
    wish_large_pages(memory, bytes);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t count) {
    if (count * sizeof(T) < large_page_bytes) return ::operator delete(memory);
    ::operator delete(memory, std::align_val_t{large_page_bytes});
  }
  friend bool operator==(const LargePageAllocator&, const LargePageAllocator&) { return true; }
};

}  // namespace weir
