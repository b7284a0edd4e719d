// store.h — the contract of a transactional sink: a database that holds the tables of several sinks, and with them the
// positions, the ledger and the rejected rows, so that an epoch becomes visible in one transaction or not at all.
//
// The runtime folds duplicates, drops rows whose key is known to be there, and sorts by key; a store only encodes and writes.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/component/chunk.h"
#include "engine/data/column.h"
#include "engine/data/hash.h"

namespace weir {

enum class OnConflict : std::uint8_t { ignore, update, update_newer, error };

struct ForeignKey { std::vector<std::string> columns; std::string table; std::vector<std::string> references; };

/// One table as the plan writes it.
struct SinkTable {
  std::string sink;                     // name of the sink in the pipeline
  std::string table;                    // "fact_sales" or "schema.fact_sales", as written
  Schema schema;                        // the columns written, in order; key columns are not nullable
  std::vector<std::size_t> key;         // indexes into schema; empty: plain append (no conflict possible)
  OnConflict on_conflict = OnConflict::ignore;
  std::size_t newer_by = 0;             // update_newer: index of the column that decides
  std::vector<ForeignKey> references;   // declared by the user; created by init-db
  bool rows_can_go = false;             // later rows may take out what earlier ones brought in
};

/// Rows of one chunk for one table, ready to be written. Reused between chunks.
struct EncodedRow {
  std::uint32_t record;       // index in the chunk's records
  std::uint32_t offset;       // into bytes
  std::uint32_t size;
  std::uint32_t key_offset;   // into keys: canonical key (append_key of each key column), then, for update_newer, the deciding
  std::uint32_t key_size;     // column's canonical form
  std::uint32_t newer_size;
  std::uint64_t order;        // first 8 key bytes, big-endian: sorts as the key does
  Hash128 key;                // hash of the canonical key; unset where the table has no key
};
struct RefusedRecord { std::uint32_t record; std::string code; std::string message; };
struct EncodedRows {
  std::string bytes;
  std::string keys;
  std::vector<EncodedRow> rows;         // in record order
  std::vector<RefusedRecord> refused;   // rows this store can't hold (NULL key, NUL character, ...)
  std::string_view key_of(const EncodedRow& row) const { return std::string_view(keys).substr(row.key_offset, row.key_size); }
  std::string_view newer_of(const EncodedRow& row) const {
    return std::string_view(keys).substr(row.key_offset + row.key_size, row.newer_size);
  }
  void clear() { bytes.clear(); keys.clear(); rows.clear(); refused.clear(); }
};

/// Immutable; encode() is called by several threads at once.
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  /// Fills key, order and the key bytes of the given rows (and nothing else) so that the runtime can drop rows whose key is known before
  /// their values are encoded. `rows` are row numbers of the columns, `records` the same rows' record numbers.
  virtual void encode_keys(std::span<const Column> columns, std::span<const std::uint32_t> rows, std::span<const std::uint32_t> records,
                           EncodedRows& out) const = 0;
  /// Encodes the values of `rows`, which are those of out.rows (same order, after the runtime has erased some); sets offset and size.
  /// Rows that cannot be held move from out.rows to out.refused.
  virtual void encode_values(std::span<const Column> columns, std::span<const std::uint32_t> rows, EncodedRows& out) const = 0;
};

struct RejectedRow {
  std::string source, split;
  std::int64_t offset = 0;
  std::string sink;                     // empty: rejected before any sink (all sinks lose it)
  std::string part;                     // which of the rows made of the record: "2", or "2.0" of a row made of such a row; empty: the whole record
  std::string reason, message;
  std::optional<std::string> payload;   // the record's bytes; nothing for a tombstone
  std::optional<std::string> key;
  std::int64_t timestamp = no_timestamp;
};

struct SplitAdvance { std::string source, split; Position from, to; };

/// Counts of one sink for one epoch and source; read + expanded = written + duplicates + filtered + absorbed + late + rejected must hold.
/// `expanded`: how many rows explode made beyond the ones it made them of.
struct LedgerLine {
  std::string source, sink;
  std::int64_t read = 0, expanded = 0, written = 0, duplicates = 0, filtered = 0, absorbed = 0, late = 0, rejected = 0;
};

