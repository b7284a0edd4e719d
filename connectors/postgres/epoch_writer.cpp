// epoch_writer.cpp — repeats what may be repeated, reads the positions back where the outcome of COMMIT is
// unknown.
#include "connectors/postgres/epoch_writer.h"

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "connectors/postgres/epoch_transaction.h"
#include "connectors/postgres/postgres_error.h"
#include "connectors/postgres/table_writer.h"
#include "engine/base/log.h"

namespace weir {
namespace {

constexpr int most_repeats = 5;
constexpr std::uint64_t epochs_between_folds = 256;

class PostgresEpochWriter final : public EpochWriter {
 public:
  PostgresEpochWriter(PostgresSettings settings, WeirTables tables, WriterIdentity identity,
                      std::shared_ptr<const PostgresCatalog> catalog, std::unique_ptr<PostgresClient> client)
      : settings_(std::move(settings)),
        tables_(std::move(tables)),
        identity_(std::move(identity)),
        catalog_(std::move(catalog)),
        client_(std::move(client)),
        random_(std::random_device()()) {}

  Result<EpochReport> commit(const EpochWrite& write) override {
    for (int repeats = 0;; ++repeats) {
      Result<EpochReport> report = try_commit(write);
      if (report.ok()) return report;
      if (client_ != nullptr) client_->roll_back();
      const Error& error = report.error();
      if (is_worth_repeating(error) && repeats < most_repeats) {
        log::debug("epoch {}: {} ({}), trying again", write.epoch, error.message(), error.code());
        pause(repeats);
        continue;
      }
      if (error.kind() == ErrorKind::service) client_.reset();
      return as_run_error(std::move(report).error());
    }
  }

 private:
  Result<EpochReport> try_commit(const EpochWrite& write) {
    WEIR_TRY(connect());
    if (unknown_epoch_ == write.epoch) {
      WEIR_ASSIGN(const bool is_committed, read_back(write));
      unknown_epoch_.reset();
      if (is_committed) return unknown_report_;
    }
    const std::vector<WrittenTable*> tables = find_tables(write);
    Result<EpochReport> report = run(write, tables, false);
    if (report.ok() || report.error().kind() != ErrorKind::data) return report;
    // Some row is refused, which is rare: everything again, this time with savepoints to find it.
    client_->roll_back();
    return run(write, tables, true);
  }

  Status connect() {
    if (client_ != nullptr && client_->is_connected()) return {};
    client_.reset();
    for (auto& [name, table] : written_) table.has_stage = false;
    Result<std::unique_ptr<PostgresClient>> client = PostgresClient::connect(settings_);
    if (!client.ok()) return std::move(client).error();
    client_ = std::move(client).value();
    return {};
  }

  std::vector<WrittenTable*> find_tables(const EpochWrite& write) {
    std::vector<WrittenTable*> tables;
    for (const TableWrite& table : write.tables) {
      const auto [found, is_new] = written_.try_emplace({table.table->sink, table.is_removal});
      if (is_new) {
        found->second.sql = table.is_removal
                                ? make_removal_sql(*table.table, written_.size())
                                : make_table_sql(*table.table, facts_of(*table.table), written_.size());
      }
      tables.push_back(&found->second);
    }
    return tables;
  }

  PostgresTableFacts facts_of(const SinkTable& table) const {
    if (catalog_ == nullptr) return {};
    const auto found = catalog_->find(table.sink);
    return found == catalog_->end() ? PostgresTableFacts{} : found->second;
  }

