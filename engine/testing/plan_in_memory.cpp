// plan_in_memory.cpp — copies a plan and exchanges what reaches outside.
#include "engine/testing/plan_in_memory.h"

namespace weir {

PartsInMemory::PartsInMemory(const Plan& plan, std::size_t own_sinks) {
  for (const SinkNode& sink : plan.sinks)
    screens.push_back(sink.outlet == nullptr || screens.size() >= own_sinks ? nullptr : std::make_shared<MemoryScreen>());
}

std::shared_ptr<const Plan> plan_in_memory(const Plan& plan, const PartsInMemory& parts, const std::vector<GivenTable>& given) {
  auto made = std::make_shared<Plan>(plan);
  for (PlanNode& node : made->nodes) {
    if (auto* scan = std::get_if<ScanNode>(&node.operation)) scan->definition = scripted_definition(parts.script, scan->source);
  }
  for (Connection& connection : made->connections) connection.definition = memory_store(parts.database);
  for (std::size_t i = 0; i < made->sinks.size(); ++i) {
    if (parts.screens[i] != nullptr) made->sinks[i].outlet = memory_outlet(parts.screens[i]);
  }
  for (const GivenTable& table : given) made->tables[table.table].definition = table.definition;
  return made;
}

}  // namespace weir
