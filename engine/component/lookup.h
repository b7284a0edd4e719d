// lookup.h — the contract of lookup tables: reference data that a join finds by key, read whole, and again now and then.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/data/column.h"
#include "engine/data/hash.h"

namespace weir {

struct LookupColumn {
  Field field;
  std::string from;  // its name where the table is read from
};

/// A table as the pipeline declares it.
struct LookupShape {
  std::string table;
  std::vector<LookupColumn> columns;
  std::vector<std::size_t> key;  // indexes into columns; a key is in the table once
};

/// One version of a table. Immutable; any thread.
class LookupTable {
 public:
  static constexpr std::uint32_t no_row = ~0u;

  const std::vector<Column>& columns() const { return columns_; }
  std::uint32_t row_count() const { return row_count_; }
  /// rows[i] = the row whose key is that of row i of `keys`, or no_row. NULL is no key. What it needs meanwhile goes to `arena`.
  void find(std::span<const Column> keys, std::span<std::uint32_t> rows, Arena& arena) const;
  /// Of everything that was read: equal for tables that were read alike.
  const Hash128& content() const { return content_; }
  std::size_t memory_bytes() const { return arena_.capacity_bytes() + slots_.capacity() * sizeof(Slot); }

 private:
  friend class LookupBuilder;
  struct Slot {
    std::uint64_t hash = 0;       // what the place in `slots_` does not say of the key's hash: all of `high`,
    std::uint32_t more_hash = 0;  // and the upper half of `low`
    std::uint32_t row = no_row;
  };
  /// The slot of a key, or the free one where it belongs.
  std::size_t place_of(const Hash128& key) const;

  Arena arena_;
  std::vector<Column> columns_;
  std::uint32_t row_count_ = 0;
  std::vector<Slot> slots_;  // open addressing; the size is a power of two, never full
  Hash128 content_;
};

/// One value as text. Line, column and length, where there are such, are its place in what LookupBuilder::set_source() named.
struct LookupCell {
  std::string_view text;
  bool is_null = false;
  std::uint32_t line = 0, column = 0, length = 0;
};

/// Makes a table of rows of text: chooses the declared columns, reads values as CAST does, checks NOT NULL and that keys are unique. One thread.
class LookupBuilder {
 public:
  /// `shape` must outlive the builder.
  explicit LookupBuilder(const LookupShape& shape);
  ~LookupBuilder();

  /// What errors point into; without it they tell the number of the row.
  void set_source(std::shared_ptr<const SourceText> source) { source_ = std::move(source); }
  /// Which cell of a row each column is, by name. Before the first row; without it, rows have the declared columns in their order.
  Status set_header(std::span<const LookupCell> names);
  Status add(std::span<const LookupCell> row);
  /// Once, at the end.
  Result<std::shared_ptr<const LookupTable>> finish();

 private:
  struct Place { std::uint32_t line, column, length; };
  Error error_at(const Place& place, std::string message) const;
  Error error_of(std::uint32_t row, std::size_t column, const std::string& message) const;
  Status read_values(std::vector<Column>& columns);
  Status index_keys();
  std::string key_text(std::uint32_t row) const;

  const LookupShape& shape_;
  std::shared_ptr<const SourceText> source_;
  std::shared_ptr<LookupTable> table_;
  Arena texts_;                          // of values that are no texts themselves
  std::vector<ColumnBuilder> builders_;  // of strings
  std::vector<std::size_t> cells_;       // of each column: which cell of a row
  std::size_t cell_count_;
  std::vector<Place> places_;            // of every value, row by row; empty without a source
  std::string row_bytes_;
};

/// The validated options of one table of a pipeline: immutable, part of the plan. Any thread.
class LookupDefinition {
 public:
  virtual ~LookupDefinition() = default;
  /// Gives all rows to `rows`. A service error may be retried; any other needs a person.
  virtual Status read(LookupBuilder& rows) const = 0;
  /// Equal texts: nothing has changed. Nothing: only reading tells.
  virtual Result<std::optional<std::string>> version() const = 0;
  virtual std::string describe() const = 0;
  /// What of the options belongs to the plan's identity.
  virtual std::string fingerprint() const = 0;
};

/// The version of a table that programs compiled from now on look up in. Used by one thread at a time: whoever compiles them.
struct LookupSlot {
  std::shared_ptr<const LookupTable> table;  // null: not read yet
};

}  // namespace weir
