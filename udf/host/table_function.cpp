// table_function.cpp — a plugin's function that makes any number of rows of one.
#include "udf/host/table_function.h"

#include <fmt/format.h>

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"
#include "udf/host/result_column.h"
#include "udf/host/site_states.h"

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

class PluginTable final : public TableBody {
 public:
  PluginTable(const weir_function& declared, std::string where, std::unique_ptr<SiteStates> states)
      : declared_(declared), where_(std::move(where)), columns_(table_columns(declared).nested->fields), states_(std::move(states)) {}

  MadeRows expand(std::span<const Column> arguments, EvaluationContext& context) const override {
    Result<MadeRows> made = call(arguments, context.rows, context.arena);
    if (!made.ok()) return failed(std::move(made).error(), context);
    for (RowError& error : made->errors) error.message = where_ + ": " + error.message;
    return std::move(made).value();
  }

 private:
  // What could not be computed at all is an error of each of its rows.
  MadeRows failed(Error error, EvaluationContext& context) const {
    const std::string code = error.code().empty() ? udf_result_code : error.code();
    const std::string message = std::move(error).in(where_).message();
    MadeRows made;
    made.offsets.assign(context.rows + 1, 0);
    for (const Field& column : columns_) made.columns.push_back(ColumnWriter(column.type, 0, context.arena).finish());
    for (std::uint32_t row = 0; row < context.rows; ++row) made.errors.push_back({row, code, message});
    return made;
  }

  Result<MadeRows> call(std::span<const Column> arguments, std::uint32_t rows, Arena& arena) const {
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

  const weir_function& declared_;
  const std::string where_;
  const std::vector<Field> columns_;
  std::unique_ptr<SiteStates> states_;
};

}  // namespace

Type table_columns(const weir_function& declared) {
  std::vector<Field> columns;
  for (std::uint32_t i = 0; i < declared.column_count; ++i)
    columns.push_back({declared.columns[i].name, *parse_type(declared.columns[i].type), true});
  return struct_type(std::move(columns));
}

TableBodyResult prepare_table(const weir_function& declared, const CallSite& site, const std::string& where) {
  auto states = SiteStates::prepare(declared, site);
  if (!states.ok()) return Error{ErrorKind::user, states.error().message()}.in(where);
  return std::unique_ptr<TableBody>(std::make_unique<PluginTable>(declared, where, std::move(states).value()));
}

}  // namespace weir
