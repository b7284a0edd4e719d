// vanished_groups.cpp — groups that are there no more: known until every sink that may have their rows has been told.
#include <algorithm>
#include <set>

#include "engine/runtime/group_operation.h"
#include "engine/runtime/group_parts.h"
#include "engine/state/group_key.h"

namespace weir {
namespace {

constexpr char vanished_mark = 0;  // where the version of a saved group stands; the key follows

}  // namespace

void GroupOperation::vanish(std::uint32_t group) {
  WEIR_CHECK(std::get<AggregateNode>(plan_.nodes[stage_.aggregate].operation).rows_can_go, "sinks know the keys of rows that can go");
  vanishing_.push_back(group);
}

bool GroupOperation::is_vanished(std::uint32_t group) const { return get_flag(is_vanished_, group); }

// Before changed groups are registered: of those that went in the epoch in which they came, nobody knows.
void GroupOperation::take_in_vanishing() {
  for (const std::uint32_t group : changed_) {
    if (is_vanished(group)) is_vanished_[group] = 0;  // it is there again
  }
  std::erase_if(vanished_, [&](std::uint32_t group) { return !is_vanished(group); });
  newly_vanished_.clear();
  for (const std::uint32_t group : vanishing_) {
    if (is_vanished(group)) continue;
    set_flag(is_vanished_, group, true);
    (get_flag(is_registered_, group) ? newly_vanished_ : leaving_).push_back(group);
  }
  vanishing_.clear();
  std::erase_if(changed_, [&](std::uint32_t group) { return is_vanished(group); });
  for (Output& output : outputs_) {
    for (const std::uint32_t group : newly_vanished_) mark_vanished(output, group);
  }
}

// A sink that writes at times need not be told of what came and went in between. Where there is OVER, other rows may count a row that is not
// written itself.
void GroupOperation::mark_vanished(Output& output, std::uint32_t group) {
  if (output.emit.kind == Emit::Kind::changes) return;
  const bool matters = output.emit.kind == Emit::Kind::final || get_flag(output.block == 0 ? output.is_written : output.is_known, group);
  if (matters) return mark_dirty(output, group);
  set_flag(output.is_dirty, group, false);
}

bool GroupOperation::is_unwritten(std::uint32_t group) const {
  return std::any_of(outputs_.begin(), outputs_.end(), [&](const Output& output) { return get_flag(output.is_dirty, group); });
}

// Those of which every sink has been told leave; the others are kept, without what they had.
void GroupOperation::settle_vanished(Emitted& made) {
  for (const std::uint32_t group : newly_vanished_) {
    vanished_.push_back(group);
    if (!is_unwritten(group)) continue;
    made.changed.push_back(group);
    table_->restart(group);
  }
  newly_vanished_.clear();
  std::set<std::int64_t> ends;
  for (const std::uint32_t group : vanished_) {
    if (is_unwritten(group)) continue;
    made.gone.push_back(table_->key_hash(group));
    leaving_.push_back(group);
    if (window_) ends.insert(closes_at(group));
  }
  const auto is_leaving = [&](std::uint32_t group) { return is_vanished(group) && !is_unwritten(group); };
  std::erase_if(vanished_, is_leaving);
  for (const std::int64_t end : ends) {
    std::vector<std::uint32_t>& groups = ends_.at(end);
    std::erase_if(groups, is_leaving);
    if (groups.empty()) ends_.erase(end);
  }
}

Status GroupOperation::load(std::string_view bytes, std::int64_t epoch) {
  if (bytes.empty() || bytes.front() != vanished_mark) {
    WEIR_ASSIGN(const std::uint32_t group, table_->load(bytes));
    loaded_.emplace_back(group, epoch);
    return {};
  }
  const std::string_view key = bytes.substr(1);
  if (!is_group_key(key, shape_->keys()) || table_->find(key)) return Error{ErrorKind::fatal, "a saved group is damaged, or of another pipeline"};
  const std::uint32_t group = table_->find_or_add(key);
  set_flag(is_vanished_, group, true);
  vanished_.push_back(group);
  loaded_.emplace_back(group, epoch);
  return {};
}

void GroupOperation::save(std::uint32_t group, std::string& bytes) const {
  if (!is_vanished(group)) return table_->save(group, bytes);
  bytes += vanished_mark;
  bytes += table_->key(group);
}

}  // namespace weir
