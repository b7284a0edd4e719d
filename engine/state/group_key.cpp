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

constexpr std::size_t most_of_fixed = 1 + sizeof(Int128);                       // mark and value
constexpr std::size_t most_before_text = 1 + sizeof(std::uint32_t);             // mark and length

template <typename T>
char* put(char* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

// Most texts that are grouped by are short: a call to copy one would take longer than the copy.
char* put_text(char* to, std::string_view text) {
  const char* from = text.data();
  const std::size_t size = text.size();
  if (size > 16) {
    std::memcpy(to, from, size);
  } else if (size >= 8) {
    std::memcpy(to + size - 8, from + size - 8, 8);
    std::memcpy(to, from, 8);
  } else if (size >= 4) {
    std::memcpy(to + size - 4, from + size - 4, 4);
    std::memcpy(to, from, 4);
  } else {
    for (std::size_t i = 0; i < size; ++i) to[i] = from[i];
  }
  return to + size;
}

char* put_fixed(char* to, const Column& column, std::size_t width, std::uint32_t row) {
  const char* from = static_cast<const char*>(column.values) + width * (row & column.row_mask);
  if (width == 8) {
    std::memcpy(to, from, 8);
  } else if (width == 4) {
    std::memcpy(to, from, 4);
  } else {
    std::memcpy(to, from, 16);
  }
  return to + width;
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

GroupKeyWriter::GroupKeyWriter(std::span<const Column> columns) : bytes_(columns.size() * most_of_fixed + 64, '\0') {
  for (const Column& column : columns) {
    const bool is_fixed = !column.type.is_text_like() && column.type.kind != TypeKind::boolean && column.type.kind != TypeKind::float64;
    parts_.push_back({&column, is_fixed ? static_cast<std::uint32_t>(column.type.width()) : 0});
  }
}

std::string_view GroupKeyWriter::write(std::uint32_t row) {
  char* at = bytes_.data();
  for (const Part& part : parts_) {
    const Column& column = *part.column;
    if (column.is_null(row)) {
      *at++ = null_mark;
      continue;
    }
    if (part.width != 0) {
      *at++ = value_mark;
      at = put_fixed(at, column, part.width, row);
    } else if (column.type.kind == TypeKind::boolean) {
      *at++ = value_mark;
      *at++ = column.bool_at(row) ? '\1' : '\0';
    } else if (column.type.kind == TypeKind::float64) {
      *at++ = value_mark;
      at = put(at, canonical(column.at<double>(row)));
    } else {
      const std::string_view text = column.text_at(row);
      const auto before = static_cast<std::size_t>(at - bytes_.data());
      const std::size_t most = before + most_before_text + text.size() + parts_.size() * most_of_fixed;
      if (most > bytes_.size()) {
        bytes_.resize(2 * most);
        at = bytes_.data() + before;
      }
      *at++ = value_mark;
      at = put_text(put(at, static_cast<std::uint32_t>(text.size())), text);
    }
  }
  return {bytes_.data(), static_cast<std::size_t>(at - bytes_.data())};
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
