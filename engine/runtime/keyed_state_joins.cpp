// keyed_state_joins.cpp — the joins of streams among what a pipeline remembers: their rows go to sinks, and to aggregates.
#include <algorithm>

#include "engine/runtime/keyed_state.h"

namespace weir {

Status KeyedState::compile_joins(const Store& store, const AllTableKeys& keys) {
  for (const auto& join : joins_) WEIR_TRY(join->compile(store, keys, clock_));
  return {};
}

Status KeyedState::renew() {
  for (const auto& join : joins_) WEIR_TRY(join->renew());
  return {};
}

JoinOperation& KeyedState::join_operation(NodeId join) const {
  const auto found = std::find_if(joins_.begin(), joins_.end(), [&](const auto& one) { return one->join() == join; });
  WEIR_CHECK(found != joins_.end(), "every join that a stage takes rows for has its tables");
  return **found;
}

void KeyedState::take(const Intake& intake, const TakenRows& rows) { join_operation(intake.join).take(intake.is_joined, rows); }

// Before the groups are looked at: what joins make may be theirs.
void KeyedState::finish_joins(std::int64_t expired, bool is_end, std::vector<StateRow>& rows, std::vector<StateRow>& gone) {
  for (const auto& join : joins_) {
    join->finish(expired, is_end);
    Joined made{join.get(), join->take_made(), join->take_refused()};
    for (const JoinedRows& joined : made.rows) {
      for (std::size_t g = 0; g < joined.chunk->gathered.size(); ++g) {
        if (joined.chunk->gathered[g].groups != nullptr) merge(join->rows().gatherings[g].aggregate, *joined.chunk->gathered[g].groups);
      }
      // Of joins that come later here: a join stands in front of what reads its rows.
      for (std::size_t i = 0; i < joined.chunk->taken.size(); ++i) take(join->rows().intakes[i], joined.chunk->taken[i]);
    }
    join->collect(rows, gone);
    if (!made.rows.empty() || !made.refused.empty()) changes_.joined.push_back(std::move(made));
  }
}

bool KeyedState::is_joined(std::size_t sink) const {
  return std::any_of(joins_.begin(), joins_.end(), [&](const auto& join) {
    const std::vector<Branch>& branches = join->rows().branches;
    return std::any_of(branches.begin(), branches.end(), [&](const Branch& branch) { return branch.sink == sink; });
  });
}

bool KeyedState::feeds(std::size_t sink, const Intake& intake) const {
  const Stage& rows = join_operation(intake.join).rows();
  return std::any_of(rows.branches.begin(), rows.branches.end(), [&](const Branch& branch) { return branch.sink == sink; }) ||
         std::any_of(rows.gatherings.begin(), rows.gatherings.end(), [&](const Gathering& gathering) { return feeds(sink, gathering.aggregate); }) ||
         std::any_of(rows.intakes.begin(), rows.intakes.end(), [&](const Intake& further) { return feeds(sink, further); });
}

}  // namespace weir
