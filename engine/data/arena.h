// arena.h — the memory of a chunk: everything its columns point at is allocated here and freed at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/base/check.h"

namespace weir {

/// A string as Arrow's "view" layout has it (16 bytes): up to 12 bytes inline, else a prefix and the place in
/// a block. https://arrow.apache.org/docs/format/Columnar.html#variable-size-binary-view-layout
struct View {
  std::int32_t length = 0;
  union {
    char inlined[12] = {};
    struct {
      char prefix[4];
      std::int32_t block;
      std::int32_t offset;
    } outside;
  };
  static constexpr std::int32_t inline_capacity = 12;
  bool is_inline() const { return length <= inline_capacity; }
};
static_assert(sizeof(View) == 16);

/// One thread at a time. Blocks never move, so pointers and views stay good until reset() or destruction.
class Arena {
 public:
  /// `block_bytes`: the size of ordinary blocks; larger requests get a block of their own.
  explicit Arena(std::size_t block_bytes = 64 * 1024) : block_bytes_(block_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  Arena(Arena&& other) noexcept : block_bytes_(other.block_bytes_) { swap(other); }
  Arena& operator=(Arena&& other) noexcept {
    swap(other);
    return *this;
  }

  /// Uninitialised memory. `alignment` is a power of two up to 64.
  void* allocate(std::size_t bytes, std::size_t alignment = 8) {
    const std::size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + bytes <= capacity_) {
      used_ = start + bytes;
      return current_ + start;
    }
    return allocate_in_new_block(bytes);
  }
  template <typename T>
  T* allocate_array(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T) < 8 ? 8 : alignof(T)));
  }

  /// Takes back the last `bytes` of the latest allocate(), for those who reserve more than they come to need.
  void give_back(std::size_t bytes) { used_ -= bytes; }

  /// A view of `text`, whose bytes are copied here unless they fit inline.
  View copy(std::string_view text) {
    if (text.size() <= View::inline_capacity) return inline_view(text);
    char* bytes = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(bytes, text.data(), text.size());
    return view_in(block_count() - 1, bytes, text.size());
  }
  /// A view of bytes that already lie in block `block` of this arena (nothing is copied unless they fit
  /// inline).
  View view_in(std::size_t block, const char* bytes, std::size_t length) const {
    if (length <= View::inline_capacity) return inline_view({bytes, length});
    View view;
    view.length = static_cast<std::int32_t>(length);
    std::memcpy(view.outside.prefix, bytes, 4);
    view.outside.block = static_cast<std::int32_t>(block);
    view.outside.offset = static_cast<std::int32_t>(bytes - bases_[block]);
    return view;
  }
  static View inline_view(std::string_view text) {
    View view;
    view.length = static_cast<std::int32_t>(text.size());
    if (!text.empty()) std::memcpy(view.inlined, text.data(), text.size());  // data() of an empty text may be null
    return view;
  }
  /// Makes memory that others own (an imported Arrow buffer) a block of this arena, so that views can point
  /// into it; returns its number. It must outlive the arena.
  std::size_t add_foreign_block(const char* base, std::size_t bytes);
  /// The block that the latest allocate() took its memory from.
  std::size_t current_block() const { return bases_.size() - 1; }

  /// The bytes of a view of this arena. `view` must outlive the result when it is inline.
  std::string_view text(const View& view) const {
    return view.is_inline()
               ? std::string_view(view.inlined, static_cast<std::size_t>(view.length))
               : std::string_view(bases_[static_cast<std::size_t>(view.outside.block)] + view.outside.offset,
                                  static_cast<std::size_t>(view.length));
  }

  std::size_t block_count() const { return bases_.size(); }
  const char* block_base(std::size_t block) const { return bases_[block]; }
  std::size_t block_size(std::size_t block) const { return sizes_[block]; }
  /// Bytes taken from the system.
  std::size_t capacity_bytes() const { return total_; }
  /// Gives back every block after the first `count`: what was allocated since there were so many is gone.
  void keep_blocks(std::size_t count);
  /// Forgets everything allocated; keeps the first ordinary block for reuse.
  void reset();

 private:
  void* allocate_in_new_block(std::size_t bytes);

  void swap(Arena& other) noexcept;

  struct FreeBlock {
    void operator()(char* block) const;
  };
  std::size_t block_bytes_;
  char* current_ = nullptr;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  std::size_t total_ = 0;
  std::vector<const char*> bases_;
  std::vector<std::size_t> sizes_;
  std::vector<std::unique_ptr<char, FreeBlock>> blocks_;
};

}  // namespace weir
