// console_text.cpp — makes cells and lines of rows, and tables of cells.
#include "connectors/console/console_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <vector>

#include "connectors/console/terminal_text.h"
#include "engine/component/json_writer.h"
#include "engine/component/row_keys.h"
#include "engine/data/calendar.h"
#include "engine/data/double_text.h"
#include "engine/data/value.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

void append_hex(std::string_view bytes, std::string& out) {
  for (const char byte : bytes) fmt::format_to(std::back_inserter(out), "{:02X}", static_cast<unsigned char>(byte));
}

// A value as CAST(... AS string) gives it, bytes as hex digits. Texts are as they are, not yet safe.
void append_value(const Column& column, std::uint32_t row, std::string& out) {
  switch (column.type.kind) {
    case TypeKind::boolean:
      out += column.bool_at(row) ? "true" : "false";
      return;
    case TypeKind::int32:
      fmt::format_to(std::back_inserter(out), "{}", column.at<std::int32_t>(row));
      return;
    case TypeKind::int64:
      fmt::format_to(std::back_inserter(out), "{}", column.at<std::int64_t>(row));
      return;
    case TypeKind::float64:
      out += double_to_string(column.at<double>(row));
      return;
    case TypeKind::decimal:
      out += decimal_to_string(column.at<Int128>(row), column.type.scale);
      return;
    case TypeKind::date:
      out += date_to_string(column.at<std::int32_t>(row));
      return;
    case TypeKind::timestamp:
      out += timestamp_to_string(column.at<std::int64_t>(row));
      return;
    case TypeKind::string:
    case TypeKind::json:
      out += column.text_at(row);
      return;
    case TypeKind::bytes:
      return append_hex(column.text_at(row), out);
    default:
      out += to_text(value_at(column, row));
  }
}

bool is_null(const Column& column, std::uint32_t row) { return column.type.kind == TypeKind::null || column.is_null(row); }

bool is_number(const Type& type) {
  return type.kind == TypeKind::int32 || type.kind == TypeKind::int64 || type.kind == TypeKind::float64 || type.kind == TypeKind::decimal;
}

/// Every row can be shown: none is refused but for its key.
class ConsoleEncoder : public RowEncoder {
 public:
  explicit ConsoleEncoder(const SinkTable& table) : table_(table) {}

  void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                   EncodedRows& out) const final {
    encode_row_keys(table_, columns, rows, records, out);
  }
  void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows, EncodedRows& out) const final {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      EncodedRow& row = out.rows[i];
      row.offset = static_cast<std::uint32_t>(out.bytes.size());
      append_row(columns, rows[i], out.bytes);
      row.size = static_cast<std::uint32_t>(out.bytes.size()) - row.offset;
    }
  }

 protected:
  virtual void append_row(std::span<const Column> columns, std::uint32_t row, std::string& out) const = 0;

 private:
  const SinkTable table_;
};

class CellEncoder final : public ConsoleEncoder {
 public:
  CellEncoder(const SinkTable& table, std::size_t widest) : ConsoleEncoder(table), widest_(widest) {}

 private:
  void append_row(std::span<const Column> columns, std::uint32_t row, std::string& out) const override {
    for (const Column& column : columns) append_cell(column, row, out);
  }

  void append_cell(const Column& column, std::uint32_t row, std::string& out) const {
    const std::size_t start = out.size();
    out.resize(start + sizeof(CellHead));
    std::size_t width;
    if (is_null(column, row)) {
      width = append_terminal_text("NULL", 0, out);
    } else if (column.type.kind == TypeKind::string || column.type.kind == TypeKind::json) {
      width = append_terminal_text(column.text_at(row), widest_, out);
    } else if (is_number(column.type)) {
      // Half a number is another one: it is never cut.
      append_value(column, row, out);
      width = out.size() - start - sizeof(CellHead);
    } else {
      std::string text;  // short ones lie in the string itself
      append_value(column, row, text);
      width = append_terminal_text(text, widest_, out);
    }
    const CellHead head{static_cast<std::uint32_t>(out.size() - start - sizeof(CellHead)), static_cast<std::uint32_t>(width)};
    std::memcpy(out.data() + start, &head, sizeof head);
  }

  const std::size_t widest_;
};

class LineEncoder final : public ConsoleEncoder {
 public:
  explicit LineEncoder(const SinkTable& table) : ConsoleEncoder(table) {
    for (const Field& field : table.schema.fields) {
      std::string& name = names_.emplace_back((names_.empty() ? "{" : ",") + json_quoted(field.name) + ":");
      make_json_safe(name, 0);
    }
  }

 private:
  void append_row(std::span<const Column> columns, std::uint32_t row, std::string& out) const override {
    const std::size_t start = out.size();
    for (std::size_t c = 0; c < columns.size(); ++c) {
      out += names_[c];
      if (columns[c].type.kind != TypeKind::bytes || is_null(columns[c], row)) {
        append_as_json(columns[c], row, out);
        continue;
      }
      out += '"';
      append_hex(columns[c].text_at(row), out);
      out += '"';
    }
    make_json_safe(out, start);
    out += "}\n";
  }

