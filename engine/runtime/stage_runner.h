// stage_runner.h — what happens to a chunk between its source and the commit: decode, evaluate, filter,
// encode.
#pragma once

#include <memory>
#include <vector>

#include "engine/base/clock.h"
#include "engine/expression/program.h"
#include "engine/plan/stage.h"
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
  /// Fills rejected, ignored and branches; keeps of the chunk's arena only what the records need.
  void run(StagedChunk& chunk) const;
  const Stage& stage() const { return stage_; }

 private:
  struct BranchPlan {
    std::size_t first_column;  // of the program's results: the predicate, if there is one, then the outputs
    std::size_t column_count;
    bool has_predicate;
    std::unique_ptr<RowEncoder> encoder;
    const SinkTable* table;
    const SeenKeys* seen;
  };
  StageRunner(const Stage& stage, const Clock& clock, Program program, std::unique_ptr<Decoder> decoder,
              bool errors_are_null);
  void run_branch(const BranchPlan& branch, const std::vector<Column>& results, const Decoded& decoded,
                  BranchRows& out) const;

  const Stage& stage_;
  const Clock& clock_;
  Program program_;
  std::unique_ptr<Decoder> decoder_;
  bool errors_are_null_;
  std::vector<BranchPlan> branches_;
};

}  // namespace weir
