// administration.cpp — reads and clears the weir_ tables of an SQLite file for a person.
#include "connectors/sqlite/administration.h"

#include <fmt/format.h>

#include "connectors/sqlite/split_leases.h"

namespace weir {
namespace {

class SqliteAdministration final : public StoreAdministration {
 public:
  SqliteAdministration(StoreIdentity identity, std::unique_ptr<SqliteDatabase> database)
      : pipeline_(std::move(identity.pipeline)), database_(std::move(database)) {}

  Result<std::vector<StoredReject>> rejects(const RejectFilter& filter) override {
    WEIR_ASSIGN(
        SqliteStatement rows,
        database_->statement(
            "SELECT id, epoch, rejected_at, source, split, \"offset\", sink, part, reason, message, payload, key, "
            "\"timestamp\" "
            "FROM weir_rejects WHERE pipeline = ? AND (?2 = '' OR reason = ?2) AND (?3 = '' OR sink = ?3) "
            "AND (?4 = '' OR source = ?4) AND (?5 = 0 OR id = ?5) ORDER BY id LIMIT ?6"));
    rows.text(pipeline_)
        .text(filter.reason)
        .text(filter.sink)
        .text(filter.source)
        .number(filter.id)
        .number(filter.limit);
    std::vector<StoredReject> found;
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return found;
      RejectedRow row{rows.text_at(3), rows.text_at(4), rows.number_at(5), rows.text_at(6),
                      rows.text_at(7), rows.text_at(8), rows.text_at(9),   rows.field(10),
                      rows.field(11)};
      if (rows.field(12)) row.timestamp = rows.number_at(12);
      found.push_back({rows.number_at(0), rows.number_at(1), rows.text_at(2), std::move(row)});
    }
  }

  Result<std::vector<RejectCount>> reject_counts() override {
    WEIR_ASSIGN(
        SqliteStatement rows,
        database_->statement("SELECT source, sink, reason, count(*) FROM weir_rejects WHERE pipeline = ? "
                             "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3"));
    rows.text(pipeline_);
    std::vector<RejectCount> counts;
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return counts;
      counts.push_back({rows.text_at(0), rows.text_at(1), rows.text_at(2), rows.number_at(3)});
    }
  }

  Status delete_rejects(std::span<const std::int64_t> ids) override {
    WEIR_TRY(database_->execute("BEGIN IMMEDIATE"));
    for (const std::int64_t id : ids) {
      WEIR_ASSIGN(SqliteStatement gone,
                  database_->statement("DELETE FROM weir_rejects WHERE pipeline = ? AND id = ?"));
      const Status deleted = gone.text(pipeline_).number(id).run();
      if (!deleted.ok()) return roll_back_with(deleted.error());
    }
    return database_->execute("COMMIT");
  }

  Result<std::vector<LedgerTotals>> ledger() override {
    WEIR_ASSIGN(
        SqliteStatement rows,
        database_->statement(
            "SELECT source, sink, sum(read), sum(expanded), sum(written), sum(duplicates), sum(filtered), sum(absorbed), "
            "sum(late), "
            "sum(rejected), sum(epochs) FROM weir_ledger WHERE pipeline = ? GROUP BY 1, 2 ORDER BY 1, 2"));
    rows.text(pipeline_);
    std::vector<LedgerTotals> totals;
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return totals;
      LedgerLine line{rows.text_at(0),   rows.text_at(1),   rows.number_at(2),
                      rows.number_at(3), rows.number_at(4), rows.number_at(5),
                      rows.number_at(6), rows.number_at(7), rows.number_at(8),
                      rows.number_at(9)};
      totals.push_back({std::move(line), rows.number_at(10)});
    }
  }

  Result<std::vector<SplitState>> splits(const std::string& source) override {
    return read_sqlite_splits(*database_, pipeline_, source);
  }

  Status read_state(const std::function<Status(const StoredState&)>& take) override {
    WEIR_ASSIGN(SqliteStatement rows, database_->statement("SELECT name, key, value, epoch FROM weir_state WHERE pipeline = ?"));
    rows.text(pipeline_);
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return {};
      WEIR_TRY(take({rows.view_at(0), rows.view_at(1), rows.view_at(2), rows.number_at(3)}));
    }
  }

  Status reset() override {
    WEIR_TRY(begin_alone());
    for (const char* table :
         {"weir_checkpoint", "weir_state", "weir_ledger", "weir_rejects", "weir_member"}) {
      WEIR_ASSIGN(SqliteStatement gone,
                  database_->statement(fmt::format("DELETE FROM {} WHERE pipeline = ?", table)));
      const Status deleted = gone.text(pipeline_).run();
      if (!deleted.ok()) return roll_back_with(deleted.error());
    }
    return database_->execute("COMMIT");
  }

  Status set_position(const std::string& source, const std::string& split,
                      const Position& position) override {
    WEIR_TRY(begin_alone());
    WEIR_ASSIGN(
        SqliteStatement change,
        database_->statement(
            "INSERT INTO weir_checkpoint (pipeline, source, split, position) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (pipeline, source, split) DO UPDATE SET position = excluded.position, owner = ''"));
    const Status changed = change.text(pipeline_).text(source).text(split).text(position).run();
    if (!changed.ok()) return roll_back_with(changed.error());
    return database_->execute("COMMIT");
  }

  Result<std::vector<std::vector<std::optional<std::string>>>> query(const std::string& sql) override {
    WEIR_ASSIGN(SqliteStatement rows, database_->statement(sql));
    std::vector<std::vector<std::optional<std::string>>> table(1);
    for (int c = 0; c < rows.column_count(); ++c) table[0].push_back(rows.column_name(c));
    for (;;) {
      WEIR_ASSIGN(const bool more, rows.step());
      if (!more) return table;
      table.emplace_back();
      for (int c = 0; c < rows.column_count(); ++c) table.back().push_back(rows.field(c));
    }
  }

 private:
  Status begin_alone() {
    WEIR_TRY(database_->execute("BEGIN IMMEDIATE"));
    Result<SqliteStatement> living =
        database_->statement("SELECT owner FROM weir_member WHERE pipeline = ? AND expires_at > ? LIMIT 1");
    if (!living.ok()) return roll_back_with(std::move(living).error());
    const Result<bool> found = living->text(pipeline_).number(sqlite_clock()).step();
    if (!found.ok()) return roll_back_with(found.error());
    if (!*found) return {};
    return roll_back_with(
        Error{ErrorKind::user, fmt::format("pipeline {} is running: {}", pipeline_, living->text_at(0))}
            .with_hint("stop it first; a process that was killed counts as running until its lease ends"));
  }

  Error roll_back_with(Error error) {
    database_->roll_back();
    return error;
  }

  const std::string pipeline_;
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace

std::unique_ptr<StoreAdministration> make_sqlite_administration(StoreIdentity identity,
                                                                std::unique_ptr<SqliteDatabase> database) {
  return std::make_unique<SqliteAdministration>(std::move(identity), std::move(database));
}

}  // namespace weir
