// reject_rows.cpp — columns as arrays: a statement for many rows, not several messages for each.
#include "connectors/postgres/reject_rows.h"

#include <unordered_set>

#include "connectors/postgres/array_parameter.h"
#include "connectors/postgres/parameter_list.h"
#include "engine/component/row_keys.h"

namespace weir {
namespace {

constexpr std::size_t most_rows = 1000;        // of one statement,
constexpr std::size_t most_bytes = 256 << 10;  // of their payloads and messages

void add_optional(const std::optional<std::string>& value, ArrayParameter& array) { value ? array.add(*value) : array.add_null(); }

// Microseconds since 2000, as the server counts.
void add_timestamp(std::int64_t microseconds, ArrayParameter& array) {
  constexpr std::int64_t from_1970_to_2000 = 946'684'800'000'000;
  constexpr std::int64_t year_10000 = 253'402'300'800'000'000;
  microseconds < 0 || microseconds >= year_10000 ? array.add_null() : array.add(microseconds - from_1970_to_2000);
}

struct Columns {
  using enum ArrayParameter::Element;
  ArrayParameter source{text}, split{text}, offset{bigint}, sink{text}, part{text}, reason{text}, message{text}, payload{bytea}, key{bytea}, timestamp{timestamptz};

  void add(const RejectedRow& row) {
    source.add(row.source);
    split.add(row.split);
    offset.add(row.offset);
    sink.add(row.sink);
    part.add(row.part);
    reason.add(storable_text(row.reason));
    message.add(storable_text(row.message));
    add_optional(row.payload, payload);
    add_optional(row.key, key);
    add_timestamp(row.timestamp, timestamp);
  }
};

// What makes a reject one of its own.
std::string identity_of(const RejectedRow& row) {
  const std::string zero(1, '\0');
  return row.source + zero + row.split + zero + std::to_string(row.offset) + zero + row.sink + zero + row.part;
}

}  // namespace

Status queue_rejects(StatementPipeline& pipeline, const std::string& sql, const std::string& name, std::int64_t epoch, std::span<const RejectedRow* const> rows) {
  Columns columns;
  std::unordered_set<std::string> queued;  // one statement cannot change a row twice
  std::size_t bytes = 0;
  const auto queue = [&]() -> Status {
    ParameterList parameters;
    parameters.text(name);
    for (ArrayParameter* column : {&columns.source, &columns.split, &columns.offset, &columns.sink, &columns.part, &columns.reason, &columns.message,
                                   &columns.payload, &columns.key, &columns.timestamp})
      parameters.binary(column->take());
    queued.clear();
    bytes = 0;
    return pipeline.add(sql, parameters.number(epoch));
  };
  for (const RejectedRow* row : rows) {
    std::string identity = identity_of(*row);
    if (queued.size() == most_rows || bytes > most_bytes || queued.contains(identity)) WEIR_TRY(queue());
    columns.add(*row);
    queued.insert(std::move(identity));
    bytes += row->message.size() + (row->payload ? row->payload->size() : 0);
  }
  return queued.empty() ? Status() : queue();
}

}  // namespace weir
