// test_job.h — a plan over scripted lines and a memory store, and what its tables must hold.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/expression/binder.h"
#include "engine/plan/plan.h"
#include "engine/testing/memory_store.h"
#include "engine/testing/scripted_source.h"

namespace weir::testing {

/// Source `lines` (columns key, value); sink `all` takes every row by key, sink `some` those whose value is
/// not "skip".
std::shared_ptr<const Plan> lines_plan(std::shared_ptr<const Script> script,
                                       std::shared_ptr<MemoryDatabase> database, ErrorPolicy on_error = {});

/// Records "kN vN" with repeated keys, some without a blank (bad) and some with value skip; the value depends
/// on the key alone, so that it does not matter which of two duplicates wins.
Script random_script(unsigned seed, std::size_t splits, std::size_t records);

/// Fails the running test where the database does not hold exactly what the script says: tables, ledger,
/// rejects.
void expect_exactly(const Script& script, MemoryDatabase& database);

}  // namespace weir::testing
