// table_function.cpp — a plugin's function that makes any number of rows of one.
#include "udf/host/table_function.h"

#include <fmt/format.h>

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"
#include "udf/host/result_column.h"

namespace weir {
namespace {

Result<std::vector<std::uint32_t>> take_offsets(const weir_column& given, std::uint32_t rows, Arena& arena) {
  auto column = take_result(given, int32_type, rows + 1, arena);
  if (!column.ok()) return std::move(column).error().in("offsets");
  if (column->validity != nullptr) return Error{ErrorKind::data, "offsets: one is NULL"};
  std::vector<std::uint32_t> offsets;
  offsets.reserve(rows + 1);
  for (std::uint32_t i = 0; i <= rows; ++i) {
    const std::int32_t offset = column->at<std::int32_t>(i);
    const bool is_ascending = i == 0 ? offset == 0 : offset >= static_cast<std::int32_t>(offsets.back());
    if (!is_ascending) return Error{ErrorKind::data, fmt::format("offsets: they do not ascend from 0, at row {}", i)};
    offsets.push_back(static_cast<std::uint32_t>(offset));
  }
  return offsets;
}

}  // namespace

TableFunction::TableFunction(const weir_function& declared, std::string where, std::unique_ptr<SiteStates> states)
    : declared_(declared), where_(std::move(where)), states_(std::move(states)) {
  for (std::uint32_t i = 0; i < declared.column_count; ++i)
    columns_.push_back({declared.columns[i].name, *parse_type(declared.columns[i].type), true});
}

Result<std::unique_ptr<TableFunction>> TableFunction::prepare(const weir_function& declared, const CallSite& site, std::string where) {
  auto states = SiteStates::prepare(declared, site);
  if (!states.ok()) return Error{ErrorKind::user, states.error().message()}.in(where);
  return std::unique_ptr<TableFunction>(new TableFunction(declared, std::move(where), std::move(states).value()));
}

Result<MadeRows> TableFunction::expand(std::span<const Column> arguments, std::uint32_t rows, Arena& arena) const {
  Result<MadeRows> made = call(arguments, rows, arena);
  if (!made.ok()) return std::move(made).error().in(where_);
  return made;
}

Result<MadeRows> TableFunction::call(std::span<const Column> arguments, std::uint32_t rows, Arena& arena) const {
  const ArrowArray* const* shown = show_arguments(arguments, rows, arena);
  ResultSlot offsets;
  std::vector<ResultSlot> slots(columns_.size());
  std::vector<weir_column> given(columns_.size());
  GuardedCall guarded(rows);
  WEIR_ASSIGN(void* const state, states_->borrow());
  Status status = guarded.run([&](const weir_call* weir) {
    return declared_.expand(state, shown, static_cast<std::uint32_t>(arguments.size()), rows, &offsets.column, given.data(), weir);
  });
  states_->give_back(state);
  for (std::size_t i = 0; i < given.size(); ++i) slots[i].column = given[i];
  WEIR_TRY(std::move(status));
  MadeRows made;
  WEIR_ASSIGN(made.offsets, take_offsets(offsets.column, rows, arena));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto column = take_result(given[i], columns_[i].type, made.offsets.back(), arena);
    if (!column.ok()) return std::move(column).error().in("column " + columns_[i].name);
    made.columns.push_back(std::move(column).value());
  }
  made.errors = guarded.take_row_errors();
  return made;
}

}  // namespace weir
