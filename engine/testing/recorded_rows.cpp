// recorded_rows.cpp — runs the source's own decoder, a chunk at a time.
#include "engine/testing/recorded_rows.h"

#include <algorithm>
#include <cstring>

namespace weir {
namespace {

constexpr std::size_t padding = 64;  // decoders read beyond the end
constexpr std::size_t chunk_rows = 1024;

void add_record(const std::string& text, RawChunk& chunk) {
  char* bytes = static_cast<char*>(chunk.arena.allocate(text.size() + padding, 1));
  std::memset(bytes, 0, text.size() + padding);
  std::copy(text.begin(), text.end(), bytes);
  Record record;
  record.value = bytes;
  record.value_size = static_cast<std::uint32_t>(text.size());
  record.value_block = static_cast<std::uint32_t>(chunk.arena.current_block());
  chunk.value_bytes += text.size();
  chunk.records.push_back(record);
}

}  // namespace

std::vector<std::optional<RowOfValues>> rows_of_records(const ScanNode& source, const std::vector<std::string>& records) {
  std::vector<DecodedColumn> columns;
  for (const SourceColumn& column : source.columns) {
    if (!column.decoded.is_metadata) columns.push_back(column.decoded);
  }
  const auto decoder = source.format->decoder(columns, OnBadValue::reject);
  std::vector<std::optional<RowOfValues>> rows(records.size());
  for (std::size_t first = 0; first < records.size(); first += chunk_rows) {
    RawChunk chunk;
    for (std::size_t i = first; i < std::min(records.size(), first + chunk_rows); ++i) add_record(records[i], chunk);
    const Decoded decoded = decoder->decode(chunk);
    for (std::uint32_t row = 0; row < decoded.batch.row_count; ++row) {
      RowOfValues& values = rows[first + decoded.record_of_row[row]].emplace();
      for (const Column& column : decoded.batch.columns) values.push_back(value_at(column, row));
    }
  }
  return rows;
}

}  // namespace weir
