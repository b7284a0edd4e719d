// builtin_aggregates.cpp — the one list of families of aggregates.
#include "engine/expression/aggregate.h"
#include "engine/expression/aggregates/aggregate_families.h"

namespace weir {

void register_builtin_aggregates(AggregateRegistry& registry) {
  register_counts(registry);
  register_sums(registry);
  register_moments(registry);
  register_choices(registry);
  register_value_counts(registry);
  register_distinct_counts(registry);
  register_text_lists(registry);
}

}  // namespace weir
