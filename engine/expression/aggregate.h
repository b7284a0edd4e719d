// aggregate.h — what an aggregate function is: its declaration, and the states that GROUP BY keeps for it.
//
// A state is memory of the caller: state_bytes() for each group and call site. Whatever rows a state has seen, in whatever order and parts
// (add and merge), through whatever save and load: the result is the same to the bit. docs/decisions/aggregates_in_any_order.md says how.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression/expression.h"
#include "engine/expression/function_table.h"

namespace weir {

/// Where a row stands among all rows, however it was read: event time, then source and split, then offset, then its place among the rows made of one
/// record. `first`, `last` and `string_agg` go by it.
struct RowPosition {
  std::int64_t time = 0;  // event time in microseconds; 0 where the stream has none
  std::uint64_t split = 0;
  std::uint64_t offset = 0;
  std::uint32_t part = 0;
  friend auto operator<=>(const RowPosition&, const RowPosition&) = default;
};

/// Rows to add. All arguments have `states.size()` rows and the types that `bind_aggregate` resolved.
struct AggregateInput {
  std::span<const Column> arguments;
  std::span<void* const> states;            // one a row; null: the row is left out (FILTER, another shard)
  std::span<const RowPosition> positions;   // one a row; may be empty where uses_positions() is false
};

/// The body of one call site. Const: several threads call it at once, each with states of its own.
class Aggregate {
 public:
  virtual ~Aggregate() = default;
  virtual std::size_t state_bytes() const = 0;
  /// Makes the state of no rows in `state_bytes()` bytes aligned to 16.
  virtual void start(void* state) const = 0;
  /// Gives back what a started state owns; the memory itself is the caller's.
  virtual void stop(void* state) const = 0;
  /// Adds every row to its state. Rows whose arguments are NULL are left out as the function says. No argument of a row with a state has an error:
  /// such rows are the caller's to reject.
  virtual void add(const AggregateInput& input) const = 0;
  /// `into` becomes the state of the rows of both; `from` stays.
  virtual void merge(void* into, const void* from) const = 0;
  /// Writes row i from states[i]. A result that cannot be computed (overflow) is an error of that row.
  virtual void result(std::span<const void* const> states, ColumnWriter& writer) const = 0;
  /// Appends bytes that load() reads, by this version and later ones; equal states of equal rows give equal bytes.
  virtual void save(const void* state, std::string& bytes) const = 0;
  /// Puts a saved state in place of a started one; an error where the bytes are none.
  virtual Status load(std::string_view bytes, void* state) const = 0;
  virtual bool uses_positions() const { return false; }
  /// Whether states may own memory outside of theirs, and about how many bytes this one does: found in a moment, whatever it holds.
  virtual bool keeps_outside() const { return false; }
  virtual std::size_t outside_bytes(const void* state) const;
  /// Whether retract() can ever, or always, take rows out.
  enum class Retracts : std::uint8_t { never, sometimes, always };
  virtual Retracts retracts() const { return Retracts::never; }
  /// Makes of `from` exactly what it would be without the rows of `part`, which it has seen; false where it does not know that, and has to see the
  /// other rows anew.
  virtual bool retract(void* from, const void* part) const;
};

using AggregateResult = Result<std::unique_ptr<Aggregate>>;

/// A call over a table written out: "max_by(item, price)", "item string: tea, milk; price int: 3, NULL". Run as a test.
struct AggregateExample {
  std::string call;
  std::string rows;
  std::string result;
};

/// `declaration` has everything that functions have but kernels: its overloads have no `prepare`, and no examples.
struct AggregateFunction {
  Function declaration;
  std::vector<AggregateExample> examples;
  std::function<AggregateResult(const CallSite&)> prepare;
};

class AggregateRegistry final : public FunctionTable<AggregateFunction> {};

/// The one list of built-in aggregates.
void register_builtin_aggregates(AggregateRegistry& registry);

/// A call as GROUP BY needs it: the arguments to evaluate, with casts, and the body that takes them.
struct BoundAggregate {
  const AggregateFunction* function;
  std::vector<ExpressionPtr> arguments;
  Type type;
  std::shared_ptr<const Aggregate> body;
  bool nullable = true;          // whether the result of some rows may be NULL,
  bool nullable_of_none = true;  // and that of none
};

/// Chooses the overload and casts the arguments. `is_distinct`: each combination of arguments counts once. count(*) is count without arguments.
Result<BoundAggregate> bind_aggregate(const AggregateFunction& function, std::vector<ExpressionPtr> arguments, bool is_distinct,
                                      const FunctionRegistry& functions);

/// `inner` over each distinct combination of arguments, none of them NULL, of these types. Positions are the order of the values.
std::unique_ptr<Aggregate> make_distinct(std::unique_ptr<Aggregate> inner, std::vector<Type> types, Type result);

}  // namespace weir
