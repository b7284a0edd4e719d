// group_memory.h — memory for many small things of some sizes, which come and go: blocks, and lists of what was given back, by size.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <new>
#include <vector>

namespace weir {

/// One thread. Memory is aligned to 16.
class GroupMemory {
 public:
  GroupMemory() = default;
  GroupMemory(const GroupMemory&) = delete;
  GroupMemory& operator=(const GroupMemory&) = delete;

  char* take(std::size_t bytes) {
    const std::size_t units = units_of(bytes);
    used_ += units;
    if (units > largest) return static_cast<char*>(::operator new(units * unit, std::align_val_t{unit}));
    if (units < free_.size() && free_[units] != nullptr) {
      Free* taken = free_[units];
      free_[units] = taken->next;
      return reinterpret_cast<char*>(taken);
    }
    if (left_ < units) add_block(units);
    left_ -= units;
    return reinterpret_cast<char*>(blocks_.back().get() + left_);
  }
  /// `bytes`: as taken.
  void give_back(char* memory, std::size_t bytes) {
    const std::size_t units = units_of(bytes);
    used_ -= units;
    if (units > largest) return ::operator delete(memory, std::align_val_t{unit});
    if (units >= free_.size()) free_.resize(units + 1, nullptr);
    free_[units] = new (memory) Free{free_[units]};
  }
  /// What is taken now.
  std::size_t used_bytes() const { return used_ * unit; }
  /// What a thing of this size takes.
  static std::size_t rounded(std::size_t bytes) { return units_of(bytes) * unit; }

 private:
  static constexpr std::size_t unit = 16;
  static constexpr std::size_t largest = 256;  // units of a thing that is not given memory of its own
  static constexpr std::size_t first_block = 64, last_block = 16384;
  struct alignas(unit) Unit {
    char bytes[unit];
  };
  struct Free {
    Free* next;
  };
  static std::size_t units_of(std::size_t bytes) { return std::max<std::size_t>(1, (bytes + unit - 1) / unit); }
  void add_block(std::size_t units) {
    // What is left of the block before is lost: less than a thing.
    left_ = std::max(units, std::clamp(used_, first_block, last_block));
    blocks_.push_back(std::make_unique_for_overwrite<Unit[]>(left_));
  }

  std::vector<std::unique_ptr<Unit[]>> blocks_;
  std::size_t left_ = 0;  // units of the last block
  std::size_t used_ = 0;
  std::vector<Free*> free_;  // by units
};

}  // namespace weir
