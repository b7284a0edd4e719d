// group_key.h — the values of grouping columns as bytes: equal keys have equal bytes, and the bytes give the values back.
//
// One byte per column, 0 for NULL or 1; then the value in the machine's form, doubles with one NaN and no negative zero; text-like values with
// their length before them, 32 bits. Kept in weir_state: a change needs another version there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/column.h"

namespace weir {

/// Writes the keys of rows, one after the other, into one place. No column is nested, json or interval; they must outlive it. One thread.
class GroupKeyWriter {
 public:
  explicit GroupKeyWriter(std::span<const Column> columns);
  /// Good until the next call.
  std::string_view write(std::uint32_t row);

 private:
  struct Part {
    const Column* column;
    std::uint32_t width;  // of a value of fixed width; else 0
  };
  std::vector<Part> parts_;
  std::string bytes_;
};

/// Whether `key` is one of columns of these types.
bool is_group_key(std::string_view key, std::span<const Type> types);

/// The columns whose rows have these keys.
std::vector<Column> group_key_columns(std::span<const std::string_view> keys, std::span<const Type> types, Arena& arena);

/// The values of the last two columns of a key, timestamps that are not NULL: the borders of a session.
struct KeyBorders {
  std::int64_t start;
  std::int64_t end;
};
/// How many bytes of a key they are.
inline constexpr std::size_t borders_size = 2 * (1 + sizeof(std::int64_t));
KeyBorders borders_of(std::string_view key);
void append_borders(const KeyBorders& borders, std::string& out);

}  // namespace weir
