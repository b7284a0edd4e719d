// operators_membership.cpp — IN: a search through a set for literals, else a comparison with each argument.
#include <algorithm>
#include <unordered_set>

#include "engine/expression/functions/operator_declaration.h"
#include "engine/expression/functions/operators.h"
#include "engine/expression/functions/value_order.h"

namespace weir {
namespace {

const RowError* error_at(const Column& column, std::uint32_t row) {
  return column.errors == nullptr ? nullptr : column.errors->find(row & column.row_mask);
}

/// As x = a OR x = b OR ...: a match decides, then an error, then NULL.
class InArguments final : public Kernel {
 public:
  explicit InArguments(const CallSite& site) : compare_(comparator_of(site.types[0].kind)) {}

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) evaluate_row(arguments, row, writer);
    return writer.finish();
  }

 private:
  void evaluate_row(std::span<const Column> arguments, std::uint32_t row, ColumnWriter& writer) const {
    const Column& wanted = arguments[0];
    const RowError* error = error_at(wanted, row);
    bool has_null = wanted.is_null(row);
    for (const Column& option : arguments.subspan(1)) {
      if (option.is_null(row)) {
        has_null = true;
        if (error == nullptr) error = error_at(option, row);
      } else if (!wanted.is_null(row) && compare_(wanted, row, option, row) == 0) {
        return writer.set_bool(row, true);
      }
    }
    if (error != nullptr) return writer.set_error(row, error->code, error->message);
    if (has_null) return writer.set_null(row);
    writer.set_bool(row, false);
  }

  ValueComparator compare_;
};

/// All options are literals of a type that can be hashed as Key.
template <typename Key, typename Owned>
class InLiterals final : public Kernel {
 public:
  explicit InLiterals(const CallSite& site) {
    for (std::size_t i = 1; i < site.constants.size(); ++i) {
      if (site.constants[i]->is_null())
        has_null_ = true;
      else
        owned_.push_back(std::get<Owned>(site.constants[i]->data));
    }
    options_.insert(owned_.begin(), owned_.end());
  }

  Column evaluate(std::span<const Column> arguments, EvaluationContext& context) const override {
    const Column& wanted = arguments[0];
    const ColumnReader<Key> values(wanted);
    ColumnWriter writer(boolean_type, context.rows, context.arena, true);
    for (std::uint32_t row = 0; row < context.rows; ++row) {
      if (wanted.is_null(row)) {
        const RowError* error = error_at(wanted, row);
        error == nullptr ? writer.set_null(row) : writer.set_error(row, error->code, error->message);
      } else if (options_.contains(values[row])) {
        writer.set_bool(row, true);
      } else if (has_null_) {
        writer.set_null(row);
      }
    }
    return writer.finish();
  }

 private:
  std::vector<Owned> owned_;
  std::unordered_set<Key> options_;  // may point into owned_
  bool has_null_ = false;
};

KernelResult prepare_in(const CallSite& site) {
  const auto is_literal = [](const Value* value) { return value != nullptr; };
  if (!std::all_of(site.constants.begin() + 1, site.constants.end(), is_literal))
    return kernel_of<InArguments>(site);
  switch (site.types[0].kind) {
    case TypeKind::string:
    case TypeKind::bytes:
      return kernel_of<InLiterals<std::string_view, std::string>>(site);
    case TypeKind::int32:
    case TypeKind::date:
      return kernel_of<InLiterals<std::int32_t, std::int32_t>>(site);
    case TypeKind::int64:
    case TypeKind::timestamp:
      return kernel_of<InLiterals<std::int64_t, std::int64_t>>(site);
    default:
      return kernel_of<InArguments>(site);
  }
}

}  // namespace

void register_membership_operators(FunctionRegistry& registry) {
  Overload in;
  in.parameters = {"T", "T"};
  in.variadic = true;
  in.strict = false;
  in.result = [](const CallSite&) -> Result<Type> { return boolean_type; };
  in.prepare = prepare_in;
  add_operator(registry, "in", "a T [NOT] IN (b T, ...) -> boolean",
               "Whether the value equals one of the list; NULL if it does not and one of them is NULL.",
               {{"2 IN (1, 2)", "true"}, {"3 IN (1, NULL)", "NULL"}}, {std::move(in)});
}

}  // namespace weir
