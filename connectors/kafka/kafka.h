// kafka.h — the Kafka source: topics read by assigned positions, never by a consumer group's rebalances.
#pragma once

#include "engine/component/registry.h"

namespace weir {

SourceSpec kafka_source();

}  // namespace weir
