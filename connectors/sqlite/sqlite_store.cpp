// sqlite_store.cpp — options, file and tables of the SQLite store.
#include <fmt/format.h>
#include <sqlite3.h>

#include "connectors/sqlite/administration.h"
#include "connectors/sqlite/epoch_writer.h"
#include "connectors/sqlite/read_only.h"
#include "connectors/sqlite/row_values.h"
#include "connectors/sqlite/sink_tables.h"
#include "connectors/sqlite/split_leases.h"
#include "connectors/sqlite/sqlite.h"
#include "connectors/sqlite/weir_statements.h"
#include "engine/base/log.h"

namespace weir {
namespace {

struct SqliteOptions {
  std::string dsn;
};

OptionTable<SqliteOptions> option_table() {
  OptionTable<SqliteOptions> table;
  table.text("dsn", &SqliteOptions::dsn,
             "the database file: sqlite:PATH, sqlite:///absolute/path, or just a path", true);
  return table;
}

// sqlite:shop.db, sqlite:/var/shop.db, sqlite:///var/shop.db
std::string path_of(std::string dsn) {
  if (dsn.starts_with("sqlite:")) dsn.erase(0, 7);
  if (dsn.starts_with("//")) dsn.erase(0, 2);
  return dsn;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(std::string path, StoreIdentity identity)
      : path_(std::move(path)), identity_(std::move(identity)) {}

  Status prepare(std::span<const SinkTable> tables, bool create) override {
    WEIR_ASSIGN(const std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path_));
    WEIR_TRY(database->execute("BEGIN IMMEDIATE"));
    const Status prepared = prepare_within(*database, tables, create);
    if (prepared.ok()) return database->execute("COMMIT");
    database->roll_back();
    return prepared.error();
  }

  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override {
    return make_sqlite_encoder(table);
  }

  Result<std::unique_ptr<EpochWriter>> writer(std::size_t) override {
    WEIR_ASSIGN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path_));
    return make_sqlite_writer(path_, identity_, std::move(database));
  }
  Result<std::unique_ptr<SplitLeases>> leases() override {
    WEIR_ASSIGN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path_));
    return make_sqlite_leases(identity_, std::move(database));
  }
  Result<std::unique_ptr<StoreAdministration>> administration() override {
    WEIR_ASSIGN(std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path_));
    return make_sqlite_administration(identity_, std::move(database));
  }
  std::string state_table() const override { return "weir_state"; }
  std::size_t useful_writers() const override { return 1; }

  Status check(std::span<const SinkTable> tables) {
    WEIR_ASSIGN(const std::unique_ptr<SqliteDatabase> database, SqliteDatabase::open(path_));
    WEIR_TRY(database->execute("BEGIN IMMEDIATE; ROLLBACK"));  // may it be written?
    return compare(*database, tables);
  }

 private:
  static Status prepare_within(SqliteDatabase& database, std::span<const SinkTable> tables, bool create) {
    WEIR_TRY(make_weir_tables(database));
    for (const SinkTable& table : tables) {
      WEIR_ASSIGN(const bool exists, sqlite_table_exists(database, table.table));
      if (exists) continue;
      if (!create)
        return Error{ErrorKind::user, fmt::format("table {} does not exist", table.table)}.as("W0805").with_hint(
            "weir init-db creates it");
      WEIR_TRY(database.execute(create_sqlite_table_sql(table)));
      log::info("created table {}", table.table);
    }
    return compare(database, tables);
  }

  // Other programs may use user_version for themselves, so it only counts where our tables are.
  static Status make_weir_tables(SqliteDatabase& database) {
    WEIR_ASSIGN(const bool exist, sqlite_table_exists(database, "weir_checkpoint"));
    const std::string definitions =
        fmt::format("{} PRAGMA user_version = {};", sqlite_tables::definitions, sqlite_tables::version);
    if (!exist) return database.execute(definitions);
    WEIR_ASSIGN(SqliteStatement version, database.statement("PRAGMA user_version"));
    WEIR_TRY(version.step());
    const std::int64_t found = version.number_at(0);
    WEIR_TRY(version.step());  // ends the statement, which the change of a table would wait for
    if (found == sqlite_tables::version) return {};
    if (found == 1)
      return database.execute(sqlite_tables::put_version_1_aside + definitions + sqlite_tables::take_version_1_over);
    return Error{ErrorKind::user, fmt::format("the weir_ tables are of version {}, this Weir knows {}",
                                              found, sqlite_tables::version)}.as("W0807");
  }

  static Status compare(SqliteDatabase& database, std::span<const SinkTable> tables) {
    std::string differences;
    for (const SinkTable& table : tables) {
      WEIR_ASSIGN(const std::vector<std::string> found, compare_sqlite_table(database, table));
      for (const std::string& difference : found) differences += "\n  " + difference;
    }
    if (differences.empty()) return {};
    return Error{ErrorKind::user, "the database does not fit the pipeline:" + differences}.as("W0806");
  }

  const std::string path_;
  const StoreIdentity identity_;
};

