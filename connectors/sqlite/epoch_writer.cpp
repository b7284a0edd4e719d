// epoch_writer.cpp — the commit protocol on an SQLite file: one writer at a time, every row a prepared
// upsert or, of a removal, a prepared DELETE.
#include "connectors/sqlite/epoch_writer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <utility>

#include "connectors/sqlite/row_values.h"
#include "connectors/sqlite/sink_tables.h"
#include "connectors/sqlite/weir_statements.h"
#include "engine/base/failpoint.h"
#include "engine/base/log.h"
#include "engine/component/epoch_books.h"
#include "engine/component/row_keys.h"

namespace weir {
namespace {

constexpr std::int64_t epochs_in_detail = 1000;
constexpr std::uint64_t epochs_between_folds = 256;

Status pass(const char* name) {
  if (failpoint::here(name) == failpoint::Outcome::none) return {};
  return Error{ErrorKind::service, fmt::format("failpoint {}", name)};
}

std::string_view bytes_of(const RowReference& reference) {
  const EncodedRow& row = reference.rows->rows[reference.index];
  return std::string_view(reference.rows->bytes).substr(row.offset, row.size);
}

class SqliteEpochWriter final : public EpochWriter {
 public:
  SqliteEpochWriter(std::string path, StoreIdentity identity, std::unique_ptr<SqliteDatabase> database)
      : path_(std::move(path)), identity_(std::move(identity)), database_(std::move(database)) {}

  Result<EpochReport> commit(const EpochWrite& write) override {
    if (database_ == nullptr) {
      WEIR_ASSIGN(database_, SqliteDatabase::open(path_));
    }
    Result<EpochReport> report = try_commit(write);
    if (report.ok()) return report;
    database_->roll_back();
    const ErrorKind kind = report.error().kind();
    if (kind == ErrorKind::service) database_.reset();
    if (kind != ErrorKind::user && kind != ErrorKind::data) return report;
    // Found while running, this is nothing the pipeline file can be blamed for: somebody changed the
    // database.
    return Error{ErrorKind::fatal, report.error().message()}.with_code(report.error().code());
  }

 private:
  Result<EpochReport> try_commit(const EpochWrite& write) {
    WEIR_TRY(pass("before_begin"));
    WEIR_TRY(database_->execute("BEGIN IMMEDIATE"));
    if (unknown_epoch_ == write.epoch) {
      WEIR_ASSIGN(const bool is_committed, read_back(write));
      unknown_epoch_.reset();
      if (is_committed) {
        database_->roll_back();
        return unknown_report_;
      }
    }
    EpochBooks books(write);
    for (std::size_t t = 0; t < write.tables.size(); ++t)
      WEIR_TRY(write.tables[t].is_removal ? remove_rows(write, t, books) : write_table(write, t, books));
    WEIR_TRY(pass("offset_cas"));
    for (const SplitAdvance& advance : write.advances) WEIR_TRY(move_position(write, advance));
    for (const std::int64_t id : write.settled_rejects) WEIR_TRY(settle(id));
    WEIR_TRY(pass("ledger_insert"));
    WEIR_TRY(write_books(write, books));
    WEIR_TRY(finish(write, books));
    return books.report();
  }

  Status finish(const EpochWrite& write, const EpochBooks& books) {
    WEIR_TRY(pass("before_commit"));
    WEIR_TRY(pass("commit_cut_before_send"));
    unknown_epoch_ = write.epoch;
    unknown_report_ = books.report();
    WEIR_TRY(database_->execute("COMMIT"));
    WEIR_TRY(pass("commit_sent_no_reply"));
    ++commits_;
    WEIR_TRY(pass("after_commit"));
    unknown_epoch_.reset();
    return {};
  }

