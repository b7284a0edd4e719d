// flow.h — the oneTBB flow graph of a job: chunks in, staged chunks out to the lanes.
#pragma once

#include <functional>
#include <memory>

#include "engine/runtime/staged_chunk.h"

namespace weir {

/// What the graph does with chunks. None may throw.
struct FlowBodies {
  std::function<void(StagedChunk&)> work;          // concurrently
  std::function<void(StagedChunkPtr)> deliver;     // concurrently
  /// One chunk at a time, between `work` and `finish`: gives `pass` the chunks that may go on. Null: nothing needs an order, and there is no `finish`.
  std::function<void(StagedChunk*, const std::function<void(StagedChunk*)>& pass)> sequence;
  std::function<void(StagedChunk&)> finish;        // concurrently
};

/// put() never blocks: the credit, taken before, bounds what is inside. Chunks may leave in another order
/// than they came.
class Flow {
 public:
  Flow(std::size_t workers, FlowBodies bodies);
  ~Flow();  // waits for what is inside
  void put(StagedChunkPtr chunk);
  void wait_until_empty();

 private:
  struct Graph;
  std::unique_ptr<Graph> graph_;
};

}  // namespace weir
