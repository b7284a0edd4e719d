// sequencer.cpp — cheap work only: everybody waits for it.
#include "engine/runtime/sequencer.h"

#include <algorithm>

namespace weir {

DedupTables::DedupTables(const Plan& plan) {
  for (NodeId node = 0; node < plan.nodes.size(); ++node) {
    const auto* dedup = std::get_if<DedupNode>(&plan.nodes[node].operation);
    if (dedup == nullptr) continue;
    tables_.emplace(node, DedupTable(dedup->within ? std::optional(dedup->within->count()) : std::nullopt));
  }
}

void Sequencer::put(StagedChunk* chunk, const std::function<void(StagedChunk*)>& pass) {
  Waiting& waiting = waiting_[chunk->split.get()];
  waiting.run = chunk->split;  // so that no other run gets its address
  waiting.chunks.emplace(chunk->sequence, chunk);
  while (!waiting.chunks.empty() && waiting.chunks.begin()->first == waiting.next) {
    StagedChunk* next = waiting.chunks.begin()->second;
    waiting.chunks.erase(waiting.chunks.begin());
    ++waiting.next;
    judge(*next);
    pass(next);
  }
}

std::vector<StagedChunkPtr> Sequencer::take_waiting() {
  std::vector<StagedChunkPtr> left;
  for (auto& [run, waiting] : waiting_) {
    for (const auto& [sequence, chunk] : waiting.chunks) left.emplace_back(chunk);
    waiting.chunks.clear();
  }
  return left;
}

void Sequencer::judge(StagedChunk& chunk) {
  const Stage& stage = stages_[chunk.split->source];
  if (stage.time != nullptr && stage.is_timed) find_late(chunk);
  find_repeated(stage, chunk);
}

void Sequencer::find_late(StagedChunk& chunk) {
  std::int64_t latest = no_time;
  for (const std::int64_t time : chunk.times) latest = std::max(latest, time);
  const Watermarks::Pass pass = watermarks_.enter(chunk.split->source_name, chunk.split->split, latest, Watermarks::Clock::now());
  chunk.latest_time = latest;
  chunk.limits.clear();
  std::int64_t before = pass.latest;
  for (std::uint32_t record = 0; record < chunk.times.size(); ++record) {
    const std::int64_t time = chunk.times[record];
    if (time == no_time) continue;
    const std::int64_t limit = std::max(before == no_time ? no_time : before - pass.bound, pass.floor);
    if (time < limit) {
      if (chunk.limits.empty()) chunk.limits.assign(chunk.times.size(), no_time);
      chunk.limits[record] = limit;
    }
    before = std::max(before, time);
  }
}

void Sequencer::find_repeated(const Stage& stage, StagedChunk& chunk) {
  for (SuspendedBlock& block : chunk.suspended) {
    if (!block.is_dedup) continue;
    const Expansion& expansion = stage.expansions[block.number];
    DedupTable& table = dedups_.of(expansion.node);
    if (expansion.dedup->within) table.forget_before(watermarks_.closed().expired);
    block.is_repeated.assign(block.keys.size(), 0);
    for (std::size_t i = 0; i < block.keys.size(); ++i) {
      const std::uint32_t record = block.key_records[i];
      if (expansion.is_timed && chunk.is_late(record)) continue;
      const SeenRow row{block.keys[i], expansion.dedup->within ? chunk.times[record] : 0};
      if (table.add(row))
        chunk.seen.push_back({expansion.node, row});
      else
        block.is_repeated[i] = 1;
    }
  }
}

}  // namespace weir
