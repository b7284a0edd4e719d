// json_decoder.cpp — rows from JSON objects: values go straight into the columns, a row counts only when its
// record is good.
#include "connectors/formats/json_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "connectors/formats/json_field_table.h"
#include "connectors/formats/json_reader.h"
#include "connectors/formats/json_text.h"
#include "connectors/formats/json_values.h"
#include "engine/data/calendar.h"
#include "engine/expression/functions/interval_text.h"
#include "engine/expression/nested_json.h"

namespace weir {
namespace {

enum class DuplicateKeys : std::uint8_t { reject, first, last };

// What the current record has said about a column so far.
enum class State : std::uint8_t { absent, null, value, bad };

struct BadValue {
  std::uint32_t column;
  ValueFault fault;
  std::string_view text;
};

struct DecoderSetup {
  std::vector<DecodedColumn> columns;
  std::shared_ptr<const Schema> schema;
  JsonFieldTable fields;
  OnBadValue on_bad_value;
  DuplicateKeys duplicate_keys;
  bool ignores_tombstones;
  std::size_t max_bytes;
  std::size_t max_depth;
};

std::shared_ptr<const Schema> schema_of(const std::vector<DecodedColumn>& columns) {
  auto schema = std::make_shared<Schema>();
  for (const DecodedColumn& column : columns) schema->fields.push_back(column.field);
  return schema;
}

/// Decodes one chunk.
class ChunkDecoder {
 public:
  ChunkDecoder(const DecoderSetup& setup, RawChunk& chunk)
      : setup_(setup),
        chunk_(chunk),
        reader_({setup.max_depth, setup.duplicate_keys == DuplicateKeys::reject}),
        states_(setup.columns.size(), State::absent),
        nested_(setup.columns.size()) {
    const auto rows = static_cast<std::uint32_t>(chunk.records.size());
    writers_.reserve(setup.columns.size());
    for (const DecodedColumn& column : setup.columns) {
      // All rows that count are written: with set_null, or below in place. Metadata columns are made at the
      // end.
      writers_.emplace_back(column.field.type, column.is_metadata ? 0 : rows, chunk.arena, true);
    }
    decoded_.record_of_row.reserve(rows);
  }

  Decoded decode() {
    for (std::uint32_t i = 0; i < chunk_.records.size(); ++i) decode_record(i);
    decoded_.batch.schema = setup_.schema;
    decoded_.batch.row_count = row_;
    for (std::size_t i = 0; i < writers_.size(); ++i) decoded_.batch.columns.push_back(finish_column(i));
    return std::move(decoded_);
  }

 private:
  Column finish_column(std::size_t index) {
    const DecodedColumn& column = setup_.columns[index];
    if (column.is_metadata) return metadata_column(column, chunk_, decoded_.record_of_row, chunk_.arena);
    Column finished = writers_[index].finish();
    finished.size = row_;
    if (nested_[index]) finished.children = nested_[index]->finish().children;
    return finished;
  }

  void decode_record(std::uint32_t index) {
    const Record& record = chunk_.records[index];
    if (record.value == nullptr) {
      if (setup_.ignores_tombstones) {
        ++decoded_.ignored;
      } else {
        reject(index, "tombstone",
               "the record has no value (a tombstone); tombstones: ignore leaves such records out");
      }
      return;
    }
    if (record.value_size > setup_.max_bytes) {
      return reject(index, "too_large",
                    fmt::format("the record has {} bytes, more than max_bytes ({})", record.value_size,
                                setup_.max_bytes));
    }
    record_ = &record;
    std::fill(states_.begin(), states_.end(), State::absent);
    bad_values_.clear();
    const auto on_member = [this](const JsonKey& key, const JsonValue& value) {
      for (std::uint32_t column = first_column(key); column != JsonFieldTable::none; column = setup_.fields.next(column)) {
        store(column, value);
      }
    };
    if (!reader_.read_object(record.value_text(), on_member))
      return reject(index, reader_.fault().code, reader_.fault().message);
    finish_row(index);
  }

  std::uint32_t first_column(const JsonKey& key) const {
    if (key.memo == nullptr) return setup_.fields.find(key);
    if (*key.memo == JsonKey::no_memo) *key.memo = setup_.fields.find(key);
    return *key.memo;
  }

  void store(std::uint32_t column, const JsonValue& value) {
    State& state = states_[column];
    if (state != State::absent && setup_.duplicate_keys == DuplicateKeys::first) return;
    if (value.kind == JsonKind::null) {
      state = State::null;
      return;
    }
    const ValueFault fault = read(column, value);
    state = fault == ValueFault::none ? State::value : State::bad;
    if (fault != ValueFault::none) bad_values_.push_back({column, fault, value.text()});
  }

