// store_rows.h — rows for tests of stores: values in, encoded rows and epochs out.
#pragma once

#include <algorithm>
#include <deque>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "engine/component/store.h"
#include "engine/data/value.h"

namespace weir::testing {

inline Value null_value(Type type) { return {type, std::monostate()}; }
inline Value integer(std::int64_t value) { return {int64_type, value}; }
inline Value text(std::string value) { return {string_type, std::move(value)}; }

using RowValues = std::vector<Value>;

inline void set_value(ColumnWriter& writer, std::uint32_t row, const Value& value) {
  std::visit(
      [&](const auto& data) {
        using T = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<T, std::monostate>) {
          writer.set_null(row);
        } else if constexpr (std::is_same_v<T, bool>) {
          writer.set_bool(row, data);
        } else if constexpr (std::is_same_v<T, std::string>) {
          writer.set_text(row, data);
        } else {
          writer.set(row, data);
        }
      },
      value.data);
}

/// Columns of one chunk and what an encoder made of them.
struct EncodedChunk {
  Arena arena;
  std::vector<Column> columns;
  EncodedRows rows;
};

inline std::unique_ptr<EncodedChunk> encode(const Store& store, const SinkTable& table,
                                            const std::vector<RowValues>& values) {
  auto chunk = std::make_unique<EncodedChunk>();
  const auto count = static_cast<std::uint32_t>(values.size());
  for (std::size_t c = 0; c < table.schema.fields.size(); ++c) {
    ColumnWriter writer(table.schema.fields[c].type, count, chunk->arena);
    for (std::uint32_t r = 0; r < count; ++r) set_value(writer, r, values[r][c]);
    chunk->columns.push_back(writer.finish());
  }
  std::vector<std::uint32_t> numbers(count);
  std::iota(numbers.begin(), numbers.end(), 0u);
  const std::unique_ptr<RowEncoder> encoder = store.encoder(table);
  encoder->encode_keys(chunk->columns, numbers, numbers, chunk->rows);
  std::vector<std::uint32_t> kept;
  for (const EncodedRow& row : chunk->rows.rows) kept.push_back(row.record);
  encoder->encode_values(chunk->columns, kept, chunk->rows);
  return chunk;
}

/// A table with a key, a name and a version, and a row of it.
inline SinkTable items(OnConflict on_conflict = OnConflict::ignore) {
  SinkTable table;
  table.sink = "items_sink";
  table.table = "items";
  table.schema.fields = {
      {"id", int64_type, false}, {"name", string_type, true}, {"version", int64_type, true}};
  table.key = {0};
  table.on_conflict = on_conflict;
  table.newer_by = 2;
  return table;
}

inline RowValues item(std::int64_t id, std::string name, std::int64_t version = 1) {
  return {integer(id), text(std::move(name)), integer(version)};
}

/// Builds epochs of a source "views" whose only split is "views/0", as the runtime would.
class EpochBuilder {
 public:
  EpochBuilder(std::int64_t epoch, Position from, Position to) {
    write_.epoch = epoch;
    write_.advances.push_back({"views", "views/0", std::move(from), std::move(to)});
    write_.reject = [this](const TableWrite& table, const RowReference& row, const std::string& code,
                           const std::string& message) {
      return RejectedRow{"views",           "views/0", first_offset_ + row.rows->rows[row.index].record,
                         table.table->sink, "",        code,
                         message,           "payload"};
    };
  }

  EpochBuilder& rows(const Store& store, const SinkTable& table, const std::vector<RowValues>& values,
                     bool believed_new = false) {
    chunks_.push_back(encode(store, table, values));
    const EncodedRows& encoded = chunks_.back()->rows;
    TableWrite write{&table, write_.ledger.size(), {}, believed_new};
    for (std::uint32_t i = 0; i < encoded.rows.size(); ++i) write.rows.push_back({&encoded, i, 0});
    std::sort(write.rows.begin(), write.rows.end(), [](const RowReference& a, const RowReference& b) {
      return a.rows->key_of(a.rows->rows[a.index]) < b.rows->key_of(b.rows->rows[b.index]);
    });
    write_.ledger.push_back({"views", table.sink, static_cast<std::int64_t>(encoded.rows.size())});
    write_.tables.push_back(std::move(write));
    return *this;
  }
  EpochBuilder& offsets_from(std::int64_t first) {
    first_offset_ = first;
    return *this;
  }
  EpochBuilder& reject(RejectedRow row) {
    write_.rejected.push_back(std::move(row));
    return *this;
  }
  EpochWrite& write() { return write_; }

 private:
  EpochWrite write_;
  std::int64_t first_offset_ = 0;
  std::deque<std::unique_ptr<EncodedChunk>> chunks_;
};

}  // namespace weir::testing
