// stage_runner.h — what happens to a chunk between its source and the commit: decode, evaluate, filter,
// encode.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/base/clock.h"
#include "engine/expression/program.h"
#include "engine/plan/stage.h"
#include "engine/runtime/row_selection.h"
#include "engine/runtime/staged_chunk.h"
#include "engine/runtime/table_keys.h"

namespace weir {

/// A fused stage made ready to run. run() is called by several threads at once, each with a chunk of its own.
class StageRunner {
 public:
  /// `keys[sink]`: what is known of the keys of plan.sinks[sink]. All
  /// references must outlive the runner.
  static Result<std::unique_ptr<StageRunner>> make(const Plan& plan, const Stage& stage, const Store& store,
                                                   const AllTableKeys& keys, const Clock& clock);
  /// The same for the rows of a join, which run_joined() takes.
  static Result<std::unique_ptr<StageRunner>> make_joined(const Plan& plan, const Stage& stage, const Store& store, const AllTableKeys& keys,
                                                          const Clock& clock, bool errors_are_null);
  /// Fills rejected, ignored, branches, blocks, gathered and taken, and suspends what must wait for the sequencer; where there is nothing of that, keeps of
  /// the chunk's arena only what the records need.
  void run(StagedChunk& chunk) const;
  /// Fills branches, blocks, gathered and taken of a chunk that has times and positions and no records. The rows live in `arena`.
  void run_joined(Batch batch, const std::shared_ptr<Arena>& arena, StagedChunk& chunk) const;
  /// Compiles the programs anew, after a lookup table has changed: for chunks that are run from now on. One thread.
  Status renew();
  /// Goes on with what run() suspended, after the sequencer.
  void finish(StagedChunk& chunk) const;
  const Stage& stage() const { return stage_; }

 private:
  /// Columns of a block's program: the predicate, if there is one, then the others.
  struct Results {
    std::size_t first_column;
    std::size_t column_count;  // without the predicate
    bool has_predicate;
  };
  struct BranchPlan {
    std::size_t block;
    Results results;
    std::unique_ptr<RowEncoder> encoder;
    const SinkTable* table;
    const SeenKeys* seen;
  };
  struct ExpansionPlan {
    Results results;  // arguments, then what is carried along
    const Expansion* expansion;
    ExpandRules rules;
  };
  struct GatheringPlan {
    std::size_t block;
    Results results;  // keys, then the arguments and the filter of each call
    const Gathering* gathering;
    std::unique_ptr<GroupShape> shape;
    bool is_timed;
    bool has_sessions;
  };
  struct IntakePlan {
    Results results;  // keys, then what is carried along
    const Intake* intake;
  };
  /// Rows on their way through the blocks, and the arena they live in: the chunk's, or one of their own.
  struct Rows {
    std::shared_ptr<const BlockRows> rows;
    std::shared_ptr<Arena> own_arena;  // null: the chunk's
    bool is_judged = false;            // the sequencer has seen the chunk
  };
  StageRunner(const Stage& stage, const Clock& clock, std::unique_ptr<Decoder> decoder, bool errors_are_null);
  static Results add_roots(const ExpressionPtr& predicate, std::vector<ExpressionPtr> expressions, std::vector<ExpressionPtr>& roots);
  Status compile(const Plan& plan, const Store& store, const AllTableKeys& keys);
  void run_block(std::size_t block, const Rows& rows, StagedChunk& chunk) const;
  void apply_rules(const std::vector<Column>& results, BlockRows& rows, StagedChunk& chunk) const;
  void suspend(std::size_t number, SuspendedBlock::Kind kind, const Rows& rows, const std::vector<Column>& results, StagedChunk& chunk) const;
  void find_keys(SuspendedBlock& block) const;
  void give_back_work(StagedChunk& chunk) const;
  bool is_finished_later(const StagedChunk& chunk) const;
  void run_dedup(const SuspendedBlock& block, StagedChunk& chunk) const;
  void run_branch(const BranchPlan& branch, const std::vector<Column>& results, const BlockRows& rows, BranchRows& out) const;
  void encode(const BranchPlan& branch, std::span<const Column> columns, RowSelection& selection, EncodedRows& out,
              std::int64_t& duplicates) const;
  static void find_sessions(std::vector<Column>& keys, RowSelection& selection, std::uint32_t row_count, Arena& arena, GatheredRows& out);
  void run_gathering(const GatheringPlan& gathering, const std::vector<Column>& results, const BlockRows& rows, Arena& arena,
                     StagedChunk& chunk, GatheredRows& out) const;
  void run_intake(const IntakePlan& intake, const std::vector<Column>& results, const BlockRows& rows, const StagedChunk& chunk, TakenRows& out) const;
  std::vector<RowPosition> positions_of(std::span<const std::uint32_t> rows, const BlockRows& block, const StagedChunk& chunk) const;
  void run_expansion(std::size_t number, const std::vector<Column>& results, const BlockRows& rows, bool is_judged, StagedChunk& chunk) const;
  BlockRows make_rows(const ExpansionPlan& expansion, std::span<const Column> columns, const RowSelection& slice,
                      const BlockRows& rows, Arena& arena, MadeBlock& out) const;

  const Stage& stage_;
  const Clock& clock_;
  std::optional<Duration> max_future_;
  std::vector<std::vector<ExpressionPtr>> roots_;  // of each block's program
  mutable std::mutex programs_mutex_;
  std::shared_ptr<const StagePrograms> programs_;  // Guarded by programs_mutex_.
  std::unique_ptr<Decoder> decoder_;
  bool errors_are_null_;
  Results rules_{};  // of block 0: the checks, then the time
  std::vector<BranchPlan> branches_;
  std::vector<ExpansionPlan> expansions_;
  std::vector<GatheringPlan> gatherings_;
  std::vector<IntakePlan> intakes_;
};

}  // namespace weir