  ValueFault read(std::uint32_t column, const JsonValue& value) {
    const Type& type = setup_.columns[column].field.type;
    switch (type.kind) {
      case TypeKind::string:
        return read_string(column, value);
      case TypeKind::json:
        at<View>(column) = chunk_.arena.view_in(record_->value_block, value.begin, value.text().size());
        return ValueFault::none;
      case TypeKind::int64:
        return read_integer(value, std::numeric_limits<std::int64_t>::min(),
                            std::numeric_limits<std::int64_t>::max(), at<std::int64_t>(column));
      case TypeKind::int32:
        return read_int32(column, value);
      case TypeKind::float64:
        return read_double(value, at<double>(column));
      case TypeKind::decimal:
        return read_decimal(value, type, at<Int128>(column));
      case TypeKind::boolean:
        return read_boolean(column, value);
      case TypeKind::date:
      case TypeKind::timestamp:
        return read_time(column, type, value);
      case TypeKind::bytes:
        return read_bytes(column, value);
      case TypeKind::interval:
        return read_interval(column, value);
      case TypeKind::array:
      case TypeKind::map:
      case TypeKind::structure:
        return read_nested(column, type, value);
      case TypeKind::null:
        break;
    }
    return ValueFault::wrong_type;
  }

  ValueFault read_nested(std::uint32_t column, const Type& type, const JsonValue& value) {
    std::optional<ColumnBuilder>& builder = nested_[column];
    if (!builder) builder.emplace(type, chunk_.arena);
    switch (append_json(value.text(), *builder)) {
      case JsonMisfit::none:
        break;
      case JsonMisfit::wrong_type:
        return ValueFault::wrong_type;
      case JsonMisfit::out_of_range:
        return ValueFault::out_of_range;
    }
    if (type.is_list()) {
      at<Span>(column) = builder->last<Span>();
    } else {
      at<std::uint32_t>(column) = builder->last<std::uint32_t>();
    }
    return ValueFault::none;
  }

  ValueFault read_string(std::uint32_t column, const JsonValue& value) {
    if (value.kind != JsonKind::string) return ValueFault::wrong_type;
    const std::string_view content = value.content();
    if (!value.has_escapes) {
      at<View>(column) = chunk_.arena.view_in(record_->value_block, content.data(), content.size());
      return ValueFault::none;
    }
    char* bytes = static_cast<char*>(chunk_.arena.allocate(content.size(), 1));
    const std::size_t size = unescape(content, bytes);
    at<View>(column) = chunk_.arena.view_in(chunk_.arena.current_block(), bytes, size);
    return ValueFault::none;
  }

  ValueFault read_int32(std::uint32_t column, const JsonValue& value) {
    using Limits = std::numeric_limits<std::int32_t>;
    std::int64_t wide = 0;
    const ValueFault fault = read_integer(value, Limits::min(), Limits::max(), wide);
    at<std::int32_t>(column) = static_cast<std::int32_t>(wide);
    return fault;
  }

  ValueFault read_boolean(std::uint32_t column, const JsonValue& value) {
    if (value.kind != JsonKind::boolean) return ValueFault::wrong_type;
    auto* bits = writers_[column].data<std::uint8_t>();
    if (*value.begin == 't') {
      set_bit(bits, row_);
    } else {
      clear_bit(bits, row_);
    }
    return ValueFault::none;
  }

  ValueFault read_time(std::uint32_t column, const Type& type, const JsonValue& value) {
    if (value.kind != JsonKind::string) return ValueFault::wrong_type;
    const std::string_view text = plain_content(value);
    if (type.kind == TypeKind::date) {
      const auto days = parse_date(text);
      at<std::int32_t>(column) = days.value_or(0);
      return days ? ValueFault::none : ValueFault::wrong_type;
    }
    const auto microseconds = parse_timestamp(text);
    at<std::int64_t>(column) = microseconds.value_or(0);
    return microseconds ? ValueFault::none : ValueFault::wrong_type;
  }

  ValueFault read_interval(std::uint32_t column, const JsonValue& value) {
    if (value.kind != JsonKind::string) return ValueFault::wrong_type;
    const auto interval = parse_interval(plain_content(value));
    at<Interval>(column) = interval.value_or(Interval{});
    return interval ? ValueFault::none : ValueFault::wrong_type;
  }

