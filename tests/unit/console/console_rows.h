// console_rows.h — rows of test values, encoded for a console.
#pragma once

#include <numeric>
#include <string>
#include <vector>

#include "connectors/console/console_text.h"
#include "engine/data/value.h"

namespace weir::testing {

inline Value text(std::string value) { return {string_type, std::move(value)}; }
inline Value bigint(std::int64_t value) { return {int64_type, value}; }
inline Value null_of(Type type) { return {std::move(type), {}}; }

/// A sink `screen` and its rows; columns are NULL where a value is.
class ConsoleRows {
 public:
  ConsoleRows(std::vector<std::string> names, const std::vector<std::vector<Value>>& rows, ConsoleOptions options = {},
              std::vector<std::size_t> key = {})
      : options_(std::move(options)) {
    table.sink = table.table = "screen";
    table.key = std::move(key);
    table.on_conflict = OnConflict::update;
    std::vector<Column> columns;
    for (std::size_t c = 0; c < names.size(); ++c) {
      table.schema.fields.push_back({names[c], rows.front()[c].type, true});
      ColumnWriter writer(rows.front()[c].type, static_cast<std::uint32_t>(rows.size()), arena_);
      for (std::uint32_t r = 0; r < rows.size(); ++r) writer.copy_from(r, constant_column(rows[r][c], 1, arena_), 0);
      columns.push_back(writer.finish());
    }
    std::vector<std::uint32_t> numbers(rows.size());
    std::iota(numbers.begin(), numbers.end(), 0u);
    const auto encoder = make_console_encoder(table, options_);
    encoder->encode_keys(columns, numbers, numbers, encoded);
    std::vector<std::uint32_t> kept;
    for (const EncodedRow& row : encoded.rows) kept.push_back(row.record);
    encoder->encode_values(columns, kept, encoded);
    for (std::uint32_t i = 0; i < encoded.rows.size(); ++i) references.push_back({&encoded, i, 0});
  }
  ConsoleRows(const ConsoleRows&) = delete;
  ConsoleRows& operator=(const ConsoleRows&) = delete;

  std::string shown() const {
    std::string out;
    append_console_text(table, references, options_, out);
    return out;
  }

  SinkTable table;
  EncodedRows encoded;
  std::vector<RowReference> references;

 private:
  ConsoleOptions options_;
  Arena arena_;
};

}  // namespace weir::testing
