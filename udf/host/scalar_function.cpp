// scalar_function.cpp — a plugin's scalar function as an overload that pipelines can call.
#include "udf/host/scalar_function.h"

#include <fmt/format.h>

#include "udf/host/argument_arrays.h"
#include "udf/host/guarded_call.h"
#include "udf/host/result_column.h"
#include "udf/host/site_states.h"

namespace weir {
namespace {

constexpr std::size_t longest_type_name = 64;

// What could not be computed at all is an error of each of its rows.
Column failed_column(const Type& type, const Error& error, EvaluationContext& context) {
  ColumnWriter writer(type, context.rows, context.arena);
  for (std::uint32_t row = 0; row < context.rows; ++row) writer.set_error(row, error.code(), error.message());
  return writer.finish();
}

std::vector<RowError> errors_of_arguments(std::span<const Column> arguments, std::uint32_t rows) {
  std::vector<RowError> errors;
  for (const Column& argument : arguments) {
    if (argument.errors == nullptr) continue;
    for (const RowError& error : argument.errors->rows) {
      if (!argument.is_constant()) {
        errors.push_back(error);
        continue;
      }
      for (std::uint32_t row = 0; row < rows; ++row) errors.push_back({row, error.code, error.message});
    }
  }
  return errors;
}

class PluginKernel final : public Kernel {
 public:
  PluginKernel(const weir_function& function, Type type, std::string where, std::unique_ptr<SiteStates> states)
      : function_(function), type_(type), where_(std::move(where)), states_(std::move(states)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    Result<Column> result = compute(arguments, context);
    if (result.ok()) return std::move(result).value();
    const std::string code = result.error().code().empty() ? udf_result_code : result.error().code();
    return failed_column(type_, std::move(result).error().in(where_).with_code(code), context);
  }

 private:
  Result<Column> compute(std::span<const Column> arguments, EvaluationContext& context) const {
    const ArrowArray* const* shown = show_arguments(arguments, context.rows, context.arena);
    ResultSlot slot;
    GuardedCall call(context.rows);
    WEIR_ASSIGN(void* const state, states_->borrow());
    const Status status = call.run([&](const weir_call* weir) {
      return function_.evaluate(state, shown, static_cast<std::uint32_t>(arguments.size()), context.rows, &slot.column, weir);
    });
    states_->give_back(state);
    if (!status.ok()) return status.error();
    WEIR_ASSIGN(Column column, take_result(slot.column, type_, context.rows, context.arena));
    std::vector<RowError> errors = call.take_row_errors();  // first, for what the plugin says of a row counts
    if (column.errors != nullptr) errors.insert(errors.end(), column.errors->rows.begin(), column.errors->rows.end());
    if ((function_.flags & WEIR_NEVER_NULL) != 0) check_never_null(column, errors, arguments);
    for (RowError& error : errors) error.message = where_ + ": " + error.message;
    column.errors = nullptr;
    add_errors(column, std::move(errors), context.arena);
    if ((function_.flags & WEIR_STRICT) == 0)
      add_errors(column, errors_of_arguments(arguments, context.rows), context.arena);
    return column;
  }

  // The engine has relied on it, for a NOT NULL column for example.
  static void check_never_null(const Column& column, std::vector<RowError>& errors, std::span<const Column> arguments) {
    if (column.validity == nullptr) return;
    std::vector<RowError> found;
    for (std::uint32_t row = 0; row < column.size; ++row) {
      if (!column.is_null(row)) continue;
      const auto is_null = [&](const Column& argument) { return argument.is_null(row); };
      const bool is_known = std::any_of(arguments.begin(), arguments.end(), is_null) ||
                            (column.errors != nullptr && column.errors->find(row) != nullptr);
      if (!is_known) found.push_back({row, udf_result_code, "the result is NULL, which the function has excluded"});
    }
    errors.insert(errors.end(), found.begin(), found.end());
  }

  const weir_function& function_;
  Type type_;
  std::string where_;
  std::unique_ptr<SiteStates> states_;
};

// A call that cannot be compiled is the user's to mend.
Error refused(Error error, const std::string& where) {
  return Error{ErrorKind::user, error.message()}.in(where);
}

}  // namespace

Result<Type> result_type_of(const weir_function& declared, const CallSite& site, const std::string& where) {
  if (declared.resolve == nullptr) return *parse_type(declared.result);
  const ShownSite shown(site);
  char name[longest_type_name] = {};
  GuardedCall call(1);
  Status status = call.run(
      [&](const weir_call* weir) { return declared.resolve(&declared, &shown.site, name, sizeof name - 1, weir); });
  if (!status.ok()) return refused(std::move(status).error(), where);
  const std::optional<Type> type = parse_type(name);
  if (!type) return Error{ErrorKind::user, fmt::format("{}: the result type is no type: '{}'", where, name)};
  return *type;
}

Overload overload_of(const weir_function& declared, const std::string& where) {
  Overload overload;
  for (std::uint32_t i = 0; i < declared.parameter_count; ++i) overload.parameters.emplace_back(declared.parameters[i]);
  overload.variadic = (declared.flags & WEIR_VARIADIC) != 0;
  overload.optional = declared.optional_count;
  overload.strict = (declared.flags & WEIR_STRICT) != 0;
  overload.never_null = (declared.flags & WEIR_NEVER_NULL) != 0;
  overload.result = [&declared, where](const CallSite& site) { return result_type_of(declared, site, where); };
  overload.prepare = [&declared, where](const CallSite& site) -> Result<std::unique_ptr<Kernel>> {
    auto states = SiteStates::prepare(declared, site);
    if (!states.ok()) return refused(std::move(states).error(), where);
    return std::unique_ptr<Kernel>(
        std::make_unique<PluginKernel>(declared, site.result, where, std::move(states).value()));
  };
  return overload;
}

}  // namespace weir
