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

/// The table of a removal from `table`: its key columns, from the last to the first.
inline SinkTable keys_of(const SinkTable& table) {
  SinkTable keys;
  keys.sink = table.sink;
  keys.table = table.table;
  for (std::size_t i = table.key.size(); i-- > 0;) {
    keys.schema.fields.push_back(table.schema.fields[table.key[i]]);
    keys.key.push_back(i);
  }
  return keys;
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
    TableWrite write{&table, write_.ledger.size(), sorted_rows(store, table, values), believed_new};
    write_.ledger.push_back({"views", table.sink, static_cast<std::int64_t>(write.rows.size())});
    write_.tables.push_back(std::move(write));
    return *this;
  }
  /// Rows that are in nobody's books.
  EpochBuilder& unbooked_rows(const Store& store, const SinkTable& table, const std::vector<RowValues>& values) {
    write_.tables.push_back({&table, no_ledger_line, sorted_rows(store, table, values)});
    return *this;
  }
  /// `keys` is a table made by keys_of(), which must outlive the epoch as all tables must.
  EpochBuilder& removals(const Store& store, const SinkTable& keys, const std::vector<RowValues>& values) {
    write_.tables.push_back({&keys, no_ledger_line, sorted_rows(store, keys, values), false, true});
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
  std::vector<RowReference> sorted_rows(const Store& store, const SinkTable& table, const std::vector<RowValues>& values) {
    chunks_.push_back(encode(store, table, values));
    const EncodedRows& encoded = chunks_.back()->rows;
    std::vector<RowReference> rows;
    for (std::uint32_t i = 0; i < encoded.rows.size(); ++i) rows.push_back({&encoded, i, 0});
    std::sort(rows.begin(), rows.end(), [](const RowReference& a, const RowReference& b) {
      return a.rows->key_of(a.rows->rows[a.index]) < b.rows->key_of(b.rows->rows[b.index]);
    });
    return rows;
  }

  EpochWrite write_;
  std::int64_t first_offset_ = 0;
  std::deque<std::unique_ptr<EncodedChunk>> chunks_;
};

}  // namespace weir::testing