class SqliteDefinition final : public StoreDefinition, public ReadOnlyStore {
 public:
  explicit SqliteDefinition(std::string path) : path_(std::move(path)) {}

  Result<std::unique_ptr<Store>> open(const StoreIdentity& identity) const override {
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path_, identity));
  }
  Status check_connect(std::span<const SinkTable> tables, std::chrono::milliseconds) const override {
    Status checked = SqliteStore(path_, {}).check(tables);
    return checked.ok() ? Status() : Status(std::move(checked).error().in(describe()));
  }
  std::string describe() const override { return "sqlite " + path_; }

  SqlSpelling spelling() const override { return {.has_dollar_quotes = false, .has_escape_strings = false, .nests_comments = false, .has_bracket_names = true, .parameter_signs = "?@$"}; }
  Result<std::unique_ptr<ReadOnlyConnection>> open_read_only(std::chrono::milliseconds patience) const override { return open_sqlite_read_only(path_, patience); }

  void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const override {
    for (const std::size_t index : table.key) {
      if (table.schema.fields[index].type.kind == TypeKind::json) {
        diagnostics.error(Error{
            ErrorKind::user,
            fmt::format("column {} is json, which cannot be a key", table.schema.fields[index].name), where}.as("W0604"));
      }
    }
    if (table.on_conflict != OnConflict::update_newer) return;
    const Field& field = table.schema.fields[table.newer_by];
    const bool has_order = field.type.kind != TypeKind::decimal && field.type.kind != TypeKind::interval &&
                           field.type.kind != TypeKind::json;
    if (has_order) return;
    diagnostics.error(
        Error{ErrorKind::user,
              fmt::format("column {} ({}) is kept as text in SQLite, so it cannot tell what is newer",
                          field.name, to_string(field.type)),
              where}.as("W0605")
            .with_hint("use a timestamp, a date or a bigint"));
  }

 private:
  const std::string path_;
};

}  // namespace

StoreSpec sqlite_store() {
  StoreSpec spec;
  spec.name = "sqlite";
  spec.schemes = {"sqlite"};
  spec.file_dsn = "sqlite:";
  spec.summary = "An SQLite file: the same tables and the same guarantees as Postgres, without a server.";
  spec.library = fmt::format("SQLite {}", sqlite3_libversion());
  spec.options = option_table().docs();
  spec.parse = [](const Config& config, Diagnostics& diagnostics) -> std::shared_ptr<const StoreDefinition> {
    const std::size_t before = diagnostics.errors().size();
    const SqliteOptions options = option_table().parse(config, diagnostics);
    if (diagnostics.errors().size() != before) return nullptr;
    const std::string path = path_of(options.dsn);
    if (path.empty() || path == ":memory:") {
      diagnostics.error(
          Error{ErrorKind::user, fmt::format("the dsn names no file: {}", options.dsn), config.where}.as("W0618")
              .with_hint("write sqlite:shop.db"));
      return nullptr;
    }
    return std::make_shared<SqliteDefinition>(path);
  };
  return spec;
}

}  // namespace weir
