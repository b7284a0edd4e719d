// console_text.h — what rows look like on a console: cells of an aligned table, or lines of JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/component/store.h"

namespace weir {

struct ConsoleOptions {
  std::string format = "table";  // or json, or csv, which is not offered to pipelines
  std::int64_t rows = 20;   // table: shown of one epoch
  std::int64_t width = 60;  // table: columns of the widest cell; 0: as wide as it is
  bool shows_types = false;  // table: below the columns' names; not offered to pipelines either
  bool is_json() const { return format == "json"; }
  bool has_lines() const { return format != "table"; }
};

/// A row's bytes are its line of JSON or CSV, or its cells, each a CellHead and its text.
std::unique_ptr<RowEncoder> make_console_encoder(const SinkTable& table, const ConsoleOptions& options);

struct CellHead {
  std::uint32_t size;   // bytes
  std::uint32_t width;  // columns of a terminal
};

/// The names of the columns as a line of CSV.
std::string csv_header(const Schema& schema);

/// Appends what is written of one epoch: a line for each row, or a table under the sink's name and the number of rows.
void append_console_text(const SinkTable& table, std::span<const RowReference> rows, const ConsoleOptions& options, std::string& out);

}  // namespace weir
