// epoch_transaction.h — one attempt to write an epoch: rows, positions, ledger and rejects, then COMMIT.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "connectors/postgres/postgres_client.h"
#include "connectors/postgres/statement_pipeline.h"
#include "connectors/postgres/table_sql.h"
#include "connectors/postgres/weir_tables.h"
#include "engine/component/epoch_books.h"
#include "engine/component/store.h"

namespace weir {

/// Who writes: one process has several writers, each of which counts its own epochs.
struct WriterIdentity : StoreIdentity {
  std::int64_t writer = 0;
};

/// What a writer knows of a table on its connection.
struct WrittenTable {
  PostgresTableSql sql;
  bool has_stage = false;
};

/// Staging tables that are missing are made within the transaction, and last if it commits. One thread; used
/// once.
class EpochTransaction {
 public:
  EpochTransaction(PostgresClient& client, const WeirTables& tables, const WriterIdentity& identity,
                   const EpochWrite& write, EpochBooks& books)
      : client_(client),
        tables_(tables),
        identity_(identity),
        write_(write),
        books_(books),
        pipeline_(client) {}

  /// Rows of all tables and the compare-and-set of all positions. A data error: some row is refused; begin
  /// anew with write_carefully().
  Status write(const std::vector<const WrittenTable*>& tables);
  /// The same, but refused rows become rejects.
  Status write_carefully(const std::vector<const WrittenTable*>& tables);
  /// Ledger, rejects and COMMIT. `is_outcome_known` is false while nobody can say whether COMMIT took effect.
  Status commit(bool fold_ledger, bool& is_outcome_known);
  /// Indexes of the tables whose staging tables this transaction made.
  const std::vector<std::size_t>& made_stages() const { return made_stages_; }

 private:
  struct Queued {
    std::size_t table;
    std::size_t rows;
  };
  std::string begin_if_needed();
  Status queue_begin_if_needed();
  Status write_large(std::size_t t, const WrittenTable& written);
  /// The statement that makes the staging table where it is missing, or empties it where this transaction has
  /// used it.
  std::string make_stage_if_needed(std::size_t t, const WrittenTable& written);
  Status run_queued();
  /// Closes the tables whose rows stood in the pipeline; returns how many statements those were.
  std::size_t close_queued(const PipelineReport& report);
  void close(std::size_t t, std::int64_t written, bool was_copied);
  Status advance_positions();
  Status queue_advances();
  Status check_advances(const PipelineReport& report, std::size_t next);
  Error fenced(const SplitAdvance& advance);
  Status queue_ledger();

  PostgresClient& client_;
  const WeirTables& tables_;
  const WriterIdentity& identity_;
  const EpochWrite& write_;
  EpochBooks& books_;
  StatementPipeline pipeline_;
  std::vector<Queued> queued_;  // what stands in the pipeline, in order
  std::vector<std::size_t> made_stages_;
  std::vector<const WrittenTable*> staged_;  // whose staging tables this transaction has used
  bool has_begun_ = false;
};

/// Acts on a failpoint: `cut` breaks the connection, `error` is returned as a service error.
Status pass_failpoint(const char* name, PostgresClient& client);

}  // namespace weir
