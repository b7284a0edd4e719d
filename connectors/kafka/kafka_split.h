// kafka_split.h — one assigned partition as the reader sees it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "connectors/kafka/kafka_position.h"
#include "connectors/kafka/open_chunk.h"
#include "connectors/kafka/watch_client.h"
#include "engine/base/error.h"

namespace weir {

struct KafkaSplit {
  std::shared_ptr<WatchedPartition> watched;
  Position position;   // the text up to which chunks were closed
  KafkaPosition next;  // the place behind the last record taken; its print is that of the last closed chunk
  std::optional<RecordPrint>
      expected;  // the first record to come must be this one; it is compared and not delivered
  std::optional<OpenChunk> chunk;
  bool end_reported = false;
  bool is_at_end = false;      // nothing came since the broker said that there is no more
  bool is_refused = false;     // the broker has nothing at our offset; to be looked into
  bool is_in_trouble = false;  // reported to the watch
  int restarts = 0;            // in a row, without a record in between

  const std::string& name() const { return watched->split; }
  const std::string& topic() const { return watched->topic; }
  std::int32_t partition() const { return watched->partition; }
  /// The place behind the last record taken, with that record's print.
  KafkaPosition current() const;
  /// Closes the open chunk.
  std::unique_ptr<RawChunk> close();
};

/// "product_view/3" as topic and partition; nothing where the text is no such name.
std::optional<std::pair<std::string, std::int32_t>> parse_split(const std::string& split);
std::string split_name(const std::string& topic, std::int32_t partition);

// What ends a run: the messages name what is lost or changed, and the way out.
Error lost_to_retention(const KafkaSplit& split, std::int64_t low);
Error ends_before(const KafkaSplit& split, std::int64_t high);
Error record_changed(const KafkaSplit& split, const RecordPrint& stored, const RecordPrint& found);
Error unreadable_records(const KafkaSplit& split, std::int64_t offset, const std::string& reason);

}  // namespace weir
