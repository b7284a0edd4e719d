// epoch_books.cpp — completes the ledger with what the database decided.
#include "engine/component/epoch_books.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/check.h"

namespace weir {
namespace {

// Beyond this, rows are not bad one by one: a constraint or a type does not fit the pipeline.
constexpr std::int64_t most_refused = 1000;
constexpr std::size_t majority_counts_from = 100;

}  // namespace

EpochBooks::EpochBooks(const EpochWrite& write) : write_(write), ledger_(write.ledger) {
  for (const TableWrite& table : write.tables)
    WEIR_CHECK(!table.is_removal || table.ledger_line == no_ledger_line, "removals are in nobody's books");
  report_.tables.resize(write.tables.size());
}

Status EpochBooks::refuse(std::size_t t, std::uint32_t row, const std::string& code,
                          const std::string& message) {
  const TableWrite& table = write_.tables[t];
  TableReport& report = report_.tables[t];
  ++report.refused;
  report.refused_rows.push_back(row);
  refused_.push_back(write_.reject(table, table.rows[row], code, message));
  const bool most = table.rows.size() > majority_counts_from &&
                    report.refused * 2 > static_cast<std::int64_t>(table.rows.size());
  if (report.refused <= most_refused && !most) return {};
  return Error{
      ErrorKind::fatal,
      fmt::format("table {} refuses too many rows ({} of {} in this epoch), the last one with {}: {}",
                  table.table->table, report.refused, table.rows.size(), code, message)}
      .with_code(code)
      .with_hint("compare the table's constraints with what the pipeline writes");
}

void EpochBooks::close_table(std::size_t t, std::int64_t written, bool was_new) {
  TableReport& report = report_.tables[t];
  report.written = written;
  // A key that was not there to be removed is no duplicate.
  if (!write_.tables[t].is_removal)
    report.duplicates = static_cast<std::int64_t>(write_.tables[t].rows.size()) - written - report.refused;
  report.was_new = was_new;
  std::sort(report.refused_rows.begin(), report.refused_rows.end());
  if (write_.tables[t].ledger_line == no_ledger_line) return;
  LedgerLine& line = ledger_[write_.tables[t].ledger_line];
  line.written += report.written;
  line.duplicates += report.duplicates;
  line.rejected += report.refused;
}

std::vector<const RejectedRow*> EpochBooks::rejected() const {
  std::vector<const RejectedRow*> all;
  all.reserve(write_.rejected.size() + refused_.size());
  for (const RejectedRow& row : write_.rejected) all.push_back(&row);
  for (const RejectedRow& row : refused_) all.push_back(&row);
  return all;
}

}  // namespace weir
