// row_keys.h — what the encoders of all stores share: the keys of rows, and text that any database can hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/component/store.h"

namespace weir {

/// A longer text or bytes key is refused: an index entry has an end in every database.
inline constexpr std::size_t longest_key_text = 2000;

/// RowEncoder::encode_keys for any store: canonical key, its hash and order, and the form of the column that
/// decides for update_newer (empty for NULL, which is older than everything). Rows with a NULL or an overlong
/// key are refused.
void encode_row_keys(const SinkTable& table, std::span<const Column> columns,
                     std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                     EncodedRows& out);

/// `text` with U+FFFD in place of NUL characters and of what is not UTF-8, so that every database takes it.
std::string storable_text(std::string_view text);

/// "schema" and "table" of a table as written in the pipeline; schema is empty where none is named.
struct TableName {
  std::string schema;
  std::string table;
};
TableName split_table_name(const std::string& written);

}  // namespace weir
