// staged_chunk.h — a chunk on its way through the graph: raw records, then encoded rows for each sink.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/window_time.h"
#include "engine/component/format.h"
#include "engine/component/store.h"
#include "engine/expression/program.h"
#include "engine/state/dedup_table.h"
#include "engine/state/group_table.h"

namespace weir {

/// One split while this process owns it; a new one is made each time it is claimed. Shared by the threads
/// that handle its chunks.
struct SplitRun {
  std::size_t source = 0;  // index of the stage
  std::string source_name;
  std::string split;
  std::size_t lane = 0;
  std::atomic<std::int64_t> in_flight{0};  // chunks polled and neither committed nor dropped
  std::atomic<bool> is_lost{false};        // owned by another process now: its chunks are dropped
  std::atomic<bool> is_at_end{false};      // the end as first asked has been polled
  std::uint64_t next_polled = 0;           // source thread only
  std::uint64_t next_committed = 0;        // lane thread only
};

/// What one branch of a stage made of a chunk.
struct BranchRows {
  EncodedRows rows;
  std::int64_t filtered = 0;
  std::int64_t duplicates = 0;  // rows whose key was known to be in the table
};

/// What an expansion of a stage made of a chunk.
struct MadeBlock {
  std::int64_t duplicates = 0;          // rows of the parent that a dedup left out,
  std::int64_t late = 0;                // and those that came too late for it,
  std::vector<std::uint32_t> late_records;  // of these records
  std::vector<std::uint32_t> parents;   // of each row: the row of the parent block, or the record, that it was made of; ascending
  std::vector<RefusedRecord> refused;   // `record` is a row of the parent block, or a record
  std::int64_t filtered = 0;            // rows of the parent that the predicate left out, or of which nothing was made
  std::int64_t added = 0;               // how many more rows than the ones they were made of
  std::uint32_t last_record = ~0u;      // while it is made: the record of the latest rows, and how many were made of it so far
  std::uint32_t rows_of_record = 0;
};

/// What a gathering of a stage made of a chunk.
struct GatheredRows {
  std::unique_ptr<GroupTable> groups;  // null where no row came
  std::vector<RefusedRecord> refused;  // `record` is a record, or a row of the gathering's block
  std::int64_t filtered = 0;
  std::int64_t absorbed = 0;
  std::int64_t late = 0;
  std::vector<std::uint32_t> late_records;
};

/// What an intake of a stage made of a chunk: rows for one side of a join.
struct TakenRows {
  struct Row {
    Hash128 key;
    std::int64_t time;  // microseconds; no_time where the source does not say
    std::uint32_t size; // of its values
    bool has_key;       // none of it is NULL
  };
  std::vector<Row> rows;
  std::string values;  // of one row after the other, as append_row_bytes() has them
  std::vector<RefusedRecord> refused;  // `record` is a record, or a row of the intake's block
  std::int64_t filtered = 0;
  std::int64_t absorbed = 0;
  std::int64_t late = 0;
  std::vector<std::uint32_t> late_records;
};

/// Rows of one block, and where each comes from: a record, or a row of the parent block.
struct BlockRows {
  Batch batch;
  std::vector<std::uint32_t> origins;
  std::vector<std::uint32_t> records;  // of each row: the record that it was made of in the end
  std::optional<std::vector<std::uint32_t>> chosen{};  // the rows that there are; nothing: all
};

/// What goes on when it is known which rows are late, and which repeat others.
struct SuspendedBlock {
  enum class Kind : std::uint8_t { gathering, dedup, intake };
  std::size_t number = 0;  // of the expansion, the gathering or the intake
  Kind kind = Kind::gathering;
  std::shared_ptr<const BlockRows> rows;
  std::vector<Column> results;           // of the block's program
  std::shared_ptr<Arena> arena;          // where they live, if not in the chunk's
  std::vector<Hash128> keys;             // of a dedup: of the rows that it takes,
  std::vector<std::uint32_t> key_rows;   // which of the block they are,
  std::vector<std::uint32_t> key_records;  // and of which record
  std::vector<char> is_repeated;         // of each of these: the sequencer's answer
};

/// Rows that a dedup has taken in.
struct NewlySeen {
  std::size_t node;  // of the plan
  std::vector<SeenRow> rows;
  std::int64_t latest = no_time;  // of these, in microseconds
};

/// Which records of a chunk are still there when the others are not needed any more.
struct KeptRecords {
  std::size_t total = 0;                // how many there were
  std::vector<std::uint32_t> numbers;  // ascending
};

/// What a stage evaluates, one program for each block; all see one version of each lookup table.
using StagePrograms = std::vector<Program>;

struct StagedChunk {
  std::shared_ptr<SplitRun> split;
  std::uint64_t sequence = 0;  // within the split, from 0
  std::unique_ptr<RawChunk> raw;
  std::vector<RejectedRecord> rejected;  // before any branch
  std::int64_t ignored = 0;
  std::vector<BranchRows> branches;  // one per branch of the stage; EncodedRow::record is a record, or a row of the branch's block
  std::vector<MadeBlock> blocks;     // one per expansion of the stage
  std::vector<GatheredRows> gathered;  // one per gathering of the stage
  std::vector<TakenRows> taken;        // one per intake of the stage
  std::vector<RowPosition> positions;  // of each record where it is none but a joined row; else empty
  std::optional<KeptRecords> kept;     // nothing: all records are there. Else these are what raw->records, times and limits are of
  std::size_t charged_bytes = 0;     // taken from the credit
  // Where something goes by the time of rows:
  std::vector<std::int64_t> times;     // of each record, or of each pair of a join; no_time where it was refused
  std::vector<std::int64_t> limits;    // of each record that is late: what it is earlier than; else no_time. Empty: none is late
  std::int64_t latest_time = no_time;
  std::vector<SuspendedBlock> suspended;
  std::shared_ptr<const StagePrograms> programs;  // while it is worked on; columns may point into their tables
  std::size_t first_block_of_work = 0;  // of the arena: those from here on are not needed once nothing is suspended
  std::vector<NewlySeen> seen;
  bool is_absorbed = false;  // what it gave to groups, joins and dedups is in the state, and not here any more