  Status write_table(const EpochWrite& write, std::size_t t, EpochBooks& books) {
    const TableWrite& table = write.tables[t];
    WEIR_TRY(pass("insert_select"));
    WEIR_ASSIGN(SqliteStatement insert, database_->statement(sql_of(table)));
    std::int64_t written = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      if (i == table.rows.size() / 2) WEIR_TRY(pass("copy_mid"));
      bind_row(bytes_of(table.rows[i]), insert);
      const Status inserted = insert.run();
      if (inserted.ok()) {
        written += database_->changes();
        continue;
      }
      // A refused statement takes only itself back.
      if (inserted.error().kind() != ErrorKind::data) return inserted.error();
      WEIR_TRY(books.refuse(t, static_cast<std::uint32_t>(i), inserted.error().code(),
                            inserted.error().message()));
    }
    const bool can_tell = table.table->key.empty() || table.table->on_conflict == OnConflict::ignore ||
                          table.table->on_conflict == OnConflict::error;
    books.close_table(t, written, can_tell && written == static_cast<std::int64_t>(table.rows.size()));
    return {};
  }

  Status remove_rows(const EpochWrite& write, std::size_t t, EpochBooks& books) {
    const TableWrite& table = write.tables[t];
    WEIR_TRY(pass("insert_select"));
    WEIR_ASSIGN(SqliteStatement remove, database_->statement(sql_of(table)));
    std::int64_t removed = 0;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      if (i == table.rows.size() / 2) WEIR_TRY(pass("copy_mid"));
      bind_row(bytes_of(table.rows[i]), remove);
      const Status done = remove.run();
      if (!done.ok()) return kept(*table.table, bytes_of(table.rows[i]), done.error());
      removed += database_->changes();
    }
    books.close_table(t, removed, false);
    return {};
  }

  static Error kept(const SinkTable& keys, std::string_view row, const Error& error) {
    if (error.kind() != ErrorKind::data) return error;
    std::vector<std::string> names;
    for (const Field& field : keys.schema.fields) names.push_back(field.name);
    return Error{ErrorKind::fatal,
                 fmt::format("table {} keeps a row that is to be removed: {} (key ({})=({}))", keys.table,
                             error.message(), fmt::join(names, ", "), row_text(row))}
        .with_code(error.code());
  }

  const std::string& sql_of(const TableWrite& table) {
    const auto [found, is_new] = sql_.try_emplace({table.table->sink, table.is_removal});
    if (is_new)
      found->second = table.is_removal ? remove_sqlite_row_sql(*table.table) : insert_sqlite_row_sql(*table.table);
    return found->second;
  }

  Status move_position(const EpochWrite& write, const SplitAdvance& advance) {
    WEIR_ASSIGN(SqliteStatement update, database_->statement(sqlite_tables::advance));
    update.text(advance.to)
        .number(write.epoch)
        .text(identity_.plan)
        .text(identity_.pipeline)
        .text(advance.source)
        .text(advance.split);
    WEIR_TRY(update.text(advance.from).text(identity_.owner).run());
    if (database_->changes() == 1) return {};
    return Error{ErrorKind::fenced,
                 fmt::format("split {} of source {} is not ours any more, or not at position {}",
                             advance.split, advance.source, advance.from)};
  }

  Status settle(std::int64_t id) {
    WEIR_ASSIGN(SqliteStatement gone, database_->statement(sqlite_tables::settle));
    WEIR_TRY(gone.text(identity_.pipeline).number(id).run());
    if (database_->changes() == 1) return {};
    return Error{
        ErrorKind::fatal,
        fmt::format("reject {} is not there any more: somebody else has replayed or deleted it", id)};
  }

  Status write_books(const EpochWrite& write, const EpochBooks& books) {
    Status booked = write_ledger(write, books);
    if (!booked.ok() && booked.error().kind() == ErrorKind::data)
      return std::move(booked).error().in("the epoch's books do not fit the weir_ tables");
    WEIR_TRY(std::move(booked));
    for (const RejectedRow* row : books.rejected()) WEIR_TRY(write_reject(write, *row));
    if (commits_ % epochs_between_folds != 1) return {};
    for (const char* sql : {sqlite_tables::fold, sqlite_tables::forget_folded}) {
      WEIR_ASSIGN(SqliteStatement statement, database_->statement(sql));
      WEIR_TRY(statement.text(identity_.pipeline)
                   .text(identity_.owner)
                   .number(write.epoch - epochs_in_detail)
                   .run());
    }
    return {};
  }

