// flow.cpp — one node for the fused stages, one that hands over to the lanes.
#include "engine/runtime/flow.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

namespace weir {

struct Flow::Graph {
  // Raw pointers, because TBB copies messages; ownership passes from put() through the nodes to `deliver`.
  // Bodies are noexcept: an exception in a body would make the graph forget messages it has accepted.
  Graph(std::size_t workers, std::function<void(StagedChunk&)> work_body,
        std::function<void(StagedChunkPtr)> deliver_body)
      : limit(tbb::global_control::max_allowed_parallelism, workers + 1),
        arena(static_cast<int>(workers), 0),
        work(std::move(work_body)),
        deliver(std::move(deliver_body)) {
    arena.execute([&] {
      graph = std::make_unique<tbb::flow::graph>();
      stage = std::make_unique<StageNode>(*graph, workers, [this](StagedChunk* chunk) noexcept {
        work(*chunk);
        return chunk;
      });
      lanes = std::make_unique<LaneNode>(*graph, tbb::flow::unlimited, [this](StagedChunk* chunk) noexcept {
        deliver(StagedChunkPtr(chunk));
        return tbb::flow::continue_msg();
      });
      tbb::flow::make_edge(*stage, *lanes);
    });
  }

  using StageNode = tbb::flow::function_node<StagedChunk*, StagedChunk*>;
  using LaneNode = tbb::flow::function_node<StagedChunk*, tbb::flow::continue_msg, tbb::flow::lightweight>;
  tbb::global_control limit;
  tbb::task_arena arena;
  std::function<void(StagedChunk&)> work;
  std::function<void(StagedChunkPtr)> deliver;
  std::unique_ptr<tbb::flow::graph> graph;
  std::unique_ptr<StageNode> stage;
  std::unique_ptr<LaneNode> lanes;
};

Flow::Flow(std::size_t workers, std::function<void(StagedChunk&)> work,
           std::function<void(StagedChunkPtr)> deliver)
    : graph_(std::make_unique<Graph>(workers, std::move(work), std::move(deliver))) {}

Flow::~Flow() { wait_until_empty(); }

void Flow::put(StagedChunkPtr chunk) { graph_->stage->try_put(chunk.release()); }

void Flow::wait_until_empty() {
  graph_->arena.execute([&] { graph_->graph->wait_for_all(); });
}

}  // namespace weir
