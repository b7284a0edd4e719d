// epoch_joins.cpp — the rows of joins of streams in an epoch: written for their sinks, in nobody's books, and those that could not be computed.
#include "engine/runtime/epoch.h"
#include "engine/runtime/record_part.h"

namespace weir {

// One record alone made none of them, so they are in nobody's books.
void EpochAssembler::add_joined(std::size_t sink) {
  TableWrite write{&plan_.sinks[sink].table, no_ledger_line, {}, false};
  for (const KeyedState::Joined& joined : changes_->joined) {
    const std::vector<Branch>& branches = joined.join->rows().branches;
    for (const JoinedRows& made : joined.rows) {
      for (std::size_t b = 0; b < branches.size(); ++b) {
        if (branches[b].sink != sink) continue;
        const EncodedRows& rows = made.chunk->branches[b].rows;
        for (std::uint32_t i = 0; i < rows.rows.size(); ++i) write.rows.push_back({&rows, i, of_join});
      }
    }
  }
  if (write.rows.empty()) return;
  if (!write.table->key.empty()) {
    LedgerLine unbooked;
    fold(*write.table, write, unbooked);
    sort_by_key(write);
  }
  if (plan_.sinks[sink].outlet != nullptr) {
    give_to_outlet(sink, std::move(write.rows));
    return;
  }
  tables_.push_back(std::move(write));
  sink_of_table_.push_back(sink);
}

void EpochAssembler::add_joined_rejects() {
  for (const KeyedState::Joined& joined : changes_->joined) {
    const Stage& stage = joined.join->rows();
    const auto reject = [&](const JoinedRows& made, std::size_t block, const std::vector<RefusedRecord>& refused, const std::set<std::string>& sinks) {
      for (const RefusedRecord& one : refused) {
        const std::string pair = joined.join->describe(made.batch, part_of(stage, block, *made.chunk, one.record).record);
        for (const std::string& sink : sinks) write_.rejected.push_back(make_joined_reject(sink_named(sink), pair, one.code, one.message));
      }
    };
    for (const RefusedPair& pair : joined.refused) {
      for (const std::string& sink : sinks_below(stage, 0)) write_.rejected.push_back(make_joined_reject(sink_named(sink), pair.pair, pair.code, pair.message));
    }
    for (const JoinedRows& made : joined.rows) {
      for (std::size_t b = 0; b < stage.branches.size(); ++b)
        reject(made, stage.branches[b].block, made.chunk->branches[b].rows.refused, {plan_.sinks[stage.branches[b].sink].table.sink});
      for (std::size_t e = 0; e < stage.expansions.size(); ++e) {
        if (!made.chunk->blocks[e].refused.empty()) reject(made, stage.expansions[e].parent, made.chunk->blocks[e].refused, sinks_below(stage, e + 1));
      }
      for (std::size_t g = 0; g < stage.gatherings.size(); ++g) {
        const Gathering& gathering = stage.gatherings[g];
        for (std::size_t sink = 0; sink < plan_.sinks.size() && !made.chunk->gathered[g].refused.empty(); ++sink) {
          if (state_->feeds(sink, gathering.aggregate)) reject(made, gathering.block, made.chunk->gathered[g].refused, {plan_.sinks[sink].table.sink});
        }
      }
      for (std::size_t i = 0; i < stage.intakes.size(); ++i) {
        for (std::size_t sink = 0; sink < plan_.sinks.size() && !made.chunk->taken[i].refused.empty(); ++sink) {
          if (state_->feeds(sink, stage.intakes[i])) reject(made, stage.intakes[i].block, made.chunk->taken[i].refused, {plan_.sinks[sink].table.sink});
        }
      }
    }
  }
}

RejectedRow EpochAssembler::make_joined_reject(std::size_t sink, std::string pair, const std::string& code, const std::string& message) const {
  const std::string& name = plan_.sinks[sink].table.sink;
  return {.source = "(joined)",
          .split = name,
          .offset = write_.epoch,
          .sink = name,
          .part = pair,
          .reason = code,
          .message = pair + ": " + message};
}

// Of a row that a store gives back, which says no more than where it stands.
RejectedRow EpochAssembler::make_joined_reject(std::size_t sink, const EncodedRows& rows, const RefusedRecord& refused) const {
  for (const KeyedState::Joined& joined : changes_->joined) {
    const Stage& stage = joined.join->rows();
    for (const JoinedRows& made : joined.rows) {
      for (std::size_t b = 0; b < stage.branches.size(); ++b) {
        if (&made.chunk->branches[b].rows != &rows) continue;
        const std::uint32_t row = part_of(stage, stage.branches[b].block, *made.chunk, refused.record).record;
        return make_joined_reject(sink, joined.join->describe(made.batch, row), refused.code, refused.message);
      }
    }
  }
  WEIR_CHECK(false, "a joined row of an epoch is of one of its joins");
}

}  // namespace weir
