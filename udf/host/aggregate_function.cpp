// aggregate_function.cpp — a plugin's function that makes one value of many rows.
#include "udf/host/aggregate_function.h"

#include <fmt/format.h>

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"
#include "udf/host/result_column.h"

namespace weir {

PluginGroups::PluginGroups(const weir_function& declared, std::string where, std::unique_ptr<SiteStates> states)
    : declared_(declared), where_(std::move(where)), type_(*parse_type(declared.result)), states_(std::move(states)) {}

Result<std::unique_ptr<PluginGroups>> PluginGroups::open(const weir_function& declared, const CallSite& site, std::string where) {
  auto states = SiteStates::prepare(declared, site);
  if (!states.ok()) return Error{ErrorKind::user, states.error().message()}.in(where);
  std::unique_ptr<PluginGroups> opened(new PluginGroups(declared, std::move(where), std::move(states).value()));
  WEIR_ASSIGN(opened->state_, opened->states_->borrow());
  GuardedCall call(0);
  Status status = call.run([&](const weir_call* weir) { return declared.aggregate->open(opened->state_, &opened->groups_, weir); });
  if (!status.ok()) return std::move(status).error().in(opened->where_);
  return opened;
}

PluginGroups::~PluginGroups() {
  if (groups_ != nullptr) declared_.aggregate->close(groups_);
  states_->give_back(state_);
}

Result<std::vector<RowError>> PluginGroups::update(std::uint32_t group_count, std::span<const std::uint32_t> group_of_row,
                                                   std::span<const Column> arguments, Arena& arena) {
  const auto rows = static_cast<std::uint32_t>(group_of_row.size());
  const ArrowArray* const* shown = show_arguments(arguments, rows, arena);
  GuardedCall call(rows);
  Status status = call.run([&](const weir_call* weir) {
    return declared_.aggregate->update(groups_, group_count, group_of_row.data(), shown, rows, weir);
  });
  if (!status.ok()) return std::move(status).error().in(where_);
  return call.take_row_errors();
}

Result<Column> PluginGroups::finish(std::uint32_t group_count, Arena& arena) {
  ResultSlot slot;
  GuardedCall call(group_count);
  Status status = call.run(
      [&](const weir_call* weir) { return declared_.aggregate->finish(groups_, group_count, &slot.column, weir); });
  if (!status.ok()) return std::move(status).error().in(where_);
  auto column = take_result(slot.column, type_, group_count, arena);
  if (!column.ok()) return std::move(column).error().in(where_);
  add_errors(*column, call.take_row_errors(), arena);
  return column;
}

Result<Column> PluginGroups::save(std::uint32_t group_count, Arena& arena) {
  ResultSlot slot;
  GuardedCall call(group_count);
  Status status = call.run(
      [&](const weir_call* weir) { return declared_.aggregate->save(groups_, group_count, &slot.column, weir); });
  if (!status.ok()) return std::move(status).error().in(where_);
  auto column = take_result(slot.column, bytes_type, group_count, arena);
  if (!column.ok()) return std::move(column).error().in(where_ + ", saved state");
  if (column->validity != nullptr || !call.take_row_errors().empty())
    return Error{ErrorKind::data, where_ + ", saved state: a group has none"};
  return column;
}

Status PluginGroups::merge(std::uint32_t group_count, std::span<const std::uint32_t> group_of_row, const Column& saved, Arena& arena) {
  const auto rows = static_cast<std::uint32_t>(group_of_row.size());
  const ArrowArray* const* shown = show_arguments({&saved, 1}, rows, arena);
  GuardedCall call(rows);
  Status status = call.run([&](const weir_call* weir) {
    return declared_.aggregate->merge(groups_, group_count, group_of_row.data(), shown[0], rows, weir);
  });
  if (status.ok() && !call.take_row_errors().empty()) status = Error{ErrorKind::data, "a saved state cannot be merged"};
  if (!status.ok()) return std::move(status).error().in(where_);
  return {};
}

}  // namespace weir
