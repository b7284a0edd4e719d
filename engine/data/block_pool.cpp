// block_pool.cpp — ordinary blocks are mapped one by one, so that each can be given back by itself.
#include "engine/data/block_pool.h"

#include <sys/mman.h>

#include <mutex>
#include <new>
#include <vector>

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

char* map_block() {
  void* block = mmap(nullptr, ordinary_block_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  return static_cast<char*>(block);
}

}  // namespace

char* take_block(std::size_t bytes) {
  if (bytes != ordinary_block_bytes || most_kept == 0) return static_cast<char*>(::operator new(bytes, block_alignment));
  {
    Pool& kept = pool();
    const std::scoped_lock lock(kept.mutex);
    if (!kept.blocks.empty()) {
      char* block = kept.blocks.back();
      kept.blocks.pop_back();
      return block;
    }
  }
  return map_block();
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
