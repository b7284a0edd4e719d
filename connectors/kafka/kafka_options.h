// kafka_options.h — the options of the Kafka source.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "connectors/kafka/kafka_connection.h"
#include "engine/component/option_table.h"

namespace weir {

/// Where a partition without a stored position begins.
struct KafkaStart {
  enum class Kind : std::uint8_t { latest, earliest, timestamp };
  Kind kind = Kind::latest;
  std::int64_t milliseconds = 0;  // of `timestamp`
};

struct KafkaOptions : KafkaConnection {
  std::string topic;  // as given; `topics` holds it too once parsed
  std::vector<std::string> topics;
  KafkaStart start;
  std::string group;  // empty: weir-PIPELINE
  bool mirror_offsets = true;
};

const OptionTable<KafkaOptions>& kafka_option_table();

/// Parses and checks everything that can be checked without a broker, librdkafka's properties included.
KafkaOptions parse_kafka_options(const Config& config, Diagnostics& diagnostics);

/// What the source's consumer is opened with: the connection's properties and Weir's own. `memory_bytes`
/// bounds what librdkafka prefetches; a broker without records may hold its answer back for `wait`, and with it all questions that come after.
Result<KafkaProperties> consumer_properties(const KafkaOptions& options, const std::string& pipeline,
                                            std::size_t memory_bytes, std::chrono::milliseconds wait = std::chrono::milliseconds(100));

std::string group_name(const KafkaOptions& options, const std::string& pipeline);

}  // namespace weir
