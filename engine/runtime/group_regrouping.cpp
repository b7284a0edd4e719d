// group_regrouping.cpp — how rows of groups come to count in the groups of another aggregate.
#include <algorithm>
#include <utility>

#include "engine/runtime/group_operation.h"
#include "engine/runtime/group_parts.h"

namespace weir {
namespace {

constexpr std::size_t rows_at_once = 1 << 14;  // of what was loaded

}  // namespace

void GroupOperation::feed(std::size_t gathering, GroupOperation& outer) {
  fed_[gathering].outer = &outer;
  outer.regrouping_ = std::make_unique<Regrouping>(*outer.table_);
}

void GroupOperation::add_gathering(const Gathering& gathering, std::vector<ExpressionPtr>& roots) {
  fed_.push_back({&gathering, nullptr, roots.size()});
  if (gathering.predicate != nullptr) roots.push_back(gathering.predicate);
  roots.insert(roots.end(), gathering.keys.begin(), gathering.keys.end());
  for (std::size_t c = 0; c < gathering.arguments.size(); ++c) {
    roots.insert(roots.end(), gathering.arguments[c].begin(), gathering.arguments[c].end());
    if (gathering.filters[c] != nullptr) roots.push_back(gathering.filters[c]);
  }
}

// A row that cannot be computed does not count.
GroupOperation::FedRows GroupOperation::fed_rows(const Fed& to, const Rows& rows, std::int64_t now, Arena& arena) const {
  const Gathering& gathering = *to.gathering;
  const std::size_t count = rows.groups.size();
  FedRows made{programs_[gathering.block]->evaluate(batch_of(rows.columns, count), arena, now), {}, {}};
  const Column* next = made.columns.data() + to.first_column;
  const Column* predicate = gathering.predicate != nullptr ? next++ : nullptr;
  const Column* first = next;
  const auto take = [&](std::size_t columns) {
    const std::span<const Column> taken(next, columns);
    next += columns;
    return taken;
  };
  made.rows.keys = take(gathering.keys.size());
  for (std::size_t c = 0; c < gathering.arguments.size(); ++c) {
    made.rows.arguments.push_back(take(gathering.arguments[c].size()));
    made.rows.filters.push_back(gathering.filters[c] == nullptr ? nullptr : next++);
  }
  made.rows.groups = rows.groups;
  for (std::uint32_t row = 0; row < count; ++row) {
    bool is_in = rows.is_there[row] != 0;
    const RowError* error = is_in && predicate != nullptr ? error_at(*predicate, row) : nullptr;
    is_in = is_in && (predicate == nullptr || is_true(*predicate, row));
    for (const Column* column = first; is_in && column != next && error == nullptr; ++column) error = error_at(*column, row);
    made.rows.counts.push_back(is_in && error == nullptr ? 1 : 0);
    if (error != nullptr) made.refused.push_back({gathering.aggregate, describe(rows.groups[row]), error->code, error->message});
  }
  return made;
}

void GroupOperation::restore_fed() {
  for (const Fed& to : fed_) {
    std::vector<std::uint32_t> some;
    const auto restore = [&] {
      Arena arena;
      const Rows rows = rows_of(to.gathering->block, std::exchange(some, {}), 0, arena);
      to.outer->regrouping_->restore(fed_rows(to, rows, 0, arena).rows, arena);
    };
    for (std::uint32_t group = 0; group < table_->end(); ++group) {
      if (table_->holds(group)) some.push_back(group);
      // OVER has whole partitions before it.
      if (some.size() == rows_at_once && to.gathering->block == 0) restore();
    }
    if (!some.empty()) restore();
  }
}

void GroupOperation::feed_changes(std::int64_t now, Arena& arena, Emitted& made) {
  for (const Fed& to : fed_) {
    std::vector<std::uint32_t> changed = changed_;
    changed.insert(changed.end(), newly_vanished_.begin(), newly_vanished_.end());
    if (changed.empty()) continue;
    to.outer->let_go();
    Regrouping& regrouping = *to.outer->regrouping_;
    const Rows rows = affected_rows(to.gathering->block, std::move(changed), now, arena);
    FedRows fed = fed_rows(to, rows, now, arena);
    made.refused.insert(made.refused.end(), std::make_move_iterator(fed.refused.begin()), std::make_move_iterator(fed.refused.end()));
    regrouping.take(fed.rows, arena);
    if (!regrouping.anew().empty()) {
      std::vector<std::uint32_t> members;
      for (const std::uint32_t outer : regrouping.anew()) {
        const std::span<const std::uint32_t> of_one = regrouping.members(outer);
        members.insert(members.end(), of_one.begin(), of_one.end());
      }
      const Rows all = rows_of(to.gathering->block, std::move(members), now, arena);
      regrouping.compute_anew(fed_rows(to, all, now, arena).rows, arena);
    }
    for (const std::uint32_t outer : regrouping.emptied()) to.outer->vanish(outer);
  }
}

// Groups whose windows nothing reaches any more count on in outer groups that go on.
void GroupOperation::keep_fed(std::span<const std::uint32_t> groups, const EmitMoment& moment) {
  for (const Fed& to : fed_) {
    Regrouping& regrouping = *to.outer->regrouping_;
    std::vector<std::uint32_t> counting;
    for (const std::uint32_t group : groups) {
      const auto outer = regrouping.outer_of(group);
      if (outer && (!to.outer->window_ || to.outer->closes_at(*outer) > moment.closed.expired)) counting.push_back(group);
    }
    if (!counting.empty()) {
      Arena arena;
      const Rows rows = regrouping.keeps_rows() ? rows_of(to.gathering->block, counting, moment.now, arena) : Rows{};
      const FedRows fed = regrouping.keeps_rows() ? fed_rows(to, rows, moment.now, arena) : FedRows{};
      regrouping.keep(counting, fed.rows, arena);
    }
    for (const std::uint32_t group : groups) regrouping.detach(group);
  }
}

bool GroupOperation::is_fed(std::uint32_t group) const { return regrouping_ != nullptr && !regrouping_->members(group).empty(); }

// What inner groups that are gone added to a group goes with it.
void GroupOperation::forget_gone(std::string_view key, Emitted& made) {
  if (regrouping_ == nullptr) return;
  GroupTable& gone = regrouping_->gone();
  const auto kept = gone.find(key);
  if (!kept) return;
  made.forgotten.push_back(gone.key_hash(*kept));
  gone.remove(*kept);
}

}  // namespace weir
