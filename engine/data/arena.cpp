// arena.cpp — takes blocks from the pool and gives them back.
#include "engine/data/arena.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/data/block_pool.h"

namespace weir {
namespace {

/// In front of a block: its size as it was taken.
constexpr std::size_t head = 64;
// simdjson reads up to this many bytes past the end of what it parses.
constexpr std::size_t readable_padding = 64;

/// What fits into an ordinary block of an arena; one of the pool's holds its head and padding, too.
std::size_t ordinary_capacity(std::size_t block_bytes) {
  return block_bytes == ordinary_block_bytes ? block_bytes - head - readable_padding : block_bytes;
}

char* new_block(std::size_t taken) {
  char* block = take_block(taken);
  std::memcpy(block, &taken, sizeof taken);
  return block + head;
}

}  // namespace

void Arena::FreeBlock::operator()(char* block) const {
  std::size_t taken = 0;
  std::memcpy(&taken, block - head, sizeof taken);
  give_block_back(block - head, taken);
}

void Arena::swap(Arena& other) noexcept {
  std::swap(block_bytes_, other.block_bytes_);
  std::swap(current_, other.current_);
  std::swap(used_, other.used_);
  std::swap(capacity_, other.capacity_);
  std::swap(total_, other.total_);
  bases_.swap(other.bases_);
  sizes_.swap(other.sizes_);
  blocks_.swap(other.blocks_);
}

void* Arena::allocate_in_new_block(std::size_t bytes) {
  const std::size_t capacity = std::max(bytes, ordinary_capacity(block_bytes_));
  const std::size_t taken = head + capacity + readable_padding;
  blocks_.emplace_back(new_block(taken));
  current_ = blocks_.back().get();
  bases_.push_back(current_);
  sizes_.push_back(capacity);
  capacity_ = capacity;
  used_ = bytes;
  total_ += taken;
  return current_;
}

void Arena::keep_blocks(std::size_t count) {
  if (count >= blocks_.size()) return;
  for (std::size_t block = count; block < sizes_.size(); ++block) {
    if (blocks_[block] != nullptr) total_ -= head + sizes_[block] + readable_padding;
  }
  blocks_.resize(count);
  bases_.resize(count);
  sizes_.resize(count);
  current_ = count == 0 ? nullptr : blocks_.back().get();
  // How much of the block that is now the last had been used is not known any more: it counts as full.
  used_ = capacity_ = count == 0 ? 0 : sizes_.back();
}

std::size_t Arena::add_foreign_block(const char* base, std::size_t bytes) {
  // The block under way is closed, for the latest block must be the one that allocate() uses.
  current_ = nullptr;
  used_ = capacity_ = 0;
  bases_.push_back(base);
  sizes_.push_back(bytes);
  blocks_.emplace_back();
  return bases_.size() - 1;
}

void Arena::reset() {
  std::unique_ptr<char, FreeBlock> kept;
  for (std::size_t i = 0; i < blocks_.size() && kept == nullptr; ++i) {
    if (sizes_[i] == ordinary_capacity(block_bytes_)) kept = std::move(blocks_[i]);
  }
  blocks_.clear();
  bases_.clear();
  sizes_.clear();
  current_ = kept.get();
  used_ = 0;
  capacity_ = total_ = 0;
  if (kept == nullptr) return;
  capacity_ = ordinary_capacity(block_bytes_);
  total_ = head + capacity_ + readable_padding;
  bases_.push_back(current_);
  sizes_.push_back(capacity_);
  blocks_.push_back(std::move(kept));
}

}  // namespace weir
