// plan_in_memory.h — a plan whose sources, tables and sinks are in memory.
#pragma once

#include <memory>
#include <vector>

#include "engine/plan/pipeline_test.h"
#include "engine/testing/memory_outlet.h"
#include "engine/testing/memory_store.h"
#include "engine/testing/scripted_source.h"

namespace weir {

/// What stands in for the services of a plan.
struct PartsInMemory {
  /// Outlets of sinks behind the first `own_sinks` stay as they are.
  PartsInMemory(const Plan& plan, std::size_t own_sinks);

  std::shared_ptr<Script> script = std::make_shared<Script>();
  std::shared_ptr<MemoryDatabase> database = std::make_shared<MemoryDatabase>();
  std::vector<std::shared_ptr<MemoryScreen>> screens;  // by sink; null of those that are tables, or stay
};

/// Sources read splits of their names; formats, checks and rules of time stay as they are. No service is reached.
std::shared_ptr<const Plan> plan_in_memory(const Plan& plan, const PartsInMemory& parts, const std::vector<GivenTable>& given);

}  // namespace weir
