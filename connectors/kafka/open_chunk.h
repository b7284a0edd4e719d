// open_chunk.h — a chunk of one partition while records are still copied into it.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <optional>

#include "connectors/kafka/kafka_position.h"
#include "engine/component/chunk.h"

namespace weir {

/// One thread.
class OpenChunk {
 public:
  OpenChunk(std::string split, std::string topic, std::int32_t partition, Position from);
  void append(const rd_kafka_message_t& message, bool needs_headers);
  bool is_empty() const { return chunk_->records.empty(); }
  bool is_full(std::size_t rows, std::size_t bytes) const {
    return chunk_->records.size() >= rows || bytes_ >= bytes;
  }
  /// Of the last record appended.
  std::optional<RecordPrint> last_print() const;
  std::unique_ptr<RawChunk> close(Position to) && {
    chunk_->to = std::move(to);
    return std::move(chunk_);
  }

 private:
  const char* copy(const void* bytes, std::size_t size, std::uint32_t& block);

  std::unique_ptr<RawChunk> chunk_;
  std::size_t bytes_ = 0;
};

}  // namespace weir
