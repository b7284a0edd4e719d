// chunk.h — some records of one split, with their positions and the arena their bytes live in: the unit of parallelism.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/arena.h"

namespace weir {

/// A place in a split from which reading can go on, as text; only its source understands it, everybody may compare it for
/// equality. Positions are what the commit's compare-and-set protects.
using Position = std::string;

inline constexpr std::int64_t no_timestamp = std::numeric_limits<std::int64_t>::min();

/// One message or line as it came. Pointers are into the chunk's arena; at least 64 readable bytes follow every value, so that
/// simdjson may read it in place.
struct Record {
  const char* value = nullptr;    // nullptr: a tombstone (no value), which is not an empty value
  const char* key = nullptr;      // nullptr: no key
  std::uint32_t value_size = 0;
  std::uint32_t key_size = 0;
  std::uint32_t value_block = 0;  // arena block of value, for Arena::view_in
  std::uint32_t key_block = 0;
  std::int64_t offset = 0;        // within the split, ascending, not necessarily dense
  std::int64_t timestamp = no_timestamp;  // microseconds UTC
  View headers;                   // a JSON object text, or empty where the pipeline does not use headers
  std::string_view value_text() const { return {value, value_size}; }
  std::string_view key_text() const { return {key, key_size}; }
};

struct RawChunk {
  std::string split;         // the source's name for it, e.g. "product_view/0"
  std::string topic;         // metadata of the split; empty where the source has none
  std::int32_t partition = 0;
  Position from;             // where this chunk starts: the `to` of the split's previous chunk
  Position to;               // where the next one starts
  Arena arena{288 << 10};
  std::vector<Record> records;  // may be empty: the position can move on without rows (control records, compaction)
  std::size_t value_bytes = 0;
};

}  // namespace weir
