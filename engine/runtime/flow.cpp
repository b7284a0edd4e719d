// flow.cpp — one node for the fused stages, one that hands over to the lanes; where something needs an order, two more in between.
#include "engine/runtime/flow.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <cstdlib>
#include <tuple>

namespace weir {

struct Flow::Graph {
  // Raw pointers, because TBB copies messages; ownership passes from put() through the nodes to `deliver`.
  // Bodies are noexcept: an exception in a body would make the graph forget messages it has accepted.
  Graph(std::size_t workers, FlowBodies given)
      : limit(tbb::global_control::max_allowed_parallelism, workers + 1), arena(static_cast<int>(workers), 0), bodies(std::move(given)) {
    arena.execute([&] {
      graph = std::make_unique<tbb::flow::graph>();
      stage = std::make_unique<StageNode>(*graph, workers, [this](StagedChunk* chunk) noexcept {
        inside.load(std::memory_order_acquire);
        bodies.work(*chunk);
        return chunk;
      });
      lanes = std::make_unique<LaneNode>(*graph, tbb::flow::unlimited, [this](StagedChunk* chunk) noexcept {
        bodies.deliver(StagedChunkPtr(chunk));
        inside.fetch_sub(1, std::memory_order_acq_rel);
        return tbb::flow::continue_msg();
      });
      if (bodies.sequence == nullptr)
        tbb::flow::make_edge(*stage, *lanes);
      else
        add_sequence(workers);
    });
  }

  void add_sequence(std::size_t workers) {
    sequence = std::make_unique<SequenceNode>(*graph, tbb::flow::serial, [this](StagedChunk* chunk, SequenceNode::output_ports_type& ports) noexcept {
      inside.load(std::memory_order_acquire);
      bodies.sequence(chunk, [&](StagedChunk* next) { std::get<0>(ports).try_put(next); });
      inside.fetch_add(0, std::memory_order_acq_rel);
    });
    finish = std::make_unique<StageNode>(*graph, workers, [this](StagedChunk* chunk) noexcept {
      inside.load(std::memory_order_acquire);
      bodies.finish(*chunk);
      return chunk;
    });
    tbb::flow::make_edge(*stage, *sequence);
    tbb::flow::make_edge(tbb::flow::output_port<0>(*sequence), *finish);
    tbb::flow::make_edge(*finish, *lanes);
  }

  using StageNode = tbb::flow::function_node<StagedChunk*, StagedChunk*>;
  using SequenceNode = tbb::flow::multifunction_node<StagedChunk*, std::tuple<StagedChunk*>>;
  using LaneNode = tbb::flow::function_node<StagedChunk*, tbb::flow::continue_msg, tbb::flow::lightweight>;
  tbb::global_control limit;
  tbb::task_arena arena;
  FlowBodies bodies;
  // Chunks put and not yet delivered. It orders put() before the bodies and these before wait_until_empty(), as TBB does,
  // but so that ThreadSanitizer can see it: Debian's TBB is not instrumented.
  std::atomic<std::ptrdiff_t> inside = 0;
  std::unique_ptr<tbb::flow::graph> graph;
  std::unique_ptr<StageNode> stage;
  std::unique_ptr<SequenceNode> sequence;
  std::unique_ptr<StageNode> finish;
  std::unique_ptr<LaneNode> lanes;
};

Flow::Flow(std::size_t workers, FlowBodies bodies) : graph_(std::make_unique<Graph>(workers, std::move(bodies))) {}

Flow::~Flow() { wait_until_empty(); }

void Flow::put(StagedChunkPtr chunk) {
  graph_->inside.fetch_add(1, std::memory_order_acq_rel);
  graph_->stage->try_put(chunk.release());
}

void Flow::wait_until_empty() {
  graph_->graph->wait_for_all();  // in the arena that it was made in
  if (graph_->inside.load(std::memory_order_acquire) != 0) std::abort();  // a chunk would be lost
}

}  // namespace weir
