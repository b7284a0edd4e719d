// json_field_table.cpp — builds the table of field names.
#include "connectors/formats/json_field_table.h"

#include <bit>

namespace weir {

JsonFieldTable::JsonFieldTable(const std::vector<DecodedColumn>& columns) : next_(columns.size(), none) {
  const std::size_t size = std::bit_ceil(4 * columns.size() + 4);
  entries_.resize(size);
  mask_ = size - 1;
  for (std::uint32_t i = 0; i < columns.size(); ++i) {
    if (columns[i].is_metadata) continue;
    const std::string padded = columns[i].from + std::string(8, '\0');
    const JsonKey key{padded.data(), static_cast<std::uint32_t>(columns[i].from.size()),
                      hash_json_key(padded.data(), columns[i].from.size())};
    if (std::uint32_t column = find(key); column != none) {
      while (next_[column] != none) column = next_[column];
      next_[column] = i;
      continue;
    }
    std::size_t at = key.hash & mask_;
    while (entries_[at].column != none) at = (at + 1) & mask_;
    entries_[at] = Entry{key.hash, i, columns[i].from};
  }
}

}  // namespace weir
