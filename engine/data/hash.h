// hash.h — 128-bit hashes of row keys (XXH3), equal for values that SQL calls equal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/data/column.h"

namespace weir {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend auto operator<=>(const Hash128&, const Hash128&) = default;
};

Hash128 hash_bytes(std::string_view bytes);

/// Appends a canonical form of one value to `out`: equal values (1.0 and 1.00, -0.0 and 0.0, all NaNs) give
/// equal bytes, different values different bytes, no value's form is a prefix of another of the same type,
/// and comparing forms as bytes orders the values: numbers and times ascending, text by bytes, NULL last.
/// Used as row key, sort key and for "update newer by".
void append_key(const Column& column, std::uint32_t row, std::string& out);

/// out[i] = hash of the canonical keys of row i over `columns`. out.size() rows.
void hash_rows(std::span<const Column> columns, std::span<Hash128> out);

}  // namespace weir
