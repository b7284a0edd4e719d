// epoch_transaction.cpp — the commit protocol on one connection, with as few round trips as it needs.
#include "connectors/postgres/epoch_transaction.h"

#include <fmt/format.h>
#include <algorithm>

#include "connectors/postgres/parameter_list.h"
#include "connectors/postgres/reject_rows.h"
#include "connectors/postgres/table_writer.h"
#include "engine/base/failpoint.h"
#include "engine/component/row_keys.h"

namespace weir {
namespace {

constexpr const char* begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
// A constraint that waits for COMMIT would name no row.
constexpr const char* check_at_once = "SET CONSTRAINTS ALL IMMEDIATE";
constexpr std::size_t no_table = ~std::size_t{0};

bool can_copy_straight(const TableWrite& table) {
  return !table.is_removal && (table.believed_new || table.table->key.empty());
}

bool can_tell_new_rows(const SinkTable& table) {
  return table.on_conflict == OnConflict::ignore || table.on_conflict == OnConflict::error ||
         table.key.empty();
}

}  // namespace

Status pass_failpoint(const char* name, PostgresClient& client) {
  const failpoint::Outcome outcome = failpoint::here(name);
  if (outcome == failpoint::Outcome::cut) client.cut();
  if (outcome != failpoint::Outcome::error) return {};
  client.cut();
  return Error{ErrorKind::service, fmt::format("failpoint {}", name)};
}

std::string EpochTransaction::begin_if_needed() {
  if (has_begun_) return {};
  has_begun_ = true;
  return fmt::format("{}; {}; ", begin, check_at_once);
}

Status EpochTransaction::queue_begin_if_needed() {
  if (has_begun_) return {};
  has_begun_ = true;
  WEIR_TRY(pipeline_.add(begin));
  WEIR_TRY(pipeline_.add(check_at_once));
  queued_.push_back({no_table, 2});
  return {};
}

Status EpochTransaction::write(const std::vector<const WrittenTable*>& tables) {
  WEIR_TRY(pass_failpoint("before_begin", client_));
  for (std::size_t t = 0; t < write_.tables.size(); ++t) {
    const std::vector<RowReference>& rows = write_.tables[t].rows;
    if (!is_best_row_by_row(rows.size(), can_copy_straight(write_.tables[t]))) {
      WEIR_TRY(run_queued());
      WEIR_TRY(write_large(t, *tables[t]));
      continue;
    }
    WEIR_TRY(queue_begin_if_needed());
    WEIR_TRY(queue_rows(pipeline_, tables[t]->sql, rows));
    queued_.push_back({t, rows.size()});
  }
  return advance_positions();
}

Status EpochTransaction::write_large(std::size_t t, const WrittenTable& written) {
  const TableWrite& table = write_.tables[t];
  WEIR_TRY(pass_failpoint("insert_select", client_));
  if (can_copy_straight(table)) {
    WEIR_ASSIGN(const bool is_in, copy_straight(client_, begin_if_needed(), written.sql, table.rows));
    if (is_in) {
      close(t, static_cast<std::int64_t>(table.rows.size()), true);
      return {};
    }
  }
  const std::string before = begin_if_needed() + make_stage_if_needed(t, written);
  WEIR_ASSIGN(const std::int64_t rows_written, write_through_stage(client_, before, written.sql, table.rows));
  close(t, rows_written, false);
  return {};
}

std::string EpochTransaction::make_stage_if_needed(std::size_t t, const WrittenTable& written) {
  // A table may come twice in an epoch; what the first write left in the staging table must not be inserted
  // again.
  if (std::find(staged_.begin(), staged_.end(), &written) != staged_.end())
    return written.sql.clear_stage + "; ";
  staged_.push_back(&written);
  if (written.has_stage) return {};
  made_stages_.push_back(t);
  return written.sql.create_stage + "; ";
}

void EpochTransaction::close(std::size_t t, std::int64_t written, bool was_copied) {
  const TableWrite& table = write_.tables[t];
  const bool all_written = written == static_cast<std::int64_t>(table.rows.size());
  books_.close_table(
      t, written, was_copied || (!table.is_removal && all_written && can_tell_new_rows(*table.table)));
}

Status EpochTransaction::run_queued() {
  if (pipeline_.is_empty()) return {};
  WEIR_ASSIGN(PipelineReport report, pipeline_.run());
  if (report.error) return std::move(*report.error);
  close_queued(report);
  return {};
}

std::size_t EpochTransaction::close_queued(const PipelineReport& report) {
  std::size_t next = 0;
  for (const Queued& queued : queued_) {
    std::int64_t written = 0;
    for (std::size_t i = 0; i < queued.rows; ++i) written += report.affected[next++];
    if (queued.table != no_table) close(queued.table, written, false);
  }
  queued_.clear();
  return next;
}

Status EpochTransaction::write_carefully(const std::vector<const WrittenTable*>& tables) {
  WEIR_TRY(client_.query(begin_if_needed()));
  for (std::size_t t = 0; t < write_.tables.size(); ++t) {
    if (!is_best_row_by_row(write_.tables[t].rows.size(), false)) {
      const std::string make_stage = make_stage_if_needed(t, *tables[t]);
      if (!make_stage.empty()) WEIR_TRY(client_.query(make_stage));
    }
    const TableWrite& table = write_.tables[t];
    // No record is to blame for a row that must stay, so a removal is not searched for what to reject.
    WEIR_ASSIGN(const std::int64_t written,
                table.is_removal ? remove_rows(client_, table.table->table, tables[t]->sql, table.rows)
                                 : weir::write_carefully(client_, tables[t]->sql, table.rows, t, books_));
    close(t, written, false);
  }
  return advance_positions();
}

Status EpochTransaction::advance_positions() {
  WEIR_TRY(pass_failpoint("offset_cas", client_));
  WEIR_TRY(queue_begin_if_needed());
  std::size_t row_statements = 0;
  for (const Queued& queued : queued_) row_statements += queued.rows;
  WEIR_TRY(queue_advances());
  if (pipeline_.is_empty()) return {};
  WEIR_ASSIGN(PipelineReport report, pipeline_.run());
  if (report.error && report.affected.size() >= row_statements && report.error->kind() == ErrorKind::data) {
    return Error{ErrorKind::fatal, "the epoch does not fit the weir_ tables: " + report.error->message()}
        .with_code(report.error->code());
  }
  if (report.error) return std::move(*report.error);
  return check_advances(report, close_queued(report));
}

Status EpochTransaction::queue_advances() {
  for (const SplitAdvance& advance : write_.advances) {
    ParameterList parameters;
    parameters.text(advance.to).number(write_.epoch).text(identity_.plan);
    parameters.text(identity_.pipeline)
        .text(advance.source)
        .text(advance.split)
        .text(advance.from)
        .text(identity_.owner);
    WEIR_TRY(pipeline_.add(tables_.advance, parameters));
  }
  for (const std::int64_t id : write_.settled_rejects) {
    ParameterList parameters;
    WEIR_TRY(pipeline_.add(tables_.settle, parameters.text(identity_.pipeline).number(id)));
  }
  return {};
}

// Whoever owns a split now decides: a position or owner other than expected means that the split is not ours
// any more.
Status EpochTransaction::check_advances(const PipelineReport& report, std::size_t next) {
  for (const SplitAdvance& advance : write_.advances) {
    if (report.affected[next++] != 1) return fenced(advance);
  }
  for (const std::int64_t id : write_.settled_rejects) {
    if (report.affected[next++] == 1) continue;
    return Error{
        ErrorKind::fatal,
        fmt::format("reject {} is not there any more: somebody else has replayed or deleted it", id)};
  }
  return {};
}

Error EpochTransaction::fenced(const SplitAdvance& advance) {
  std::string now = "its state is not known";
  const auto found = client_.query(
      fmt::format("SELECT owner, position FROM {} WHERE pipeline = $1 AND source = $2 AND split = $3",
                  tables_.name("weir_checkpoint")),
      {identity_.pipeline, advance.source, advance.split});
  if (found.ok() && row_count(*found) == 0) now = "it is not stored any more";
  if (found.ok() && row_count(*found) == 1)
    now = fmt::format("its owner is {}, its position {}", text_at(*found, 0, 0), text_at(*found, 0, 1));
  return Error{ErrorKind::fenced,
               fmt::format("split {} of source {} is not ours any more: {}, expected position {}",
                           advance.split, advance.source, now, advance.from)};
}

Status EpochTransaction::queue_ledger() {
  for (const LedgerLine& line : books_.ledger()) {
    ParameterList parameters;
    parameters.text(identity_.pipeline)
        .text(line.source)
        .text(line.sink)
        .text(identity_.owner)
        .number(identity_.writer)
        .number(write_.epoch);
    parameters.number(line.read).number(line.expanded).number(line.written).number(line.duplicates).number(line.filtered);
    parameters.number(line.absorbed).number(line.late).number(line.rejected);
    WEIR_TRY(pipeline_.add(tables_.book, parameters));
  }
  return {};
}

Status EpochTransaction::commit(bool fold_ledger, bool& is_outcome_known) {
  WEIR_TRY(pass_failpoint("ledger_insert", client_));
  WEIR_TRY(queue_ledger());
  WEIR_TRY(queue_rejects(pipeline_, tables_.reject, identity_.pipeline, write_.epoch, books_.rejected()));
  if (fold_ledger) {
    constexpr std::int64_t epochs_in_detail = 1000;
    ParameterList parameters;
    parameters.text(identity_.pipeline).text(identity_.owner).number(identity_.writer);
    parameters.number(write_.epoch - epochs_in_detail);
    WEIR_TRY(pipeline_.add(tables_.fold, parameters));
  }
  WEIR_TRY(pass_failpoint("before_commit", client_));
  WEIR_TRY(pass_failpoint("commit_cut_before_send", client_));
  WEIR_TRY(pipeline_.add("COMMIT"));
  is_outcome_known = false;
  WEIR_TRY(pipeline_.send());
  WEIR_TRY(pass_failpoint("commit_sent_no_reply", client_));
  WEIR_ASSIGN(PipelineReport report, pipeline_.run());
  if (report.error) {
    is_outcome_known = report.error->kind() != ErrorKind::service;
    if (report.error->kind() != ErrorKind::data) return std::move(*report.error);
    return Error{ErrorKind::fatal,
                 "the epoch's books do not fit the weir_ tables: " + report.error->message()}
        .with_code(report.error->code());
  }
  is_outcome_known = true;
  // COMMIT of a transaction that has failed succeeds with the tag ROLLBACK.
  if (report.last_tag != "COMMIT")
    return Error{ErrorKind::fatal, "the server answered COMMIT with " + report.last_tag};
  return {};
}

}  // namespace weir
