// fill.h — writes the rows that init-db puts into a sink's table: one per day of a range.
#pragma once

#include <optional>
#include <string>

#include "engine/plan/plan.h"

namespace weir {

struct FillReport {
  std::int64_t days = 0, written = 0;
};

/// Evaluates the sink's expressions over rows where only the fill's column is set, and writes what comes out
/// in one transaction. Rows that are there already stay. Requires sink.fill. A day for which an expression
/// fails is a user error.
Result<FillReport> fill_table(const SinkNode& sink, const Schema& input, const Fill& fill, const Store& store,
                              EpochWriter& writer);

}  // namespace weir