/// TableWrite::ledger_line of rows that are in nobody's books: those made of many rows, and state.
inline constexpr std::size_t no_ledger_line = ~std::size_t{0};

struct RowReference { const EncodedRows* rows; std::uint32_t index; std::uint32_t tag; /* the runtime's own */ };

struct TableWrite {
  const SinkTable* table;
  std::size_t ledger_line;            // whose written, duplicates and rejected the store completes; or no_ledger_line
  std::vector<RowReference> rows;     // distinct keys, ascending by key
  bool believed_new = false;          // no key is expected to be in the table: worth trying the cheapest way in
  /// The rows are keys, and what stands in the table under them goes; a key that is not there is no error. `table` is one that the runtime made
  /// for this, the same in every epoch: its schema is the key's columns, in any order, and its `key` lists them in the order in which the table of the
  /// rows does, so that keys of both are equal byte for byte. No ledger line. TableReport::written is how many rows went, the other counts
  /// are 0. A row that the database keeps (another table refers to it) is a fatal error: no record is to blame.
  bool is_removal = false;
};

struct EpochWrite {
  std::int64_t epoch = 0;
  std::vector<TableWrite> tables;     // in an order that satisfies foreign keys, the same in every epoch; a key of a table is in one of them only
  std::vector<SplitAdvance> advances; // sorted by (source, split)
  std::vector<LedgerLine> ledger;     // complete but for what the database decides
  std::vector<RejectedRow> rejected;
  /// Stored rejects that this write puts right (`weir rejects replay`): deleted in the same transaction. Fatal, nothing committed, where
  /// one of them is not there any more. Their ledger lines have read = 0 and a negative `rejected`: the books move rows, they do not grow.
  /// A write for a replay or for init-db has no advances.
  std::vector<std::int64_t> settled_rejects;
  /// Makes the reject for a row that the database refused (called by the store within commit).
  std::function<RejectedRow(const TableWrite&, const RowReference&, const std::string& code, const std::string& message)> reject;
};

struct TableReport {
  std::int64_t written = 0, duplicates = 0, refused = 0;
  bool was_new = false;               // believed_new held: nothing conflicted
  std::vector<std::uint32_t> refused_rows;  // indexes into TableWrite::rows
};
struct EpochReport { std::vector<TableReport> tables; };

/// One connection that commits epochs. One thread.
class EpochWriter {
 public:
  virtual ~EpochWriter() = default;
  /// Writes and commits the epoch in one transaction: rows, then the compare-and-set of every split's position and owner, ledger, rejects. Deadlocks and serialisation failures are retried inside.
  /// Service error: nothing is known to be committed; call again with the same epoch: the store then first reads the positions back, and reports success
  /// if the earlier attempt had committed after all. Fenced: another owner has one of the splits; nothing was committed. Fatal: a person is needed.
  virtual Result<EpochReport> commit(const EpochWrite& write) = 0;
};

/// A split as the database knows it.
struct SplitState {
  std::string split;
  Position position;
  std::string owner;        // empty: nobody's
  bool is_expired = false;  // the owner's lease has run out by the database's clock
};

/// Shares splits between processes of one pipeline. One thread, its own connection. Every error may be a service error.
class SplitLeases {
 public:
  virtual ~SplitLeases() = default;
  struct Board {
    std::vector<SplitState> splits;
    std::vector<std::string> members;  // owners whose lease has not run out, this process among them
    bool first_start = false;          // no split of this source was ever stored
  };
  /// Says that `owner` lives, renews its leases for `lease`, and returns all splits of the source and the members.
  virtual Result<Board> heartbeat(const std::string& source, std::chrono::milliseconds lease) = 0;
  /// Stores the first positions of splits, all of them in one transaction (so that a pipeline's first start is seen whole or not at all);
  /// a split that has a position already keeps it. Where a database locks single rows, this does not wait for a transaction of the split's owner.
  struct FirstPosition { std::string split; Position position; };
  virtual Status add(const std::string& source, std::span<const FirstPosition> splits) = 0;
  /// Takes the split if its owner is still `expected_owner` (empty: nobody). Waits for a transaction of that owner that is about to commit, and ends
  /// those that do not finish or cannot be committed any more. Returns the position to go on from, or nothing if somebody else was faster.
  virtual Result<std::optional<Position>> claim(const std::string& source, const std::string& split, const std::string& expected_owner,
                                                std::chrono::milliseconds lease) = 0;
  virtual Status release(const std::string& source, const std::string& split) = 0;
  /// Gives up everything; called once at the end.
  virtual Status leave() = 0;
};

