// postgres_store.cpp — options, connection and tables of the Postgres store.
#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <future>
#include <mutex>

#include "connectors/postgres/administration.h"
#include "connectors/postgres/binary_encoder.h"
#include "connectors/postgres/catalog.h"
#include "connectors/postgres/epoch_writer.h"
#include "connectors/postgres/postgres.h"
#include "connectors/postgres/read_only.h"
#include "connectors/postgres/spare_clients.h"
#include "connectors/postgres/split_leases.h"
#include "engine/base/log.h"
#include "engine/component/row_keys.h"

namespace weir {
namespace {

constexpr std::size_t longest_identifier = 63;

struct PostgresOptions {
  std::string dsn;
  std::string schema;
};

OptionTable<PostgresOptions> option_table() {
  OptionTable<PostgresOptions> table;
  table.text(
      "dsn", &PostgresOptions::dsn,
      "where the database is: postgresql://user:password@host:port/database?name=value, or key=value pairs",
      true, true);
  table.text("schema", &PostgresOptions::schema,
             "the schema of the weir_ tables; by default the first one of the search path");
  return table;
}

struct FreeConnectionOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using ConnectionOptions = std::unique_ptr<PQconninfoOption, FreeConnectionOptions>;

std::string connection_option(const ConnectionOptions& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (option->keyword == keyword) return option->val == nullptr ? "" : option->val;
  }
  return {};
}

// libpq's message may quote the dsn, and so a password.
void check_dsn(const std::string& dsn, const Config& config, Diagnostics& diagnostics) {
  char* message = nullptr;
  const ConnectionOptions options(PQconninfoParse(dsn.c_str(), &message));
  const std::string reason = message == nullptr ? "" : message;
  PQfreemem(message);
  if (options != nullptr) return;
  const Config* value = config.find("dsn");
  const bool is_harmless =
      reason.starts_with("invalid connection option") || reason.starts_with("invalid URI query parameter");
  diagnostics.error(
      Error{ErrorKind::user,
            "the dsn is not one that libpq understands" + (is_harmless ? ": " + reason : std::string()),
            value == nullptr ? config.where : value->where}.as("W0618")
          .with_hint("write postgresql://user:password@host:port/database; special characters in the "
                     "password as %XX"));
}

void check_identifier(const std::string& name, const char* what, const SinkTable& table,
                      const Location& where, Diagnostics& diagnostics) {
  if (name.empty()) {
    diagnostics.error(
        Error{ErrorKind::user, fmt::format("table {} has an empty {} name", table.table, what), where}.as("W0616"));
  } else if (name.size() > longest_identifier) {
    diagnostics.error(Error{ErrorKind::user,
                            fmt::format("the {} name {} has {} bytes, Postgres keeps {}", what, name,
                                        name.size(), longest_identifier),
                            where}.as("W0616"));
  } else if (name.find('\0') != std::string::npos) {
    diagnostics.error(Error{ErrorKind::user,
                            fmt::format("the {} name of table {} holds a NUL character", what, table.table),
                            where}.as("W0616"));
  }
}

class PostgresStore final : public Store {
 public:
  PostgresStore(PostgresSettings settings, const std::string& schema, StoreIdentity identity)
      : settings_(std::move(settings)), tables_(schema), identity_(std::move(identity)) {}

  // Making a connection takes as long as looking at the tables does.
  void connect_ahead() override {
    ahead_ = std::async(std::launch::async, [this] {
      const auto for_leases = spares_->take(lease_settings());  // which gives it back
      static_cast<void>(for_leases);
    });
  }

  Status prepare(std::span<const SinkTable> tables, bool create) override {
    WEIR_ASSIGN(const LentClient client, spares_->take(settings_));
    WEIR_TRY(check_server(*client));
    WEIR_TRY(client->query("BEGIN; SET LOCAL lock_timeout = '60s'; " + tables_.lock()));
    WEIR_TRY(tables_.create(*client));
    WEIR_TRY(create_missing(*client, tables, create));
    PostgresCatalog catalog;
    WEIR_TRY(check_tables(*client, tables, catalog));
    WEIR_TRY(client->query("COMMIT"));
    const std::scoped_lock lock(mutex_);
    catalog_ = std::make_shared<const PostgresCatalog>(std::move(catalog));
    return {};
  }

  std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const override {
    const std::shared_ptr<const PostgresCatalog> catalog = this->catalog();
    const auto found = catalog->find(table.sink);
    return make_postgres_encoder(table, found == catalog->end() ? PostgresTableFacts{} : found->second);
  }

  Result<std::unique_ptr<EpochWriter>> writer(std::size_t lane) override {
    WEIR_ASSIGN(LentClient client, spares_->take(settings_));
    WEIR_TRY(client->avoid_scans());
    PostgresSettings settings = settings_;
    settings.avoids_scans = true;
    return make_postgres_writer(std::move(settings), tables_, {identity_, static_cast<std::int64_t>(lane)}, catalog(),
                                std::unique_ptr<PostgresClient>(client.release()));
  }

