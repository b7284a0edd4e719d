// group_key.cpp — writes and reads the bytes of grouping columns.
#include "engine/state/group_key.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace weir {
namespace {

constexpr char null_mark = 0;
constexpr char value_mark = 1;

double canonical(double value) {
  if (std::isnan(value)) return std::numeric_limits<double>::quiet_NaN();
  return value == 0 ? 0.0 : value;
}

void append_raw(const void* value, std::size_t size, std::string& out) { out.append(static_cast<const char*>(value), size); }

void append_value(const Column& column, std::uint32_t row, std::string& out) {
  if (column.type.is_text_like()) {
    const std::string_view text = column.text_at(row);
    const auto size = static_cast<std::uint32_t>(text.size());
    append_raw(&size, sizeof size, out);
    out += text;
  } else if (column.type.kind == TypeKind::boolean) {
    out += column.bool_at(row) ? '\1' : '\0';
  } else if (column.type.kind == TypeKind::float64) {
    const double value = canonical(column.at<double>(row));
    append_raw(&value, sizeof value, out);
  } else {
    const std::size_t width = column.type.width();
    append_raw(static_cast<const char*>(column.values) + width * (row & column.row_mask), width, out);
  }
}

/// Takes the next value off `key`: its bytes, or nothing for NULL. `is_good` becomes false where there is none.
struct KeyReader {
  std::string_view key;
  bool is_good = true;

  std::string_view take(std::size_t size) {
    if (size > key.size()) is_good = false;
    const std::string_view taken = key.substr(0, size);
    key.remove_prefix(std::min(size, key.size()));
    return taken;
  }
  bool take_mark() {
    const std::string_view mark = take(1);
    if (!mark.empty() && mark[0] != null_mark && mark[0] != value_mark) is_good = false;
    return !mark.empty() && mark[0] == value_mark;
  }
  std::string_view take_value(const Type& type) {
    if (type.kind == TypeKind::boolean) return take(1);
    if (!type.is_text_like()) return take(type.width());
    std::uint32_t size = 0;
    const std::string_view bytes = take(sizeof size);
    if (is_good) std::memcpy(&size, bytes.data(), sizeof size);
    return take(size);
  }
};

void write_value(std::string_view bytes, const Type& type, std::uint32_t row, ColumnWriter& writer) {
  if (type.is_text_like()) return writer.set_text(row, bytes);
  if (type.kind == TypeKind::boolean) return writer.set_bool(row, bytes[0] != 0);
  switch (type.width()) {
    case sizeof(std::int32_t): {
      std::int32_t value;
      std::memcpy(&value, bytes.data(), sizeof value);
      return writer.set(row, value);
    }
    case sizeof(std::int64_t): {
      std::int64_t value;
      std::memcpy(&value, bytes.data(), sizeof value);
      return writer.set(row, value);
    }
    default: {
      Int128 value;
      std::memcpy(&value, bytes.data(), sizeof value);
      return writer.set(row, value);
    }
  }
}

}  // namespace

void append_group_key(std::span<const Column> columns, std::uint32_t row, std::string& out) {
  for (const Column& column : columns) {
    const bool is_null = column.is_null(row);
    out += is_null ? null_mark : value_mark;
    if (!is_null) append_value(column, row, out);
  }
}

KeyBorders borders_of(std::string_view key) {
  WEIR_CHECK(key.size() >= borders_size, "the key of a session has borders");
  KeyBorders borders{};
  std::memcpy(&borders.start, key.data() + key.size() - borders_size + 1, sizeof borders.start);
  std::memcpy(&borders.end, key.data() + key.size() - sizeof borders.end, sizeof borders.end);
  return borders;
}

void append_borders(const KeyBorders& borders, std::string& out) {
  for (const std::int64_t border : {borders.start, borders.end}) {
    out += value_mark;
    append_raw(&border, sizeof border, out);
  }
}

bool is_group_key(std::string_view key, std::span<const Type> types) {
  KeyReader reader{key};
  for (const Type& type : types) {
    if (reader.take_mark()) reader.take_value(type);
  }
  return reader.is_good && reader.key.empty();
}

std::vector<Column> group_key_columns(std::span<const std::string_view> keys, std::span<const Type> types, Arena& arena) {
  std::vector<ColumnWriter> writers;
  for (const Type& type : types) writers.emplace_back(type, static_cast<std::uint32_t>(keys.size()), arena);
  for (std::uint32_t row = 0; row < keys.size(); ++row) {
    KeyReader reader{keys[row]};
    for (std::size_t c = 0; c < types.size(); ++c) {
      if (reader.take_mark()) write_value(reader.take_value(types[c]), types[c], row, writers[c]);
    }
  }
  std::vector<Column> columns;
  for (ColumnWriter& writer : writers) columns.push_back(writer.finish());
  return columns;
}

}  // namespace weir
