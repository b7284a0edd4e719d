// regrouping.cpp — takes rows out of outer groups and puts them in.
#include "engine/runtime/regrouping.h"

#include <algorithm>
#include <set>

#include "engine/base/check.h"
#include "engine/runtime/group_parts.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

constexpr std::uint32_t nowhere = ~0u;

/// How far all of them can.
Aggregate::Retracts retracts(const GroupShape& shape) {
  Aggregate::Retracts least = Aggregate::Retracts::always;
  for (std::size_t i = 0; i < shape.size(); ++i) least = std::min(least, shape.aggregate(i).retracts());
  return least;
}

GroupShape without_states(const GroupShape& shape) { return GroupShape(shape.keys(), {}, {}); }

std::vector<std::uint32_t> counting(const RegroupedRows& rows) {
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t row = 0; row < rows.groups.size(); ++row) {
    if (rows.counts[row] != 0) numbers.push_back(row);
  }
  return numbers;
}

std::vector<std::uint32_t> groups_of(const RegroupedRows& rows, std::span<const std::uint32_t> numbers) {
  std::vector<std::uint32_t> groups;
  for (const std::uint32_t row : numbers) groups.push_back(rows.groups[row]);
  return groups;
}

GroupRows as_group_rows(const RegroupedRows& rows, std::span<const std::uint32_t> numbers) {
  return {rows.keys, rows.arguments, rows.filters, numbers, {}};
}

}  // namespace

Regrouping::Regrouping(GroupTable& outer) : outer_(outer) {
  const Aggregate::Retracts how_far = retracts(outer.shape());
  if (how_far != Aggregate::Retracts::never) contributions_ = std::make_unique<RowStates>(outer.shape());
  if (how_far == Aggregate::Retracts::always) gone_shape_ = std::make_unique<GroupShape>(without_states(outer.shape()));
  gone_ = std::make_unique<GroupTable>(gone_shape_ == nullptr ? outer.shape() : *gone_shape_);
}

std::span<const std::uint32_t> Regrouping::members(std::uint32_t outer) const {
  return outer < members_.size() ? std::span<const std::uint32_t>(members_[outer]) : std::span<const std::uint32_t>();
}

std::optional<std::uint32_t> Regrouping::outer_of(std::uint32_t inner) const {
  if (inner >= places_.size() || places_[inner].outer == nowhere) return std::nullopt;
  return places_[inner].outer;
}

void Regrouping::attach(std::uint32_t inner, std::uint32_t outer) {
  if (inner >= places_.size()) places_.resize(inner + 1, {nowhere, 0});
  if (outer >= members_.size()) members_.resize(outer + 1);
  places_[inner] = {outer, static_cast<std::uint32_t>(members_[outer].size())};
  members_[outer].push_back(inner);
}

void Regrouping::detach(std::uint32_t inner) {
  if (!outer_of(inner)) return;
  unlink(inner);
  if (contributions_ != nullptr) contributions_->forget(inner);
}

void Regrouping::unlink(std::uint32_t inner) {
  std::vector<std::uint32_t>& members = members_[places_[inner].outer];
  members[places_[inner].index] = members.back();
  places_[members.back()].index = places_[inner].index;
  members.pop_back();
  if (members.empty()) members.shrink_to_fit();
  places_[inner].outer = nowhere;
}

void Regrouping::restore(const RegroupedRows& rows, Arena& arena) {
  const std::vector<std::uint32_t> numbers = counting(rows);
  GroupKeyWriter keys(rows.keys);
  for (const std::uint32_t row : numbers) {
    const auto outer = outer_.find(keys.write(row));
    WEIR_CHECK(outer.has_value(), "groups are saved together with the groups that their rows count in");
    attach(rows.groups[row], *outer);
  }
  if (contributions_ != nullptr) contributions_->set(groups_of(rows, numbers), as_group_rows(rows, numbers), arena);
}

