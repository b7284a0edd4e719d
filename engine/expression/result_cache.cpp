// result_cache.cpp — open addressing over hashes, keys and results side by side in blocks.
#include "engine/expression/result_cache.h"

#include <cstring>
#include <utility>

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace weir {

std::uint64_t hash_of_text(std::string_view text) {
  const std::uint64_t hash = XXH3_64bits(text.data(), text.size());
  return hash == 0 ? 1 : hash;
}

void CacheGeneration::prefetch_entry(std::uint64_t hash) const {
  constexpr std::size_t line = 64;
  constexpr std::size_t most_lines = 4;
  if (slots_.empty()) return;
  const Slot& slot = slots_[hash & (slots_.size() - 1)];
  if (slot.hash != hash) return;
  const char* bytes = bytes_at(slot.place);
  const std::size_t length = slot.key_length + (slot.result_length == null_length ? 0u : slot.result_length);
  for (std::size_t at = 0; at < length && at < most_lines * line; at += line) weir::prefetch(bytes + at);
}

std::optional<CachedResult> CacheGeneration::find(std::uint64_t hash, std::string_view key) const {
  if (slots_.empty()) return std::nullopt;
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = hash & mask; slots_[i].hash != 0; i = (i + 1) & mask) {
    const Slot& slot = slots_[i];
    if (slot.hash != hash || slot.key_length != key.size()) continue;
    const char* bytes = bytes_at(slot.place);
    if (std::memcmp(bytes, key.data(), key.size()) != 0) continue;
    if (slot.result_length == null_length) return CachedResult{{}, true};
    return CachedResult{{bytes + key.size(), static_cast<std::size_t>(slot.result_length)}, false};
  }
  return std::nullopt;
}

void CacheGeneration::insert(std::uint64_t hash, std::string_view key, CachedResult result) {
  if (2 * (entry_count_ + 1) > slots_.size()) grow();
  char* bytes = allocate(key.size() + result.bytes.size());
  std::memcpy(bytes, key.data(), key.size());
  if (!result.bytes.empty()) std::memcpy(bytes + key.size(), result.bytes.data(), result.bytes.size());
  Slot slot;
  slot.hash = hash;
  slot.place = static_cast<std::uint32_t>((blocks_.size() - 1) * block_bytes +
                                          static_cast<std::size_t>(bytes - blocks_.back().get()));
  slot.key_length = static_cast<std::uint16_t>(key.size());
  slot.result_length = result.is_null ? null_length : static_cast<std::uint16_t>(result.bytes.size());
  place_slot(slot);
  ++entry_count_;
}

void CacheGeneration::grow() {
  std::vector<Slot> before(slots_.empty() ? 1024 : slots_.size() * 2);
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.hash != 0) place_slot(slot);
  }
}

void CacheGeneration::place_slot(const Slot& slot) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = slot.hash & mask;
  while (slots_[i].hash != 0) i = (i + 1) & mask;
  slots_[i] = slot;
}

char* CacheGeneration::allocate(std::size_t bytes) {
  if (blocks_.empty() || used_ + bytes > block_bytes) {
    blocks_.push_back(std::make_unique<char[]>(block_bytes));
    used_ = 0;
  }
  char* place = blocks_.back().get() + used_;
  used_ += bytes;
  return place;
}

std::optional<ResultCache::Found> ResultCache::find(std::uint64_t hash, std::string_view key) const {
  if (const auto found = young_.find(hash, key)) return Found{*found, false};
  if (const auto found = old_.find(hash, key)) return Found{*found, true};
  return std::nullopt;
}

void ResultCache::insert(std::uint64_t hash, std::string_view key, CachedResult result) {
  if (key.size() > max_text || result.bytes.size() > max_text) return;
  if (young_.find(hash, key)) return;
  young_.insert(hash, key, result);
  if (young_.entry_count() >= max_entries / 2 || young_.byte_count() >= max_bytes / 2) {
    old_ = std::exchange(young_, CacheGeneration());
  }
}

void ResultCache::clear() {
  young_ = CacheGeneration();
  old_ = CacheGeneration();
}

}  // namespace weir
