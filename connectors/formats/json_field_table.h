// json_field_table.h — finds the columns that a field of a record feeds.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "connectors/formats/json_reader.h"
#include "engine/component/format.h"

namespace weir {

/// Immutable. Names match exactly, byte by byte.
class JsonFieldTable {
 public:
  static constexpr std::uint32_t none = ~0u;
  /// Metadata columns are left out.
  explicit JsonFieldTable(const std::vector<DecodedColumn>& columns);

  /// The first column that reads the field, or none.
  std::uint32_t find(const JsonKey& key) const {
    for (std::size_t at = key.hash & mask_;; at = (at + 1) & mask_) {
      const Entry& entry = entries_[at];
      if (entry.column == none) return none;
      if (entry.hash == key.hash && entry.name == key.text()) return entry.column;
    }
  }
  /// The next column that reads the same field as `column`, or none.
  std::uint32_t next(std::uint32_t column) const { return next_[column]; }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint32_t column = none;
    std::string name;
  };
  std::vector<Entry> entries_;  // open addressing, at most a quarter full
  std::size_t mask_ = 0;
  std::vector<std::uint32_t> next_;
};

}  // namespace weir
