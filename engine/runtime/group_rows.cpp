// group_rows.cpp — the rows that a sink gets of groups, through where and OVER.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

#include "engine/runtime/group_operation.h"
#include "engine/runtime/group_parts.h"
#include "engine/state/group_key.h"

namespace weir {

GroupOperation::SinkRows GroupOperation::write(Output& output, std::vector<std::uint32_t> dirty, const EmitMoment& moment, Arena& arena) {
  SinkRows made{output.sink, {}, {}};
  Rows rows = affected_rows(output.block, std::move(dirty), moment.now, arena);
  if (output.emit.kind == Emit::Kind::final && output.block != 0) hold_back(output, moment, arena, rows);
  output.emitted = rows.groups;
  const std::vector<Column> results = programs_[output.block]->evaluate(batch_of(rows.columns, rows.groups.size()), arena, moment.now);
  write_rows(output, rows, results, made);
  std::vector<std::uint32_t> going;
  if (output.keys != nullptr) {
    const Column* predicate = output.has_predicate ? &results[output.first_column] : nullptr;
    for (std::uint32_t row = 0; row < rows.groups.size(); ++row) {
      const bool is_there = rows.is_there[row] != 0 && (predicate == nullptr || is_true(*predicate, row) || error_at(*predicate, row) != nullptr);
      if (!is_there && get_flag(output.is_written, rows.groups[row])) going.push_back(rows.groups[row]);
    }
  }
  if (!going.empty()) write_removals(output, going, moment.now, arena, made);
  return made;
}

// Rows that others changed, and whose own windows are open, wait for these.
void GroupOperation::hold_back(Output& output, const EmitMoment& moment, Arena& arena, Rows& rows) {
  if (moment.is_end || moment.closed.is_quiet) return;
  std::vector<std::uint32_t> wanted;
  for (std::uint32_t row = 0; row < rows.groups.size(); ++row) {
    const std::uint32_t group = rows.groups[row];
    if (is_vanished(group) || closes_at(group) <= moment.closed.final)
      wanted.push_back(row);
    else
      mark_dirty(output, group);
  }
  if (wanted.size() == rows.groups.size()) return;
  Rows kept;
  for (const std::uint32_t row : wanted) {
    kept.groups.push_back(rows.groups[row]);
    kept.is_there.push_back(rows.is_there[row]);
  }
  for (const Column& column : rows.columns) kept.columns.push_back(gather(column, wanted, arena));
  rows = std::move(kept);
}

// A result that cannot be computed refuses the group's row: the row that stands in the table is of earlier rows then.
void GroupOperation::write_rows(Output& output, const Rows& rows, std::span<const Column> results, SinkRows& made) {
  const std::span<const Column> columns(results.data() + output.first_column + (output.has_predicate ? 1 : 0), output.column_count);
  const Column* predicate = output.has_predicate ? &results[output.first_column] : nullptr;
  std::vector<std::uint32_t> good;
  for (std::uint32_t row = 0; row < rows.groups.size(); ++row) {
    if (rows.is_there[row] == 0) continue;
    const RowError* error = predicate == nullptr ? nullptr : error_at(*predicate, row);
    if (error != nullptr) made.rows.refused.push_back({row, error->code, "where: " + error->message});
    if (error != nullptr || (predicate != nullptr && !is_true(*predicate, row))) continue;
    for (std::size_t c = 0; c < columns.size() && error == nullptr; ++c) {
      error = error_at(columns[c], row);
      if (error != nullptr) made.rows.refused.push_back({row, error->code, "column " + output.table->schema.fields[c].name + ": " + error->message});
    }
    if (error == nullptr) good.push_back(row);
  }
  encode_rows(*output.encoder, columns, good, made.rows);
  for (const EncodedRow& row : made.rows.rows) mark_written(output, rows.groups[row.record]);
}

void GroupOperation::write_removals(Output& output, std::span<const std::uint32_t> groups, std::int64_t now, Arena& arena, SinkRows& made) {
  std::vector<std::string_view> of_groups;
  for (const std::uint32_t group : groups) of_groups.push_back(table_->key(group));
  const std::vector<Column> keys = output.key_program->evaluate(batch_of(group_key_columns(of_groups, shape_->keys(), arena), groups.size()), arena, now);
  encode_rows(*output.key_encoder, keys, numbers_to(groups.size()), made.removed);
  made.removed.refused.clear();  // a key that no table can hold is in none
  for (const std::uint32_t group : groups) set_flag(output.is_written, group, false);
  // A sink may know two groups by one key, such as a session by its start: the row of one that vanished is replaced then.
  std::unordered_set<std::string_view> written;
  for (const EncodedRow& row : made.rows.rows) written.insert(made.rows.key_of(row));
  std::erase_if(made.removed.rows, [&](const EncodedRow& row) { return written.contains(made.removed.key_of(row)); });
}

GroupOperation::Rows GroupOperation::rows_of(std::size_t block, std::vector<std::uint32_t> groups, std::int64_t now, Arena& arena) {
  if (block == 0) {
    std::vector<Column> columns = table_->results(groups, arena);
    std::vector<char> is_there;
    for (const std::uint32_t group : groups) is_there.push_back(is_vanished(group) ? 0 : 1);
    return {std::move(groups), std::move(columns), std::move(is_there)};
  }
  Over& over = overs_[block - 1];
  const Partitions partitions = partitions_of(over, groups, now, arena);
  std::map<std::uint32_t, std::uint32_t> places;
  for (std::uint32_t row = 0; row < partitions.rows.groups.size(); ++row) places[partitions.rows.groups[row]] = row;
  std::vector<std::uint32_t> wanted;
  for (const std::uint32_t group : groups) wanted.push_back(places.at(group));
  return over_rows(over, partitions, wanted, arena);
}

GroupOperation::Rows GroupOperation::affected_rows(std::size_t block, std::vector<std::uint32_t> changed, std::int64_t now, Arena& arena) {
  if (block == 0) return rows_of(0, std::move(changed), now, arena);
  Over& over = overs_[block - 1];
  if (over.block->parent != 0) changed = affected_rows(over.block->parent, std::move(changed), now, arena).groups;
  const Partitions partitions = partitions_of(over, changed, now, arena);
  const std::set<std::uint32_t> is_changed(changed.begin(), changed.end());
  std::vector<char> flags;
  for (const std::uint32_t group : partitions.rows.groups) flags.push_back(is_changed.contains(group) ? 1 : 0);
  const std::vector<std::uint32_t> all = numbers_to(flags.size());
  return over_rows(over, partitions, over.rows->affected(partitions.input, all, flags, over.order_is_fixed), arena);
}

GroupOperation::Partitions GroupOperation::partitions_of(Over& over, const std::vector<std::uint32_t>& groups, std::int64_t now, Arena& arena) {
  std::set<std::string_view> keys;
  for (const std::uint32_t group : groups) keys.insert(over.partition_of[group]);
  std::vector<std::uint32_t> all;
  for (const std::string_view key : keys) {
    const std::vector<std::uint32_t>& members = over.partitions.at(std::string(key));
    all.insert(all.end(), members.begin(), members.end());
  }
  Partitions made{rows_of(over.block->parent, std::move(all), now, arena), {}, {}, {}};
  const std::size_t count = made.rows.groups.size();
  made.results = programs_[over.block->parent]->evaluate(batch_of(made.rows.columns, count), arena, now);
  const Column* next = made.results.data() + over.first_column;
  const Column* predicate = over.block->predicate != nullptr ? next++ : nullptr;
  const auto take = [&](std::size_t columns) {
    const std::span<const Column> taken(next, columns);
    next += columns;
    return taken;
  };
  made.input.partition = take(over.block->partition.size());
  made.input.order = take(over.block->order.size());
  const Column* first_argument = next;
  for (std::size_t c = 0; c < over.block->arguments.size(); ++c) {
    made.input.arguments.push_back(take(over.block->arguments[c].size()));
    made.input.filters.push_back(over.block->filters[c] == nullptr ? nullptr : next++);
    made.input.froms.push_back(over.block->froms[c] == nullptr ? nullptr : next++);
  }
  const Column* last_argument = next;
  for (std::uint32_t row = 0; row < count; ++row) {
    made.input.ties.emplace_back(table_->key(made.rows.groups[row]));
    const bool is_there = made.rows.is_there[row] != 0 && (predicate == nullptr || is_true(*predicate, row));
    made.is_there.push_back(is_there ? 1 : 0);
    const bool is_good = std::none_of(first_argument, last_argument, [&](const Column& column) { return error_at(column, row) != nullptr; });
    if (is_there && is_good) made.input.rows.push_back(row);
  }
  return made;
}

GroupOperation::Rows GroupOperation::over_rows(Over& over, const Partitions& partitions, std::span<const std::uint32_t> wanted, Arena& arena) {
  const auto count = static_cast<std::uint32_t>(partitions.rows.groups.size());
  const std::vector<Column> computed = over.rows->compute(partitions.input, count, arena);
  const std::size_t carried = over.block->carried.size();
  // What is carried along stands last of what the OVER reads.
  std::size_t first = over.first_column + (over.block->predicate != nullptr ? 1 : 0) + over.block->partition.size() + over.block->order.size();
  for (std::size_t c = 0; c < over.block->arguments.size(); ++c) first += over.block->arguments[c].size() + (over.block->filters[c] != nullptr ? 1 : 0) + (over.block->froms[c] != nullptr ? 1 : 0);
  Rows made;
  for (const std::uint32_t row : wanted) {
    made.groups.push_back(partitions.rows.groups[row]);
    made.is_there.push_back(partitions.is_there[row]);
  }
  for (std::size_t c = 0; c < carried; ++c) made.columns.push_back(gather(partitions.results[first + c], wanted, arena));
  for (const Column& column : computed) made.columns.push_back(gather(column, wanted, arena));
  return made;
}

// Before groups go, what OVER needs of them is kept.
void GroupOperation::fold(std::span<const std::uint32_t> groups, std::int64_t now) {
  Arena arena;
  const std::vector<std::uint32_t> list(groups.begin(), groups.end());
  const std::set<std::uint32_t> going(groups.begin(), groups.end());
  std::vector<Partitions> all;
  for (Over& over : overs_) all.push_back(over.goes_on ? partitions_of(over, list, now, arena) : Partitions{});
  for (std::size_t i = 0; i < overs_.size(); ++i) {
    if (!overs_[i].goes_on) continue;
    OverInput& input = all[i].input;
    std::erase_if(input.rows, [&](std::uint32_t row) { return !going.contains(all[i].rows.groups[row]); });
    overs_[i].rows->fold(input, arena);
  }
}

}  // namespace weir
