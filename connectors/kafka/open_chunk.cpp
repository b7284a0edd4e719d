// open_chunk.cpp — copies messages into a chunk's arena.
#include "connectors/kafka/open_chunk.h"

#include <algorithm>

#include "connectors/kafka/headers_json.h"

namespace weir {
OpenChunk::OpenChunk(std::string split, std::string topic, std::int32_t partition, Position from)
    : chunk_(std::make_unique<RawChunk>()) {
  chunk_->split = std::move(split);
  chunk_->topic = std::move(topic);
  chunk_->partition = partition;
  chunk_->from = std::move(from);
}

void OpenChunk::append(const rd_kafka_message_t& message, bool needs_headers) {
  Record record;
  record.offset = message.offset;
  rd_kafka_timestamp_type_t type;
  const std::int64_t milliseconds = rd_kafka_message_timestamp(&message, &type);
  if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE && milliseconds >= 0) record.timestamp = milliseconds * 1000;
  if (message.payload != nullptr) {
    record.value = copy(message.payload, message.len, record.value_block);
    record.value_size = static_cast<std::uint32_t>(message.len);
  }
  if (message.key != nullptr) {
    record.key = copy(message.key, message.key_len, record.key_block);
    record.key_size = static_cast<std::uint32_t>(message.key_len);
  }
  if (needs_headers) record.headers = chunk_->arena.copy(headers_json(message));
  chunk_->value_bytes += message.len;
  bytes_ += message.len + message.key_len;
  chunk_->records.push_back(record);
}

std::optional<RecordPrint> OpenChunk::last_print() const {
  if (chunk_->records.empty()) return std::nullopt;
  const Record& last = chunk_->records.back();
  return RecordPrint{last.offset, last.timestamp == no_timestamp ? -1 : last.timestamp / 1000,
                     record_checksum(last.key_text(), last.value, last.value_size)};
}

const char* OpenChunk::copy(const void* bytes, std::size_t size, std::uint32_t& block) {
  // The arena keeps readable bytes behind every block. One byte at least: an empty value is not a missing
  // one.
  char* const place = static_cast<char*>(chunk_->arena.allocate(std::max<std::size_t>(size, 1), 1));
  if (size > 0) std::memcpy(place, bytes, size);
  block = static_cast<std::uint32_t>(chunk_->arena.current_block());
  return place;
}

}  // namespace weir
