// arena.cpp — takes blocks from the system and gives them back.
#include "engine/data/arena.h"

#include <algorithm>
#include <new>
#include <utility>

namespace weir {
namespace {

constexpr std::align_val_t block_alignment{64};
// simdjson reads up to this many bytes past the end of what it parses.
constexpr std::size_t readable_padding = 64;

}  // namespace

void Arena::FreeBlock::operator()(char* block) const { ::operator delete(block, block_alignment); }

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
  const std::size_t capacity = std::max(bytes, block_bytes_);
  const std::size_t taken = capacity + readable_padding;
  blocks_.emplace_back(static_cast<char*>(::operator new(taken, block_alignment)));
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
  for (std::size_t block = count; block < sizes_.size(); ++block) total_ -= sizes_[block] + readable_padding;
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
    if (sizes_[i] == block_bytes_) kept = std::move(blocks_[i]);
  }
  blocks_.clear();
  bases_.clear();
  sizes_.clear();
  current_ = kept.get();
  used_ = 0;
  capacity_ = total_ = 0;
  if (kept == nullptr) return;
  capacity_ = block_bytes_;
  total_ = block_bytes_ + readable_padding;
  bases_.push_back(current_);
  sizes_.push_back(block_bytes_);
  blocks_.push_back(std::move(kept));
}

}  // namespace weir
