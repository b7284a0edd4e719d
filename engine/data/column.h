// column.h — equally typed values in Arrow's memory layout, and how to read them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/arena.h"
#include "engine/data/decimal.h"
#include "engine/data/type.h"

namespace weir {

/// SQL interval in Arrow's month_day_nano layout.
struct Interval {
  std::int32_t months = 0;
  std::int32_t days = 0;
  std::int64_t nanoseconds = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};
static_assert(sizeof(Interval) == 16);

/// One array or map: its values are rows `start` to `start + length` of the column's children. As Arrow's list view, so that rows can be
/// written in any order and share their values. https://arrow.apache.org/docs/format/Columnar.html#listview-layout
struct Span {
  std::uint32_t start = 0;
  std::uint32_t length = 0;
  friend bool operator==(const Span&, const Span&) = default;
};
static_assert(sizeof(Span) == 8);

/// A value that could not be computed for one row (overflow, a failed cast): it travels with the column, like
/// NULL, until something uses the value; only then is the row rejected. `code` is a reject reason such as
/// "overflow".
struct RowError {
  std::uint32_t row;
  std::string code;
  std::string message;
};
struct RowErrors {
  std::vector<RowError> rows;  // ascending, at most one per row
  const RowError* find(std::uint32_t row) const;
};

inline bool get_bit(const std::uint8_t* bits, std::size_t index) {
  return (bits[index >> 3] >> (index & 7)) & 1;
}
inline void set_bit(std::uint8_t* bits, std::size_t index) {
  bits[index >> 3] |= static_cast<std::uint8_t>(1u << (index & 7));
}
inline void clear_bit(std::uint8_t* bits, std::size_t index) {
  bits[index >> 3] &= static_cast<std::uint8_t>(~(1u << (index & 7)));
}
inline std::size_t bitmap_bytes(std::size_t bits) {
  return ((bits + 63) / 64) * 8;
}  // whole words, so that loops may use them

/// Does not own its memory: buffers live in the arena of the batch (or in a program's constants). Cheap to
/// copy.
///
/// Fixed-width values lie in `values` in the machine's byte order (boolean: one bit per row); strings, bytes
/// and json are Views into `arena`. Nested values refer to rows of `children`: an array is a Span of children[0], a map a Span of keys
/// (children[0]) and values (children[1]), a struct the number (uint32) of the row that holds its fields in each child. So rows are copied,
/// chosen and repeated without touching what they hold. A constant column holds one value that stands for every row: index with
/// `row & row_mask`, which the readers below do. Values of NULL rows (and of rows with an error) are defined
/// memory but without meaning; a row with an error is also NULL in `validity`.
struct Column {
  Type type;
  std::uint32_t size = 0;        // rows
  std::uint32_t row_mask = ~0u;  // 0 in a constant column
  const std::uint8_t* validity =
      nullptr;  // bit set: not NULL; nullptr: no NULL at all. One bit (bit 0) if constant
  const void* values = nullptr;
  const Arena* arena = nullptr;             // for views
  std::shared_ptr<const RowErrors> errors;  // nullptr: none
  std::shared_ptr<const std::vector<Column>> children;  // of a nested type, else nullptr

  bool is_constant() const { return row_mask == 0; }
  bool is_null(std::uint32_t row) const { return validity != nullptr && !get_bit(validity, row & row_mask); }
  template <typename T>
  const T& at(std::uint32_t row) const {
    return static_cast<const T*>(values)[row & row_mask];
  }
  bool bool_at(std::uint32_t row) const {
    return get_bit(static_cast<const std::uint8_t*>(values), row & row_mask);
  }
  std::string_view text_at(std::uint32_t row) const { return arena->text(at<View>(row)); }
};

/// Writes a column of a known number of rows into an arena. One thread.
///
/// Rows are written by index, each at most once, in any order; a row not written is NULL unless `all_valid`.
class ColumnBuilder;

class ColumnWriter {
 public:
  /// `all_valid`: every row will be written and none is NULL (no validity bitmap is made until set_null is
  /// called).
  ColumnWriter(Type type, std::uint32_t rows, Arena& arena, bool all_valid = false);
  ~ColumnWriter();
  ColumnWriter(ColumnWriter&&) noexcept;
  ColumnWriter& operator=(ColumnWriter&&) noexcept;

