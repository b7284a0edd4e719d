// row_bytes.cpp — writes and reads the values of rows, nested ones part by part.
#include "engine/state/row_bytes.h"

#include <cstring>

#include "engine/data/decimal.h"

namespace weir {
namespace {

constexpr char null_mark = 0;
constexpr char value_mark = 1;

void append_raw(const void* value, std::size_t size, std::string& out) { out.append(static_cast<const char*>(value), size); }

void append_size(std::size_t size, std::string& out) {
  const auto number = static_cast<std::uint32_t>(size);
  append_raw(&number, sizeof number, out);
}

void append_value(const Column& column, std::uint32_t row, std::string& out);

void append_nested(const Column& column, std::uint32_t row, std::string& out) {
  if (!column.type.is_list()) {
    for (const Column& field : *column.children) append_value(field, column.at<std::uint32_t>(row), out);
    return;
  }
  const Span span = column.at<Span>(row);
  append_size(span.length, out);
  for (std::uint32_t i = 0; i < span.length; ++i) {
    for (const Column& part : *column.children) append_value(part, span.start + i, out);
  }
}

void append_value(const Column& column, std::uint32_t row, std::string& out) {
  const bool is_null = column.is_null(row) || column.type.kind == TypeKind::null;
  out += is_null ? null_mark : value_mark;
  if (is_null) return;
  if (column.type.is_nested()) return append_nested(column, row, out);
  if (column.type.is_text_like()) {
    const std::string_view text = column.text_at(row);
    append_size(text.size(), out);
    out += text;
  } else if (column.type.kind == TypeKind::boolean) {
    out += column.bool_at(row) ? '\1' : '\0';
  } else {
    const std::size_t width = column.type.width();
    append_raw(static_cast<const char*>(column.values) + width * (row & column.row_mask), width, out);
  }
}

/// Takes values off the bytes of a row; is_good becomes false where there are none.
struct ValueReader {
  std::string_view bytes;
  bool is_good = true;

  std::string_view take(std::size_t size) {
    if (size > bytes.size()) {
      is_good = false;
      return {};
    }
    const std::string_view taken = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return taken;
  }
  bool take_mark() {
    const std::string_view mark = take(1);
    if (is_good && mark[0] != null_mark && mark[0] != value_mark) is_good = false;
    return is_good && mark[0] == value_mark;
  }
  template <typename T>
  T take_raw() {
    T value{};
    const std::string_view raw = take(sizeof value);
    if (is_good) std::memcpy(&value, raw.data(), sizeof value);
    return value;
  }
  std::string_view take_text() { return take(take_raw<std::uint32_t>()); }
};

void read_value(ValueReader& reader, ColumnBuilder& builder);

void read_nested(ValueReader& reader, ColumnBuilder& builder) {
  const std::size_t parts = builder.type().nested->fields.size();
  if (!builder.type().is_list()) {
    for (std::size_t i = 0; i < parts; ++i) read_value(reader, builder.child(i));
    return builder.append_struct();
  }
  const auto length = reader.take_raw<std::uint32_t>();
  for (std::uint32_t k = 0; k < length && reader.is_good; ++k) {
    for (std::size_t i = 0; i < parts; ++i) read_value(reader, builder.child(i));
  }
  builder.append_list();
}

void read_value(ValueReader& reader, ColumnBuilder& builder) {
  if (!reader.take_mark()) return builder.append_null();
  if (builder.type().is_nested()) return read_nested(reader, builder);
  if (builder.type().is_text_like()) return builder.append_text(reader.take_text());
  switch (builder.type().width()) {
    case 0: {
      const std::string_view raw = reader.take(1);
      return builder.append_bool(!raw.empty() && raw[0] != 0);
    }
    case sizeof(std::int32_t):
      return builder.append(reader.take_raw<std::int32_t>());
    case sizeof(std::int64_t):
      return builder.append(reader.take_raw<std::int64_t>());
    default:
      return builder.append(reader.take_raw<Int128>());
  }
}

void skip_value(ValueReader& reader, const Type& type) {
  if (!reader.take_mark()) return;
  if (type.is_nested()) {
    const std::uint32_t times = type.is_list() ? reader.take_raw<std::uint32_t>() : 1;
    for (std::uint32_t k = 0; k < times && reader.is_good; ++k) {
      for (const Field& field : type.nested->fields) skip_value(reader, field.type);
    }
  } else if (type.is_text_like()) {
    reader.take_text();
  } else {
    reader.take(type.kind == TypeKind::boolean ? 1 : type.width());
  }
}

}  // namespace

void append_row_bytes(std::span<const Column> columns, std::uint32_t row, std::string& out) {
  for (const Column& column : columns) append_value(column, row, out);
}

RowColumns::RowColumns(std::span<const Type> types, Arena& arena) {
  for (const Type& type : types) builders_.emplace_back(type, arena);
}

bool RowColumns::append(std::string_view bytes) {
  ValueReader reader{bytes};
  for (ColumnBuilder& builder : builders_) read_value(reader, builder);
  return reader.is_good && reader.bytes.empty();
}

void RowColumns::append_nulls() {
  for (ColumnBuilder& builder : builders_) builder.append_null();
}

std::vector<Column> RowColumns::finish() {
  std::vector<Column> columns;
  for (ColumnBuilder& builder : builders_) columns.push_back(builder.finish());
  return columns;
}

bool is_row_of(std::string_view bytes, std::span<const Type> types) {
  ValueReader reader{bytes};
  for (const Type& type : types) {
    if (!reader.is_good) return false;
    skip_value(reader, type);
  }
  return reader.is_good && reader.bytes.empty();
}

}  // namespace weir