  Status write_ledger(const EpochWrite& write, const EpochBooks& books) {
    for (const LedgerLine& line : books.ledger()) {
      WEIR_ASSIGN(SqliteStatement book, database_->statement(sqlite_tables::book));
      book.text(identity_.pipeline)
          .text(line.source)
          .text(line.sink)
          .text(identity_.owner)
          .number(write.epoch)
          .number(write.epoch);
      book.number(line.read)
          .number(line.expanded)
          .number(line.written)
          .number(line.duplicates)
          .number(line.filtered)
          .number(line.absorbed);
      WEIR_TRY(book.number(line.late).number(line.rejected).run());
    }
    return {};
  }

  Status write_reject(const EpochWrite& write, const RejectedRow& row) {
    WEIR_ASSIGN(SqliteStatement reject, database_->statement(sqlite_tables::reject));
    const std::string reason = storable_text(row.reason);
    const std::string message = storable_text(row.message);
    reject.text(identity_.pipeline)
        .text(row.source)
        .text(row.split)
        .number(row.offset)
        .text(row.sink)
        .text(row.part)
        .text(reason)
        .text(message);
    if (row.payload) {
      reject.bytes(*row.payload).number(static_cast<std::int64_t>(row.payload->size()));
    } else {
      reject.null().null();
    }
    row.key ? reject.bytes(*row.key) : reject.null();
    row.timestamp == no_timestamp ? reject.null() : reject.number(row.timestamp);
    return reject.number(write.epoch).run();
  }

  Result<bool> read_back(const EpochWrite& write) {
    std::size_t advanced = 0;
    for (const SplitAdvance& advance : write.advances) {
      WEIR_ASSIGN(SqliteStatement found,
                  database_->statement("SELECT position, epoch, owner FROM weir_checkpoint WHERE pipeline = "
                                       "? AND source = ? AND split = ?"));
      found.text(identity_.pipeline).text(advance.source).text(advance.split);
      WEIR_ASSIGN(const bool exists, found.step());
      const bool is_ours = exists && found.text_at(2) == identity_.owner;
      if (is_ours && found.text_at(0) == advance.to && found.number_at(1) == write.epoch) {
        ++advanced;
      } else if (!is_ours || found.text_at(0) != advance.from) {
        return Error{
            ErrorKind::fenced,
            fmt::format("split {} of source {} was taken over while the outcome of a commit was unknown",
                        advance.split, advance.source)};
      }
    }
    if (write.advances.empty()) {
      WEIR_ASSIGN(SqliteStatement found,
                  database_->statement(
                      "SELECT 1 FROM weir_ledger WHERE pipeline = ? AND owner = ? AND first_epoch = ?"));
      WEIR_ASSIGN(const bool exists,
                  found.text(identity_.pipeline).text(identity_.owner).number(write.epoch).step());
      advanced = exists ? 1 : 0;
    }
    log::info("the outcome of epoch {} was unknown: it {}", write.epoch,
              advanced != 0 ? "had been committed" : "had not been committed");
    return advanced != 0;
  }

  const std::string path_;
  const StoreIdentity identity_;
  std::unique_ptr<SqliteDatabase> database_;
  std::map<std::pair<std::string, bool>, std::string> sql_;  // by sink and whether it removes
  std::uint64_t commits_ = 0;
  std::optional<std::int64_t> unknown_epoch_;  // COMMIT was begun, and nobody knows its end
  EpochReport unknown_report_;
};

}  // namespace

std::unique_ptr<EpochWriter> make_sqlite_writer(std::string path, StoreIdentity identity,
                                                std::unique_ptr<SqliteDatabase> database) {
  return std::make_unique<SqliteEpochWriter>(std::move(path), std::move(identity), std::move(database));
}

}  // namespace weir
