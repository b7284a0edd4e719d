// console_text.h — what rows look like on a console: cells of an aligned table, or lines of JSON.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "engine/component/store.h"

namespace weir {

struct ConsoleOptions {
  std::string format = "table";
  std::int64_t rows = 20;   // table: shown of one epoch
  std::int64_t width = 60;  // table: columns of the widest cell; 0: as wide as it is
  bool is_json() const { return format == "json"; }
};

/// A row's bytes are its line of JSON, or its cells, each a CellHead and its text.
std::unique_ptr<RowEncoder> make_console_encoder(const SinkTable& table, const ConsoleOptions& options);

struct CellHead {
  std::uint32_t size;   // bytes
  std::uint32_t width;  // columns of a terminal
};

/// Appends what is written of one epoch: a line for each row, or a table under the sink's name and the number of rows.
void append_console_text(const SinkTable& table, std::span<const RowReference> rows, const ConsoleOptions& options, std::string& out);

}  // namespace weir
