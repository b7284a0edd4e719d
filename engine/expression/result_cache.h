// result_cache.h — a bounded map from argument text to result bytes, shared by threads, that forgets what is
// old.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/prefetch.h"

namespace weir {

/// XXH3 of the text, never 0.
std::uint64_t hash_of_text(std::string_view text);

/// The bytes of a result; a NULL result has none.
struct CachedResult {
  std::string_view bytes;
  bool is_null = false;
};

/// One half of a ResultCache: filled until it is full, then read only, then dropped as a whole. Not
/// synchronised.
class CacheGeneration {
 public:
  void prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) weir::prefetch(&slots_[hash & (slots_.size() - 1)]);
  }
  /// To be called a while after prefetch and a while before find.
  void prefetch_entry(std::uint64_t hash) const;
  std::optional<CachedResult> find(std::uint64_t hash, std::string_view key) const;
  /// `key` must not be there yet; it and the result have at most 4096 bytes.
  void insert(std::uint64_t hash, std::string_view key, CachedResult result);
  std::size_t entry_count() const { return entry_count_; }
  std::size_t byte_count() const { return blocks_.size() * block_bytes + slots_.size() * sizeof(Slot); }

 private:
  static constexpr std::size_t block_bytes = 64 * 1024;
  static constexpr std::uint16_t null_length = 0xFFFF;
  /// Four to a cache line.
  struct Slot {
    std::uint64_t hash = 0;   // 0: empty
    std::uint32_t place = 0;  // block * block_bytes + offset of the key, behind which lies the result
    std::uint16_t key_length = 0;
    std::uint16_t result_length = 0;
  };
  static_assert(sizeof(Slot) == 16);
  void grow();
  void place_slot(const Slot& slot);
  char* allocate(std::size_t bytes);
  const char* bytes_at(std::uint32_t place) const {
    return blocks_[place / block_bytes].get() + place % block_bytes;
  }

  std::vector<Slot> slots_;  // a power of two of them, at most half full
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = block_bytes;  // of the last block
  std::size_t entry_count_ = 0;
};

/// Two generations: what is found only in the older one is worth being inserted again. Readers may share it,
/// writers may not.
class ResultCache {
 public:
  /// Longer keys and results are not kept.
  static constexpr std::size_t max_text = 4096;
  static constexpr std::size_t max_entries = 64 * 1024;
  static constexpr std::size_t max_bytes = 12 * 1024 * 1024;

  struct Found {
    CachedResult result;
    bool is_old = false;
  };
  void prefetch(std::uint64_t hash) const { young_.prefetch(hash); }
  void prefetch_entry(std::uint64_t hash) const { young_.prefetch_entry(hash); }
  std::optional<Found> find(std::uint64_t hash, std::string_view key) const;
  /// Does nothing for a key that is there. The bytes may lie in this cache itself.
  void insert(std::uint64_t hash, std::string_view key, CachedResult result);
  void clear();
  std::size_t byte_count() const { return young_.byte_count() + old_.byte_count(); }

 private:
  CacheGeneration young_;
  CacheGeneration old_;
};

}  // namespace weir
