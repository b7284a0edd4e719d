// epoch.h — gathers chunks into what one transaction writes: folded, in key order, with its books.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/plan/stage.h"
#include "engine/runtime/keyed_state.h"
#include "engine/runtime/outbox.h"
#include "engine/runtime/sink_limits.h"
#include "engine/runtime/staged_chunk.h"
#include "engine/runtime/table_keys.h"

namespace weir {

/// Decides table by table whether rows are worth trying to copy straight in: after a conflict it backs off
/// for 1, 2, 4 ... 64 epochs.
class NewnessGuess {
 public:
  bool next() {
    if (wait_ == 0) return true;
    --wait_;
    return false;
  }
  void held() { pause_ = 0; }
  void failed() {
    pause_ = pause_ == 0 ? 1 : std::min(pause_ * 2, 64);
    wait_ = pause_;
  }

 private:
  int pause_ = 0;
  int wait_ = 0;
};

/// Assembles the epochs of one lane. One thread. Memory is reused from epoch to epoch.
class EpochAssembler {
 public:
  /// `order`: indexes into plan.sinks as write_order gives them. With `state`, what assemble() was given is taken in at once: it must be
  /// committed, or the state be loaded anew. With `outbox`, what outlets get is kept there. With `limits`, they get no more than these allow.
  /// References must outlive the assembler.
  EpochAssembler(std::size_t lane, const Plan& plan, const std::vector<Stage>& stages,
                 std::vector<std::size_t> order, const AllTableKeys& keys, KeyedState* state = nullptr,
                 Outbox* outbox = nullptr, SinkLimits* limits = nullptr);

  /// Takes what a chunk gave to groups, joins and dedups into the state ahead of the epoch, which must be assembled with this chunk next; the chunk is smaller
  /// then. Requires state.
  void absorb(std::size_t stage, StagedChunk& chunk);

  /// `chunks`: of one stage, grouped by split, each split's in sequence. The result points into them and
  /// stays good until the next call; chunks must not change meanwhile.
  /// With state there may be none: then what is due is written. `is_end`: nothing more will come, and everything is written that waits.
  const EpochWrite& assemble(std::int64_t epoch, std::size_t stage,
                             const std::vector<StagedChunkPtr>& chunks, bool is_end = false);
  /// Tells what became of the latest epoch: remembers its keys, adapts the guesses.
  void committed(const EpochReport& report);
  /// What the latest epoch has for outlets; good until the next call of assemble().
  const std::vector<OutletWrite>& outlets() const { return outlets_; }
  /// Wrong rows of the latest epoch, which go to the rejects, the database's own and late ones not counted.
  std::size_t rejected_rows() const { return write_.rejected.size() - late_rejects_; }
  /// The first of them in words: split, offset, reason. Requires rejected_rows() > 0.
  std::string first_reject() const;

 private:
  static constexpr std::uint32_t of_group = ~0u;     // RowReference::tag of a row that is of no chunk,
  static constexpr std::uint32_t of_join = ~0u - 1;  // but made of several rows, or of two
  struct FoldSlot {
    std::uint32_t row = 0;
    std::uint32_t generation = 0;
  };
  void add_table(std::size_t sink, std::size_t stage, const std::vector<StagedChunkPtr>& chunks);
  std::int64_t fold(const SinkTable& table, TableWrite& write, LedgerLine& line);
  void sort_by_key(TableWrite& write);
  void add_writes(std::size_t sink, TableWrite write, LedgerLine& line);
  void forget_pending();
  void add_rejects(std::size_t stage, const std::vector<StagedChunkPtr>& chunks);
  void add_groups(std::size_t sink);
  void add_uncounted(std::size_t sink);
  void add_joined(std::size_t sink);
  void add_joined_rejects();
  RejectedRow make_joined_reject(std::size_t sink, std::string pair, const std::string& code, const std::string& message) const;
  RejectedRow make_joined_reject(std::size_t sink, const EncodedRows& rows, const RefusedRecord& refused) const;
  void add_absorbed(std::size_t sink, std::size_t stage, const std::vector<StagedChunkPtr>& chunks);
  void take_state(std::size_t stage, const std::vector<StagedChunkPtr>& chunks, bool is_end);
  void order_by_record(std::size_t sink, std::size_t stage, const std::vector<StagedChunkPtr>& chunks, std::vector<RowReference>& rows) const;
  void add_late(std::size_t stage, const std::vector<StagedChunkPtr>& chunks);
  using LateRecords = std::map<std::uint32_t, std::set<std::string>>;
  LateRecords late_records(std::size_t stage, const StagedChunk& chunk) const;
  void add_write(const SinkTable& table, const EncodedRows& rows, bool is_removal, std::size_t sink, bool believed_new = false);
  void add_state_rows();
  void add_outlet_groups(std::size_t sink, const EncodedRows& rows);
  std::size_t give_to_outlet(std::size_t sink, std::vector<RowReference> rows);
  void give_back_limits();
  void add_outbox_rows();
  std::size_t sink_named(const std::string& name) const;
  RejectedRow make_group_reject(std::size_t sink, const RefusedRecord& refused) const;
  void count_expansions(std::size_t stage, std::size_t block, const StagedChunk& chunk, LedgerLine& line) const;
  std::set<std::string> sinks_below(const Stage& stage, std::size_t block) const;
  /// `refused.record` is a record of the chunk, or a row of `block`.
  RejectedRow make_reject(std::size_t stage, std::size_t block, const StagedChunk& chunk, const RefusedRecord& refused,
                          const std::string& sink) const;
  std::size_t block_of(std::size_t stage, const StagedChunk& chunk, const EncodedRows& rows) const;

  const std::size_t lane_;
  const Plan& plan_;
  const std::vector<Stage>& stages_;
  std::vector<std::size_t> order_;  // then the outlets
  const AllTableKeys& keys_;
  KeyedState* const state_;  // null: the pipeline is stateless
  Outbox* const outbox_;     // null: rows for outlets are kept nowhere
  SinkLimits* const limits_;  // null: outlets are given every row
  const KeyedState::Changes* changes_ = nullptr;
  std::vector<NewnessGuess> guesses_;  // one per sink of the plan
  const std::vector<StagedChunkPtr>* chunks_ = nullptr;
  std::size_t stage_ = 0;  // of the latest epoch
  std::size_t late_rejects_ = 0;
  EpochWrite write_;
  std::vector<TableWrite> tables_;
  std::vector<std::size_t> sink_of_table_;
  std::vector<OutletWrite> outlets_;
  bool is_committed_ = true;  // the latest epoch; else its outlets' rows do not count for their limits
  std::vector<FoldSlot> slots_;
  std::uint32_t generation_ = 0;
  struct SortEntry {
    std::uint64_t order;
    std::uint32_t row;
  };
  std::vector<SortEntry> sorting_;
  std::vector<RowReference> sorted_;
  std::vector<Hash128> committed_keys_;
};

}  // namespace weir
