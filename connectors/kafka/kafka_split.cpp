// kafka_split.cpp — names, positions and the fatal messages of a partition.
#include "connectors/kafka/kafka_split.h"

#include <fmt/format.h>

#include <charconv>

namespace weir {
namespace {

Error fatal(const KafkaSplit& split, std::string message, std::int64_t way_out) {
  return Error{ErrorKind::fatal, std::move(message)}.with_hint(
      fmt::format("to go on all the same, set the position by hand: weir reset FILE --position {}={}",
                  split.name(), way_out));
}

}  // namespace

KafkaPosition KafkaSplit::current() const {
  KafkaPosition place = next;
  if (chunk) {
    if (auto print = chunk->last_print()) place.last = print;
  }
  return place;
}

std::unique_ptr<RawChunk> KafkaSplit::close() {
  next = current();
  position = to_text(next);
  auto closed = std::move(*chunk).close(position);
  chunk.reset();
  return closed;
}

std::optional<std::pair<std::string, std::int32_t>> parse_split(const std::string& split) {
  const auto slash = split.rfind('/');
  if (slash == std::string::npos || slash == 0) return std::nullopt;
  std::int32_t partition = -1;
  const char* const end = split.data() + split.size();
  const auto [stop, error] = std::from_chars(split.data() + slash + 1, end, partition);
  if (error != std::errc{} || stop != end || partition < 0) return std::nullopt;
  return std::pair{split.substr(0, slash), partition};
}

std::string split_name(const std::string& topic, std::int32_t partition) {
  return fmt::format("{}/{}", topic, partition);
}

Error lost_to_retention(const KafkaSplit& split, std::int64_t low) {
  return fatal(split,
               fmt::format("partition {}: offsets {} to {} are lost: they were not read yet, and the first "
                           "one still there is {}",
                           split.name(), split.next.next, low - 1, low),
               low);
}

Error ends_before(const KafkaSplit& split, std::int64_t high) {
  return fatal(split,
               fmt::format("partition {} ends at offset {}, but records up to offset {} were read from it "
                           "before: the topic was truncated or made anew",
                           split.name(), high, split.next.next - 1),
               high);
}

Error record_changed(const KafkaSplit& split, const RecordPrint& stored, const RecordPrint& found) {
  return fatal(split,
               fmt::format("partition {}: the record at offset {} is not the one that was read before "
                           "(timestamp {} and checksum {:08x}, now offset {}, {} "
                           "and {:08x}): the topic was truncated or made anew",
                           split.name(), stored.offset, stored.timestamp, stored.checksum, found.offset,
                           found.timestamp, found.checksum),
               split.next.next);
}

Error unreadable_records(const KafkaSplit& split, std::int64_t offset, const std::string& reason) {
  return fatal(
      split,
      fmt::format("partition {}: the records at offset {} can't be read: {}", split.name(), offset, reason),
      offset + 1);
}

}  // namespace weir
