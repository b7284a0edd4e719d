// aggregate_families.h — the families of aggregates; builtin_aggregates.cpp calls them all.
#pragma once

namespace weir {

class AggregateRegistry;

// count, count_if, bool_and, bool_or, bit_and, bit_or, bit_xor
void register_counts(AggregateRegistry& registry);
// sum, avg
void register_sums(AggregateRegistry& registry);
// stddev_samp, var_pop, corr, covar_samp, skewness, kurtosis ...
void register_moments(AggregateRegistry& registry);
// min, max, any_value, first, last, max_by, min_by
void register_choices(AggregateRegistry& registry);
// mode, percentile, median, percentile_approx
void register_value_counts(AggregateRegistry& registry);
// approx_count_distinct
void register_distinct_counts(AggregateRegistry& registry);
// string_agg
void register_text_lists(AggregateRegistry& registry);

}  // namespace weir