void Regrouping::take(const RegroupedRows& rows, Arena& arena) {
  std::vector<Old> old;
  std::vector<std::uint32_t> losing;
  for (const std::uint32_t inner : rows.groups) {
    const auto outer = outer_of(inner);
    if (!outer) continue;
    old.push_back({*outer, contributions_ == nullptr ? nullptr : contributions_->take(inner)});
    unlink(inner);
    losing.push_back(*outer);
  }
  std::sort(losing.begin(), losing.end());
  losing.erase(std::unique(losing.begin(), losing.end()), losing.end());
  const std::vector<std::uint32_t> numbers = counting(rows);
  std::vector<std::uint32_t> added;
  GroupKeyWriter keys(rows.keys);
  for (const std::uint32_t row : numbers) {
    const std::uint32_t outer = outer_.find_or_add(keys.write(row));
    attach(rows.groups[row], outer);
    if (contributions_ != nullptr || !std::binary_search(losing.begin(), losing.end(), outer)) added.push_back(row);
  }
  // New rows first: a maximum that grows is no longer the old one, which can go then.
  add(added, rows, arena);
  std::set<std::uint32_t> again;
  for (const Old& one : old) {
    if (one.states == nullptr) continue;
    if (!again.contains(one.outer) && !outer_.retract_states(one.outer, one.states)) again.insert(one.outer);
    contributions_->give_back(one.states);
  }
  anew_.clear();
  emptied_.clear();
  for (const std::uint32_t outer : losing) {
    const bool is_empty = members(outer).empty() && !gone_->find(outer_.key(outer));
    if (is_empty) emptied_.push_back(outer);
    else if (contributions_ == nullptr) anew_.push_back(outer);
    else if (again.contains(outer)) put_together(outer);
  }
}

void Regrouping::begin_anew(std::uint32_t outer) {
  outer_.restart(outer);
  outer_.mark_changed(outer);
  if (const auto gone = gone_->find(outer_.key(outer))) outer_.merge_states(outer, gone_->states(*gone));
}

void Regrouping::put_together(std::uint32_t outer) {
  begin_anew(outer);
  for (const std::uint32_t inner : members(outer)) outer_.merge_states(outer, contributions_->at(inner));
}

void Regrouping::add(std::span<const std::uint32_t> rows, const RegroupedRows& input, Arena& arena) {
  if (rows.empty()) return;
  if (contributions_ == nullptr) return outer_.add(as_group_rows(input, rows), arena);
  contributions_->set(groups_of(input, rows), as_group_rows(input, rows), arena);
  for (const std::uint32_t row : rows) outer_.merge_states(*outer_of(input.groups[row]), contributions_->at(input.groups[row]));
}

void Regrouping::compute_anew(const RegroupedRows& rows, Arena& arena) {
  for (const std::uint32_t outer : anew_) begin_anew(outer);
  const std::vector<std::uint32_t> numbers = counting(rows);
  outer_.add(as_group_rows(rows, numbers), arena);
}

std::size_t Regrouping::memory_bytes() const {
  std::size_t bytes = places_.capacity() * sizeof(Place) + members_.capacity() * sizeof(std::vector<std::uint32_t>);
  // Lists of members are as long as there are members, or somewhat longer.
  bytes += places_.size() * sizeof(std::uint32_t);
  return bytes + (contributions_ == nullptr ? 0 : contributions_->memory_bytes());
}

void Regrouping::keep(std::span<const std::uint32_t> inner, const RegroupedRows& rows, Arena& arena) {
  if (keeps_rows()) {
    const std::vector<std::uint32_t> numbers = counting(rows);
    return gone_->add(as_group_rows(rows, numbers), arena);
  }
  for (const std::uint32_t group : inner) {
    const auto outer = outer_of(group);
    if (!outer) continue;
    const bool is_known = gone_->find(outer_.key(*outer)).has_value();
    const std::uint32_t kept = gone_->find_or_add(outer_.key(*outer));
    // Without states, what they added stays in the outer groups alone: then only that there is something is kept.
    if (gone_shape_ == nullptr) gone_->merge_states(kept, contributions_->at(group));
    else if (!is_known) gone_->mark_changed(kept);
  }
}

}  // namespace weir
