// block_pool.cpp — ordinary blocks are parts of large pages; each can be given back by itself.
#include "engine/data/block_pool.h"

#include <sys/mman.h>

#include <cstdint>
#include <mutex>
#include <new>
#include <vector>

#include "engine/base/large_pages.h"

namespace weir {
namespace {

constexpr std::align_val_t block_alignment{64};
// With AddressSanitizer a block that is given back must not look alive.
#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t most_kept = 0;
#else
constexpr std::size_t most_kept = 512;
#endif

/// The latest one given back is the next one taken: it is still in the cache.
struct Pool {
  std::mutex mutex;
  std::vector<char*> blocks;  // Guarded by mutex.
};

// Never destroyed: threads of libraries may outlive static objects.
Pool& pool() {
  static Pool& the_pool = *new Pool;
  return the_pool;
}

// A large page, at a multiple of its size: what is mapped beside it goes back at once.
char* map_large_page() {
  constexpr std::size_t bytes = 2 * large_page_bytes;
  void* mapped = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(mapped);
  const std::size_t before = (large_page_bytes - reinterpret_cast<std::uintptr_t>(begin) % large_page_bytes) % large_page_bytes;
  if (before > 0) munmap(begin, before);
  if (before < large_page_bytes) munmap(begin + before + large_page_bytes, large_page_bytes - before);
  wish_large_pages(begin + before, large_page_bytes);
  return begin + before;
}

/// Of a new large page: one block, and the rest for the pool.
char* map_block(Pool& kept) {
  char* const page = map_large_page();
  const std::scoped_lock lock(kept.mutex);
  for (std::size_t at = large_page_bytes - ordinary_block_bytes; at > 0; at -= ordinary_block_bytes) kept.blocks.push_back(page + at);
  return page;
}

}  // namespace

char* take_block(std::size_t bytes) {
  if (bytes != ordinary_block_bytes || most_kept == 0) return static_cast<char*>(::operator new(bytes, block_alignment));
  Pool& kept = pool();
  {
    const std::scoped_lock lock(kept.mutex);
    if (!kept.blocks.empty()) {
      char* block = kept.blocks.back();
      kept.blocks.pop_back();
      return block;
    }
  }
  return map_block(kept);
}

void give_block_back(char* block, std::size_t bytes) {
  if (bytes != ordinary_block_bytes || most_kept == 0) return ::operator delete(block, block_alignment);
  {
    Pool& kept = pool();
    const std::scoped_lock lock(kept.mutex);
    if (kept.blocks.size() < most_kept) {
      kept.blocks.push_back(block);
      return;
    }
  }
  munmap(block, ordinary_block_bytes);
}

std::size_t kept_blocks() {
  Pool& kept = pool();
  const std::scoped_lock lock(kept.mutex);
  return kept.blocks.size();
}

}  // namespace weir
