// shown_rows.cpp — keeps rows for tables, and prints lines at once.
#include "engine/cli/shown_rows.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <limits>

#include "engine/cli/terminal.h"
#include "engine/component/json_writer.h"

namespace weir {
namespace {

class ShownOutlet final : public Outlet {
 public:
  explicit ShownOutlet(ShownRows& rows) : rows_(rows) {}
  Status write(const SinkTable& table, std::span<const RowReference> rows) override { return rows_.take(table, rows); }

 private:
  ShownRows& rows_;
};

class ShownDefinition final : public OutletDefinition {
 public:
  explicit ShownDefinition(ShownRows& rows) : rows_(rows) {}

  Result<std::unique_ptr<Outlet>> open() const override { return std::unique_ptr<Outlet>(std::make_unique<ShownOutlet>(rows_)); }
  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override { return make_console_encoder(table, rows_.options()); }
  std::string describe() const override { return "shown"; }
  std::string fingerprint() const override { return "shown"; }
  void check_table(const SinkTable&, const Location&, Diagnostics&) const override {}
  bool writes_to_stdout() const override { return true; }

 private:
  ShownRows& rows_;
};

Status flushed() {
  if (std::fflush(stdout) == 0) return {};
  return Error{ErrorKind::fatal, fmt::format("stdout cannot be written: {}", std::strerror(errno))};
}

}  // namespace

ShownRows::ShownRows(RowFormat format, bool is_one) : is_one_(is_one) {
  options_.format = format == RowFormat::json ? "json" : format == RowFormat::csv ? "csv" : "table";
  options_.rows = std::numeric_limits<std::int64_t>::max();
  options_.shows_types = true;
}

std::shared_ptr<const OutletDefinition> ShownRows::outlet(const std::string&) { return std::make_shared<ShownDefinition>(*this); }

Status ShownRows::take(const SinkTable& table, std::span<const RowReference> rows) {
  const std::scoped_lock lock(mutex_);
  if (options_.has_lines()) {
    print_lines(table, rows);
    return flushed();
  }
  EncodedRows& kept = kept_[table.sink];
  for (const RowReference& reference : rows) {
    EncodedRow row = reference.rows->rows[reference.index];
    const std::size_t offset = kept.bytes.size();
    kept.bytes.append(reference.rows->bytes, row.offset, row.size);
    row.offset = static_cast<std::uint32_t>(offset);
    kept.rows.push_back(row);
  }
  return {};
}

void ShownRows::print_lines(const SinkTable& table, std::span<const RowReference> rows) {
  std::string text;
  if (options_.format == "csv" && !has_header_) text = csv_header(table.schema);
  has_header_ = true;
  if (is_one_) {
    append_console_text(table, rows, options_, text);
  } else {
    const std::string head = "{\"sink\":" + json_quoted(table.sink) + ",\"row\":";
    for (const RowReference& row : rows) {
      text += head;
      append_console_text(table, {&row, 1}, options_, text);
      text.insert(text.size() - 1, "}");
    }
  }
  fmt::print("{}", text);
}

void ShownRows::print_tables(const Plan& plan) {
  if (options_.has_lines()) return;
  const std::scoped_lock lock(mutex_);
  std::string text;
  for (const SinkNode& sink : plan.sinks) {
    const EncodedRows& kept = kept_[sink.table.sink];
    std::vector<RowReference> rows;
    for (std::uint32_t i = 0; i < kept.rows.size(); ++i) rows.push_back({&kept, i, 0});
    append_console_text(sink.table, rows, options_, text);
  }
  if (!text.empty()) text.pop_back();  // the empty line behind the last table
  fmt::print("{}", text);
}

}  // namespace weir
