// decoded_records.h — what a decoder made of some records, in a form that tests can compare.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connectors/formats/formats.h"
#include "engine/data/value.h"

namespace weir {

inline std::shared_ptr<const Format> json_with(const Config::Map& options) {
  Diagnostics diagnostics;
  Config config;
  config.value = options;
  auto format = json_format().parse(config, diagnostics);
  WEIR_CHECK(format != nullptr, "the options of a test are right");
  return format;
}

inline Config scalar(std::string text) {
  Config config;
  config.value = std::move(text);
  return config;
}

/// "not null" after the type makes the column so. The field's name is the column's.
inline DecodedColumn column(const std::string& name, const std::string& type) {
  const std::size_t space = type.find(" not null");
  return {{name, *parse_type(type.substr(0, space)), space == std::string::npos}, name, false};
}

/// Puts the records into the arena as a source does; a nullopt is a tombstone.
inline void fill(RawChunk& chunk, const std::vector<std::optional<std::string>>& records) {
  std::int64_t offset = 100;
  for (const auto& text : records) {
    Record record;
    record.offset = offset++;
    if (text) {
      char* bytes = static_cast<char*>(chunk.arena.allocate(text->size() + 1, 1));
      std::copy(text->begin(), text->end(), bytes);
      record.value = bytes;
      record.value_size = static_cast<std::uint32_t>(text->size());
      record.value_block = static_cast<std::uint32_t>(chunk.arena.current_block());
    }
    chunk.records.push_back(record);
  }
}

/// One line per record: "a | b", with NULL and 'text' as in SQL, or "reject code", or "ignored".
struct DecodedRecords {
  std::vector<std::string> lines;
  std::vector<std::string> messages;  // of the rejected ones
};

inline DecodedRecords decode(const Format& format, std::vector<DecodedColumn> columns,
                             const std::vector<std::optional<std::string>>& records,
                             OnBadValue on_bad_value = OnBadValue::reject) {
  RawChunk chunk;
  fill(chunk, records);
  const Decoded decoded = format.decoder(std::move(columns), on_bad_value)->decode(chunk);
  WEIR_CHECK(decoded.record_of_row.size() == decoded.batch.row_count, "a record for every row");
  WEIR_CHECK(decoded.record_of_row.size() + decoded.rejected.size() + decoded.ignored == records.size(),
             "every record ends in one place");
  DecodedRecords result;
  result.lines.assign(records.size(), "ignored");
  for (std::uint32_t row = 0; row < decoded.batch.row_count; ++row) {
    std::string line;
    for (const Column& one : decoded.batch.columns) {
      WEIR_CHECK(one.size == decoded.batch.row_count, "columns are equally long");
      line += (line.empty() ? "" : " | ") + to_sql(value_at(one, row));
    }
    result.lines[decoded.record_of_row[row]] = line;
  }
  for (const RejectedRecord& rejected : decoded.rejected) {
    result.lines[rejected.record] = "reject " + rejected.code;
    result.messages.push_back(rejected.message);
  }
  return result;
}

}  // namespace weir
