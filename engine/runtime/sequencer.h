// sequencer.h — the one place where chunks pass in the order of their splits: which rows are late, and which repeat one seen before.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/stage.h"
#include "engine/runtime/staged_chunk.h"
#include "engine/runtime/watermarks.h"
#include "engine/state/dedup_table.h"

namespace weir {

/// The keys that the dedups of a plan have seen. The sequencer's thread, after they are loaded.
class DedupTables {
 public:
  explicit DedupTables(const Plan& plan);
  DedupTable& of(NodeId node) { return tables_.at(node); }
  const std::map<NodeId, DedupTable>& all() const { return tables_; }
  /// Rather than take more than so many bytes of memory, keys go to disk. `area` must outlive them.
  void spill_to(SpillArea& area, std::size_t bytes);
  /// Tells other threads how much there is.
  void publish();
  /// As told last. Any thread.
  std::size_t size() const { return size_.load(std::memory_order_relaxed); }
  std::size_t memory_bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::size_t spilled() const { return spilled_.load(std::memory_order_relaxed); }
  std::size_t disk_bytes() const { return disk_bytes_.load(std::memory_order_relaxed); }

 private:
  std::map<NodeId, DedupTable> tables_;
  std::atomic<std::size_t> size_ = 0, bytes_ = 0, spilled_ = 0, disk_bytes_ = 0;
};

/// One thread at a time. Chunks come in any order and leave in that of their splits.
class Sequencer {
 public:
  /// References must outlive it.
  Sequencer(const std::vector<Stage>& stages, Watermarks& watermarks, DedupTables& dedups, const Clock& clock)
      : stages_(stages), watermarks_(watermarks), dedups_(dedups), clock_(clock) {}

  /// Takes a chunk whose rows are evaluated; gives `pass` every chunk whose turn has come, judged.
  void put(StagedChunk* chunk, const std::function<void(StagedChunk*)>& pass);

 private:
  void judge(StagedChunk& chunk);
  void find_late(StagedChunk& chunk);
  /// A row that comes as far as a dedup.
  struct Candidate {
    SuspendedBlock* block;
    std::uint32_t row;  // of the block's keys
    std::uint32_t record;
  };
  void find_repeated(const Stage& stage, StagedChunk& chunk);
  void find_repeated(const Expansion& expansion, const std::vector<Candidate>& candidates, DedupTable& table, StagedChunk& chunk);

  const std::vector<Stage>& stages_;
  Watermarks& watermarks_;
  DedupTables& dedups_;
  const Clock& clock_;
  std::vector<SeenRow> rows_;       // of the chunk that is judged
  std::int64_t expired_ = no_time;  // what rows of the chunk that is judged need not be compared with
  struct Waiting {
    std::uint64_t next = 0;
    std::map<std::uint64_t, StagedChunk*> chunks;
    std::shared_ptr<SplitRun> run;
  };
  std::map<SplitRun*, Waiting> waiting_;
};

}  // namespace weir