  ValueFault read_bytes(std::uint32_t column, const JsonValue& value) {
    if (value.kind != JsonKind::string) return ValueFault::wrong_type;
    const std::string_view text = plain_content(value);
    char* bytes = static_cast<char*>(chunk_.arena.allocate(text.size() / 4 * 3, 1));
    const std::size_t block = chunk_.arena.current_block();
    std::size_t size = 0;
    if (!decode_base64(text, bytes, size)) return ValueFault::wrong_type;
    at<View>(column) = chunk_.arena.view_in(block, bytes, size);
    return ValueFault::none;
  }

  // The content of a string without escapes; good until the next call.
  std::string_view plain_content(const JsonValue& value) {
    if (!value.has_escapes) return value.content();
    plain_.resize(value.content().size());
    return std::string_view(plain_.data(), unescape(value.content(), plain_.data()));
  }

  // The record is good JSON. Its row counts if its values are good too.
  void finish_row(std::uint32_t index) {
    // Nothing is written before it is sure that the row counts: the next one gets its place otherwise.
    for (std::uint32_t column = 0; column < states_.size(); ++column) {
      if (lacks_value(column) && !may_be_null(column, index)) return;
    }
    for (std::uint32_t column = 0; column < states_.size(); ++column) {
      if (lacks_value(column)) writers_[column].set_null(row_);
    }
    decoded_.record_of_row.push_back(index);
    ++row_;
  }

  bool lacks_value(std::uint32_t column) const {
    return states_[column] != State::value && !setup_.columns[column].is_metadata;
  }

  // False after rejecting the record.
  bool may_be_null(std::uint32_t column, std::uint32_t index) {
    const DecodedColumn& declared = setup_.columns[column];
    const State state = states_[column];
    if (state == State::bad && (!declared.field.nullable || setup_.on_bad_value == OnBadValue::reject)) {
      reject_bad_value(column, index);
      return false;
    }
    if (!declared.field.nullable) {
      reject(index, state == State::absent ? "missing" : "null",
             fmt::format("{} {}, but its column is not null", declared.from,
                         state == State::absent ? "is missing" : "is null"));
      return false;
    }
    return true;
  }

  void reject_bad_value(std::uint32_t column, std::uint32_t index) {
    const DecodedColumn& declared = setup_.columns[column];
    const auto bad = std::find_if(bad_values_.rbegin(), bad_values_.rend(),
                                  [&](const BadValue& value) { return value.column == column; });
    const bool is_wrong_type = bad->fault == ValueFault::wrong_type;
    reject(index, is_wrong_type ? "wrong_type" : "out_of_range",
           fmt::format("{} {} {}: {}", declared.from, is_wrong_type ? "is not" : "does not fit",
                       to_string(declared.field.type), excerpt_of(bad->text)));
  }

  void reject(std::uint32_t index, std::string code, std::string message) {
    decoded_.rejected.push_back({index, std::move(code), std::move(message)});
  }

  template <typename T>
  T& at(std::uint32_t column) {
    return writers_[column].data<T>()[row_];
  }

  const DecoderSetup& setup_;
  RawChunk& chunk_;
  JsonReader reader_;
  std::vector<ColumnWriter> writers_;
  std::vector<State> states_;
  std::vector<std::optional<ColumnBuilder>> nested_;  // what the rows of nested columns hold
  std::vector<BadValue> bad_values_;
  std::string plain_;
  const Record* record_ = nullptr;
  std::uint32_t row_ = 0;
  Decoded decoded_;
};

class JsonDecoder final : public Decoder {
 public:
  explicit JsonDecoder(DecoderSetup setup) : setup_(std::move(setup)) {}
  Decoded decode(RawChunk& chunk) const override { return ChunkDecoder(setup_, chunk).decode(); }

 private:
  DecoderSetup setup_;
};

}  // namespace

std::unique_ptr<Decoder> make_json_decoder(const JsonOptions& options, std::vector<DecodedColumn> columns,
                                           OnBadValue on_bad_value) {
  const DuplicateKeys duplicate_keys = options.duplicate_keys == "first"  ? DuplicateKeys::first
                                       : options.duplicate_keys == "last" ? DuplicateKeys::last
                                                                          : DuplicateKeys::reject;
  auto schema = schema_of(columns);
  JsonFieldTable fields(columns);
  return std::make_unique<JsonDecoder>(
      DecoderSetup{std::move(columns), std::move(schema), std::move(fields), on_bad_value, duplicate_keys,
                   options.tombstones == "ignore", static_cast<std::size_t>(options.max_bytes),
                   static_cast<std::size_t>(options.max_depth)});
}

}  // namespace weir
