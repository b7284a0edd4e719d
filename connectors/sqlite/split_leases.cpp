// split_leases.cpp — leases in an SQLite file. Its one write lock makes every claim wait for a commit that is
// under way.
#include "connectors/sqlite/split_leases.h"

#include "engine/base/clock.h"

namespace weir {
namespace {

class SqliteLeases final : public SplitLeases {
 public:
  SqliteLeases(StoreIdentity identity, std::unique_ptr<SqliteDatabase> database)
      : identity_(std::move(identity)), database_(std::move(database)) {}

  Result<Board> heartbeat(const std::string& source, std::chrono::milliseconds lease) override {
    WEIR_TRY(renew(lease));
    Board board;
    WEIR_ASSIGN(board.splits, read_sqlite_splits(*database_, identity_.pipeline, source));
    WEIR_ASSIGN(
        SqliteStatement members,
        database_->statement("SELECT owner FROM weir_member WHERE pipeline = ? AND expires_at > ?"));
    members.text(identity_.pipeline).number(sqlite_clock());
    for (;;) {
      WEIR_ASSIGN(const bool is_row, members.step());
      if (!is_row) break;
      board.members.push_back(members.text_at(0));
    }
    board.first_start = board.splits.empty();
    return board;
  }

  Status add(const std::string& source, std::span<const FirstPosition> splits) override {
    WEIR_TRY(database_->execute("BEGIN IMMEDIATE"));
    for (const FirstPosition& split : splits) {
      const Status added =
          run("INSERT INTO weir_checkpoint (pipeline, source, split, position, plan) VALUES (?, ?, ?, ?, ?) "
              "ON CONFLICT DO NOTHING",
              {identity_.pipeline, source, split.split, split.position, identity_.plan});
      if (added.ok()) continue;
      database_->roll_back();
      return added.error();
    }
    return end_transaction();
  }

  Result<std::optional<Position>> claim(const std::string& source, const std::string& split,
                                        const std::string& expected_owner,
                                        std::chrono::milliseconds lease) override {
    WEIR_TRY(renew(lease));
    WEIR_ASSIGN(SqliteStatement update,
                database_->statement(
                    "UPDATE weir_checkpoint SET owner = ?, updated_at = strftime('%Y-%m-%d %H:%M:%fZ') "
                    "WHERE pipeline = ? AND source = ? AND split = ? AND owner = ? RETURNING position"));
    update.text(identity_.owner).text(identity_.pipeline).text(source).text(split).text(expected_owner);
    WEIR_ASSIGN(const bool is_ours, update.step());
    if (!is_ours) return std::optional<Position>();
    const std::optional<Position> position = update.text_at(0);
    WEIR_TRY(update.step());  // the change is committed when the statement ends
    return position;
  }

  Status release(const std::string& source, const std::string& split) override {
    return run(
        "UPDATE weir_checkpoint SET owner = '' WHERE pipeline = ? AND source = ? AND split = ? AND owner = ?",
        {identity_.pipeline, source, split, identity_.owner});
  }

  Status leave() override {
    WEIR_TRY(run("UPDATE weir_checkpoint SET owner = '' WHERE pipeline = ? AND owner = ?",
                 {identity_.pipeline, identity_.owner}));
    return run("DELETE FROM weir_member WHERE pipeline = ? AND owner = ?",
               {identity_.pipeline, identity_.owner});
  }

 private:
  Status run(const char* sql, std::initializer_list<std::string_view> parameters) {
    WEIR_ASSIGN(SqliteStatement statement, database_->statement(sql));
    for (const std::string_view parameter : parameters) statement.text(parameter);
    return statement.run();
  }

  Status end_transaction() {
    const Status done = database_->execute("COMMIT");
    if (!done.ok()) database_->roll_back();
    return done.ok() ? Status() : Status(done.error());
  }

  Status renew(std::chrono::milliseconds lease) {
    WEIR_ASSIGN(
        SqliteStatement member,
        database_->statement("INSERT INTO weir_member (pipeline, owner, expires_at) VALUES (?, ?, ?) "
                             "ON CONFLICT (pipeline, owner) DO UPDATE SET expires_at = excluded.expires_at"));
    return member.text(identity_.pipeline).text(identity_.owner).number(sqlite_clock() + lease.count()).run();
  }

  const StoreIdentity identity_;
  std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace

std::int64_t sqlite_clock() { return system_clock().wall_microseconds() / 1000; }

Result<std::vector<SplitState>> read_sqlite_splits(SqliteDatabase& database, const std::string& pipeline,
                                                   const std::string& source) {
  WEIR_ASSIGN(
      SqliteStatement rows,
      database.statement(
          "SELECT c.split, c.position, c.owner, c.owner <> '' AND coalesce(m.expires_at <= ?, 1) "
          "FROM weir_checkpoint c LEFT JOIN weir_member m ON m.pipeline = c.pipeline AND m.owner = c.owner "
          "WHERE c.pipeline = ? AND c.source = ? ORDER BY c.split"));
  rows.number(sqlite_clock()).text(pipeline).text(source);
  std::vector<SplitState> splits;
  for (;;) {
    WEIR_ASSIGN(const bool more, rows.step());
    if (!more) return splits;
    splits.push_back({rows.text_at(0), rows.text_at(1), rows.text_at(2), rows.number_at(3) != 0});
  }
}

std::unique_ptr<SplitLeases> make_sqlite_leases(StoreIdentity identity,
                                                std::unique_ptr<SqliteDatabase> database) {
  return std::make_unique<SqliteLeases>(std::move(identity), std::move(database));
}

}  // namespace weir