  /// Requires that all records are there.
  bool is_late(std::uint32_t record) const { return !limits.empty() && limits[record] != no_time; }

  std::int64_t row_count() const { return static_cast<std::int64_t>(kept ? kept->total : raw->records.size()); }
  /// Where a record that is there stands in raw->records, times and limits.
  std::size_t place_of(std::uint32_t record) const {
    if (!kept) return record;
    return static_cast<std::size_t>(std::lower_bound(kept->numbers.begin(), kept->numbers.end(), record) - kept->numbers.begin());
  }
  /// What it keeps alive until it is committed.
  std::size_t memory_bytes() const {
    std::size_t bytes =
        sizeof(StagedChunk) + raw->arena.capacity_bytes() + raw->records.capacity() * sizeof(Record);
    for (const BranchRows& branch : branches) {
      bytes += branch.rows.bytes.capacity() + branch.rows.keys.capacity() +
               branch.rows.rows.capacity() * sizeof(EncodedRow);
    }
    for (const GatheredRows& rows : gathered) bytes += rows.groups == nullptr ? 0 : rows.groups->memory_bytes();
    for (const TakenRows& rows : taken) bytes += rows.values.capacity() + rows.rows.capacity() * sizeof(TakenRows::Row);
    for (const MadeBlock& block : blocks) bytes += block.parents.capacity() * sizeof(std::uint32_t);
    for (const NewlySeen& rows : seen) bytes += rows.rows.capacity() * sizeof(SeenRow);
    bytes += (times.capacity() + limits.capacity()) * sizeof(std::int64_t);
    return bytes;
  }
};
using StagedChunkPtr = std::unique_ptr<StagedChunk>;

}  // namespace weir
