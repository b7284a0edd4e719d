// aggregation.h — runs aggregate calls given as text over tables given as text, in any order and any parts.
#pragma once

#include "engine/expression/aggregate.h"
#include "engine/expression/program.h"
#include "evaluation.h"

namespace weir::test {

/// All built-in aggregates; made once.
const AggregateRegistry& builtin_aggregates();

/// "item string: tea, NULL; price int: 3, 4": columns of the same length.
std::vector<TestColumn> table_of(const std::string& text);

/// A call bound to a table, its arguments evaluated; columns without NULL are declared so, and rows stand in the order of the source.
class AggregateRun {
 public:
  static Result<AggregateRun> make(const std::string& call, const std::vector<TestColumn>& table);
  std::uint32_t rows() const { return rows_; }
  const BoundAggregate& bound() const { return bound_; }
  const Aggregate& body() const { return *bound_.body; }
  /// A started state; stopped when it goes.
  std::shared_ptr<void> state() const;
  /// Adds the rows, one after the other.
  void add(void* state, std::span<const std::uint32_t> rows) const;
  /// Adds rows first to last - 1 in one call.
  void add_range(void* state, std::uint32_t first, std::uint32_t last) const;
  std::string answer(const void* state) const;

 private:
  BoundAggregate bound_;
  std::shared_ptr<Arena> arena_;
  std::shared_ptr<const Program> program_;  // owns constant arguments
  std::vector<Column> arguments_;
  std::vector<RowPosition> positions_;
  std::uint32_t rows_ = 0;
};

/// The answer over the whole table; "refused: MESSAGE" where the call does not bind.
std::string aggregate_answer(const std::string& call, const std::string& table);

}  // namespace weir::test
