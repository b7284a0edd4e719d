// kafka_source.h — opens the running source of validated options.
#pragma once

#include <memory>

#include "connectors/kafka/kafka_options.h"
#include "connectors/kafka/watch_client.h"
#include "engine/component/source.h"

namespace weir {

/// Does not wait for the brokers.
Result<std::unique_ptr<Source>> open_kafka_source(const KafkaOptions& options, const SourceContext& context,
                                                  WatchTimes times = {});

/// Reaches the brokers within `patience`: login, topics, permission to read.
Status check_kafka(const KafkaOptions& options, std::chrono::milliseconds patience);

}  // namespace weir
