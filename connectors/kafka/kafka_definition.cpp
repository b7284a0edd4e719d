// kafka_definition.cpp — what the registry knows of the Kafka source.
#include <fmt/format.h>
#include <librdkafka/rdkafka.h>

#include "connectors/kafka/kafka.h"
#include "connectors/kafka/kafka_source.h"

namespace weir {
namespace {

class KafkaDefinition final : public SourceDefinition {
 public:
  explicit KafkaDefinition(KafkaOptions options) : options_(std::move(options)) {}

  Result<std::unique_ptr<Source>> open(const SourceContext& context) const override {
    return open_kafka_source(options_, context);
  }
  Status check_connect(std::chrono::milliseconds patience) const override {
    return check_kafka(options_, patience);
  }
  std::string describe() const override {
    return fmt::format("kafka topic{} {} at {}", options_.topics.size() == 1 ? "" : "s",
                       fmt::join(options_.topics, ", "), options_.brokers);
  }
  std::string fingerprint() const override {
    return fmt::format("kafka {}", fmt::join(options_.topics, ","));
  }

 private:
  const KafkaOptions options_;
};

std::shared_ptr<const SourceDefinition> parse(const Config& config, Diagnostics& diagnostics) {
  const std::size_t errors = diagnostics.errors().size();
  KafkaOptions options = parse_kafka_options(config, diagnostics);
  if (diagnostics.errors().size() != errors) return nullptr;
  return std::make_shared<const KafkaDefinition>(std::move(options));
}

}  // namespace

SourceSpec kafka_source() {
  SourceSpec spec;
  spec.name = "kafka";
  spec.summary =
      "Topics of a Kafka cluster, each partition read from the position stored in the sink's database";
  spec.library = fmt::format("librdkafka {}", rd_kafka_version_str());
  spec.options = kafka_option_table().docs();
  spec.metadata = {
      {"key", bytes_type, true, "Key of the message"},
      {"topic", string_type, false, "Topic it came from"},
      {"partition", int32_type, false, "Partition it came from"},
      {"offset", int64_type, false, "Offset in its partition"},
      {"timestamp", timestamp_type, true, "Time that its producer or the broker gave it"},
      {"headers", json_type, true,
       "Headers as a JSON object; of equal names the last, values that are not UTF-8 in base64"},
  };
  spec.parse = parse;
  return spec;
}

}  // namespace weir