  Result<EpochReport> run(const EpochWrite& write, const std::vector<WrittenTable*>& tables,
                          bool is_careful) {
    EpochBooks books(write);
    EpochTransaction transaction(*client_, tables_, identity_, write, books);
    WEIR_TRY(is_careful ? transaction.write_carefully({tables.begin(), tables.end()})
                        : transaction.write({tables.begin(), tables.end()}));
    bool is_outcome_known = true;
    const bool folds = commits_ % epochs_between_folds == 1;
    Status committed = transaction.commit(folds, is_outcome_known);
    if (committed.ok()) {
      for (const std::size_t t : transaction.made_stages()) tables[t]->has_stage = true;
      ++commits_;
      committed = pass_failpoint("after_commit", *client_);
      is_outcome_known = committed.ok();
    }
    if (!is_outcome_known) {
      unknown_epoch_ = write.epoch;
      unknown_report_ = books.report();
    }
    if (!committed.ok()) return std::move(committed).error();
    return books.report();
  }

  // Locking the rows waits for a transaction of the lost connection that may still be at work.
  Result<bool> read_back(const EpochWrite& write) {
    WEIR_TRY(client_->query("BEGIN"));
    std::size_t advanced = 0;
    for (const SplitAdvance& advance : write.advances) {
      WEIR_ASSIGN(const PostgresResult found,
                  client_->query(fmt::format("SELECT position, epoch, owner FROM {} WHERE pipeline = $1 AND "
                                             "source = $2 AND split = $3 FOR UPDATE",
                                             tables_.name("weir_checkpoint")),
                                 {identity_.pipeline, advance.source, advance.split}));
      const bool is_ours = row_count(found) == 1 && text_at(found, 0, 2) == identity_.owner;
      if (is_ours && text_at(found, 0, 0) == advance.to && number_at(found, 0, 1) == write.epoch) {
        ++advanced;
      } else if (!is_ours || text_at(found, 0, 0) != advance.from) {
        return Error{
            ErrorKind::fenced,
            fmt::format("split {} of source {} was taken over while the outcome of a commit was unknown",
                        advance.split, advance.source)};
      }
    }
    if (write.advances.empty()) {
      WEIR_ASSIGN(const PostgresResult found,
                  client_->query(
                      fmt::format("SELECT 1 FROM {} WHERE pipeline = $1 AND owner = $2 AND first_epoch = $3",
                                  tables_.name("weir_ledger")),
                      {identity_.pipeline, identity_.owner, std::to_string(write.epoch)}));
      advanced = row_count(found) == 0 ? 0 : 1;
    }
    WEIR_TRY(client_->query("ROLLBACK"));
    log::info("the connection was lost during COMMIT of epoch {}: it {}", write.epoch,
              advanced != 0 ? "had been committed" : "had not been committed");
    return advanced != 0;
  }

  // A wrong setting found while running is nothing the pipeline file can be blamed for: somebody changed the
  // database.
  static Error as_run_error(Error error) {
    if (error.kind() != ErrorKind::user && error.kind() != ErrorKind::data) return error;
    return Error{ErrorKind::fatal, error.message()}.with_code(error.code());
  }

  void pause(int repeats) {
    std::uniform_int_distribution<int> milliseconds(5, 20 << repeats);
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random_)));
  }

  const PostgresSettings settings_;
  const WeirTables tables_;
  const WriterIdentity identity_;
  const std::shared_ptr<const PostgresCatalog> catalog_;
  std::unique_ptr<PostgresClient> client_;
  std::map<std::pair<std::string, bool>, WrittenTable> written_;  // by sink and whether its rows are removed
  std::uint64_t commits_ = 0;
  std::optional<std::int64_t> unknown_epoch_;  // COMMIT was sent, and no reply came
  EpochReport unknown_report_;
  std::minstd_rand random_;
};

}  // namespace

std::unique_ptr<EpochWriter> make_postgres_writer(PostgresSettings settings, WeirTables tables,
                                                  WriterIdentity identity,
                                                  std::shared_ptr<const PostgresCatalog> catalog,
                                                  std::unique_ptr<PostgresClient> client) {
  return std::make_unique<PostgresEpochWriter>(std::move(settings), std::move(tables), std::move(identity),
                                               std::move(catalog), std::move(client));
}

}  // namespace weir