  std::vector<std::string> names_;  // with what stands before and behind them
};

// NULL is nothing at all, a text without letters a pair of quotes.
void append_csv_cell(std::string_view text, bool is_text, std::string& out) {
  const bool is_quoted = is_text && (text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos || text.front() == ' ' || text.back() == ' ');
  if (!is_quoted) {
    out += text;
    return;
  }
  out += '"';
  for (const char byte : text) out.append(byte == '"' ? 2 : 1, byte);
  out += '"';
}

class CsvEncoder final : public ConsoleEncoder {
 public:
  using ConsoleEncoder::ConsoleEncoder;

 private:
  void append_row(std::span<const Column> columns, std::uint32_t row, std::string& out) const override {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      if (c > 0) out += ',';
      if (is_null(columns[c], row)) continue;
      std::string text;
      columns[c].type.is_nested() ? append_as_json(columns[c], row, text) : append_value(columns[c], row, text);
      append_csv_cell(text, !is_number(columns[c].type), out);
    }
    out += '\n';
  }
};

struct Cell {
  std::string_view text;
  std::size_t width;
};

std::vector<Cell> cells_of(const RowReference& reference) {
  const EncodedRow& row = reference.rows->rows[reference.index];
  std::string_view bytes = std::string_view(reference.rows->bytes).substr(row.offset, row.size);
  std::vector<Cell> cells;
  while (!bytes.empty()) {
    CellHead head;
    std::memcpy(&head, bytes.data(), sizeof head);
    cells.push_back({bytes.substr(sizeof head, head.size), head.width});
    bytes.remove_prefix(sizeof head + head.size);
  }
  return cells;
}

void append_line(const std::vector<Cell>& cells, const std::vector<std::size_t>& widths, const SinkTable& table, std::string& out) {
  for (std::size_t c = 0; c < cells.size(); ++c) {
    const std::size_t gap = widths[c] - cells[c].width;
    const bool is_right = is_number(table.schema.fields[c].type), is_last = c + 1 == cells.size();
    if (is_right) out.append(gap, ' ');
    out += cells[c].text;
    if (!is_right && !is_last) out.append(gap, ' ');
    out += is_last ? "\n" : "  ";
  }
}

void append_table(const SinkTable& table, std::span<const RowReference> rows, const ConsoleOptions& options, std::string& out) {
  const std::size_t most = static_cast<std::size_t>(options.rows);
  std::vector<std::string> names, types;
  std::vector<std::size_t> widths;
  std::vector<Cell> header, under_header;
  for (const Field& field : table.schema.fields) {
    widths.push_back(append_terminal_text(field.name, 0, names.emplace_back()));
    types.push_back(to_string(field.type));
  }
  for (std::size_t c = 0; c < names.size(); ++c) {
    header.push_back({names[c], widths[c]});
    under_header.push_back({types[c], types[c].size()});
    if (options.shows_types) widths[c] = std::max(widths[c], types[c].size());
  }
  const std::size_t shown = std::min(rows.size(), most);
  std::vector<std::vector<Cell>> lines;
  for (const RowReference& row : rows.first(shown)) {
    lines.push_back(cells_of(row));
    for (std::size_t c = 0; c < widths.size(); ++c) widths[c] = std::max(widths[c], lines.back()[c].width);
  }
  fmt::format_to(std::back_inserter(out), "{}: {} row{}\n", table.sink, rows.size(), rows.size() == 1 ? "" : "s");
  append_line(header, widths, table, out);
  if (options.shows_types) append_line(under_header, widths, table, out);
  for (std::size_t c = 0; c < widths.size(); ++c) {
    out.append(widths[c], '-');
    out += c + 1 == widths.size() ? "\n" : "  ";
  }
  for (const std::vector<Cell>& line : lines) append_line(line, widths, table, out);
  const std::size_t left = rows.size() - shown;
  if (left > 0) fmt::format_to(std::back_inserter(out), "... and {} more row{}\n", left, left == 1 ? "" : "s");
  out += '\n';
}

}  // namespace

std::unique_ptr<RowEncoder> make_console_encoder(const SinkTable& table, const ConsoleOptions& options) {
  if (options.is_json()) return std::make_unique<LineEncoder>(table);
  if (options.has_lines()) return std::make_unique<CsvEncoder>(table);
  return std::make_unique<CellEncoder>(table, static_cast<std::size_t>(options.width));
}

std::string csv_header(const Schema& schema) {
  std::string line;
  for (const Field& field : schema.fields) {
    if (!line.empty()) line += ',';
    append_csv_cell(field.name, true, line);
  }
  return line + "\n";
}

void append_console_text(const SinkTable& table, std::span<const RowReference> rows, const ConsoleOptions& options, std::string& out) {
  if (!options.has_lines()) return append_table(table, rows, options, out);
  for (const RowReference& reference : rows) {
    const EncodedRow& row = reference.rows->rows[reference.index];
    out.append(reference.rows->bytes, row.offset, row.size);
  }
}

}  // namespace weir
