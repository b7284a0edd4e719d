// weir_tables.h — the tables in which Weir keeps positions, state, ledger and rejects, and the statements on
// them.
#pragma once

#include <string>

#include "connectors/postgres/postgres_client.h"

namespace weir {

/// The weir_ tables in `schema`, or where the search path finds them if it is empty.
class WeirTables {
 public:
  explicit WeirTables(const std::string& schema);

  /// Creates what is missing. Call it within a transaction that holds the lock.
  Status create(PostgresClient& client) const;
  /// One process at a time creates tables; the lock ends with the transaction.
  std::string lock() const;
  std::string name(const char* table) const { return prefix_ + table; }
  /// As a pipeline would write it.
  std::string written_name(const std::string& table) const { return schema_.empty() ? table : schema_ + "." + table; }

  // Written by every commit; parameters are in the order of the comment.
  std::string advance;  // position, epoch, plan, pipeline, source, split, from, owner
  std::string book;     // pipeline, source, sink, owner, writer, epoch, read, expanded, written, duplicates, filtered,
                     // absorbed, late, rejected
  std::string
      reject;  // pipeline, source, split, offset, sink, part, reason, message, payload, key, timestamp, epoch
  std::string settle;  // pipeline, id
  /// Folds the ledger lines of finished epochs into one line per source, sink and hour: pipeline, owner,
  /// first epoch to keep.
  std::string fold;

 private:
  std::string schema_;
  std::string prefix_;
};

}  // namespace weir