struct RejectFilter { std::string reason, sink, source; std::int64_t limit = 100; std::int64_t id = 0; /* 0: any */ };
struct StoredReject { std::int64_t id; std::int64_t epoch; std::string at; RejectedRow row; };
struct LedgerTotals { LedgerLine line; std::int64_t epochs = 0; };

/// A row of weir_state. The views are good during the call that hands it over.
struct StoredState { std::string_view name, key, value; std::int64_t epoch = 0; };

/// What the commands rejects, account and reset need. One thread.
class StoreAdministration {
 public:
  virtual ~StoreAdministration() = default;
  virtual Result<std::vector<StoredReject>> rejects(const RejectFilter& filter) = 0;
  /// Rejected rows per reason and sink.
  struct RejectCount { std::string source, sink, reason; std::int64_t rows; };
  virtual Result<std::vector<RejectCount>> reject_counts() = 0;
  virtual Status delete_rejects(std::span<const std::int64_t> ids) = 0;
  virtual Result<std::vector<LedgerTotals>> ledger() = 0;
  virtual Result<std::vector<SplitState>> splits(const std::string& source) = 0;
  /// Forgets positions, ledger, state and rejects of the pipeline (sink tables stay). Refuses while a member lives.
  virtual Status reset() = 0;
  /// Sets the stored position of a split by hand (after data loss). Refuses while a member lives.
  virtual Status set_position(const std::string& source, const std::string& split, const Position& position) = 0;
  /// Every row of weir_state that this pipeline has, in no particular order. The first error of `take` ends it.
  virtual Status read_state(const std::function<Status(const StoredState& row)>& take) = 0;
  /// Runs a query and returns its header and rows as text (reports, the demo's top 10).
  virtual Result<std::vector<std::vector<std::optional<std::string>>>> query(const std::string& sql) = 0;
};

/// Who is writing: unique per process start. `plan` is the plan's fingerprint, stored beside the positions.
struct StoreIdentity { std::string pipeline; std::string owner; std::string plan; };

/// An open database. Methods may be called by any thread; what they return belongs to one thread each.
class Store {
 public:
  virtual ~Store() = default;
  /// Called before anything else by who will run a job on the store, which may begin to make the job's connections in the background. What fails
  /// then fails again when it is asked for.
  virtual void connect_ahead() {}
  /// Creates the weir_ tables and, if `create`, missing sink tables; checks present ones against the plan (columns, types, nullability, a unique index on
  /// the key, no triggers or rules). Reports every difference. A service error may be retried.
  virtual Status prepare(std::span<const SinkTable> tables, bool create) = 0;
  virtual std::unique_ptr<RowEncoder> encoder(const SinkTable& table) const = 0;
  virtual Result<std::unique_ptr<EpochWriter>> writer(std::size_t lane) = 0;
  virtual Result<std::unique_ptr<SplitLeases>> leases() = 0;
  virtual Result<std::unique_ptr<StoreAdministration>> administration() = 0;
  /// Where the state of stateful steps is kept: an ordinary table with the columns pipeline, name, key (these are its key), value and epoch, as it would be
  /// written in a pipeline.
  virtual std::string state_table() const = 0;
  /// How many writers make sense: 1 where the database has a single writer.
  virtual std::size_t useful_writers() const = 0;
};

/// The validated options of a connection: immutable, part of the plan.
class StoreDefinition {
 public:
  virtual ~StoreDefinition() = default;
  /// Does not connect yet.
  virtual Result<std::unique_ptr<Store>> open(const StoreIdentity& identity) const = 0;
  /// For `check --connect`: connects, and compares `tables` with those present (missing ones are no error, they can be created; permissions are checked).
  virtual Status check_connect(std::span<const SinkTable> tables, std::chrono::milliseconds patience) const = 0;
  virtual std::string describe() const = 0;     // without secrets
  /// Why a table of the plan cannot be held by this store, reported at compile time (identifier too long, no key type, ...).
  virtual void check_table(const SinkTable& table, const Location& where, Diagnostics& diagnostics) const = 0;
};

}  // namespace weir