  Result<std::unique_ptr<SplitLeases>> leases() override {
    if (ahead_.valid()) ahead_.wait();
    const PostgresSettings settings = lease_settings();
    WEIR_ASSIGN(LentClient client, spares_->take(settings));
    return make_postgres_leases(settings, tables_, identity_, std::move(client));
  }

  Result<std::unique_ptr<StoreAdministration>> administration() override {
    WEIR_ASSIGN(LentClient client, spares_->take(settings_));
    return make_postgres_administration(tables_, identity_, std::move(client));
  }

  std::string state_table() const override { return tables_.written_name("weir_state"); }
  std::size_t useful_writers() const override { return 4; }

  /// Compares without changing anything; missing tables are no difference.
  Status check(std::span<const SinkTable> tables) {
    WEIR_ASSIGN(const std::unique_ptr<PostgresClient> client, PostgresClient::connect(settings_));
    WEIR_TRY(check_server(*client));
    bool is_missing = false;
    for (const char* table :
         {"weir_checkpoint", "weir_member", "weir_state", "weir_ledger", "weir_rejects"}) {
      WEIR_ASSIGN(
          const PostgresResult found,
          client->query("SELECT coalesce(has_table_privilege(to_regclass($1), 'INSERT') "
                        "AND has_table_privilege(to_regclass($1), 'SELECT') "
                        "AND has_table_privilege(to_regclass($1), 'UPDATE') "
                        "AND has_table_privilege(to_regclass($1), 'DELETE'), true), to_regclass($1) IS NULL",
                        {tables_.name(table)}));
      is_missing = is_missing || truth_at(found, 0, 1);
      if (!truth_at(found, 0, 0)) {
        return Error{ErrorKind::user, fmt::format("the role may not read and write table {}", table)}.as("W0804")
            .with_hint("GRANT SELECT, INSERT, UPDATE, DELETE on the weir_ tables");
      }
    }
    PostgresCatalog catalog;
    for (const SinkTable& table : tables) {
      WEIR_ASSIGN(const TableFindings found, inspect_table(*client, table));
      is_missing = is_missing || !found.exists;
    }
    if (is_missing) WEIR_TRY(check_may_create(*client));
    return check_tables(*client, tables, catalog);
  }

 private:
  std::shared_ptr<const PostgresCatalog> catalog() const {
    const std::scoped_lock lock(mutex_);
    return catalog_;
  }

  PostgresSettings lease_settings() const {
    PostgresSettings settings = settings_;
    // Not by the owner's name: a successor that ends a stuck commit should let the owner learn of it.
    settings.application_name = "weir leases";
    settings.waits_for_disk = false;
    return settings;
  }

  static Status check_server(PostgresClient& client) {
    const char* encoding = PQparameterStatus(client.handle(), "server_encoding");
    if (encoding != nullptr && std::string_view(encoding) != "UTF8") {
      return Error{ErrorKind::user,
                   fmt::format("the database is encoded in {}, so it cannot hold every text", encoding)}.as("W0808")
          .with_hint("create one with ENCODING 'UTF8' TEMPLATE template0");
    }
    WEIR_ASSIGN(const PostgresResult standby, client.query("SELECT pg_is_in_recovery()"));
    if (!truth_at(standby, 0, 0)) return {};
    return Error{ErrorKind::service, "the server is a standby, which takes no writes"}.with_hint(
        "add target_session_attrs=read-write to the dsn");
  }

  Status check_may_create(PostgresClient& client) const {
    WEIR_ASSIGN(const PostgresResult found,
                client.query("SELECT current_schema(), coalesce(has_schema_privilege(current_schema(), "
                             "'CREATE'), false), current_user"));
    if (truth_at(found, 0, 1)) return {};
    const std::string schema = text_at(found, 0, 0);
    if (schema.empty())
      return Error{ErrorKind::user, "no schema of the search path exists, so no table can be created"}.as("W0804");
    return Error{ErrorKind::user,
                 fmt::format("the role {} may not create tables in schema {}", text_at(found, 0, 2), schema)}.as("W0804")
        .with_hint(fmt::format("GRANT CREATE ON SCHEMA {} TO {}, or run init-db as another role",
                               quote_name(schema), quote_name(text_at(found, 0, 2))));
  }

  static Status create_missing(PostgresClient& client, std::span<const SinkTable> tables, bool create) {
    std::vector<std::string> later;
    for (const SinkTable& table : tables) {
      WEIR_ASSIGN(const TableFindings found, inspect_table(client, table));
      if (found.exists) continue;
      if (!create)
        return Error{ErrorKind::user, fmt::format("table {} does not exist", table.table)}.as("W0805").with_hint(
            "weir init-db creates it");
      Status created = client.query(create_table_sql(table)).status();
      if (!created.ok()) return std::move(created).error().in("creating table " + table.table);
      log::info("created table {}", table.table);
      for (std::string& statement : foreign_keys_sql(table)) later.push_back(std::move(statement));
    }
    for (const std::string& statement : later) WEIR_TRY(client.query(statement));
    return {};
  }

