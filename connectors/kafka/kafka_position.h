// kafka_position.h — a place in a partition as text: the next offset, and a print of the last record before
// it.
//
// "123" or "123;122:1730419200000:5a1b2c3d": next offset; offset, timestamp in milliseconds and CRC-32C of
// key and value of the last record. librdkafka 2.0.2 does not notice when a topic was truncated or made anew
// (KIP-320): this does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir {

/// How a record is recognised.
struct RecordPrint {
  std::int64_t offset = 0;
  std::int64_t timestamp = -1;  // milliseconds as Kafka has them; -1: none
  std::uint32_t checksum = 0;
  friend bool operator==(const RecordPrint&, const RecordPrint&) = default;
};

struct KafkaPosition {
  std::int64_t next = 0;
  std::optional<RecordPrint> last;  // nothing: no record was read yet, or a person set the position by hand
  friend bool operator==(const KafkaPosition&, const KafkaPosition&) = default;
};

std::string to_text(const KafkaPosition& position);
/// Nothing where the text is no position.
std::optional<KafkaPosition> parse_kafka_position(std::string_view text);

/// CRC-32C over key and value; a missing value (tombstone) differs from an empty one.
std::uint32_t record_checksum(std::string_view key, const char* value, std::size_t value_size);

}  // namespace weir
