// flow.h — the oneTBB flow graph of a job: chunks in, staged chunks out to the lanes.
#pragma once

#include <functional>
#include <memory>

#include "engine/runtime/staged_chunk.h"

namespace weir {

/// put() never blocks: the credit, taken before, bounds what is inside. Chunks may leave in another order
/// than they came.
class Flow {
 public:
  /// `work` runs concurrently on `workers` threads, `deliver` too; neither may throw.
  Flow(std::size_t workers, std::function<void(StagedChunk&)> work,
       std::function<void(StagedChunkPtr)> deliver);
  ~Flow();  // waits for what is inside
  void put(StagedChunkPtr chunk);
  void wait_until_empty();

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace weir
