// sequencer.cpp — cheap work only: everybody waits for it.
#include "engine/runtime/sequencer.h"

#include <algorithm>

namespace weir {
namespace {

constexpr std::size_t rows_ahead = 12;  // whose places in the table are fetched while earlier rows are looked up

}  // namespace

DedupTables::DedupTables(const Plan& plan) {
  for (NodeId node = 0; node < plan.nodes.size(); ++node) {
    const auto* dedup = std::get_if<DedupNode>(&plan.nodes[node].operation);
    if (dedup == nullptr) continue;
    tables_.emplace(node, DedupTable(dedup->within ? std::optional(dedup->within->count()) : std::nullopt));
  }
}

void DedupTables::spill_to(SpillArea& area, std::size_t bytes) {
  for (auto& [node, table] : tables_) table.spill_to(area, bytes / tables_.size());
}

void DedupTables::publish() {
  std::size_t size = 0, bytes = 0, spilled = 0, disk_bytes = 0;
  for (const auto& [node, table] : tables_) {
    size += table.size();
    bytes += table.memory_bytes();
    if (table.spilled() == nullptr) continue;
    spilled += table.spilled()->size();
    disk_bytes += table.spilled()->disk_bytes();
  }
  size_.store(size, std::memory_order_relaxed);
  bytes_.store(bytes, std::memory_order_relaxed);
  spilled_.store(spilled, std::memory_order_relaxed);
  disk_bytes_.store(disk_bytes, std::memory_order_relaxed);
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

void Sequencer::judge(StagedChunk& chunk) {
  const Stage& stage = stages_[chunk.split->source];
  if (stage.time != nullptr && stage.is_timed) find_late(chunk);
  find_repeated(stage, chunk);
}

void Sequencer::find_late(StagedChunk& chunk) {
  std::int64_t latest = no_time;
  for (const std::int64_t time : chunk.times) latest = std::max(latest, time);
  const Watermarks::Pass pass = watermarks_.enter(chunk.split->source_name, chunk.split->split, latest, clock_.steady());
  expired_ = pass.expired;
  chunk.latest_time = latest;
  chunk.limits.clear();
  if (pass.is_never_late) return;
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

// Where a union brings the rows of one source to a dedup several times, they come record by record, whatever they came through.
void Sequencer::find_repeated(const Stage& stage, StagedChunk& chunk) {
  std::map<NodeId, std::vector<SuspendedBlock*>> by_dedup;
  for (SuspendedBlock& block : chunk.suspended) {
    if (block.kind != SuspendedBlock::Kind::dedup) continue;
    block.is_repeated.assign(block.keys.size(), 0);
    by_dedup[stage.expansions[block.number].node].push_back(&block);
  }
  for (auto& [node, blocks] : by_dedup) {
    const Expansion& expansion = stage.expansions[blocks.front()->number];
    DedupTable& table = dedups_.of(node);
    if (expansion.dedup->within) table.forget_before(expired_);
    std::vector<Candidate> candidates;
    for (SuspendedBlock* block : blocks) {
      for (std::uint32_t i = 0; i < block->keys.size(); ++i) candidates.push_back({block, i, block->key_records[i]});
    }
    if (blocks.size() > 1)
      std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.record < b.record; });
    find_repeated(expansion, candidates, table, chunk);
  }
}

void Sequencer::find_repeated(const Expansion& expansion, const std::vector<Candidate>& candidates, DedupTable& table, StagedChunk& chunk) {
  const bool has_times = expansion.dedup->within.has_value();
  rows_.clear();
  for (const Candidate& one : candidates) rows_.emplace_back(one.block->keys[one.row], has_times ? chunk.times[one.record] : 0);
  NewlySeen& seen = chunk.seen.emplace_back(NewlySeen{expansion.node, {}});
  seen.rows.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i + rows_ahead < candidates.size()) table.prefetch(rows_[i + rows_ahead]);
    const Candidate& one = candidates[i];
    if (expansion.is_timed && chunk.is_late(one.record)) continue;
    one.block->is_repeated[one.row] = table.add(rows_[i]) ? 0 : 1;
    if (one.block->is_repeated[one.row] != 0) continue;
    seen.rows.push_back(rows_[i]);
    seen.latest = std::max(seen.latest, has_times ? chunk.times[one.record] : 0);
  }
  dedups_.publish();
}

}  // namespace weir