  template <typename T>
  void set(std::uint32_t row, const T& value) {
    static_cast<T*>(values_)[row] = value;
    mark_valid(row);
  }
  void set_bool(std::uint32_t row, bool value) {
    if (value) set_bit(static_cast<std::uint8_t*>(values_), row);
    mark_valid(row);
  }
  void set_text(std::uint32_t row, std::string_view text) { set(row, arena_->copy(text)); }
  /// Of a nested type: where the values go that spans and struct rows written with set() refer to.
  ColumnBuilder& child(std::size_t index);
  /// Copies row `from_row` of a column of the same type family; shares the bytes where both use one arena. Nested values are shared with
  /// the column of the first such row, and copied from others.
  void copy_from(std::uint32_t row, const Column& from, std::uint32_t from_row);
  void set_null(std::uint32_t row);
  void set_error(std::uint32_t row, std::string code, std::string message);
  Arena& arena() { return *arena_; }
  template <typename T>
  T* data() {
    return static_cast<T*>(values_);
  }
  Column finish();

 private:
  void mark_valid(std::uint32_t row) {
    if (validity_ != nullptr) set_bit(validity_, row);
  }

  Type type_;
  std::uint32_t rows_;
  Arena* arena_;
  std::uint8_t* validity_ = nullptr;
  void* values_ = nullptr;
  std::unique_ptr<RowErrors> errors_;
  void copy_nested(std::uint32_t row, const Column& from, std::uint32_t from_row);
  void own_children();
  std::shared_ptr<const std::vector<Column>> shared_children_;  // of the first column copied from
  std::vector<ColumnBuilder> children_;                         // empty until something is written to them
};

/// Writes a column of an unknown number of rows, one after the other, into an arena. One thread.
class ColumnBuilder {
 public:
  ColumnBuilder(Type type, Arena& arena) : type_(type), arena_(&arena) {}

  std::uint32_t size() const { return size_; }
  const Type& type() const { return type_; }
  template <typename T>
  void append(const T& value) {
    *static_cast<T*>(next(sizeof(T))) = value;
  }
  void append_bool(bool value);
  void append_text(std::string_view text) { append(arena_->copy(text)); }
  void append_null();
  /// Row `row` of a column of the same type, NULL included; what it holds is copied.
  void append_from(const Column& from, std::uint32_t row);

  /// Of a nested type: append to the children first, then the row that takes what was appended since the last one.
  ColumnBuilder& child(std::size_t index);
  void append_list();    // an array or a map
  void append_struct();  // of the last row of each child
  /// Forgets what the children got since the last row.
  void roll_back();
  /// The span or struct row appended last.
  template <typename T>
  const T& last() const {
    return reinterpret_cast<const T*>(values_)[size_ - 1];
  }
  /// `size()` rows.
  Column finish();

 private:
  void* next(std::size_t width);
  void mark_valid();
  void append_nested(const Column& from, std::uint32_t row);
  void truncate(std::uint32_t rows);

  Type type_;
  Arena* arena_;
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = 0;
  char* values_ = nullptr;
  std::uint8_t* validity_ = nullptr;  // made at the first NULL
  std::uint32_t taken_ = 0;           // of the children's rows, what rows of this one refer to
  std::vector<ColumnBuilder> children_;
};

/// The rows of `column` with these numbers, in their order; ~0u gives NULL. Shares what views and nested values refer to.
Column gather(const Column& column, std::span<const std::uint32_t> rows, Arena& arena);

/// Equally long columns with names. Does not own the columns' memory.
struct Batch {
  std::shared_ptr<const Schema> schema;
  std::vector<Column> columns;
  std::uint32_t row_count = 0;
};

}  // namespace weir
