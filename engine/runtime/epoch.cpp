// epoch.cpp — folds duplicates, sorts by key, counts.
#include "engine/runtime/epoch.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <tuple>

#include "engine/runtime/record_part.h"

namespace weir {
namespace {

constexpr std::size_t of_state = ~std::size_t{0};  // in place of a sink: the table of the state

const EncodedRow& row_of(const RowReference& reference) { return reference.rows->rows[reference.index]; }

// Whether `later` takes the place of `earlier` when both have one key: both sinks must agree, so the engine
// decides.
bool replaces(const SinkTable& table, const RowReference& earlier, const RowReference& later) {
  switch (table.on_conflict) {
    case OnConflict::update:
      return true;
    case OnConflict::update_newer:
      return later.rows->newer_of(row_of(later)) >= earlier.rows->newer_of(row_of(earlier));
    case OnConflict::ignore:
    case OnConflict::error:
      return false;
  }
  return false;
}

}  // namespace

EpochAssembler::EpochAssembler(std::size_t lane, const Plan& plan, const std::vector<Stage>& stages,
                               std::vector<std::size_t> order, const AllTableKeys& keys,
                               KeyedState* state, Outbox* outbox, SinkLimits* limits)
    : lane_(lane),
      plan_(plan),
      stages_(stages),
      order_(std::move(order)),
      keys_(keys),
      state_(state),
      outbox_(outbox),
      limits_(limits),
      guesses_(plan.sinks.size()) {
  for (std::size_t i = 0; i < plan.sinks.size(); ++i) {
    if (plan.sinks[i].outlet != nullptr) order_.push_back(i);
  }
}

const EpochWrite& EpochAssembler::assemble(std::int64_t epoch, std::size_t stage,
                                           const std::vector<StagedChunkPtr>& chunks, bool is_end) {
  forget_pending();  // of an epoch that was given up
  give_back_limits();
  is_committed_ = false;
  chunks_ = &chunks;
  stage_ = stage;
  write_ = EpochWrite{};
  write_.epoch = epoch;
  tables_.clear();
  sink_of_table_.clear();
  outlets_.clear();
  for (const StagedChunkPtr& chunk : chunks) {
    const bool same_split = !write_.advances.empty() && write_.advances.back().split == chunk->split->split;
    if (same_split) {
      write_.advances.back().to = chunk->raw->to;
    } else {
      write_.advances.push_back(
          {chunk->split->source_name, chunk->split->split, chunk->raw->from, chunk->raw->to});
    }
  }
  if (state_ != nullptr) take_state(stage, chunks, is_end);
  std::sort(write_.advances.begin(), write_.advances.end(),
            [](const SplitAdvance& a, const SplitAdvance& b) { return a.split < b.split; });
  write_.reject = [this](const TableWrite& table, const RowReference& row, const std::string& code,
                         const std::string& message) {
    if (row.tag == of_join) return make_joined_reject(sink_named(table.table->sink), *row.rows, {row_of(row).record, code, message});
    if (row.tag == of_group) return make_group_reject(sink_named(table.table->sink), {row_of(row).record, code, message});
    const StagedChunk& chunk = *(*chunks_)[row.tag];
    return make_reject(stage_, block_of(stage_, chunk, *row.rows), chunk, {row_of(row).record, code, message}, table.table->sink);
  };
  add_rejects(stage, chunks);
  for (const std::size_t sink : order_) {
    const bool is_of_groups = state_ != nullptr && state_->feeds(sink), is_joined = state_ != nullptr && state_->is_joined(sink);
    if (!chunks.empty()) is_of_groups || is_joined ? add_absorbed(sink, stage, chunks) : add_table(sink, stage, chunks);
    if (is_of_groups) add_groups(sink);
    if (is_of_groups) add_uncounted(sink);
    if (is_joined) add_joined(sink);
  }
  if (state_ != nullptr) add_joined_rejects();
  if (state_ != nullptr) add_state_rows();
  if (outbox_ != nullptr) add_outbox_rows();
  const std::size_t wrong = write_.rejected.size();
  add_late(stage, chunks);
  late_rejects_ = write_.rejected.size() - wrong;
  write_.tables = std::move(tables_);
  return write_;
}

void EpochAssembler::add_table(std::size_t sink, std::size_t stage,
                               const std::vector<StagedChunkPtr>& chunks) {
  const SinkTable& table = plan_.sinks[sink].table;
  LedgerLine line{.source = chunks.front()->split->source_name, .sink = table.sink};
  TableWrite write{&table, write_.ledger.size(), {}, false};
  bool is_fed = false;
  const std::vector<Branch>& branches = stages_[stage].branches;
  for (std::size_t tag = 0; tag < chunks.size(); ++tag) {
    for (std::size_t b = 0; b < branches.size(); ++b) {
      if (branches[b].sink != sink) continue;
      is_fed = true;
      const StagedChunk& chunk = *chunks[tag];
      const BranchRows& rows = chunk.branches[b];
      line.read += chunk.row_count();
      line.filtered += rows.filtered + chunk.ignored;
      line.duplicates += rows.duplicates;
      line.rejected += static_cast<std::int64_t>(chunk.rejected.size() + rows.rows.refused.size());
      count_expansions(stage, branches[b].block, chunk, line);
      for (std::uint32_t i = 0; i < rows.rows.rows.size(); ++i) {
        write.rows.push_back({&rows.rows, i, static_cast<std::uint32_t>(tag)});
      }
    }
  }
  if (!is_fed) return;
  order_by_record(sink, stage, chunks, write.rows);
  if (!table.key.empty()) {
    line.duplicates += fold(table, write, line);
    sort_by_key(write);
  }
  add_writes(sink, std::move(write), line);
  write_.ledger.push_back(std::move(line));
}

// Where a union brings rows of one source in twice, those of a record stand behind those of the record before it, whatever they came through.
void EpochAssembler::order_by_record(std::size_t sink, std::size_t stage, const std::vector<StagedChunkPtr>& chunks, std::vector<RowReference>& rows) const {
  const std::vector<Branch>& branches = stages_[stage].branches;
  if (std::count_if(branches.begin(), branches.end(), [&](const Branch& branch) { return branch.sink == sink; }) < 2) return;
  struct Place {
    std::uint32_t chunk, record;
    std::size_t order;
    std::uint32_t row;
    RowReference reference;
  };
  std::vector<Place> places;
  for (const RowReference& row : rows) {
    const StagedChunk& chunk = *chunks[row.tag];
    for (std::size_t b = 0; b < branches.size(); ++b) {
      if (&chunk.branches[b].rows != row.rows) continue;
      const std::uint32_t record = part_of(stages_[stage], branches[b].block, chunk, row_of(row).record).record;
      places.push_back({row.tag, record, branches[b].order, row.index, row});
    }
  }
  std::sort(places.begin(), places.end(), [](const Place& a, const Place& b) {
    return std::tie(a.chunk, a.record, a.order, a.row) < std::tie(b.chunk, b.record, b.order, b.row);
  });
  rows.clear();
  for (const Place& place : places) rows.push_back(place.reference);
}

void EpochAssembler::absorb(std::size_t stage, StagedChunk& chunk) {
  chunk.is_absorbed = true;
  state_->take_seen(chunk.seen);
  chunk.seen = {};
  if (stages_[stage].is_timed) state_->watermarks().commit(chunk.split->source_name, chunk.split->split, chunk.latest_time);
  for (std::size_t g = 0; g < chunk.gathered.size(); ++g) {
    // Nobody needs the chunk's own groups any more; its commit may take long.
    const std::unique_ptr<GroupTable> groups = std::move(chunk.gathered[g].groups);
    if (groups != nullptr) state_->merge(stages_[stage].gatherings[g].aggregate, *groups);
  }
  for (std::size_t i = 0; i < chunk.taken.size(); ++i) {
    state_->take(stages_[stage].intakes[i], chunk.taken[i]);
    chunk.taken[i].rows = {};
    chunk.taken[i].values = {};
  }
}

void EpochAssembler::take_state(std::size_t stage, const std::vector<StagedChunkPtr>& chunks, bool is_end) {
  for (const StagedChunkPtr& chunk : chunks) {
    if (!chunk->is_absorbed) absorb(stage, *chunk);
  }
  changes_ = &state_->take_changes(is_end);
  write_.advances.push_back(changes_->advance);
}

// What the chunks gave to the aggregates and joins that feed `sink`.
void EpochAssembler::add_absorbed(std::size_t sink, std::size_t stage, const std::vector<StagedChunkPtr>& chunks) {
  LedgerLine line{.source = chunks.front()->split->source_name, .sink = plan_.sinks[sink].table.sink};
  bool is_fed = false;
  const auto add = [&](std::size_t block, const StagedChunk& chunk, const auto& rows) {
    is_fed = true;
    line.read += chunk.row_count();
    line.absorbed += rows.absorbed;
    line.late += rows.late;
    line.filtered += rows.filtered + chunk.ignored;
    line.rejected += static_cast<std::int64_t>(chunk.rejected.size() + rows.refused.size());
    count_expansions(stage, block, chunk, line);
    for (const RefusedRecord& refused : rows.refused) write_.rejected.push_back(make_reject(stage, block, chunk, refused, line.sink));
  };
  const Stage& from = stages_[stage];
  for (const StagedChunkPtr& chunk : chunks) {
    for (std::size_t g = 0; g < from.gatherings.size(); ++g) {
      if (state_->feeds(sink, from.gatherings[g].aggregate)) add(from.gatherings[g].block, *chunk, chunk->gathered[g]);
    }
    for (std::size_t i = 0; i < from.intakes.size(); ++i) {
      if (state_->feeds(sink, from.intakes[i])) add(from.intakes[i].block, *chunk, chunk->taken[i]);
    }
  }
  if (is_fed) write_.ledger.push_back(std::move(line));
}

// The rows of groups that changed: they replace those that stand in the table.
void EpochAssembler::add_groups(std::size_t sink) {
  for (const GroupOperation::SinkRows& made : changes_->sinks) {
    if (made.sink != sink) continue;
    for (const RefusedRecord& refused : made.rows.refused) write_.rejected.push_back(make_group_reject(sink, refused));
    if (plan_.sinks[sink].outlet != nullptr) {
      add_outlet_groups(sink, made.rows);
      continue;
    }
    if (!made.removed.rows.empty()) add_write(*state_->key_table(sink), made.removed, true, of_state);
    add_write(plan_.sinks[sink].table, made.rows, false, sink);
  }
}

// Rows of groups that are missing in the aggregate of them that the sink gets.
void EpochAssembler::add_uncounted(std::size_t sink) {
  std::set<std::string> groups;
  for (const GroupOperation::RefusedGroup& refused : changes_->refused) {
    if (!state_->feeds(sink, refused.aggregate)) continue;
    std::string group = "row of " + refused.group;
    // Groups of several aggregates on the way to the sink may look alike.
    while (!groups.insert(group).second) group += " (another)";
    const std::string& name = plan_.sinks[sink].table.sink;
    write_.rejected.push_back({.source = "(groups)", .split = name, .offset = write_.epoch, .sink = name, .part = group, .reason = refused.code,
                               .message = fmt::format("{}: {}", group, refused.message)});
  }
}

// In nobody's books, as for a table. An outlet is not told of rows that go.
void EpochAssembler::add_outlet_groups(std::size_t sink, const EncodedRows& rows) {
  if (rows.rows.empty()) return;
  TableWrite write{&plan_.sinks[sink].table, no_ledger_line, {}, false};
  for (std::uint32_t i = 0; i < rows.rows.size(); ++i) write.rows.push_back({&rows, i, of_group});
  if (!write.table->key.empty()) {
    LedgerLine unbooked;
    fold(*write.table, write, unbooked);
    sort_by_key(write);
  }
  give_to_outlet(sink, std::move(write.rows));
}

// How many of the rows its limit allows.
std::size_t EpochAssembler::give_to_outlet(std::size_t sink, std::vector<RowReference> rows) {
  if (limits_ != nullptr) rows.resize(limits_->take(sink, rows.size()));
  const std::size_t given = rows.size();
  if (given > 0) outlets_.push_back({sink, std::move(rows)});
  return given;
}

void EpochAssembler::give_back_limits() {
  if (is_committed_ || limits_ == nullptr) return;
  for (const OutletWrite& write : outlets_) limits_->give_back(write.sink, write.rows.size());
}

void EpochAssembler::add_outbox_rows() {
  const Outbox::Changes& changes = outbox_->keep(write_.epoch, outlets_, *chunks_);
  add_write(outbox_->state_key_table(), changes.gone, true, of_state);
  add_write(outbox_->state_table(), changes.kept, false, of_state);
}

void EpochAssembler::add_state_rows() {
  add_write(state_->state_key_table(), changes_->forgotten, true, of_state);
  add_write(state_->state_table(), changes_->state, false, of_state);
  add_write(state_->state_table(), changes_->new_state, false, of_state, true);
}

void EpochAssembler::add_write(const SinkTable& table, const EncodedRows& rows, bool is_removal, std::size_t sink, bool believed_new) {
  if (rows.rows.empty()) return;
  TableWrite write{&table, no_ledger_line, {}, believed_new};
  write.is_removal = is_removal;
  for (std::uint32_t i = 0; i < rows.rows.size(); ++i) write.rows.push_back({&rows, i, of_group});
  sort_by_key(write);
  tables_.push_back(std::move(write));
  sink_of_table_.push_back(sink);
}

std::size_t EpochAssembler::sink_named(const std::string& name) const {
  for (std::size_t i = 0; i < plan_.sinks.size(); ++i) {
    if (plan_.sinks[i].table.sink == name) return i;
  }
  WEIR_CHECK(false, "the database can hold every row of weir_state");
}

// Many records made the row, so none is named: the group is.
RejectedRow EpochAssembler::make_group_reject(std::size_t sink, const RefusedRecord& refused) const {
  const std::string group = state_->describe(sink, refused.record);
  return {.source = "(groups)",
          .split = plan_.sinks[sink].table.sink,
          .offset = write_.epoch,
          .sink = plan_.sinks[sink].table.sink,
          .part = group,
          .reason = refused.code,
          .message = fmt::format("{}: {}", group, refused.message)};
}

// Rows whose key is on its way in another lane's transaction are a write of their own, after the others: see
// pending_keys.h.
void EpochAssembler::add_writes(std::size_t sink, TableWrite write, LedgerLine& line) {
  if (plan_.sinks[sink].outlet != nullptr) {
    const std::size_t wanted = write.rows.size(), given = give_to_outlet(sink, std::move(write.rows));
    line.written += static_cast<std::int64_t>(given);
    line.filtered += static_cast<std::int64_t>(wanted - given);
    return;
  }
  TableWrite elsewhere{write.table, write.ledger_line, {}, false};
  if (const TableKeys& keys = keys_[sink]; keys.seen != nullptr) {
    const std::size_t before = write.rows.size();
    elsewhere.rows = keys.pending->register_epoch(lane_, write.rows);
    // Looked up only now: a key that was no longer pending is among the seen ones since before.
    const std::size_t left = keys.seen->keep_unknown(write.rows) + keys.seen->keep_unknown(elsewhere.rows);
    line.duplicates += static_cast<std::int64_t>(before - left);
  }
  write.believed_new = !write.rows.empty() && guesses_[sink].next();
  for (TableWrite* part : {&write, &elsewhere}) {
    if (part->rows.empty()) continue;
    tables_.push_back(std::move(*part));
    sink_of_table_.push_back(sink);
  }
}

void EpochAssembler::forget_pending() {
  for (const TableKeys& keys : keys_) {
    if (keys.pending != nullptr) keys.pending->forget(lane_);
  }
}

// Keeps one row per key. Rows come in the order of the source, so "first" and "last" do not depend on
// chunking.
std::int64_t EpochAssembler::fold(const SinkTable& table, TableWrite& write, LedgerLine& line) {
  const std::size_t slots = std::bit_ceil(std::max<std::size_t>(64, write.rows.size() * 2));
  if (slots_.size() < slots || generation_ == ~0u) {
    slots_.assign(std::max(slots, slots_.size()), FoldSlot{});
    generation_ = 0;
  }
  ++generation_;
  const std::size_t mask = slots_.size() - 1;
  std::size_t kept = 0;
  std::int64_t duplicates = 0;
  for (const RowReference& reference : write.rows) {
    const Hash128& key = row_of(reference).key;
    std::size_t slot = key.low & mask;
    while (slots_[slot].generation == generation_ && row_of(write.rows[slots_[slot].row]).key != key)
      slot = (slot + 1) & mask;
    if (slots_[slot].generation != generation_) {
      slots_[slot] = {static_cast<std::uint32_t>(kept), generation_};
      write.rows[kept++] = reference;
      continue;
    }
    RowReference& first = write.rows[slots_[slot].row];
    if (table.on_conflict == OnConflict::error) {
      ++line.rejected;
      write_.rejected.push_back(
          write_.reject(write, reference, "23505", "the key came twice, and on_conflict is error"));
      continue;
    }
    ++duplicates;
    if (replaces(table, first, reference)) first = reference;
  }
  write.rows.resize(kept);
  return duplicates;
}

void EpochAssembler::sort_by_key(TableWrite& write) {
  sorting_.clear();
  for (std::uint32_t i = 0; i < write.rows.size(); ++i) sorting_.push_back({row_of(write.rows[i]).order, i});
  std::sort(sorting_.begin(), sorting_.end(), [&](const SortEntry& a, const SortEntry& b) {
    if (a.order != b.order) return a.order < b.order;
    const RowReference& left = write.rows[a.row];
    const RowReference& right = write.rows[b.row];
    return left.rows->key_of(row_of(left)) < right.rows->key_of(row_of(right));
  });
  sorted_.clear();
  for (const SortEntry& entry : sorting_) sorted_.push_back(write.rows[entry.row]);
  std::swap(write.rows, sorted_);
}

// What explode did with the rows on their way to a branch of `block`.
void EpochAssembler::count_expansions(std::size_t stage, std::size_t block, const StagedChunk& chunk, LedgerLine& line) const {
  for (; block != 0; block = stages_[stage].expansions[block - 1].parent) {
    const MadeBlock& made = chunk.blocks[block - 1];
    line.expanded += made.added;
    line.duplicates += made.duplicates;
    line.late += made.late;
    line.filtered += made.filtered;
    line.rejected += static_cast<std::int64_t>(made.refused.size());
  }
}

std::set<std::string> EpochAssembler::sinks_below(const Stage& stage, std::size_t block) const {
  std::set<std::string> sinks;
  const auto is_below = [&](std::size_t at) {
    while (at != 0 && at != block) at = stage.expansions[at - 1].parent;
    return at == block;
  };
  const auto add_fed = [&](const auto& feeds) {
    for (std::size_t sink = 0; sink < plan_.sinks.size(); ++sink) {
      if (feeds(sink)) sinks.insert(plan_.sinks[sink].table.sink);
    }
  };
  for (const Branch& branch : stage.branches) {
    if (is_below(branch.block)) sinks.insert(plan_.sinks[branch.sink].table.sink);
  }
  for (const Gathering& gathering : stage.gatherings) {
    if (is_below(gathering.block)) add_fed([&](std::size_t sink) { return state_->feeds(sink, gathering.aggregate); });
  }
  for (const Intake& intake : stage.intakes) {
    if (is_below(intake.block)) add_fed([&](std::size_t sink) { return state_->feeds(sink, intake); });
  }
  return sinks;
}

void EpochAssembler::add_rejects(std::size_t stage, const std::vector<StagedChunkPtr>& chunks) {
  const std::vector<Branch>& branches = stages_[stage].branches;
  for (const StagedChunkPtr& chunk : chunks) {
    for (const RejectedRecord& rejected : chunk->rejected) {
      write_.rejected.push_back(make_reject(stage, 0, *chunk, {rejected.record, rejected.code, rejected.message}, ""));
    }
    for (std::size_t e = 0; e < chunk->blocks.size(); ++e) {
      if (chunk->blocks[e].refused.empty()) continue;
      for (const std::string& sink : sinks_below(stages_[stage], e + 1)) {
        for (const RefusedRecord& refused : chunk->blocks[e].refused)
          write_.rejected.push_back(make_reject(stage, stages_[stage].expansions[e].parent, *chunk, refused, sink));
      }
    }
    for (std::size_t b = 0; b < branches.size(); ++b) {
      for (const RefusedRecord& refused : chunk->branches[b].rows.refused) {
        write_.rejected.push_back(
            make_reject(stage, branches[b].block, *chunk, refused, plan_.sinks[branches[b].sink].table.sink));
      }
    }
  }
}

// Only for a row that a store gives back: which branch it is of is not written anywhere else.
std::size_t EpochAssembler::block_of(std::size_t stage, const StagedChunk& chunk, const EncodedRows& rows) const {
  for (std::size_t b = 0; b < chunk.branches.size(); ++b) {
    if (&chunk.branches[b].rows == &rows) return stages_[stage].branches[b].block;
  }
  WEIR_CHECK(false, "a row of an epoch is of one of its chunk's branches");
}

RejectedRow EpochAssembler::make_reject(std::size_t stage, std::size_t block, const StagedChunk& chunk, const RefusedRecord& refused,
                                        const std::string& sink) const {
  const RecordPart origin = part_of(stages_[stage], block, chunk, refused.record);
  const Record& record = chunk.raw->records[chunk.place_of(origin.record)];
  RejectedRow row{.source = chunk.split->source_name,
                  .split = chunk.split->split,
                  .offset = record.offset,
                  .sink = sink,
                  .part = origin.part,
                  .reason = refused.code,
                  .message = refused.message};
  if (record.value != nullptr) row.payload = std::string(record.value_text());
  if (record.key != nullptr) row.key = std::string(record.key_text());
  row.timestamp = record.timestamp;
  return row;
}

std::string EpochAssembler::first_reject() const {
  const RejectedRow& row = write_.rejected.front();
  return fmt::format("{} offset {}: {}: {}", row.split, row.offset, row.reason, row.message);
}

void EpochAssembler::committed(const EpochReport& report) {
  for (std::size_t t = 0; t < write_.tables.size(); ++t) {
    const TableWrite& write = write_.tables[t];
    const TableReport& table = report.tables[t];
    const std::size_t sink = sink_of_table_[t];
    if (sink != of_state && write.believed_new) table.was_new ? guesses_[sink].held() : guesses_[sink].failed();
    if (sink == of_state || keys_[sink].seen == nullptr) continue;
    committed_keys_.clear();
    std::size_t next_refused = 0;
    for (std::uint32_t i = 0; i < write.rows.size(); ++i) {
      if (next_refused < table.refused_rows.size() && table.refused_rows[next_refused] == i) {
        ++next_refused;
        continue;
      }
      committed_keys_.push_back(row_of(write.rows[i]).key);
    }
    keys_[sink].seen->add(committed_keys_);
  }
  forget_pending();
  is_committed_ = true;
}

}  // namespace weir
