// row_keys.cpp — canonical keys of rows, and the cleaning of texts for the weir_ tables.
#include "engine/component/row_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

// The first 8 key bytes as a number that sorts as they do; shorter keys are filled with zeros.
std::uint64_t order_of(std::string_view key) {
  unsigned char bytes[8] = {};
  std::memcpy(bytes, key.data(), std::min<std::size_t>(key.size(), 8));
  std::uint64_t order = 0;
  for (const unsigned char byte : bytes) order = order << 8 | byte;
  return order;
}

bool refuse_key(const SinkTable& table, std::span<const Column> columns, std::uint32_t row,
                std::uint32_t record, EncodedRows& out) {
  for (const std::size_t index : table.key) {
    const Column& column = columns[index];
    const std::string& name = table.schema.fields[index].name;
    if (column.is_null(row)) {
      out.refused.push_back(
          {record, "null_key", fmt::format("key column {} of table {} is NULL", name, table.table)});
      return true;
    }
    if (column.type.is_text_like() && column.text_at(row).size() > longest_key_text) {
      out.refused.push_back({record, "key_too_long",
                             fmt::format("key column {} of table {} has {} bytes, the limit is {}", name,
                                         table.table, column.text_at(row).size(), longest_key_text)});
      return true;
    }
  }
  return false;
}

// Bytes of the UTF-8 character at the start of `text`; 0 where there is none (RFC 3629: no surrogates, no
// overlong forms).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto follows = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return follows(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool second = follows(1, first == 0xE0 ? 0xA0 : 0x80, first == 0xED ? 0x9F : 0xBF);
    return second && follows(2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool second = follows(1, first == 0xF0 ? 0x90 : 0x80, first == 0xF4 ? 0x8F : 0xBF);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void encode_row_keys(const SinkTable& table, std::span<const Column> columns,
                     std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                     EncodedRows& out) {
  out.rows.reserve(out.rows.size() + rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (refuse_key(table, columns, rows[i], records[i], out)) continue;
    EncodedRow row{};
    row.record = records[i];
    row.key_offset = static_cast<std::uint32_t>(out.keys.size());
    for (const std::size_t index : table.key) append_key(columns[index], rows[i], out.keys);
    row.key_size = static_cast<std::uint32_t>(out.keys.size()) - row.key_offset;
    if (!table.key.empty()) {
      const std::string_view key = std::string_view(out.keys).substr(row.key_offset, row.key_size);
      row.order = order_of(key);
      row.key = hash_bytes(key);
    }
    if (table.on_conflict == OnConflict::update_newer && !columns[table.newer_by].is_null(rows[i])) {
      append_key(columns[table.newer_by], rows[i], out.keys);
    }
    row.newer_size = static_cast<std::uint32_t>(out.keys.size()) - row.key_offset - row.key_size;
    out.rows.push_back(row);
  }
}

std::string storable_text(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = text[0] == '\0' ? 0 : character_length(text);
    if (length == 0) {
      result += "\xEF\xBF\xBD";
    } else {
      result.append(text.substr(0, length));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

TableName split_table_name(const std::string& written) {
  const std::size_t dot = written.find('.');
  if (dot == std::string::npos) return {"", written};
  return {written.substr(0, dot), written.substr(dot + 1)};
}

}  // namespace weir