  static Status check_tables(PostgresClient& client, std::span<const SinkTable> tables,
                             PostgresCatalog& catalog) {
    std::string differences;
    for (const SinkTable& table : tables) {
      WEIR_ASSIGN(const TableFindings found, inspect_table(client, table));
      catalog[table.sink] = found.facts;
      for (const std::string& warning : found.warnings) log::warning("{}", warning);
      for (const std::string& difference : found.differences) differences += "\n  " + difference;
    }
    if (differences.empty()) return {};
    return Error{ErrorKind::user, "the database does not fit the pipeline:" + differences}.as("W0806");
  }

  const PostgresSettings settings_;
  const WeirTables tables_;
  const StoreIdentity identity_;
  const std::shared_ptr<SpareClients> spares_ = std::make_shared<SpareClients>();
  mutable std::mutex mutex_;
  std::shared_ptr<const PostgresCatalog> catalog_ =
      std::make_shared<const PostgresCatalog>();  // Guarded by mutex_.
  std::shared_future<void> ahead_;  // last: what it does uses what stands above
};

class PostgresDefinition final : public StoreDefinition, public ReadOnlyStore {
 public:
  explicit PostgresDefinition(PostgresOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<Store>> open(const StoreIdentity& identity) const override {
    return std::unique_ptr<Store>(std::make_unique<PostgresStore>(
        settings(application_name_of(identity.owner)), options_.schema, identity));
  }

  Status check_connect(std::span<const SinkTable> tables, std::chrono::milliseconds patience) const override {
    PostgresSettings settings = this->settings("weir check");
    settings.connect_patience = patience;
    settings.reply_patience = std::max<std::chrono::milliseconds>(patience, std::chrono::seconds(10));
    Status checked = PostgresStore(settings, options_.schema, {}).check(tables);
    if (checked.ok()) return checked;
    return std::move(checked).error().in(describe());
  }

  SqlSpelling spelling() const override { return {.has_dollar_quotes = true, .has_escape_strings = true, .nests_comments = true, .has_bracket_names = false, .parameter_signs = "$"}; }

  // How long a statement may take is told to the server, which ends it.
  Result<std::unique_ptr<ReadOnlyConnection>> open_read_only(std::chrono::milliseconds patience) const override {
    PostgresSettings settings = this->settings("weir report");
    settings.connect_patience = patience;
    settings.reply_patience = std::chrono::hours(24);
    auto connection = connect_read_only(settings);
    if (!connection.ok()) return std::move(connection).error().in(describe());
    return connection;
  }

  std::string describe() const override {
    char* message = nullptr;
    const ConnectionOptions options(PQconninfoParse(options_.dsn.c_str(), &message));
    PQfreemem(message);
    const std::string host = connection_option(options, "host");
    const std::string port = connection_option(options, "port");
    const std::string database = connection_option(options, "dbname");
    return fmt::format("postgres {}{}{}{}", host.empty() ? "local" : host, port.empty() ? "" : ":" + port,
                       database.empty() ? "" : "/", database);
  }

  void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const override {
    const TableName name = split_table_name(table.table);
    check_identifier(name.table, "table", table, where, diagnostics);
    if (table.table.find('.') != std::string::npos)
      check_identifier(name.schema, "schema", table, where, diagnostics);
    for (const Field& field : table.schema.fields)
      check_identifier(field.name, "column", table, where, diagnostics);
    for (const std::size_t index : table.key) {
      if (table.schema.fields[index].type.kind != TypeKind::json) continue;
      diagnostics.error(Error{
          ErrorKind::user,
          fmt::format("column {} is json, which cannot be a key", table.schema.fields[index].name), where}.as("W0604"));
    }
    if (table.on_conflict != OnConflict::update_newer ||
        table.schema.fields[table.newer_by].type.kind != TypeKind::json)
      return;
    diagnostics.error(Error{ErrorKind::user,
                            fmt::format("column {} is json, which has no order to be newer by",
                                        table.schema.fields[table.newer_by].name),
                            where}.as("W0605"));
  }

 private:
  PostgresSettings settings(std::string application_name) const {
    PostgresSettings settings;
    settings.dsn = options_.dsn;
    settings.application_name = std::move(application_name);
    return settings;
  }

  const PostgresOptions options_;
};

}  // namespace

StoreSpec postgres_store() {
  StoreSpec spec;
  spec.name = "postgres";
  spec.schemes = {"postgresql", "postgres"};
  spec.summary = "A Postgres database: rows, positions and books in one transaction.";
  spec.library = fmt::format("libpq {}.{}", PQlibVersion() / 10000, PQlibVersion() % 10000);
  spec.options = option_table().docs();
  spec.parse = [](const Config& config, Diagnostics& diagnostics) -> std::shared_ptr<const StoreDefinition> {
    Diagnostics own;
    PostgresOptions options = option_table().parse(config, own);
    if (own.ok()) check_dsn(options.dsn, config, own);
    for (const Error& error : own.errors()) diagnostics.error(error);
    for (const Error& warning : own.warnings()) diagnostics.warning(warning);
    if (!own.ok()) return nullptr;
    return std::make_shared<PostgresDefinition>(std::move(options));
  };
  return spec;
}

}  // namespace weir
